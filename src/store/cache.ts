import { checkId } from '../base/id.js';
import { checkByteLength } from '../base/limits.js';
import type { Bitmap } from '../bitmap/bitmap.js';
import type { ByteRange } from '../bitmap/types.js';
import { KeptBitmaps, type Recording } from './kept.js';
import type {
  BitmapReader,
  BitWrite,
  ByteRead,
  KeysOptions,
  PutOptions,
  RequestOptions,
  Store,
  WriteOptions,
} from './types.js';
import { readBitmap } from './whole.js';

/** A store before a store: bitmaps that no longer change are kept compressed in memory. */

/** What is kept, and how much of it. See `cached`, which knows which periods are over. */
export interface CacheOptions {
  /** Which keys hold bitmaps that no longer change; asked anew each time, since time passes. */
  readonly isFinished: (key: string) => boolean;
  /** Memory for cached bitmaps, in bytes. */
  readonly maxBytes: number;
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
}

/** What one question has had of the cache. */
interface Asking {
  /** What it has begun to keep. */
  readonly begun: Map<string, Recording>;
  /** Keys that it has found or missed: each counts once, also if it has been missed and is whole by now. */
  readonly counted: Set<string>;
}

/** Bitmaps from this length on are not read as a whole only to be kept. */
const HUGE_BYTES = 4 * 1024 * 1024;

