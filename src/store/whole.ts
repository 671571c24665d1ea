/** Bitmaps that are fetched as a whole, once, and kept compressed in memory. */

import { Bitmap } from '../bitmap/bitmap.js';
import type { ByteRange } from '../bitmap/types.js';
import type { BitmapReader, ByteRead, RequestOptions } from './types.js';

/** A multiple of what a container holds. */
const PIECE_BYTES = 2 ** 20;

/**
 * The bitmap of `key`, whole: the very one of a store that holds it in memory, not to be changed, otherwise one of its own,
 * read in pieces of 1 MiB; a missing key is an empty bitmap.
 * @throws whatever the store throws.
 * @example
 * import { MemoryStore } from 'bitmapist-wasm';
 * import { readBitmap } from 'bitmapist-wasm/bitmaps';
 *
 * const store = new MemoryStore();
 * await store.put('key', Uint8Array.of(0x41));
 * console.log((await readBitmap(store, 'key')).cardinality); // 2
 */
export async function readBitmap(
  reader: BitmapReader,
  key: string,
  options?: RequestOptions,
): Promise<Bitmap> {
  await reader.prepare?.([key], options);
  const held = reader.resident?.(key);
  if (held !== undefined) return held;
  const [byteLength = 0] = await reader.byteLengths([key], options);
  const bitmap = new Bitmap();
  for (let byteOffset = 0; byteOffset < byteLength; byteOffset += PIECE_BYTES) {
    const target = new Uint8Array(Math.min(PIECE_BYTES, byteLength - byteOffset));
    await reader.read([{ key, byteOffset, target }], options);
    bitmap.append(target);
  }
  return bitmap;
}

/** Fetches bitmaps, each of which it hands to `keep`; a missing one is empty. */
export type FetchWhole = (
  keys: readonly string[],
  keep: (key: string, bitmap: Bitmap) => void,
  options: RequestOptions | undefined,
) => Promise<void>;

/** Reads what can only be fetched as a whole: each key once, whatever is asked of it. */
export class WholeReader implements BitmapReader {
  readonly #bitmaps = new Map<string, Bitmap>();
  readonly #fetch: FetchWhole;
  #fetching: Promise<unknown> = Promise.resolve();

  constructor(fetch: FetchWhole) {
    this.#fetch = fetch;
  }

  async byteLengths(keys: readonly string[], options?: RequestOptions): Promise<number[]> {
    return (await this.fetch(keys, options)).map(({ byteLength }) => byteLength);
  }

  async read(reads: readonly ByteRead[], options?: RequestOptions): Promise<void> {
    await this.readFirst(reads, options);
  }

  async readFirst(reads: readonly ByteRead[], options?: RequestOptions): Promise<number[]> {
    const keys = reads.map(({ key }) => key);
    const bitmaps = await this.fetch(keys, options);
    for (const [index, bitmap] of bitmaps.entries()) {
      bitmap.readInto(reads[index]!.target, reads[index]!.byteOffset, options?.kernel);
    }
    return bitmaps.map(({ byteLength }) => byteLength);
  }

  async occupied(
    keys: readonly string[],
    _byteLengths: readonly number[],
    options?: RequestOptions,
  ): Promise<(readonly ByteRange[] | undefined)[]> {
    return (await this.fetch(keys, options)).map((bitmap) => bitmap.occupied());
  }

  resident(key: string): Bitmap | undefined {
    return this.#bitmaps.get(key);
  }

  /** The bitmaps of `keys`. One call after the other, so that none fetches what another is fetching. */
  async fetch(keys: readonly string[], options?: RequestOptions): Promise<Bitmap[]> {
    const fetchMissing = async (): Promise<void> => {
      const missing = [...new Set(keys)].filter((key) => !this.#bitmaps.has(key));
      await this.#fetch(missing, (key, bitmap) => this.#bitmaps.set(key, bitmap), options);
    };
    this.#fetching = this.#fetching.then(fetchMissing, fetchMissing);
    await this.#fetching;
    options?.signal?.throwIfAborted();
    return keys.map((key) => this.#bitmaps.get(key)!);
  }
}
