/**
 * Reading from servers without STRLEN and GETRANGE: every key is fetched as a whole with GET, once per question, and kept
 * compressed until the question is answered.
 */

import { Bitmap } from '../../bitmap/bitmap.js';
import type { ByteRange } from '../../bitmap/types.js';
import type { BitmapReader, ByteRead, RequestOptions } from '../types.js';
import type { RedisLink } from './link.js';

/** Whole values under way at once: enough to hide the round trip, few enough to bound what piles up. */
const MAX_IN_FLIGHT = 16;

export class WholeReader implements BitmapReader {
  readonly #link: RedisLink;
  readonly #bitmaps = new Map<string, Bitmap>();
  #fetching: Promise<void> = Promise.resolve();

  constructor(link: RedisLink) {
    this.#link = link;
  }

  async byteLengths(keys: readonly string[], options?: RequestOptions): Promise<number[]> {
    await this.#fetch(keys, options);
    return keys.map((key) => this.#bitmaps.get(key)!.byteLength);
  }

  async read(reads: readonly ByteRead[], options?: RequestOptions): Promise<void> {
    await this.#fetch(
      reads.map(({ key }) => key),
      options,
    );
    for (const { key, byteOffset, target } of reads) {
      this.#bitmaps.get(key)!.readInto(target, byteOffset, options?.kernel);
    }
  }

  async occupied(
    keys: readonly string[],
    _byteLengths: readonly number[],
    options?: RequestOptions,
  ): Promise<(readonly ByteRange[] | undefined)[]> {
    await this.#fetch(keys, options);
    return keys.map((key) => this.#bitmaps.get(key)!.occupied());
  }

  async count(key: string, options?: RequestOptions): Promise<number> {
    await this.#fetch([key], options);
    return this.#bitmaps.get(key)!.cardinality;
  }

  /** One call after the other, so that none fetches what another is fetching. */
  #fetch(keys: readonly string[], options: RequestOptions | undefined): Promise<void> {
    const fetchMissing = () => this.#fetchMissing(keys, options);
    this.#fetching = this.#fetching.then(fetchMissing, fetchMissing);
    return this.#fetching;
  }

  async #fetchMissing(keys: readonly string[], options: RequestOptions | undefined): Promise<void> {
    const missing = [...new Set(keys)].filter((key) => !this.#bitmaps.has(key));
    await this.#link.sendAll(
      missing,
      {
        send: (key) => this.#link.commands.get(key),
        receive: (bytes, key) => {
          this.#bitmaps.set(key, Bitmap.fromBytes(bytes ?? new Uint8Array(0)));
        },
        keyOf: (key) => key,
        maxInFlight: MAX_IN_FLIGHT,
      },
      options,
    );
    options?.signal?.throwIfAborted();
  }
}
