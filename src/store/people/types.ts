/** People by the names that others know them by: texts, each with a number of its own, which bitmaps know them by. */

/** Somebody: the number, an integer in [0, 2^32), or a text that people are known by, such as `u_8f3a` or a UUID. */
export type Person = number | string;

/** How a map is asked. */
export interface LookupOptions {
  /** Ends the call early: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

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
  numbersFor(texts: readonly string[], options?: LookupOptions): Promise<Uint32Array<ArrayBuffer>>;

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
  numbersOf(texts: readonly string[], options?: LookupOptions): Promise<(number | undefined)[]>;

  /**
   * The texts of numbers, in their order; `undefined` for a number that has none. Memory is bounded by what is asked for.
   * @example
   * import { MemoryPeople } from 'bitmapist-wasm/people';
   *
   * const people = new MemoryPeople();
   * await people.numbersFor(['ann']);
   * console.log(await people.textsOf([0, 1])); // [ 'ann', undefined ]
   */
  textsOf(ids: ArrayLike<number>, options?: LookupOptions): Promise<(string | undefined)[]>;

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
  remove(texts: readonly string[], options?: LookupOptions): Promise<number>;

  /**
   * How many numbers have been given out, those of texts that were removed included: the next one.
   * @example
   * import { MemoryPeople } from 'bitmapist-wasm/people';
   *
   * const people = new MemoryPeople();
   * await people.numbersFor(['ann', 'bob']);
   * console.log(await people.size()); // 2
   */
  size(options?: LookupOptions): Promise<number>;
}

/** A key of a map, as it is kept in Redis and in files. */
export interface PeopleEntry {
  readonly key: string;
  readonly bytes: Uint8Array;
}

/** A map that can be copied as a whole: into a file, and into another one that has nobody yet. */
export interface KeptPeople extends People {
  /** What its keys begin with, before `{bitmapist:people}`. */
  readonly prefix: string;

  /**
   * All of it as it was at some moment since it was asked for, texts removed since then left out. None if it has nobody.
   * @example
   * import { MemoryPeople } from 'bitmapist-wasm/people';
   *
   * const people = new MemoryPeople();
   * await people.numbersFor(['ann']);
   * for await (const { key } of people.entries()) console.log(key);
   * // {bitmapist:people}:t:0
   * // {bitmapist:people}:b:0
   * // {bitmapist:people}:n
   */
  entries(options?: LookupOptions): AsyncIterable<PeopleEntry>;

  /**
   * Takes all of another map over: the entries whose keys have this map's prefix, in any order. Says how many numbers have been
   * given out there.
   * @throws BitmapistError, before anything is changed, if this map has given out numbers already, which would then stand for
   * others, and for entries that are damaged or are not all of a map
   * @example
   * import { MemoryPeople } from 'bitmapist-wasm/people';
   *
   * const people = new MemoryPeople();
   * await people.numbersFor(['ann', 'bob']);
   * const copy = new MemoryPeople();
   * await copy.restore(people.entries());
   * console.log(await copy.textsOf([0, 1])); // [ 'ann', 'bob' ]
   */
  restore(
    entries: Iterable<PeopleEntry> | AsyncIterable<PeopleEntry>,
    options?: LookupOptions,
  ): Promise<number>;
}
