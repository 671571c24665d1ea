import { describe } from '../base/errors.js';
import type { Store } from '../store/types.js';

/**
 * Set algebra as frozen data. An expression says which bitmaps to combine and how; it reads nothing. Operands may belong to
 * different stores.
 */
export type Expression = BitmapExpression | CombinedExpression | ThresholdExpression | ComplementExpression;

/** The bitmap under a key of a store. */
export interface BitmapExpression {
  /** Tells it from other expressions. */
  readonly kind: 'bitmap';
  /** Where it is read from. */
  readonly store: Store;
  /** What it is called there. */
  readonly key: string;
}

/** `andNot` is the first operand without all the others; `xor` holds ids that an odd number of operands hold. */
export interface CombinedExpression {
  /** What becomes of the operands. */
  readonly kind: Combination;
  /** Two or more; their order matters to `andNot` alone. */
  readonly operands: readonly Expression[];
}

/** Keeps ids of all operands (`and`), of any (`or`), of an odd number (`xor`), of the first alone (`andNot`). */
export type Combination = 'and' | 'or' | 'xor' | 'andNot';

/** The ids that at least `k` of the operands hold; an operand that is given twice counts twice. */
export interface ThresholdExpression {
  /** Tells it from other expressions. */
  readonly kind: 'atLeast';
  /** More than 1, less than the number of operands. */
  readonly k: number;
  /** In any order. */
  readonly operands: readonly Expression[];
}

/**
 * The ids that `operand` does not hold. Complements reach to the end of the longest operand of the whole expression they
 * stand in, in whole bytes; so `~foo` alone is Redis' own BITOP NOT, and `~foo & bar` keeps every id of bar.
 */
export interface ComplementExpression {
  /** Tells it from other expressions. */
  readonly kind: 'not';
  /** What is complemented. */
  readonly operand: Expression;
}

/** An expression may combine so many bitmaps. */
export const MAX_BITMAPS = 10_000;

export function bitmap(store: Store, key: string): BitmapExpression {
  return Object.freeze({ kind: 'bitmap', store, key });
}

/**
 * Combines one or more expressions; one alone is itself.
 * @throws RangeError for no operand at all
 */
export function combine(kind: Combination, operands: readonly Expression[]): Expression {
  const [first] = operands;
  if (first === undefined) throw new RangeError(`expected at least one operand of ${kind}, got none`);
  if (operands.length === 1) return first;
  return Object.freeze({ kind, operands: Object.freeze([...operands]) });
}

/**
 * The ids that at least `k` of the operands hold; an operand that is given twice counts twice.
 * @param k a whole number from 1 (any of them) to the number of operands (all of them)
 * @throws RangeError for another `k`
 */
export function atLeast(k: number, operands: readonly Expression[]): Expression {
  if (!Number.isInteger(k) || k < 1 || k > operands.length) {
    throw new RangeError(
      `expected a whole number of sets from 1 to ${operands.length}, those that are given, got ${describe(k)}`,
    );
  }
  if (k === 1) return combine('or', operands);
  if (k === operands.length) return combine('and', operands);
  return Object.freeze({ kind: 'atLeast', k, operands: Object.freeze([...operands]) });
}

/** The ids that `k` of the operands hold, no more and no fewer; for `k` as in `atLeast`. */
export function exactly(k: number, operands: readonly Expression[]): Expression {
  const enough = atLeast(k, operands);
  return k === operands.length ? enough : combine('andNot', [enough, atLeast(k + 1, operands)]);
}

export function complement(operand: Expression): ComplementExpression {
  return Object.freeze({ kind: 'not', operand });
}

/**
 * Folds an expression from its bitmaps up: `make` gets each distinct part once, with what it made of the part's operands.
 * Expressions may be nested arbitrarily deep.
 * @param made what was made before, for folding several expressions that share parts
 */
