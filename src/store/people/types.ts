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
   * @throws RangeError for what is not 1 to 1,000 bytes of well-formed UTF-8; no number is given out then
   * @example
   * import { MemoryPeople } from 'bitmapist-wasm/people';
   *
   * const people = new MemoryPeople();
   * console.log(await people.numbersFor(['ann', 'bob', 'ann'])); // Uint32Array(3) [ 0, 1, 0 ]
   */
  numbersFor(texts: readonly string[], options?: RequestOptions): Promise<Uint32Array<ArrayBuffer>>;

  /**
   * The numbers that texts have, in their order; `undefined` for a text that has none, which it does not get by asking.
   * @throws RangeError as `numbersFor` does
   * @example
   * import { MemoryPeople } from 'bitmapist-wasm/people';
   *
   * const people = new MemoryPeople();
   * await people.numbersFor(['ann']);
   * console.log(await people.numbersOf(['bob', 'ann'])); // [ undefined, 0 ]
   */
  numbersOf(texts: readonly string[], options?: RequestOptions): Promise<(number | undefined)[]>;

  /**
   * The texts of numbers, in their order; `undefined` for a number that has none. Memory is bounded by what is asked for.
   * @example
   * import { MemoryPeople } from 'bitmapist-wasm/people';
   *
   * const people = new MemoryPeople();
   * await people.numbersFor(['ann']);
   * console.log(await people.textsOf([0, 1])); // [ 'ann', undefined ]
   */
  textsOf(ids: ArrayLike<number>, options?: RequestOptions): Promise<(string | undefined)[]>;

  /**
   * Removes texts, and says how many there were. Their numbers are not given out again.
   * @throws RangeError as `numbersFor` does
   * @example
   * import { MemoryPeople } from 'bitmapist-wasm/people';
   *
   * const people = new MemoryPeople();
   * await people.numbersFor(['ann', 'bob']);
   * console.log(await people.remove(['ann', 'zoe'])); // 1
   * console.log(await people.numbersFor(['ann'])); // Uint32Array(1) [ 2 ]
   */
  remove(texts: readonly string[], options?: RequestOptions): Promise<number>;

  /**
   * How many numbers have been given out, those of texts that were removed included: the next one.
   * @example
   * import { MemoryPeople } from 'bitmapist-wasm/people';
   *
   * const people = new MemoryPeople();
   * await people.numbersFor(['ann', 'bob']);
   * console.log(await people.size()); // 2
   */
  size(options?: RequestOptions): Promise<number>;
}
