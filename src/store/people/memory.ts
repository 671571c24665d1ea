/** The embedded map of people: texts and numbers in this process. */

import { BitmapistError } from '../../base/errors.js';
import { ownText } from '../../base/own.js';
import { checkPersonText } from '../../base/person.js';
import { decodeEntries, encodeEntries } from './entries.js';
import { PAGE_PEOPLE } from './pages.js';
import { refuseToMix } from './refusal.js';
import type { KeptPeople, LookupOptions, PeopleEntry } from './types.js';

/** V8's maps have 2^24 keys at most. */
const MAP_KEYS = 2 ** 23;

/** How a map is kept. */
export interface MemoryPeopleOptions {
  /** What its keys begin with in files, if there are several maps (default: nothing). */
  readonly prefix?: string | undefined;
}

/**
 * Keeps people's texts and their numbers in memory, as `RedisPeople` keeps them in Redis. Nothing outlives the process unless
 * it is saved.
 * @example
 * import { Bitmapist } from 'bitmapist-wasm';
 * import { MemoryPeople } from 'bitmapist-wasm/people';
 *
 * const bitmapist = new Bitmapist({ people: new MemoryPeople() });
 * await bitmapist.markUnique('pro', ['u_8f3a', 'u_77b0']);
 * console.log(await bitmapist.unique('pro').has('u_8f3a')); // true
 * for await (const page of bitmapist.unique('pro').people()) console.log(page); // [ 'u_8f3a', 'u_77b0' ]
 */
export class MemoryPeople implements KeptPeople {
  readonly prefix: string;
  /** Each text in one of them. */
  #numbers = [new Map<string, number>()];
  /** By number. */
  #texts: (string | undefined)[] = [];

  constructor(options: MemoryPeopleOptions = {}) {
    this.prefix = options.prefix ?? '';
  }

  async numbersFor(texts: readonly string[], options?: LookupOptions): Promise<Uint32Array<ArrayBuffer>> {
    options?.signal?.throwIfAborted();
    const numbers = new Uint32Array(texts.length);
    const unknown: number[] = [];
    for (let at = 0; at < texts.length; at++) {
      const number = this.#numberOf(texts[at]!);
      if (number === undefined) unknown.push(at);
      else numbers[at] = number;
    }
    // Before anybody is given one. Who is known has been looked at.
    for (const at of unknown) checkPersonText(texts[at]!);
    for (const at of unknown) numbers[at] = this.#numberOf(texts[at]!) ?? this.#add(ownText(texts[at]!));
    return numbers;
  }

  async numbersOf(texts: readonly string[], options?: LookupOptions): Promise<(number | undefined)[]> {
    options?.signal?.throwIfAborted();
    return texts.map((text) => this.#numberOf(text) ?? unknown(text));
  }

  async textsOf(ids: ArrayLike<number>, options?: LookupOptions): Promise<(string | undefined)[]> {
    options?.signal?.throwIfAborted();
    return Array.from(ids, (id) => this.#texts[id]);
  }

  async remove(texts: readonly string[], options?: LookupOptions): Promise<number> {
    options?.signal?.throwIfAborted();
    for (const text of texts) checkPersonText(text);
    let removed = 0;
    for (const text of texts) {
      const number = this.#numberOf(text);
      if (number === undefined) continue;
      for (const numbers of this.#numbers) numbers.delete(text);
      this.#texts[number] = undefined;
      removed += 1;
    }
    return removed;
  }

  async size(options?: LookupOptions): Promise<number> {
    options?.signal?.throwIfAborted();
    return this.#texts.length;
  }

  async *entries(options?: LookupOptions): AsyncGenerator<PeopleEntry, void> {
    const texts = this.#texts;
    const size = texts.length;
    function* pages() {
      for (let from = 0; from < size; from += PAGE_PEOPLE) {
        options?.signal?.throwIfAborted();
        yield texts.slice(from, Math.min(from + PAGE_PEOPLE, size));
      }
    }
    yield* encodeEntries(this.prefix, size, pages());
  }

  async restore(
    entries: Iterable<PeopleEntry> | AsyncIterable<PeopleEntry>,
    options?: LookupOptions,
  ): Promise<number> {
    options?.signal?.throwIfAborted();
    const copy = new MemoryPeople();
    for (const text of await decodeEntries(this.prefix, entries)) {
      if (text === undefined) copy.#texts.push(undefined);
      else if (copy.#numberOf(text) === undefined) copy.#add(text);
      else
        throw new BitmapistError(`expected a map that has each text once, got ${JSON.stringify(text)} twice`);
    }
    options?.signal?.throwIfAborted();
    if (this.#texts.length > 0) throw refuseToMix(this.#texts.length);
    this.#numbers = copy.#numbers;
    this.#texts = copy.#texts;
    return this.#texts.length;
  }

  #numberOf(text: string): number | undefined {
    if (this.#numbers.length === 1) return this.#numbers[0]!.get(text);
    for (const numbers of this.#numbers) {
      const number = numbers.get(text);
      if (number !== undefined) return number;
    }
    return undefined;
  }

  #add(text: string): number {
    const number = this.#texts.push(text) - 1;
    let numbers = this.#numbers.at(-1)!;
    if (numbers.size >= MAP_KEYS) {
      numbers = new Map();
      this.#numbers.push(numbers);
    }
    numbers.set(text, number);
    return number;
  }
}

/** Nobody, if it is a text that somebody could have. */
function unknown(text: string): undefined {
  checkPersonText(text);
}