export function foldExpression<T>(
  root: Expression,
  make: (part: Expression, operands: readonly T[]) => T,
  made: Map<Expression, T> = new Map(),
): T {
  if (made.has(root)) return made.get(root)!;
  const pending = [root];
  for (let part = pending.at(-1); part !== undefined; part = pending.at(-1)) {
    const operands = operandsOf(part);
    const missing = made.has(part) ? [] : operands.filter((operand) => !made.has(operand));
    if (missing.length > 0) {
      for (const operand of missing.reverse()) pending.push(operand);
      continue;
    }
    pending.pop();
    if (!made.has(part))
      made.set(
        part,
        make(
          part,
          operands.map((operand) => made.get(operand)!),
        ),
      );
  }
  return made.get(root)!;
}

/** The distinct bitmaps of expressions, in order of appearance. */
export function bitmapsOf(expressions: Iterable<Expression>): BitmapExpression[] {
  const seen = new Set<Expression>();
  const found = new Map<Store, Map<string, BitmapExpression>>();
  const pending = [...expressions].reverse();
  for (let part = pending.pop(); part !== undefined; part = pending.pop()) {
    if (seen.has(part)) continue;
    seen.add(part);
    if (part.kind === 'bitmap') {
      const keys = found.get(part.store) ?? new Map<string, BitmapExpression>();
      if (!keys.has(part.key)) keys.set(part.key, part);
      found.set(part.store, keys);
    } else {
      for (const operand of operandsOf(part).toReversed()) pending.push(operand);
    }
  }
  return [...found.values()].flatMap((keys) => [...keys.values()]);
}

/** Which of `bitmaps`, which are distinct, a bitmap is. */
export function indexBitmaps(bitmaps: readonly BitmapExpression[]): (wanted: BitmapExpression) => number {
  const indexes = new Map<Store, Map<string, number>>();
  for (const [index, { store, key }] of bitmaps.entries()) {
    const keys = indexes.get(store) ?? new Map<string, number>();
    indexes.set(store, keys.set(key, index));
  }
  return ({ store, key }) => indexes.get(store)!.get(key)!;
}

/** Those expressions in which a complement stands anywhere. */
export function complementedOf(expressions: readonly Expression[]): Set<Expression> {
  const known = new Map<Expression, boolean>();
  const isComplemented = (part: Expression, found: readonly boolean[]): boolean =>
    part.kind === 'not' || found.some(Boolean);
  return new Set(expressions.filter((expression) => foldExpression(expression, isComplemented, known)));
}

/** Refuses expressions that combine too many bitmaps; returns how many it is. */
export function checkBitmaps(bitmaps: number): number {
  if (bitmaps > MAX_BITMAPS) {
    throw new RangeError(`expected at most ${MAX_BITMAPS} bitmaps in an expression, got ${bitmaps}`);
  }
  return bitmaps;
}

/** Whether two expressions have the same shape over the same bitmaps; the order of operands matters. */
export function sameExpression(a: Expression, b: Expression): boolean {
  const stores = new Map<Store, number>();
  const numbers = new Map<string, number>();
  // Equal parts get equal numbers, so that parts which occur often are compared once.
  const textOf = (part: Expression, operands: readonly number[]): string => {
    if (part.kind === 'bitmap') return `${numberOf(stores, part.store)} ${part.key}`;
    return part.kind === 'atLeast' ? `${part.k} of ${operands}` : `${part.kind} ${operands}`;
  };
  const identify = (part: Expression, operands: readonly number[]): number =>
    numberOf(numbers, textOf(part, operands));
  const made = new Map<Expression, number>();
  return foldExpression(a, identify, made) === foldExpression(b, identify, made);
}

function numberOf<T>(numbers: Map<T, number>, thing: T): number {
  const number = numbers.get(thing) ?? numbers.size;
  numbers.set(thing, number);
  return number;
}

function operandsOf(expression: Expression): readonly Expression[] {
  if (expression.kind === 'bitmap') return [];
  return expression.kind === 'not' ? [expression.operand] : expression.operands;
}
