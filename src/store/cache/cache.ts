import { describe, StoreError } from '../../base/errors.js';
import { checkId } from '../../base/id.js';
import type { Bitmap } from '../../bitmap/bitmap.js';
import type { ByteRange } from '../../bitmap/types.js';
import type {
  BitWrite,
  ByteRead,
  FingerprintKind,
  KeysOptions,
  PutOptions,
  RequestOptions,
  Store,
  WriteOptions,
} from '../types.js';
import { readBitmap } from '../whole.js';
import { Checks } from './checking.js';
import { KeptCounts } from './counts.js';
import { Disk, type FolderPlace } from './disk.js';
import { KeptBitmaps } from './kept.js';
import { CachedReader, type Holdings } from './reader.js';

/** A store before a store: bitmaps that no longer change are kept compressed in memory. */

/** What is kept, and how much of it. See `cached`, which knows which periods are over. */
export interface CacheOptions {
  /**
   * Which keys hold bitmaps that no longer change; asked anew each time, since time passes. With a folder it is also asked whether they
   * were such at another moment, in milliseconds since 1970.
   */
  readonly isFinished: (key: string, atMs?: number) => boolean;
  /** Memory for cached bitmaps, in bytes. */
  readonly maxBytes: number;
  /** How many counts of finished bitmaps are kept, rounded up to an even number (default 200,000; some 30 bytes each). */
  readonly maxCounts?: number | undefined;
  /** See `cached` (default `never`). */
  readonly check?: 'never' | FingerprintKind | undefined;
  /** If bitmaps and counts are kept on disk, too: for other processes, and those that come later. */
  readonly disk?: FolderPlace | undefined;
}

/** What a cache was good for. */
export interface CacheStatistics {
  /** Finished bitmaps that a question found here. */
  readonly hits: number;
  /** Finished bitmaps that it had to fetch. */
  readonly misses: number;
  /** Bitmaps kept. */
  readonly bitmaps: number;
  /** Bitmaps that questions under way have read in part; they are kept once they are whole. */
  readonly partial: number;
  /** The memory that both take, bookkeeping included; at most `maxBytes`. */
  readonly bytes: number;
  /** Counts kept. */
  readonly counts: number;
  /** Counts that questions found here. */
  readonly countsFound: number;
  /** Counts over finished bitmaps alone that questions had to compute. */
  readonly countsComputed: number;
  /** Kept bitmaps that were compared with those of the store, and those of them that others had changed. */
  readonly checked: number;
  readonly changed: number;
  /** Bitmaps that came from the folder. */
  readonly loaded: number;
  /** Files in the folder that were torn, or not what they should be: removed, and not believed. */
  readonly unsound: number;
}

const DEFAULT_MAX_COUNTS = 200_000;

/**
 * Keeps finished bitmaps as they are read, window by window; a bitmap that was read to its end is not fetched again. Least
 * recently used ones make room. What a question has read in part is forgotten when it ends, however it ends. Writes through
 * this store forget what they touch; what others write to a finished bitmap is not noticed until `invalidate` or `clear` is
 * called or it has to be read again, unless questions check what is kept. Counts may be kept for longer than their bitmaps.
 * @example
 * import { MemoryStore } from 'bitmapist-wasm';
 * import { CachedStore } from 'bitmapist-wasm/cached';
 *
 * const inner = new MemoryStore();
 * await inner.put('key', Uint8Array.of(0x41));
 * const store = new CachedStore(inner, { isFinished: () => true, maxBytes: 2 ** 20 });
 * for (let read = 0; read < 2; read++) {
 *   const [byteLength = 0] = await store.byteLengths(['key']);
 *   await store.read([{ key: 'key', byteOffset: 0, target: new Uint8Array(byteLength) }]);
 * }
 * console.log(store.statistics.hits); // 1
 */
