/**
 * The byte boundary: what the engine asks of a place that keeps bitmaps. A store knows keys and bytes; what a bit means,
 * and that keys stand for periods, is not its business.
 */

import type { Bitmap } from '../bitmap/bitmap.js';
import type { ByteRange } from '../bitmap/types.js';
import type { KernelChoice } from '../kernel/pool.js';

/** Options of every store call that can take more than one round trip. */
export interface RequestOptions {
  /** Ends the call early: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /**
   * The most bytes that the question may read: a store that must fetch more to learn what it is asked
   * rejects with a `BudgetError` instead.
   */
  readonly maxBytes?: number | undefined;
  /**
   * What bitmaps that are kept compressed are unpacked with: `auto` (WebAssembly, or plain JavaScript if that is
   * unavailable), or one of the two.
   */
  readonly kernel?: KernelChoice | undefined;
}

/** Asks for `target.length` bytes of `key` from `byteOffset` on, to be written to `target`. */
export interface ByteRead {
  /** Which bitmap. */
  readonly key: string;
  /** From the beginning of the bitmap; it may lie after its end. */
  readonly byteOffset: number;
  /** Filled entirely, with zeros after the end of the bitmap. */
  readonly target: Uint8Array;
}

/** Sets (`1`) or clears (`0`) the bits `ids` of `key`. Ids are integers in [0, 2^32). */
export interface BitWrite {
  /** Which bitmap; it is made if it is missing. */
  readonly key: string;
  /** Integers in [0, 2^32), in any order. */
  readonly ids: ArrayLike<number>;
  /** What the bits become. */
  readonly value: 0 | 1;
}

/** How a bitmap is replaced. */
export interface PutOptions extends RequestOptions {
  /** Seconds after which the store forgets the key; kept for ever if absent. */
  readonly ttlSeconds?: number | undefined;
}

/** How bits are written. */
export interface WriteOptions extends RequestOptions {
  /** All or nothing, if the store can promise that for these keys; otherwise as usual. */
  readonly atomic?: boolean | undefined;
}

/** How keys are listed. */
export interface KeysOptions extends RequestOptions {
  /** How many keys the store may look at per round trip (default 10,000). */
  readonly batchSize?: number | undefined;
}

/** What of a bitmap is compared to tell whether it has changed: how many ids it has, or a digest of all its bytes. */
export type FingerprintKind = 'count' | 'digest';

/** Sets to count, as plain data: distinct keys, what is made of them, and which of that is asked about. */
export interface SetQuestion {
  readonly keys: readonly string[];
  /** Operands come before what is made of them. */
  readonly parts: readonly SetPart[];
  /** Places among the parts: one per number that is wanted. */
  readonly roots: readonly number[];
}

/** A step from keys to sets. */
export interface SetPart {
  /**
   * A `bitmap` is a key. `and`, `or`, `xor` (an odd number of them) and `andNot` (the first without the others) have one operand
   * or more, and `atLeast` as many as its `number` or more, of which equal ones count as often as they occur. `not` has one: it
   * holds all ids below the end of the longest key, in whole bytes, that its root is made of, but those of the operand.
   */
  readonly kind: 'bitmap' | 'and' | 'or' | 'xor' | 'andNot' | 'atLeast' | 'not';
  /** Of a `bitmap` the place of its key, of `atLeast` how many operands an id must be in; 0 otherwise. */
  readonly number: number;
  /** Places of parts. */
  readonly operands: readonly number[];
}

/** Where bitmaps are read from. Bit n is bit `0x80 >> (n & 7)` of byte `n >> 3`, as in Redis. */
export interface BitmapReader {
  /**
   * Bytes under each key, in the order of `keys`; 0 for a missing key. At most 2^29, where ids end: a store in which a key
   * may be longer refuses that key, here and in every other answer about it.
   * @example
   * import { MemoryStore } from 'bitmapist-wasm';
   * const store = new MemoryStore();
   * await store.put('key', Uint8Array.of(0xff, 0x01));
   * console.log(await store.byteLengths(['key', 'missing'])); // [ 2, 0 ]
   */
  byteLengths(keys: readonly string[], options?: RequestOptions): Promise<number[]>;

  /**
   * Fills every target entirely: bytes past the end of a key, and of missing keys, read as zero.
   * @example
   * import { MemoryStore } from 'bitmapist-wasm';
   * const store = new MemoryStore();
   * await store.put('key', Uint8Array.of(0xff, 0x01));
   * const target = new Uint8Array(2);
   * await store.read([{ key: 'key', byteOffset: 1, target }]);
   * console.log([...target]); // [ 1, 0 ]
   */
  read(reads: readonly ByteRead[], options?: RequestOptions): Promise<void>;

