import type { Store } from '../store/types.js';
import type { BitmapExpression, Expression } from './expression.js';

/** Expressions taken apart, once for a question: what comes after speaks of parts and bitmaps by number. */

/** A part of the expressions. */
export interface Part {
  readonly kind: Expression['kind'];
  /** Of a bitmap its place among the bitmaps, of `atLeast` its k; 0 otherwise. */
  readonly number: number;
  /** Parts with lower numbers. */
  readonly operands: readonly number[];
  /**
   * If a complement stands anywhere in it: which of the roots the part belongs to, since complements reach to the end of
   * their root. Other parts are the same for all roots.
   */
  readonly root: number | undefined;
}

export interface Parts {
  /** The distinct bitmaps, in order of appearance. */
  readonly bitmaps: readonly BitmapExpression[];
  /** Operands come before what is made of them. */
  readonly parts: readonly Part[];
  /** Which part each expression is, and then each pair. */
  readonly roots: readonly number[];
}

/** Places of two expressions. */
export type Pair = readonly [a: number, b: number];

const NO_OPERANDS: readonly never[] = [];

/**
 * Expressions may be nested arbitrarily deep, and share what they are made of.
 * @param pairs further roots: `a & b` of two of the expressions
 */
export function takeApart(expressions: readonly Expression[], pairs: readonly Pair[] = []): Parts {
  const taking = new Taking();
  for (const expression of expressions) taking.addRoot(expression);
  for (const [a, b] of pairs) taking.addPair(expressions[a]!, expressions[b]!);
  const { bitmaps, parts, roots } = taking;
  return { bitmaps, parts, roots };
}

/** What `make` makes of each part, and of what it made of the part's operands. */
export function foldParts<T>(parts: readonly Part[], make: (part: Part, operands: readonly T[]) => T): T[] {
  const made: T[] = [];
  for (const part of parts) {
    const { operands } = part;
    made.push(make(part, operands.length === 0 ? NO_OPERANDS : operands.map((operand) => made[operand]!)));
  }
  return made;
}

/** Whether two expressions have the same shape over the same bitmaps; the order of operands matters. */
export function sameExpression(a: Expression, b: Expression): boolean {
  const { parts, roots } = takeApart([a, b]);
  const numbers = new Map<string, number>();
  // Equal parts get equal numbers, so that parts which occur often are compared once.
  const made = foldParts<number>(parts, ({ kind, number }, operands) => {
    const text = `${kind} ${number} ${operands}`;
    const known = numbers.get(text) ?? numbers.size;
    numbers.set(text, known);
    return known;
  });
  return made[roots[0]!] === made[roots[1]!];
}

class Taking {
  readonly bitmaps: BitmapExpression[] = [];
  readonly parts: Part[] = [];
  readonly roots: number[] = [];
  /** Parts of all roots, and those of the root at hand alone. */
  readonly #common = new Map<Expression, number>();
  readonly #own = new Map<Expression, number>();
  readonly #stores = new Map<Store, Map<string, number>>();

  addRoot(expression: Expression): void {
    this.roots.push(this.#take(expression));
    this.#own.clear();
  }

  addPair(a: Expression, b: Expression): void {
    const operands = [this.#take(a), this.#take(b)];
    this.roots.push(this.#add('and', 0, operands));
    this.#own.clear();
  }

  #take(root: Expression): number {
    const known = this.#find(root);
    if (known !== undefined) return known;
    const pending: Expression[] = [root];
    for (let part = pending.at(-1); part !== undefined; part = pending.at(-1)) {
      if (this.#find(part) === undefined && !this.#number(part, pending)) continue;
      pending.pop();
    }
    return this.#find(root)!;
  }

  #find(expression: Expression): number | undefined {
    return this.#common.get(expression) ?? this.#own.get(expression);
  }

  /** Numbers a part, unless operands of it have to come first: then it adds those to what is pending. */
  #number(part: Expression, pending: Expression[]): boolean {
    if (part.kind === 'bitmap') {
      this.#common.set(part, this.#numberBitmap(part));
      return true;
    }
    const { kind } = part;
    const of = kind === 'not' ? [part.operand] : part.operands;
    const before = pending.length;
    // From the last on, so that the first is taken next.
    for (let index = of.length - 1; index >= 0; index -= 1) {
      if (this.#find(of[index]!) === undefined) pending.push(of[index]!);
    }
    if (pending.length > before) return false;
    const operands = of.map((operand) => this.#find(operand)!);
    const number = this.#add(kind, kind === 'atLeast' ? part.k : 0, operands);
    (this.parts[number]!.root === undefined ? this.#common : this.#own).set(part, number);
    return true;
  }

  /** The same key of the same store is the same part. */
  #numberBitmap(bitmap: BitmapExpression): number {
    const { store, key } = bitmap;
    let keys = this.#stores.get(store);
    if (keys === undefined) {
      keys = new Map();
      this.#stores.set(store, keys);
    }
    let number = keys.get(key);
    if (number === undefined) {
      number = this.#add('bitmap', this.bitmaps.push(bitmap) - 1, NO_OPERANDS);
      keys.set(key, number);
    }
    return number;
  }

  #add(kind: Part['kind'], number: number, operands: readonly number[]): number {
    const isComplemented =
      kind === 'not' || operands.some((operand) => this.parts[operand]!.root !== undefined);
    return (
      this.parts.push({ kind, number, operands, root: isComplemented ? this.roots.length : undefined }) - 1
    );
  }
}
