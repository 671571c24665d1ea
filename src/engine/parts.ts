import type { BitmapExpression, Expression } from './expression.js';

/** What expressions are when they have been taken apart: what comes after the door speaks of parts and bitmaps by number. */

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

export const NO_OPERANDS: readonly never[] = [];

/** What `make` makes of each part, and of what it made of the part's operands. */
export function foldParts<T>(parts: readonly Part[], make: (part: Part, operands: readonly T[]) => T): T[] {
  const made: T[] = [];
  for (const part of parts) {
    const { operands } = part;
    made.push(make(part, operands.length === 0 ? NO_OPERANDS : operands.map((operand) => made[operand]!)));
  }
  return made;
}