  /**
   * If it saves a round trip: `read` for keys whose lengths nobody has told, all from byte 0 on, which answers with the
   * bytes under each key, as `byteLengths` does. What is no longer than its target is asked for once.
   * @example
   * import { type ByteRead, MemoryStore } from 'bitmapist-wasm';
   * class TellingStore extends MemoryStore {
   *   async readFirst(reads: readonly ByteRead[]): Promise<number[]> {
   *     await this.read(reads);
   *     return this.byteLengths(reads.map(({ key }) => key));
   *   }
   * }
   * const store = new TellingStore();
   * await store.put('key', Uint8Array.of(0xff, 0x01));
   * console.log(await store.readFirst([{ key: 'key', byteOffset: 0, target: new Uint8Array(16) }])); // [ 2 ]
   */
  readFirst?(reads: readonly ByteRead[], options?: RequestOptions): Promise<number[]>;

  /**
   * If the store can tell cheaply: per key, ranges in ascending order, not overlapping, outside of which all bytes are
   * zero. `byteLengths` are those the caller was told before. `undefined` for a key that is better read as a whole.
   * @example
   * import { MemoryStore } from 'bitmapist-wasm';
   * const store = new MemoryStore();
   * await store.write([{ key: 'key', ids: [0, 800_000], value: 1 }]);
   * const [ranges] = await store.occupied(['key'], [100_001]);
   * console.log(ranges?.length); // 2
   */
  occupied?(
    keys: readonly string[],
    byteLengths: readonly number[],
    options?: RequestOptions,
  ): Promise<(readonly ByteRange[] | undefined)[]>;

  /**
   * The bitmap that the store holds in memory, an empty one for a missing key; `undefined` if it is held elsewhere. For work
   * that takes the time of the ids, however far apart they lie. It is the store's own, and not to be changed. A question keeps
   * it while it waits for other stores: written to meanwhile, it may stay as it was or become what the key is.
   * @example
   * import { MemoryStore } from 'bitmapist-wasm';
   * const store = new MemoryStore();
   * await store.put('key', Uint8Array.of(0xff, 0x01));
   * console.log(store.resident('key').cardinality); // 9
   */
  resident?(key: string): Bitmap | undefined;

  /**
   * If the reader keeps bitmaps elsewhere, or others may have changed what it keeps: called once for the keys that a question
   * needs, before anything else is asked about them, so that `resident` can tell.
   * @example
   * import { MemoryStore } from 'bitmapist-wasm';
   * import type { Bitmap } from 'bitmapist-wasm/bitmaps';
   * class FarStore extends MemoryStore {
   *   readonly #near = new Map<string, Bitmap>();
   *   async prepare(keys: readonly string[]): Promise<void> {
   *     for (const key of keys) this.#near.set(key, super.resident(key));
   *   }
   *   override resident(key: string): Bitmap {
   *     return this.#near.get(key)!;
   *   }
   * }
   * const store = new FarStore();
   * await store.put('key', Uint8Array.of(0xff, 0x01));
   * await store.prepare(['key']);
   * console.log(store.resident('key').cardinality); // 9
   */
  prepare?(keys: readonly string[], options?: RequestOptions): Promise<void>;

  /** If the reader keeps counts, too, of bitmaps that change no more. */
  readonly counted?: CountedReader | undefined;

  /** Called once when the question that this reader was made for has ended, however it ended. */
  release?(): void;
}

/**
 * What has been counted already, for one question. Bitmaps that are kept have stamps: numbers that tell one content from every
 * other. A count belongs to the signature of an expression, in which stamps stand for bitmaps, so that it is found for as long
 * as these are what they were, and never again once one of them is not.
 */
export interface CountedReader {
  /**
   * Per key the stamp of the bitmap that is kept, wherever that is; checked if that is asked for. `undefined` for what is not
   * kept, as of a running period. Stamps are whole numbers below 2^53.
   * @example
   * import { MemoryStore } from 'bitmapist-wasm';
   * import { CachedStore } from 'bitmapist-wasm/cached';
   * const store = new CachedStore(new MemoryStore(), { isFinished: () => true, maxBytes: 2 ** 20 });
   * console.log(await store.reader().counted!.stamps(['key'])); // [ undefined ]
   */
  stamps(keys: readonly string[], options?: RequestOptions): Promise<(number | undefined)[]>;

