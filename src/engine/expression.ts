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

/** Refuses expressions that combine too many bitmaps; returns how many it is. */
export function checkBitmaps(bitmaps: number): number {
  if (bitmaps > MAX_BITMAPS) {
    throw new RangeError(`expected at most ${MAX_BITMAPS} bitmaps in an expression, got ${bitmaps}`);
  }
  return bitmaps;
}