/**
 * Keeps finished bitmaps as they are read, window by window; a bitmap that was read to its end is not fetched again. Least
 * recently used ones make room. What a question has read in part is forgotten when it ends, however it ends. Writes through
 * this store forget what they touch; what others write to a finished bitmap is not noticed until `invalidate` or `clear` is
 * called or the bitmap is evicted.
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
  readonly #inner: Store;
  readonly #isFinished: (key: string) => boolean;
  readonly #kept: KeptBitmaps;
  #hits = 0;
  #misses = 0;

  /** @throws RangeError for a `maxBytes` that is not positive */
  constructor(inner: Store, { isFinished, maxBytes }: CacheOptions) {
    if (!(maxBytes > 0))
      throw new RangeError(`expected maxBytes to be a positive number, got ${String(maxBytes)}`);
    if (inner.snapshot !== undefined) this.snapshot = inner.snapshot.bind(inner);
    if (inner.has !== undefined) {
      this.has = async (key, id, options) => this.#use(key)?.has(checkId(id)) ?? inner.has!(key, id, options);
    }
    if (inner.erase !== undefined) {
      this.erase = (keys, ids, options) => this.#changing(keys, () => inner.erase!(keys, ids, options));
    }
    this.#inner = inner;
    this.#isFinished = isFinished;
    this.#kept = new KeptBitmaps(maxBytes);
  }

  /** Since the store was made; `clear` does not reset hits and misses. */
  get statistics(): CacheStatistics {
    const { whole, partial } = this.#kept.counts;
    return { hits: this.#hits, misses: this.#misses, bitmaps: whole, partial, bytes: this.#kept.byteSize };
  }

  /**
   * Forgets all bitmaps; statistics go on.
   * @example
   * import { MemoryStore } from 'bitmapist-wasm';
   * import { cached } from 'bitmapist-wasm/cached';
   *
   * const store = cached(new MemoryStore());
   * store.clear();
   * console.log(store.statistics.bitmaps); // 0
   */
  clear(): void {
    this.#kept.clear();
  }

  /**
   * Forgets single bitmaps, for callers who learn that somebody else has changed them.
   * @example
   * import { MemoryStore } from 'bitmapist-wasm';
   * import { cached } from 'bitmapist-wasm/cached';
   *
   * const store = cached(new MemoryStore());
   * store.invalidate(['trackist_active_2025-1-1']);
   */
  invalidate(keys: Iterable<string>): void {
    for (const key of keys) this.#kept.drop(key);
  }

  byteLengths(keys: readonly string[], options?: RequestOptions): Promise<number[]> {
    return this.reader().byteLengths(keys, options);
  }

  read(reads: readonly ByteRead[], options?: RequestOptions): Promise<void> {
    return this.reader().read(reads, options);
  }

  occupied(
    keys: readonly string[],
    byteLengths: readonly number[],
    options?: RequestOptions,
  ): Promise<(readonly ByteRange[] | undefined)[]> {
    return this.reader().occupied(keys, byteLengths, options);
  }

  resident(key: string): Bitmap | undefined {
    return this.#use(key) ?? this.#inner.resident?.(key);
  }

  /** What is not cached comes from the inner store's own reader for one question, which has begun to keep what it reads. */
  reader(): Required<Omit<BitmapReader, 'readFirst'>> & BitmapReader {
    const reader: BitmapReader = this.#inner.reader?.() ?? this.#inner;
    const asking: Asking = { begun: new Map(), counted: new Set() };
    return {
      ...(reader.readFirst && {
        readFirst: (reads, options) => this.#readFirst(reader, asking, reads, options),
      }),
      byteLengths: (keys, options) => this.#byteLengths(reader, asking, keys, options),
      read: (reads, options) => this.#read(reader, reads, options),
      occupied: (keys, byteLengths, options) => this.#occupied(reader, asking, keys, byteLengths, options),
      resident: (key) => this.#use(key, asking) ?? reader.resident?.(key),
      release: () => {
        this.#kept.abandon(asking.begun);
        reader.release?.();
      },
    };
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

  async #byteLengths(
    reader: BitmapReader,
    asking: Asking,
    keys: readonly string[],
    options: RequestOptions | undefined,
  ): Promise<number[]> {
    const byteLengths = keys.map((key) => this.#use(key, asking)?.byteLength);
    const asked = [...keys.keys()].filter((index) => byteLengths[index] === undefined);
    if (asked.length === 0) return byteLengths as number[];
    const askedKeys = asked.map((index) => keys[index]!);
    // Begun before the lengths are known: a write ends what was begun while they were on their way.
    for (const key of askedKeys) this.#begin(key, asking);
    const found = await reader.byteLengths(askedKeys, options);
    for (const [position, index] of asked.entries()) {
      const key = keys[index]!;
      const byteLength = checkByteLength(key, found[position]!);
      byteLengths[index] = byteLength;
      const recording = asking.begun.get(key);
      if (recording !== undefined) this.#kept.update(key, recording, () => recording.expect(byteLength));
    }
    return byteLengths as number[];
  }

  async #readFirst(
    reader: BitmapReader,
    asking: Asking,
    reads: readonly ByteRead[],
    options: RequestOptions | undefined,
  ): Promise<number[]> {
    const byteLengths = reads.map(({ key, byteOffset, target }) => {
      const bitmap = this.#use(key, asking);
      bitmap?.readInto(target, byteOffset, options?.kernel);
      return bitmap?.byteLength;
    });
    const asked = [...reads.keys()].filter((index) => byteLengths[index] === undefined);
    if (asked.length === 0) return byteLengths as number[];
    for (const index of asked) this.#begin(reads[index]!.key, asking);
    const found = await reader.readFirst!(
      asked.map((index) => reads[index]!),
      options,
    );
    for (const [position, index] of asked.entries()) {
      const { key, byteOffset, target } = reads[index]!;
      const byteLength = checkByteLength(key, found[position]!);
      byteLengths[index] = byteLength;
      const recording = asking.begun.get(key);
      if (recording === undefined) continue;
      this.#kept.update(key, recording, () => {
        recording.expect(byteLength);
        recording.add(byteOffset, target.subarray(0, byteLength));
      });
    }
    return byteLengths as number[];
  }

  async #read(
    inner: BitmapReader,
    reads: readonly ByteRead[],
    options: RequestOptions | undefined,
  ): Promise<void> {
    const passed: ByteRead[] = [];
    for (const read of reads) {
      const bitmap = this.#kept.get(read.key);
      if (bitmap === undefined) passed.push(read);
      else bitmap.readInto(read.target, read.byteOffset, options?.kernel);
    }
    if (passed.length === 0) return;
    const recordings = passed.map(({ key }) => this.#kept.partOf(key));
    await inner.read(passed, options);
    for (const [index, { key, byteOffset, target }] of passed.entries()) {
      const recording = recordings[index];
      // A write may have ended the recording while its bytes were on their way.
      if (recording !== undefined) this.#kept.update(key, recording, () => recording.add(byteOffset, target));
    }
  }

  async #occupied(
    inner: BitmapReader,
    { begun }: Asking,
    keys: readonly string[],
    byteLengths: readonly number[],
    options: RequestOptions | undefined,
  ): Promise<(readonly ByteRange[] | undefined)[]> {
    const occupied: (readonly ByteRange[] | undefined)[] = keys.map((key) => this.#kept.get(key)?.occupied());
    const asked = [...keys.keys()].filter((index) => this.#kept.get(keys[index]!) === undefined);
    if (asked.length > 0 && inner.occupied !== undefined) {
      const found = await inner.occupied(
        asked.map((index) => keys[index]!),
        asked.map((index) => byteLengths[index]!),
        options,
      );
      asked.forEach((index, position) => {
        const key = keys[index]!;
        this.#adopt(inner, key, begun.get(key));
        const isRecorded = this.#kept.partOf(key) !== undefined;
        // What is being recorded is read as a whole, so that it is complete, unless it is huge.
        if (isRecorded && byteLengths[index]! < HUGE_BYTES) return;
        occupied[index] = found[position];
        // Mostly empty: the parts that are not are fetched faster again and again than the whole once.
        if (isRecorded && found[position] !== undefined) this.#kept.drop(key);
      });
    }
    return occupied;
  }

  /** Keeps what a reader of one question has fetched as a whole since the question began to keep it. */
  #adopt(reader: BitmapReader, key: string, recording: Recording | undefined): void {
    const held = reader === this.#inner || !recording?.isUnderWay ? undefined : reader.resident?.(key);
    if (held !== undefined) this.#kept.update(key, recording!, () => recording!.take(held));
  }

  /** The cached bitmap of a key, now the most recently used. */
  #use(key: string, asking?: Asking): Bitmap | undefined {
    const bitmap = this.#kept.use(key);
    if (bitmap !== undefined && isUncounted(key, asking)) this.#hits += 1;
    return bitmap;
  }

  #begin(key: string, asking: Asking): void {
    if (!this.#isFinished(key)) return;
    if (isUncounted(key, asking)) this.#misses += 1;
    const recording = this.#kept.begin(key);
    if (recording !== undefined) asking.begun.set(key, recording);
  }

  /** Forgets before and after a change: what is read meanwhile may be either. */
  async #changing<T>(keys: readonly string[], change: () => Promise<T>): Promise<T> {
    this.invalidate(keys);
    try {
      return await change();
    } finally {
      this.invalidate(keys);
    }
  }
}

/** Whether a question has not been counted for a key yet; it is now. */
function isUncounted(key: string, asking: Asking | undefined): boolean {
  if (asking?.counted.has(key)) return false;
  asking?.counted.add(key);
  return true;
}