  /**
   * The same of what this question was computed from, once it has been. `undefined` for what is not kept, or was changed or
   * read by others meanwhile.
   * @param bitmaps those that it had of `resident`; `undefined` for what it has read itself
   * @example
   * import { MemoryStore } from 'bitmapist-wasm';
   * import { CachedStore } from 'bitmapist-wasm/cached';
   * const store = new CachedStore(new MemoryStore(), { isFinished: () => true, maxBytes: 2 ** 20 });
   * const reader = store.reader();
   * await reader.byteLengths(['key']); // an empty bitmap, and so read whole
   * const [stamp] = reader.counted!.stampsOf(['key'], [undefined]);
   * console.log(stamp === (await reader.counted!.stamps(['key']))[0]); // true
   */
  stampsOf(keys: readonly string[], bitmaps: readonly (Bitmap | undefined)[]): (number | undefined)[];

  /**
   * Counts by their signatures, `NaN` for what is unknown.
   * @param signatures three numbers each
   * @example
   * import { MemoryStore } from 'bitmapist-wasm';
   * import { CachedStore } from 'bitmapist-wasm/cached';
   * const store = new CachedStore(new MemoryStore(), { isFinished: () => true, maxBytes: 2 ** 20 });
   * const counted = store.reader().counted!;
   * counted.keep(Uint32Array.of(1, 2, 3), Float64Array.of(7));
   * console.log([...counted.find(Uint32Array.of(1, 2, 3, 4, 5, 6))]); // [ 7, NaN ]
   */
  find(signatures: Uint32Array): Float64Array;

  /**
   * Keeps counts, those that are not `NaN`.
   * @param signatures three numbers each
   * @example
   * import { MemoryStore } from 'bitmapist-wasm';
   * import { CachedStore } from 'bitmapist-wasm/cached';
   * const store = new CachedStore(new MemoryStore(), { isFinished: () => true, maxBytes: 2 ** 20 });
   * store.reader().counted!.keep(Uint32Array.of(1, 2, 3), Float64Array.of(7));
   * console.log(store.statistics.counts); // 1
   */
  keep(signatures: Uint32Array, counts: Float64Array): void;
}

/**
 * A place that keeps bitmaps under keys. One conformance suite (`test/support/store/conformance.ts`) holds for every
 * implementation.
 */
export interface Store extends BitmapReader {
  /** If the store knows: what names its data, such as an address without passwords. Another store of the same data has the same. */
  readonly identity?: string | undefined;

  /**
   * Sets and clears bits, in one round trip if the batch is small. A key grows to hold its largest id, also when the
   * bit is cleared (Redis' own rule). Rejects with `PartialWriteError` if only a part was written.
   * @example
   * import { MemoryStore } from 'bitmapist-wasm';
   * const store = new MemoryStore();
   * await store.write([{ key: 'key', ids: [3, 1], value: 1 }]);
   * console.log(await store.count('key')); // 2
   */
  write(writes: readonly BitWrite[], options?: WriteOptions): Promise<void>;

  /**
   * Replaces the whole bitmap of `key`.
   * @example
   * import { MemoryStore } from 'bitmapist-wasm';
   * const store = new MemoryStore();
   * await store.put('key', Uint8Array.of(0x41), { ttlSeconds: 60 });
   * console.log(await store.count('key')); // 2
   */
  put(key: string, bytes: Uint8Array, options?: PutOptions): Promise<void>;

  /**
   * Every key that begins with `prefix`, taken literally; each key once, in no particular order.
   * @example
   * import { MemoryStore } from 'bitmapist-wasm';
   * const store = new MemoryStore();
   * await store.put('key', Uint8Array.of(0xff, 0x01));
   * for await (const key of store.keys('k')) console.log(key); // key
   */
  keys(prefix: string, options?: KeysOptions): AsyncIterable<string>;

  /**
   * Deletes keys and says how many there were.
   * @example
   * import { MemoryStore } from 'bitmapist-wasm';
   * const store = new MemoryStore();
   * await store.put('key', Uint8Array.of(0xff, 0x01));
   * console.log(await store.delete(['key', 'missing'])); // 1
   */
  delete(keys: readonly string[], options?: RequestOptions): Promise<number>;

  /**
   * If the store can: clears the bits `ids` of keys as if they had never been set or cleared, and says how many were set, per key;
   * `undefined` for a key that holds no bitmap, which stays as it is. A key that an id of these may have made as long as it is
   * ends with its last set bit from then on, and is deleted if there is none. Each key changes at one moment, so that marks of
   * others are not lost; its time to live stays.
   * @param ids integers in [0, 2^32), in any order
   * @throws TypeError or RangeError for what is no id; StoreError if the store cannot do so just now. Some keys may be done then;
   * doing it again does no harm.
   * @example
   * import { MemoryStore } from 'bitmapist-wasm';
   * const store = new MemoryStore();
   * await store.write([{ key: 'key', ids: [1, 800], value: 1 }]);
   * console.log(await store.erase(['key', 'missing'], [800])); // [ 1, 0 ]
   * console.log(await store.byteLengths(['key'])); // [ 1 ]
   */
  erase?(
    keys: readonly string[],
    ids: ArrayLike<number>,
    options?: RequestOptions,
  ): Promise<(number | undefined)[]>;

