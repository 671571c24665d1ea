/** The embedded store: bitmaps in this process, compressed. */

import { checkId, checkIds } from '../base/id.js';
import { Bitmap } from '../bitmap/bitmap.js';
import type { PackedBitmap } from '../bitmap/packed.js';
import type { ByteRange } from '../bitmap/types.js';
import { checkKeysOptions, checkPut, checkWrites } from './arguments.js';
import type {
  BitmapReader,
  BitWrite,
  ByteRead,
  FingerprintKind,
  KeysOptions,
  PutOptions,
  RequestOptions,
  Store,
} from './types.js';

/**
 * Keeps bitmaps in memory. They grow with the bits set, not with the largest id, and their lengths are those that Redis
 * would report. Nothing outlives the process.
 * @example
 * import { Bitmapist, MemoryStore } from 'bitmapist-wasm';
 *
 * const bitmapist = new Bitmapist({ store: new MemoryStore() });
 * await bitmapist.markEvent('active', [7, 8], { now: '2026-11-22' });
 * console.log(await bitmapist.day('active', '2026-11-22').count()); // 2
 */
export class MemoryStore implements Store {
  readonly #bitmaps = new Map<string, Bitmap | PackedBitmap>();
  /** Unix milliseconds at which keys with a time to live are gone. */
  readonly #expiries = new Map<string, number>();

  async byteLengths(keys: readonly string[], options?: RequestOptions): Promise<number[]> {
    options?.signal?.throwIfAborted();
    return keys.map((key) => this.#find(key)?.byteLength ?? 0);
  }

  async read(reads: readonly ByteRead[], options?: RequestOptions): Promise<void> {
    options?.signal?.throwIfAborted();
    for (const { key, byteOffset, target } of reads) {
      this.#bitmapOf(key).readInto(target, byteOffset, options?.kernel);
    }
  }

  async write(writes: readonly BitWrite[], options?: RequestOptions): Promise<void> {
    checkWrites(writes);
    options?.signal?.throwIfAborted();
    for (const { key, ids, value } of writes) {
      if (ids.length === 0) continue;
      let bitmap = this.#find(key);
      if (bitmap === undefined) {
        bitmap = new Bitmap();
        this.#bitmaps.set(key, bitmap);
      }
      bitmap.change(ids, value, options?.kernel);
    }
  }

  async put(key: string, bytes: Uint8Array, options?: PutOptions): Promise<void> {
    checkPut(key, bytes, options);
    options?.signal?.throwIfAborted();
    this.#bitmaps.set(key, Bitmap.fromBytes(bytes));
    if (options?.ttlSeconds === undefined) this.#expiries.delete(key);
    else this.#expiries.set(key, Date.now() + options.ttlSeconds * 1000);
  }

  async *keys(prefix: string, options?: KeysOptions): AsyncGenerator<string, void, undefined> {
    checkKeysOptions(options);
    const keys = [...this.#bitmaps.keys()].filter((key) => key.startsWith(prefix));
    for (const key of keys) {
      options?.signal?.throwIfAborted();
      if (this.#holds(key)) yield key;
    }
  }

  async delete(keys: readonly string[], options?: RequestOptions): Promise<number> {
    options?.signal?.throwIfAborted();
    let deleted = 0;
    for (const key of keys) {
      if (!this.#holds(key)) continue;
      this.#forget(key);
      deleted++;
    }
    return deleted;
  }

  async erase(keys: readonly string[], ids: ArrayLike<number>, options?: RequestOptions): Promise<number[]> {
    checkIds(ids);
    const { eraseIds } = await import('../bitmap/erasing.js');
    options?.signal?.throwIfAborted();
    return keys.map((key) => {
      const bitmap = this.#find(key);
      if (!bitmap?.byteLength) return 0;
      const cleared = eraseIds(bitmap, ids);
      if (bitmap.byteLength === 0) this.#forget(key);
      return cleared;
    });
  }

  async expiries(keys: readonly string[], options?: RequestOptions): Promise<(number | undefined)[]> {
    options?.signal?.throwIfAborted();
    return keys.map((key) => (this.#holds(key) ? this.#expiries.get(key) : undefined));
  }

  async count(key: string, options?: RequestOptions): Promise<number> {
    options?.signal?.throwIfAborted();
    return this.#find(key)?.cardinality ?? 0;
  }

  async fingerprints(
    keys: readonly string[],
    kind: FingerprintKind,
    options?: RequestOptions,
  ): Promise<string[]> {
    const { fingerprintOf } = await import('../bitmap/fingerprint.js');
    options?.signal?.throwIfAborted();
    return keys.map((key) => fingerprintOf(this.#find(key), kind));
  }

  async has(key: string, id: number, options?: RequestOptions): Promise<boolean> {
    checkId(id);
    options?.signal?.throwIfAborted();
    return this.#find(key)?.has(id) ?? false;
  }

  resident(key: string): Bitmap {
    return this.#bitmapOf(key);
  }

  async occupied(
    keys: readonly string[],
    _byteLengths: readonly number[],
    options?: RequestOptions,
  ): Promise<(readonly ByteRange[] | undefined)[]> {
    options?.signal?.throwIfAborted();
    return keys.map((key) => this.#bitmapOf(key).occupied());
  }

  /** A copy of `keys` as they are now; see `Store`. */
  async snapshot(keys: readonly string[], options?: RequestOptions): Promise<BitmapReader> {
    options?.signal?.throwIfAborted();
    const copy = new MemoryStore();
    for (const key of new Set(keys)) {
      const bitmap = this.#find(key);
      if (bitmap !== undefined) copy.#bitmaps.set(key, bitmap.copy());
    }
    return copy;
  }

  /**
   * Replaces the whole bitmap of `key` by `bitmap`, which is the store's from then on.
   * @example
   * import { MemoryStore } from 'bitmapist-wasm';
   * import { Bitmap } from 'bitmapist-wasm/bitmaps';
   *
   * const store = new MemoryStore();
   * store.putBitmap('key', Bitmap.fromBytes(Uint8Array.of(0x41)));
   * console.log(await store.count('key')); // 2
   */
  putBitmap(key: string, bitmap: Bitmap | PackedBitmap): void {
    this.#bitmaps.set(key, bitmap);
    this.#expiries.delete(key);
  }

  /** Bytes that the bitmaps and all their bookkeeping take (engine objects by estimate); the text of keys aside. */
  get byteSize(): number {
    let sum = 0;
    for (const bitmap of this.#bitmaps.values()) sum += bitmap.byteSize;
    return sum;
  }

  #holds(key: string): boolean {
    const expiry = this.#expiries.size > 0 ? this.#expiries.get(key) : undefined;
    if (expiry !== undefined && expiry <= Date.now()) this.#forget(key);
    return this.#bitmaps.has(key);
  }

  /** Also for stores that extend this one and hide what is `resident`. */
  #bitmapOf(key: string): Bitmap {
    return this.#find(key) ?? new Bitmap();
  }

  #find(key: string): Bitmap | undefined {
    if (!this.#holds(key)) return undefined;
    let bitmap = this.#bitmaps.get(key)!;
    if ('unpack' in bitmap) {
      bitmap = bitmap.unpack();
      this.#bitmaps.set(key, bitmap);
    }
    return bitmap;
  }

  #forget(key: string): void {
    this.#bitmaps.delete(key);
    this.#expiries.delete(key);
  }
}
