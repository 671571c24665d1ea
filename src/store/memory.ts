/** The embedded store: bitmaps in this process, compressed. */

import { CompressedBitmap } from '../bitmap/compressed.js';
import type { ByteRange, Container } from '../bitmap/types.js';
import { checkKeysOptions, checkPut, checkWrites } from './arguments.js';
import type {
  BitmapReader,
  BitWrite,
  ByteRead,
  KeysOptions,
  PutOptions,
  RequestOptions,
  Store,
} from './types.js';

/**
 * Keeps bitmaps in memory. They grow with the bits set, not with the largest id, and their lengths are those that Redis
 * would report. Nothing outlives the process.
 */
export class MemoryStore implements Store {
  readonly #bitmaps = new Map<string, CompressedBitmap>();
  /** Unix milliseconds at which keys with a time to live are gone. */
  readonly #expiries = new Map<string, number>();

  async byteLengths(keys: readonly string[], options?: RequestOptions): Promise<number[]> {
    options?.signal?.throwIfAborted();
    return keys.map((key) => this.#find(key)?.byteLength ?? 0);
  }

  async read(reads: readonly ByteRead[], options?: RequestOptions): Promise<void> {
    options?.signal?.throwIfAborted();
    for (const { key, byteOffset, target } of reads) {
      const bitmap = this.#find(key);
      if (bitmap === undefined) target.fill(0);
      else bitmap.readInto(target, byteOffset);
    }
  }

  async write(writes: readonly BitWrite[], options?: RequestOptions): Promise<void> {
    checkWrites(writes);
    options?.signal?.throwIfAborted();
    for (const { key, ids, value } of writes) {
      if (ids.length === 0) continue;
      let bitmap = this.#find(key);
      if (bitmap === undefined) {
        bitmap = new CompressedBitmap();
        this.#bitmaps.set(key, bitmap);
      }
      bitmap.change(ids, value);
    }
  }

  async put(key: string, bytes: Uint8Array, options?: PutOptions): Promise<void> {
    checkPut(key, bytes, options);
    options?.signal?.throwIfAborted();
    this.#bitmaps.set(key, CompressedBitmap.fromBytes(bytes));
    if (options?.ttlSeconds === undefined) this.#expiries.delete(key);
    else this.#expiries.set(key, Date.now() + options.ttlSeconds * 1000);
  }

  async *keys(prefix: string, options?: KeysOptions): AsyncGenerator<string, void, undefined> {
    checkKeysOptions(options);
    const keys = [...this.#bitmaps.keys()].filter((key) => key.startsWith(prefix));
    for (const key of keys) {
      options?.signal?.throwIfAborted();
      if (this.#find(key) !== undefined) yield key;
    }
  }

  async delete(keys: readonly string[], options?: RequestOptions): Promise<number> {
    options?.signal?.throwIfAborted();
    let deleted = 0;
    for (const key of keys) {
      if (this.#find(key) === undefined) continue;
      this.#forget(key);
      deleted++;
    }
    return deleted;
  }

  async expiries(keys: readonly string[], options?: RequestOptions): Promise<(number | undefined)[]> {
    options?.signal?.throwIfAborted();
    return keys.map((key) => (this.#find(key) === undefined ? undefined : this.#expiries.get(key)));
  }

  async count(key: string, options?: RequestOptions): Promise<number> {
    options?.signal?.throwIfAborted();
    return this.#find(key)?.cardinality ?? 0;
  }

  ids(key: string): Uint32Array<ArrayBuffer> {
    return this.#find(key)?.ids() ?? new Uint32Array(0);
  }

  async occupied(
    keys: readonly string[],
    _byteLengths: readonly number[],
    options?: RequestOptions,
  ): Promise<(readonly ByteRange[] | undefined)[]> {
    options?.signal?.throwIfAborted();
    return keys.map((key) => {
      const bitmap = this.#find(key);
      return bitmap === undefined ? [] : bitmap.occupied();
    });
  }

  /** A copy of `keys` as they are now. */
  async snapshot(keys: readonly string[], options?: RequestOptions): Promise<BitmapReader> {
    options?.signal?.throwIfAborted();
    const copy = new MemoryStore();
    for (const key of new Set(keys)) {
      const bitmap = this.#find(key);
      if (bitmap === undefined) continue;
      const copied = CompressedBitmap.fromContainers(bitmap.containers());
      // Copies end with their last id; bitmaps may end with zeros.
      if (copied.byteLength < bitmap.byteLength) copied.change([bitmap.byteLength * 8 - 1], 0);
      copy.#bitmaps.set(key, copied);
    }
    return copy;
  }

  *containers(key: string): Generator<Container, void, undefined> {
    const bitmap = this.#find(key);
    if (bitmap !== undefined) yield* bitmap.containers();
  }

  /** Replaces the whole bitmap of `key` by `containers`, which ascend. The bitmap ends with the last id. */
  putContainers(key: string, containers: Iterable<Container>): void {
    this.#bitmaps.set(key, CompressedBitmap.fromContainers(containers));
    this.#expiries.delete(key);
  }

  /** Bytes that the bitmaps and all their bookkeeping take (engine objects by estimate); the text of keys aside. */
  get byteSize(): number {
    let sum = 0;
    for (const bitmap of this.#bitmaps.values()) sum += bitmap.byteSize;
    return sum;
  }

  #find(key: string): CompressedBitmap | undefined {
    const expiry = this.#expiries.size > 0 ? this.#expiries.get(key) : undefined;
    if (expiry !== undefined && expiry <= Date.now()) this.#forget(key);
    return this.#bitmaps.get(key);
  }

  #forget(key: string): void {
    this.#bitmaps.delete(key);
    this.#expiries.delete(key);
  }
}