  /**
   * When the store forgets each key, in milliseconds since 1970; `undefined` for a key that it keeps, or has not.
   * @example
   * import { MemoryStore } from 'bitmapist-wasm';
   * const store = new MemoryStore();
   * await store.put('key', Uint8Array.of(0xff, 0x01));
   * console.log(await store.expiries(['key'])); // [ undefined ]
   */
  expiries?(keys: readonly string[], options?: RequestOptions): Promise<(number | undefined)[]>;

  /**
   * If the store can count the set bits of one key itself, without moving its bytes.
   * @example
   * import { MemoryStore } from 'bitmapist-wasm';
   * const store = new MemoryStore();
   * await store.put('key', Uint8Array.of(0xff, 0x01));
   * console.log(await store.count('key')); // 9
   */
  count?(key: string, options?: RequestOptions): Promise<number>;

  /**
   * If the store can tell, without moving bytes, whether bitmaps have changed: per key, as `kind` has it, how many ids it has, in
   * decimal digits, or a text that is equal as long as all its bytes and its length are, which another store need not agree with.
   * @throws StoreError if a store that can tell by one kind cannot by this one
   * @example
   * import { MemoryStore } from 'bitmapist-wasm';
   * const store = new MemoryStore();
   * await store.put('key', Uint8Array.of(0xff, 0x01));
   * console.log(await store.fingerprints(['key', 'missing'], 'count')); // [ '9', '0' ]
   */
  fingerprints?(keys: readonly string[], kind: FingerprintKind, options?: RequestOptions): Promise<string[]>;

  /**
   * If the store can work with sets itself: how many ids each root of a question has, without bytes being moved. It is asked
   * if all keys of a question are its own; `undefined` if it would rather be read.
   * @example
   * import { Bitmapist, MemoryStore, type SetQuestion } from 'bitmapist-wasm';
   * class TellingStore extends MemoryStore {
   *   async countSets({ keys, parts, roots }: SetQuestion): Promise<number[] | undefined> {
   *     const isSimple = roots.every((root) => parts[root]!.kind === 'bitmap');
   *     return isSimple ? Promise.all(roots.map((root) => this.count(keys[parts[root]!.number]!))) : undefined;
   *   }
   * }
   * const bitmapist = new Bitmapist({ store: new TellingStore() });
   * await bitmapist.markEvent('active', [7, 8], { now: '2026-11-22' });
   * console.log(await bitmapist.counts([bitmapist.day('active', '2026-11-22'), bitmapist.unique('active')])); // [ 2, 0 ]
   */
  countSets?(question: SetQuestion, options?: RequestOptions): Promise<number[] | undefined>;

  /**
   * If the store can tell of one bit by itself: whether the bit `id` of a key is set.
   * @param id an integer in [0, 2^32)
   * @example
   * import { MemoryStore } from 'bitmapist-wasm';
   * const store = new MemoryStore();
   * await store.put('key', Uint8Array.of(0xff, 0x01));
   * console.log(await store.has('key', 8), await store.has('key', 15)); // false true
   */
  has?(key: string, id: number, options?: RequestOptions): Promise<boolean>;

  /**
   * If it pays to keep what was fetched: a reader for one question. It may answer from what it fetched for that
   * question before, so it is dropped with it.
   * @example
   * import { MemoryStore } from 'bitmapist-wasm';
   * import { CachedStore } from 'bitmapist-wasm/cached';
   * const store = new CachedStore(new MemoryStore(), { isFinished: () => true, maxBytes: 2 ** 20 });
   * await store.put('key', Uint8Array.of(0xff, 0x01));
   * const reader = store.reader();
   * console.log(await reader.byteLengths(['key'])); // [ 2 ]
   */
  reader?(): BitmapReader;

  /**
   * If the store can: a reader that answers for `keys` as they were at one moment.
   * @example
   * import { MemoryStore } from 'bitmapist-wasm';
   * const store = new MemoryStore();
   * await store.put('key', Uint8Array.of(0xff, 0x01));
   * const snapshot = await store.snapshot(['key']);
   * await store.delete(['key']);
   * console.log(await snapshot.byteLengths(['key'])); // [ 2 ]
   */
  snapshot?(keys: readonly string[], options?: RequestOptions): Promise<BitmapReader>;
}
