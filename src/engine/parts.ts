import type { Store } from '../store/types.js';
import type { BitmapExpression, Expression } from './expression.js';

/** Expressions taken apart, once for a question: what comes after speaks of parts and bitmaps by number. */

/** A distinct part of the expressions. */
export interface Part {
  readonly kind: Expression['kind'];
  /** Of a bitmap its place among the bitmaps, of `atLeast` its k; 0 otherwise. */
  readonly number: number;
  /** Parts with lower numbers. */
  readonly operands: readonly number[];
  /** Whether a complement stands anywhere in it. */
  readonly hasComplement: boolean;
}

export interface Parts {
  /** The distinct bitmaps, in order of appearance. */
  readonly bitmaps: readonly BitmapExpression[];
  /** Operands come before what is made of them. */
  readonly parts: readonly Part[];
  /** Per expression, which part it is. */
  readonly roots: readonly number[];
}

const NO_OPERANDS: readonly never[] = [];

/** Expressions may be nested arbitrarily deep, and share what they are made of. */
export function takeApart(expressions: readonly Expression[]): Parts {
  const taken = new Taken();
  const roots = expressions.map((expression) => taken.take(expression));
  return { bitmaps: taken.bitmaps, parts: taken.parts, roots };
}

class Taken {
  readonly bitmaps: BitmapExpression[] = [];
  readonly parts: Part[] = [];
  readonly #numbers = new Map<Expression, number>();
  readonly #stores = new Map<Store, Map<string, number>>();

  take(root: Expression): number {
    if (root.kind === 'bitmap') return this.#takeBitmap(root);
    const pending: Expression[] = [root];
    for (let part = pending.at(-1); part !== undefined; part = pending.at(-1)) {
      if (this.#numbers.has(part) || this.#take(part, pending)) pending.pop();
    }
    return this.#numbers.get(root)!;
  }

  /** Numbers a part, unless operands of it have to come first: then it adds those to what is pending. */
  #take(part: Expression, pending: Expression[]): boolean {
    if (part.kind === 'bitmap') {
      this.#takeBitmap(part);
      return true;
    }
    const { kind } = part;
    const of = kind === 'not' ? [part.operand] : part.operands;
    const before = pending.length;
    // From the last on, so that the first is taken next.
    for (let index = of.length - 1; index >= 0; index -= 1) {
      if (!this.#numbers.has(of[index]!)) pending.push(of[index]!);
    }
    if (pending.length > before) return false;
    const operands = of.map((operand) => this.#numbers.get(operand)!);
    const hasComplement = kind === 'not' || operands.some((operand) => this.parts[operand]!.hasComplement);
    this.#add(part, { kind, number: kind === 'atLeast' ? part.k : 0, operands, hasComplement });
    return true;
  }

  /** The same key of the same store is the same part. */
  #takeBitmap(bitmap: BitmapExpression): number {
    const { store, key } = bitmap;
    let keys = this.#stores.get(store);
    if (keys === undefined) {
      keys = new Map();
      this.#stores.set(store, keys);
    }
    let number = keys.get(key);
    if (number === undefined) {
      number = this.#add(bitmap, {
        kind: 'bitmap',
        number: this.bitmaps.length,
        operands: NO_OPERANDS,
        hasComplement: false,
      });
      this.bitmaps.push(bitmap);
      keys.set(key, number);
    } else {
      this.#numbers.set(bitmap, number);
    }
    return number;
  }

  #add(expression: Expression, part: Part): number {
    this.#numbers.set(expression, this.parts.length);
    return this.parts.push(part) - 1;
  }
}

/**
 * Folds a part from its bitmaps up: `make` gets each part that it is made of once, with what it made of that one's operands.
 * @param made by part, what was made before, and is made now; for folding several parts that share others
 */
export function foldPart<T>(
  parts: readonly Part[],
  root: number,
  made: (T | undefined)[],
  make: (part: Part, operands: readonly T[]) => T,
): T {
  const pending = [root];
  for (let number = pending.at(-1); number !== undefined; number = pending.at(-1)) {
    const part = parts[number]!;
    const before = pending.length;
    if (made[number] === undefined) {
      // From the last on, so that the first is made next.
      for (let index = part.operands.length - 1; index >= 0; index -= 1) {
        const operand = part.operands[index]!;
        if (made[operand] === undefined) pending.push(operand);
      }
    }
    if (pending.length > before) continue;
    made[number] ??= make(
      part,
      part.operands.map((operand) => made[operand]!),
    );
    pending.pop();
  }
  return made[root]!;
}

/** Whether two expressions have the same shape over the same bitmaps; the order of operands matters. */
export function sameExpression(a: Expression, b: Expression): boolean {
  const { parts, roots } = takeApart([a, b]);
  const numbers = new Map<string, number>();
  // Equal parts get equal numbers, so that parts which occur often are compared once.
  const identify = ({ kind, number }: Part, operands: readonly number[]): number => {
    const text = `${kind} ${number} ${operands}`;
    const known = numbers.get(text) ?? numbers.size;
    numbers.set(text, known);
    return known;
  };
  const made: number[] = [];
  return foldPart(parts, roots[0]!, made, identify) === foldPart(parts, roots[1]!, made, identify);
}
