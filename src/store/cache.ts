import { CompressedBitmap } from './compressed.js';
import { CONTAINER_BYTES } from './container.js';
import { checkByteLength } from './length.js';
import type {
  BitmapReader,
  BitWrite,
  ByteRange,
  ByteRead,
  Container,
  KeysOptions,
  PutOptions,
  RequestOptions,
  Store,
  WriteOptions,
} from './types.js';

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
  /** The memory they take, bookkeeping included. */
  readonly bytes: number;
}

/** Bitmaps from this length on are not read as a whole only to be kept. */
const HUGE_BYTES = 4 * 1024 * 1024;
/** Key text and its place in the map, by estimate; a missing key is remembered too. */
const ENTRY_BYTES = 100;

/**
 * Keeps finished bitmaps as they are read, window by window; a bitmap that was read to its end is not fetched again. Least
 * recently used ones make room. Writes through this store forget what they touch; what others write to a finished bitmap
 * is not noticed until `invalidate` or `clear` is called or the bitmap is evicted.
 */
export class CachedStore implements Store {
  /** Where the inner store can: a consistent read goes past the cache, since it is asked for what is true now. */
  readonly snapshot?: NonNullable<Store['snapshot']>;
  readonly #inner: Store;
  readonly #isFinished: (key: string) => boolean;
  readonly #maxBytes: number;
  readonly #cached = new Map<string, CompressedBitmap>();
  readonly #recordings = new Map<string, Recording>();
  #bytes = 0;
  #hits = 0;
  #misses = 0;

  /** @throws RangeError for a `maxBytes` that is not positive */
  constructor(inner: Store, { isFinished, maxBytes }: CacheOptions) {
    if (!(maxBytes > 0))
      throw new RangeError(`expected maxBytes to be a positive number, got ${String(maxBytes)}`);
    if (inner.snapshot !== undefined) this.snapshot = inner.snapshot.bind(inner);
    this.#inner = inner;
    this.#isFinished = isFinished;
    this.#maxBytes = maxBytes;
  }