export class CachedStore implements Store {
  /** If the inner store can: a consistent read goes past the cache, since it is asked for what is true now. */
  readonly snapshot?: NonNullable<Store['snapshot']>;
  /** If the inner store can: otherwise a question reads no more than the part around the id. */
  readonly has?: NonNullable<Store['has']>;
  /** If the inner store can. */
  readonly erase?: NonNullable<Store['erase']>;
  /** If the inner store can: what it holds is told, not what is kept. */
  readonly fingerprints?: NonNullable<Store['fingerprints']>;
  readonly #inner: Store;
  readonly #holdings: Holdings;

  /**
   * @throws RangeError for a `maxBytes` that is not positive, a `maxCounts` that is not a number of counts, and an unknown `check`;
   * StoreError for a `check` of a store that cannot tell whether bitmaps have changed
   */
  constructor(
    inner: Store,
    { isFinished, maxBytes, maxCounts = DEFAULT_MAX_COUNTS, check = 'never', disk: place }: CacheOptions,
  ) {
    if (!(maxBytes > 0))
      throw new RangeError(`expected maxBytes to be a positive number, got ${String(maxBytes)}`);
    if (inner.snapshot !== undefined) this.snapshot = inner.snapshot.bind(inner);
    if (inner.has !== undefined) {
      this.has = async (key, id, options) => this.#use(key)?.has(checkId(id)) ?? inner.has!(key, id, options);
    }
    if (inner.erase !== undefined) {
      this.erase = (keys, ids, options) => this.#changing(keys, () => inner.erase!(keys, ids, options));
    }
    if (inner.fingerprints !== undefined) this.fingerprints = inner.fingerprints.bind(inner);
    this.#inner = inner;
    const kept = new KeptBitmaps(maxBytes);
    const counts = new KeptCounts(maxCounts);
    const disk =
      place &&
      new Disk(inner, { place, maxCounts, isFinished, hasDigests: check === 'digest' }, kept, counts);
    if (disk !== undefined) kept.onWhole = (key, recording) => disk.save(key, recording);
    this.#holdings = {
      isFinished,
      kept,
      counts,
      checks: checksOf(inner, check),
      disk,
      hits: 0,
      misses: 0,
    };
  }

  /** Since the store was made; `clear` does not reset what was found, missed and computed. */
  get statistics(): CacheStatistics {
    const { kept, counts, checks, disk, hits, misses } = this.#holdings;
    const { whole, partial } = kept.counts;
    return {
      hits,
      misses,
      bitmaps: whole,
      partial,
      bytes: kept.byteSize,
      counts: counts.size,
      countsFound: counts.found,
      countsComputed: counts.computed,
      checked: checks?.compared ?? 0,
      changed: checks?.changed ?? 0,
      loaded: disk?.loaded ?? 0,
      unsound: disk?.unsound ?? 0,
    };
  }

  /**
   * Forgets all bitmaps and counts; statistics go on.
   * @example
   * import { MemoryStore } from 'bitmapist-wasm';
   * import { cached } from 'bitmapist-wasm/cached';
   *
   * const store = cached(new MemoryStore());
   * store.clear();
   * console.log(store.statistics.bitmaps); // 0
   */
  clear(): void {
    const { kept, counts, disk } = this.#holdings;
    kept.clear();
    counts.clear();
    disk?.forget('all');
  }

  /**
   * Forgets single bitmaps, and what was counted of them, for callers who learn that somebody else has changed them.
   * @example
   * import { MemoryStore } from 'bitmapist-wasm';
   * import { cached } from 'bitmapist-wasm/cached';
   *
   * const store = cached(new MemoryStore());
   * store.invalidate(['trackist_active_2025-1-1']);
   */
  invalidate(keys: Iterable<string>): void {
    const all = [...keys];
    this.#drop(all);
    this.#holdings.disk?.forget(all);
  }

  /**
   * Waits until what was kept in the folder is written, and what was forgotten is gone from it.
   * @throws StoreError if something could not be, as on a full disk: nothing but time is lost if bitmaps are not kept, but what could
   * not be forgotten may be believed by others
   * @example
   * import { MemoryStore } from 'bitmapist-wasm';
   * import { cached } from 'bitmapist-wasm/cached';
   *
   * const store = cached(new MemoryStore());
   * await store.settle();
   */
  async settle(): Promise<void> {
    await this.#holdings.disk?.settle();
  }

  byteLengths(keys: readonly string[], options?: RequestOptions): Promise<number[]> {
    return this.#ask(keys, (reader) => reader.byteLengths(keys, options), options);
  }

  read(reads: readonly ByteRead[], options?: RequestOptions): Promise<void> {
    const keys = reads.map(({ key }) => key);
    return this.#ask(keys, (reader) => reader.read(reads, options), options);
  }

  occupied(
    keys: readonly string[],
    byteLengths: readonly number[],
    options?: RequestOptions,
  ): Promise<(readonly ByteRange[] | undefined)[]> {
    return this.#ask(keys, (reader) => reader.occupied(keys, byteLengths, options), options);
  }

  resident(key: string): Bitmap | undefined {
    return this.#use(key) ?? this.#inner.resident?.(key);
  }

  /** What is not cached comes from the inner store's own reader for one question, which has begun to keep what it reads. */
  reader(): CachedReader {
    const own = this.#inner.reader?.();
    return new CachedReader(this.#holdings, own ?? this.#inner, own !== undefined && own !== this.#inner);
  }

  async write(writes: readonly BitWrite[], options?: WriteOptions): Promise<void> {
    await this.#changing(
      writes.map(({ key }) => key),
      () => this.#inner.write(writes, options),
    );
  }

  async put(key: string, bytes: Uint8Array, options?: PutOptions): Promise<void> {
    await this.#changing([key], () => this.#inner.put(key, bytes, options));
  }

  keys(prefix: string, options?: KeysOptions): AsyncIterable<string> {
    return this.#inner.keys(prefix, options);
  }

  async delete(keys: readonly string[], options?: RequestOptions): Promise<number> {
    return this.#changing(keys, () => this.#inner.delete(keys, options));
  }

  async count(key: string, options?: RequestOptions): Promise<number> {
    const known = this.#use(key)?.cardinality;
    if (known !== undefined) return known;
    if (this.#inner.count !== undefined) return this.#inner.count(key, options);
    const reader = this.reader();
    try {
      return (await readBitmap(reader, key, options)).cardinality;
    } finally {
      reader.release();
    }
  }

  async expiries(keys: readonly string[], options?: RequestOptions): Promise<(number | undefined)[]> {
    return (await this.#inner.expiries?.(keys, options)) ?? keys.map(() => undefined);
  }

  /** What is asked outside of a question is one by itself. */
  async #ask<T>(
    keys: readonly string[],
    ask: (reader: CachedReader) => Promise<T>,
    options: RequestOptions | undefined,
  ): Promise<T> {
    const reader = this.reader();
    if (this.#holdings.checks !== undefined) await reader.prepare?.([...new Set(keys)], options);
    return ask(reader);
  }

  /** The cached bitmap of a key, now the most recently used; none if it would have to be checked before. */
  #use(key: string): Bitmap | undefined {
    if (this.#holdings.checks !== undefined) return undefined;
    const bitmap = this.#holdings.kept.use(key);
    if (bitmap !== undefined) this.#holdings.hits += 1;
    return bitmap;
  }

  #drop(keys: readonly string[]): void {
    for (const key of keys) this.#holdings.kept.drop(key);
  }

  /** Forgets before and after a change: what is read meanwhile may be either. */
  async #changing<T>(keys: readonly string[], change: () => Promise<T>): Promise<T> {
    const { disk } = this.#holdings;
    const changeStore = async () => {
      this.#drop(keys);
      try {
        return await change();
      } finally {
        this.#drop(keys);
      }
    };
    return disk === undefined ? changeStore() : disk.change(keys, changeStore);
  }
}

function checksOf(inner: Store, check: unknown): Checks | undefined {
  if (check === 'never') return undefined;
  if (check !== 'count' && check !== 'digest') {
    throw new RangeError(`expected check to be never, count or digest, got ${describe(check)}`);
  }
  if (inner.fingerprints === undefined) {
    throw new StoreError(
      `expected a store that tells whether bitmaps have changed, for a cache with the check ${check}, got one that cannot`,
    );
  }
  return new Checks(check, inner.fingerprints.bind(inner));
}
