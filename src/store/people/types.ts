/** People by the names that others know them by: texts, each with a number of its own, which bitmaps know them by. */

import type { RequestOptions } from '../types.js';

/** Somebody: the number, an integer in [0, 2^32), or a text that people are known by, such as `u_8f3a` or a UUID. */
export type Person = number | string;

/**
 * Texts and their numbers. A text has one number and a number one text, for ever: numbers are given out from 0 on, none is left
 * out by intent, and none is given out again. One conformance suite (`test/support/store/people.ts`) holds for every implementation.
 */
export interface People {
  /**
   * The numbers of texts, in their order; a text that has none is given one. Safe beside other writers.
   * @throws TypeError or RangeError for what is no text of a person (`checkPersonText`); no number is given out then
   */
  numbersFor(texts: readonly string[], options?: RequestOptions): Promise<Uint32Array<ArrayBuffer>>;

  /** The numbers that texts have, in their order; `undefined` for a text that has none, which it does not get by asking. */
  numbersOf(texts: readonly string[], options?: RequestOptions): Promise<(number | undefined)[]>;

  /** The texts of numbers, in their order; `undefined` for a number that has none. Memory is bounded by what is asked for. */
  textsOf(ids: ArrayLike<number>, options?: RequestOptions): Promise<(string | undefined)[]>;

  /** Removes texts, and says how many there were. Their numbers are not given out again. */
  remove(texts: readonly string[], options?: RequestOptions): Promise<number>;

  /** How many numbers have been given out, those of texts that were removed included: the next one. */
  size(options?: RequestOptions): Promise<number>;
}
