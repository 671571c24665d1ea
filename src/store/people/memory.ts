/** The embedded map of people: texts and numbers in this process. */

import { checkPersonText } from '../../base/person.js';
import type { RequestOptions } from '../types.js';
import type { People } from './types.js';

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
export class MemoryPeople implements People {
  readonly #numbers = new Map<string, number>();
  /** By number. */
  readonly #texts: (string | undefined)[] = [];

  async numbersFor(texts: readonly string[], options?: RequestOptions): Promise<Uint32Array<ArrayBuffer>> {
    options?.signal?.throwIfAborted();
    for (const text of texts) checkPersonText(text);
    return Uint32Array.from(texts, (text) => this.#numbers.get(text) ?? this.#add(text));
  }

  async numbersOf(texts: readonly string[], options?: RequestOptions): Promise<(number | undefined)[]> {
    options?.signal?.throwIfAborted();
    return texts.map((text) => this.#numbers.get(checkPersonText(text)));
  }

  async textsOf(ids: ArrayLike<number>, options?: RequestOptions): Promise<(string | undefined)[]> {
    options?.signal?.throwIfAborted();
    return Array.from(ids, (id) => this.#texts[id]);
  }

  async remove(texts: readonly string[], options?: RequestOptions): Promise<number> {
    options?.signal?.throwIfAborted();
    for (const text of texts) checkPersonText(text);
    let removed = 0;
    for (const text of texts) {
      const number = this.#numbers.get(text);
      if (number === undefined) continue;
      this.#numbers.delete(text);
      this.#texts[number] = undefined;
      removed += 1;
    }
    return removed;
  }

  async size(options?: RequestOptions): Promise<number> {
    options?.signal?.throwIfAborted();
    return this.#texts.length;
  }

  #add(text: string): number {
    const number = this.#texts.push(text) - 1;
    this.#numbers.set(text, number);
    return number;
  }
}