  /** Since the store was made; `clear` does not reset hits and misses. */
  get statistics(): CacheStatistics {
    return { hits: this.#hits, misses: this.#misses, bitmaps: this.#cached.size, bytes: this.#bytes };
  }

  /** Forgets all bitmaps; statistics go on. */
  clear(): void {
    this.#cached.clear();
    this.#recordings.clear();
    this.#bytes = 0;
  }

  /** Forgets single bitmaps, for callers who learn that somebody else has changed them. */
  invalidate(keys: Iterable<string>): void {
    for (const key of keys) {
      this.#recordings.delete(key);
      this.#drop(key);
    }
  }

  byteLengths(keys: readonly string[], options?: RequestOptions): Promise<number[]> {
    return this.#byteLengths(this.#inner, keys, options);
  }

  read(reads: readonly ByteRead[], options?: RequestOptions): Promise<void> {
    return this.#read(this.#inner, reads, options);
  }

  occupied(
    keys: readonly string[],
    byteLengths: readonly number[],
    options?: RequestOptions,
  ): Promise<(readonly ByteRange[] | undefined)[]> {
    return this.#occupied(this.#inner, keys, byteLengths, options);
  }

  containers(key: string): Iterable<Container> | undefined {
    return this.#cached.get(key)?.containers() ?? this.#inner.containers?.(key);
  }

  /** What is not cached comes from the inner store's own reader for one question. */
  reader(): Required<BitmapReader> {
    const inner = this.#inner.reader?.() ?? this.#inner;
    return {
      byteLengths: (keys, options) => this.#byteLengths(inner, keys, options),
      read: (reads, options) => this.#read(inner, reads, options),
      occupied: (keys, byteLengths, options) => this.#occupied(inner, keys, byteLengths, options),
      containers: (key) => this.containers(key),
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
    const [byteLength] = await this.byteLengths([key], options);
    const bytes = new Uint8Array(byteLength!);
    await this.read([{ key, byteOffset: 0, target: bytes }], options);
    return CompressedBitmap.fromBytes(bytes).cardinality;
  }

  ids(key: string): Uint32Array<ArrayBuffer> | undefined {
    return this.#use(key)?.ids() ?? this.#inner.ids?.(key);
  }

  async expiries(keys: readonly string[], options?: RequestOptions): Promise<(number | undefined)[]> {
    return (await this.#inner.expiries?.(keys, options)) ?? keys.map(() => undefined);
  }

  async #byteLengths(
    inner: BitmapReader,
    keys: readonly string[],
    options: RequestOptions | undefined,
  ): Promise<number[]> {
    const byteLengths = keys.map((key) => this.#use(key)?.byteLength);
    const asked = [...keys.keys()].filter((index) => byteLengths[index] === undefined);
    if (asked.length === 0) return byteLengths as number[];
    const askedKeys = asked.map((index) => keys[index]!);
    // Begun before the lengths are known: a write ends what was begun while they were on their way.
    const recordings = askedKeys.map((key) => this.#startRecording(key));
    const found = await inner.byteLengths(askedKeys, options);
    asked.forEach((index, position) => {
      byteLengths[index] = checkByteLength(keys[index]!, found[position]!);
      this.#expect(keys[index]!, recordings[position], found[position]!);
    });
    return byteLengths as number[];
  }

  async #read(
    inner: BitmapReader,
    reads: readonly ByteRead[],
    options: RequestOptions | undefined,
  ): Promise<void> {
    const passed: ByteRead[] = [];
    for (const read of reads) {
      const bitmap = this.#cached.get(read.key);
      if (bitmap === undefined) passed.push(read);
      else bitmap.readInto(read.target, read.byteOffset);
    }
    if (passed.length === 0) return;
    const recordings = passed.map(({ key }) => this.#recordings.get(key));
    await inner.read(passed, options);
    passed.forEach(({ key, byteOffset, target }, index) => {
      const recording = recordings[index];
      // A write may have ended the recording while its bytes were on their way.
      if (recording === undefined || this.#recordings.get(key) !== recording) return;
      recording.add(byteOffset, target);
      if (recording.isComplete) this.#keep(key, recording.bitmap);
      else if (recording.bitmap.byteSize > this.#maxBytes) this.#recordings.delete(key);
    });
  }

  async #occupied(
    inner: BitmapReader,
    keys: readonly string[],
    byteLengths: readonly number[],
    options: RequestOptions | undefined,
  ): Promise<(readonly ByteRange[] | undefined)[]> {
    const occupied: (readonly ByteRange[] | undefined)[] = keys.map((key) =>
      this.#cached.get(key)?.occupied(),
    );
    // What is being recorded is read as a whole, so that it is complete, unless it is huge.
    const asked = [...keys.keys()].filter((index) => {
      const key = keys[index]!;
      return !this.#cached.has(key) && (!this.#recordings.has(key) || byteLengths[index]! >= HUGE_BYTES);
    });
    if (asked.length > 0 && inner.occupied !== undefined) {
      const found = await inner.occupied(
        asked.map((index) => keys[index]!),
        asked.map((index) => byteLengths[index]!),
        options,
      );
      asked.forEach((index, position) => {
        occupied[index] = found[position];
        // Mostly empty: the parts that are not are fetched faster again and again than the whole once.
        if (found[position] !== undefined) this.#recordings.delete(keys[index]!);
      });
    }
    return occupied;
  }

  /** The cached bitmap of a key, now the most recently used. */
  #use(key: string): CompressedBitmap | undefined {
    const bitmap = this.#cached.get(key);
    if (bitmap === undefined) return undefined;
    this.#hits += 1;
    this.#cached.delete(key);
    this.#cached.set(key, bitmap);
    return bitmap;
  }

  #startRecording(key: string): Recording | undefined {
    if (!this.#isFinished(key)) return undefined;
    this.#misses += 1;
    const recording = this.#recordings.get(key) ?? new Recording();
    this.#recordings.set(key, recording);
    return recording;
  }

  #expect(key: string, recording: Recording | undefined, byteLength: number): void {
    if (recording === undefined || this.#recordings.get(key) !== recording) return;
    recording.expect(byteLength);
    if (recording.isComplete) this.#keep(key, recording.bitmap);
  }

  #keep(key: string, bitmap: CompressedBitmap): void {
    this.#recordings.delete(key);
    this.#drop(key);
    this.#cached.set(key, bitmap);
    this.#bytes += bitmap.byteSize + ENTRY_BYTES;
    for (const oldest of this.#cached.keys()) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    const bitmap = this.#cached.get(key);
    if (bitmap === undefined) return;
    this.#cached.delete(key);
    this.#bytes -= bitmap.byteSize + ENTRY_BYTES;
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

/** A bitmap on its way into the cache, as its windows come by in ascending order. */
class Recording {
  readonly bitmap = new CompressedBitmap();
  #byteLength: number | undefined;

  /** How long the bitmap is going to be; the first answer counts. */
  expect(byteLength: number): void {
    this.#byteLength ??= byteLength;
  }

  get isComplete(): boolean {
    return this.bitmap.byteLength === this.#byteLength;
  }

  add(byteOffset: number, bytes: Uint8Array): void {
    // Windows of another question over the same key come by too; each stretch is wanted once and in order.
    const at = this.bitmap.byteLength;
    const isLast = byteOffset + bytes.length === this.#byteLength;
    if (byteOffset === at && (isLast || bytes.length % CONTAINER_BYTES === 0)) this.bitmap.append(bytes);
  }
}
