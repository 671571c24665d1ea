/** Bitmaps in Redis, through the caller's client or one of their own. */

import { Buffer } from 'node:buffer';
import { byteIndex, hasBit } from '../../base/bits.js';
import { checkId, checkIds } from '../../base/id.js';
import { Bitmap } from '../../bitmap/bitmap.js';
import type { ByteRange } from '../../bitmap/types.js';
import { checkKeysOptions, checkPut, checkWrites } from '../arguments.js';
import type {
  BitmapReader,
  BitWrite,
  ByteRead,
  FingerprintKind,
  KeysOptions,
  PutOptions,
  RequestOptions,
  Store,
  WriteOptions,
} from '../types.js';
import { WholeReader } from '../whole.js';
import type { RedisClient } from './client.js';
import { RedisCommands } from './commands.js';
import { eraseIds } from './erasing.js';
import { askFingerprints } from './fingerprints.js';
import { Gathering } from './gathering.js';
import { KeyGrowthError, keysBeyond, type LargestId } from './growth.js';
import { RedisLink } from './link.js';
import { listKeys } from './listing.js';
import { isBulky, probeMerging } from './merge.js';
import type { RedisServer } from './opening.js';
import { type ReadStrategy, type RedisStoreOptions, settingsOf } from './options.js';
import { PacedReader } from './paced.js';
import { RangeReader } from './ranges.js';
import { takeSnapshot } from './snapshot.js';
import { writeBits } from './writer.js';

/** Whole values under way at once: enough to hide the round trip, few enough to bound what piles up. */
const MAX_WHOLE_IN_FLIGHT = 16;
/** Keys per UNLINK: long enough to save round trips, short enough not to keep the server from others. */
const DELETE_BATCH = 500;

/**
 * Reads and writes bitmaps in Redis or a Redis Cluster, through a client that is received, and never closed here, or over
 * connections of the store's own (`RedisStore.open`).
 *
 * Every method rejects with a `StoreError` if Redis does not answer, refuses (`cause` is the client's error) or answers
 * with something that its command does not answer with, and with a `WrongTypeError` if a key holds something other than a
 * string.
 * @example
 * import { Redis } from 'ioredis';
 * import { Bitmapist } from 'bitmapist-wasm';
 * import { RedisStore } from 'bitmapist-wasm/redis';
 *
 * const client = new Redis(process.env.REDIS_URL ?? 'redis://localhost');
 * const bitmapist = new Bitmapist({ store: new RedisStore(client) });
 * await bitmapist.markEvent('active', [7, 8], { now: '2026-11-22' });
 * console.log(await bitmapist.day('active', '2026-11-22').count()); // 2
 * client.disconnect();
 */
export class RedisStore implements Store {
  readonly #link: RedisLink;
  readonly #gathering: Gathering;
  readonly #strategy: ReadStrategy | 'auto';
  /** How long writes may make a key. */
  readonly maxKeyBytes: number;
  /** Whether a script has run there. */
  #merges = false;
  #close: (() => Promise<void>) | undefined;
  #identity: string | undefined;

  /** @throws RangeError for options out of their range */
  constructor(client: RedisClient, options: RedisStoreOptions = {}) {
    const { maxInFlight, retryMs, readStrategy, scripts, maxKeyBytes } = settingsOf(options);
    this.#link = new RedisLink(new RedisCommands(client), maxInFlight, retryMs);
    this.#gathering = new Gathering(this.#link, (writes, options) => this.#writeApart(writes, options));
    this.#strategy = readStrategy;
    this.maxKeyBytes = maxKeyBytes;
    if (!scripts) this.#link.goWithout('scripts');
  }

  /**
   * Connects to a Redis by itself. Large reads then take a connection of their own, made when the first of them comes, which
   * puts bytes where they are counted without a stop in between, so it is faster than through a client. Everything
   * else, and what cannot be read there, goes through a client of ioredis 6, which also looks after address, password, TLS and
   * lost connections.
   * @param server a URL (`redis://[user:password@]host[:port][/database]`, `rediss://` for TLS, `unix:///path[?db=number]`), the
   * options that `new Redis` of ioredis takes, also for Sentinel, or a client of ioredis that nobody else uses, which then belongs
   * to the store: a cluster is given as a `Cluster`
   * @throws StoreError if there is no connection, and for a node of a cluster that is given alone; RangeError for what is no
   * such URL, and for options out of their range
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   * import { RedisStore } from 'bitmapist-wasm/redis';
   *
   * const store = await RedisStore.open(process.env.REDIS_URL ?? 'redis://localhost');
   * const bitmapist = new Bitmapist({ store });
   * await bitmapist.markEvent('active', [7, 8], { now: '2026-11-22' });
   * console.log(await bitmapist.day('active', '2026-11-22').count()); // 2
   * await store.close();
   */
  static async open(server: RedisServer, options?: RedisStoreOptions): Promise<RedisStore> {
    const { openServer } = await import('./opening.js');
    const { client, reading, identity, close } = await openServer(server);
    try {
      const store = new RedisStore(client, options);
      store.#link.reading = reading;
      store.#link.standsAlone = !store.#link.commands.isCluster;
      store.#close = close;
      store.#identity = identity;
      return store;
    } catch (error) {
      await close();
      throw error;
    }
  }

  /**
   * Ends the connections of a store that was opened: what is under way on them is rejected. A client that was received stays as it
   * is. With `await using store = await RedisStore.open(…)` it happens at the end of the block.
   * @example
   * import { RedisStore } from 'bitmapist-wasm/redis';
   * const store = await RedisStore.open(process.env.REDIS_URL ?? 'redis://localhost');
   * await store.close();
   */
  async close(): Promise<void> {
    await this.#close?.();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Of a store that was opened, and is no cluster: address and database, and a prefix of keys that the client adds. */
  get identity(): string | undefined {
    return this.#identity;
  }

  /** How bitmaps are read; with `auto` it is known after the first read. */
  get readStrategy(): ReadStrategy {
    if (this.#strategy !== 'auto') return this.#strategy;
    return this.#link.lacks('ranges') ? 'whole' : 'ranges';
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

  /** A reader for one question: if whole values have to be fetched, it fetches each of them once. */
  reader(): BitmapReader & Required<Pick<BitmapReader, 'readFirst' | 'occupied'>> {
    const ranges = new PacedReader(this.#link, new RangeReader(this.#link));
    const whole = this.#wholeReader();
    const ask = <T>(
      keys: readonly string[],
      call: (reader: PacedReader | WholeReader) => Promise<T>,
    ): Promise<T> => {
      this.#gathering.flushBefore(keys);
      return this.#ask(
        () => call(ranges),
        () => call(whole),
      );
    };
    return {
      byteLengths: (keys, options) => ask(keys, (reader) => reader.byteLengths(keys, options)),
      read: (reads, options) => ask(keysOf(reads), (reader) => reader.read(reads, options)),
      readFirst: (reads, options) => ask(keysOf(reads), (reader) => reader.readFirst(reads, options)),
      occupied: (keys, byteLengths, options) =>
        ask(keys, (reader) => reader.occupied(keys, byteLengths, options)),
      resident: (key) => ranges.resident(key) ?? whole.resident(key),
    };
  }

  count(key: string, options?: RequestOptions): Promise<number> {
    this.#gathering.flushBefore([key]);
    return this.#link.attempt(
      'counts',
      () => this.#link.sendOne(() => this.#countBits(key), key, options),
      async () => (await this.#wholeReader().fetch([key], options))[0]!.cardinality,
    );
  }

  /**
   * By BITCOUNT or DIGEST of each key, in one round trip.
   * @throws StoreError if the server does not know the command (DIGEST came with Redis 8.4, and Valkey has none), or does not allow it
   */
  fingerprints(keys: readonly string[], kind: FingerprintKind, options?: RequestOptions): Promise<string[]> {
    this.#gathering.flushBefore(keys);
    return askFingerprints(this.#link, keys, kind, options);
  }

  async has(key: string, id: number, options?: RequestOptions): Promise<boolean> {
    checkId(id);
    this.#gathering.flushBefore([key]);
    return this.#ask(
      () => this.#link.sendOne(() => this.#getBit(key, id), key, options),
      async () => (await this.#wholeReader().fetch([key], options))[0]!.has(id),
    );
  }

  /** In one round trip with its length, as for `count`. */
  async #getBit(key: string, id: number): Promise<boolean> {
    const { commands } = this.#link;
    const at = byteIndex(id);
    // A reply is a view of the client's socket buffer, so it is looked at where it comes in.
    const found = commands.getrange(key, at, at).then((bytes) => bytes.length > 0 && hasBit(bytes, id % 8));
    const [isSet] = await Promise.all([found, commands.strlen(key)]);
    return isSet;
  }

  /** In one round trip with its length: a key that is longer than ids go is refused, whatever its bits are. */
  async #countBits(key: string): Promise<number> {
    const link = this.#link;
    const counted = link.commands.bitcount(key);
    const measured = link.lacks('lengths') ? undefined : this.#measure(key);
    const [bits] = await Promise.all([counted, measured]);
    return bits;
  }

  async #measure(key: string): Promise<void> {
    const { commands } = this.#link;
    await this.#link.attempt(
      'lengths',
      () => commands.strlen(key),
      async () => 0,
    );
  }

  async write(writes: readonly BitWrite[], options?: WriteOptions): Promise<void> {
    checkWrites(writes);
    const beyond = keysBeyond(this.maxKeyBytes, writes);
    // Only then is anything waited for: writes of one tick travel together.
    if (beyond.length > 0) await this.#refuseGrowth(beyond, options);
    if (options?.atomic) return this.#gathering.write(writes, options);
    this.#gathering.flush();
    await this.#writeApart(writes, options);
  }

  /**
   * Whether `write` would take these writes, or refuse them because a key would become too long; nothing is written.
   * @throws KeyGrowthError as `write` does; StoreError
   * @example
   * import { RedisStore } from 'bitmapist-wasm/redis';
   *
   * const store = await RedisStore.open(process.env.REDIS_URL ?? 'redis://localhost');
   * const write = { key: 'key', ids: [4_000_000_000], value: 1 } as const;
   * console.log(await store.checkGrowth([write]).catch((error) => error.neededBytes)); // 500000001
   * await store.close();
   */
  async checkGrowth(writes: readonly BitWrite[], options?: RequestOptions): Promise<void> {
    checkWrites(writes);
    await this.#refuseGrowth(keysBeyond(this.maxKeyBytes, writes), options);
  }

  async #refuseGrowth(beyond: readonly LargestId[], options: RequestOptions | undefined): Promise<void> {
    if (beyond.length === 0) return;
    const byteLengths = await this.byteLengths(
      beyond.map(({ key }) => key),
      options,
    );
    const growing = beyond.find(({ id }, index) => byteIndex(id) >= byteLengths[index]!);
    if (growing !== undefined) throw new KeyGrowthError(growing, this.maxKeyBytes);
  }

  async #writeApart(writes: readonly BitWrite[], options?: RequestOptions): Promise<void> {
    const bulky = writes.find((write) => isBulky(this.#link, write));
    const merges = bulky !== undefined && (await this.#canMerge(bulky.key, options));
    await writeBits(this.#link, writes, merges, options);
  }

  async put(key: string, bytes: Uint8Array, options?: PutOptions): Promise<void> {
    checkPut(key, bytes, options);
    const value = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#gathering.flush();
    await this.#link.sendOne(() => this.#link.commands.set(key, value, options?.ttlSeconds), key, options);
  }

  async *keys(prefix: string, options?: KeysOptions): AsyncGenerator<string, void, undefined> {
    checkKeysOptions(options);
    this.#gathering.flush();
    yield* listKeys(this.#link, prefix, options);
  }

  /** A server that does not know PTTL, or does not allow it, is taken to keep every key. */
  expiries(keys: readonly string[], options?: RequestOptions): Promise<(number | undefined)[]> {
    const { commands } = this.#link;
    const ask = async (): Promise<(number | undefined)[]> => {
      const expiries = new Array<number | undefined>(keys.length).fill(undefined);
      await this.#link.sendAll(
        keys.entries(),
        {
          send: ([, key]) => commands.pttl(key),
          receive: (milliseconds, [index]) => {
            if (milliseconds !== undefined) expiries[index] = Date.now() + milliseconds;
          },
          keyOf: ([, key]) => key,
        },
        options,
      );
      return expiries;
    };
    return this.#link.attempt('expiries', ask, async () => keys.map(() => undefined));
  }

  async delete(keys: readonly string[], options?: RequestOptions): Promise<number> {
    this.#gathering.flush();
    // Keys of different cluster slots cannot be named in one command.
    const link = this.#link;
    const batchSize = link.commands.isCluster ? 1 : DELETE_BATCH;
    const batches = Array.from({ length: Math.ceil(keys.length / batchSize) }, (_, batch) =>
      keys.slice(batch * batchSize, (batch + 1) * batchSize),
    );
    let deleted = 0;
    await link.sendAll(
      batches,
      {
        send: (batch) =>
          link.attempt(
            'unlink',
            () => link.commands.remove(batch, 'unlink'),
            () => link.commands.remove(batch, 'del'),
          ),
        receive: (count) => {
          deleted += count;
        },
        // What was deleted and not answered would not be counted by a repeat.
        once: true,
      },
      options,
    );
    return deleted;
  }

  /**
   * By a script for each batch of keys and ids, as `Store` has it. What was erased over a connection that broke is not counted.
   * @throws StoreError if the server runs no scripts, or has been told to do without them
   */
  async erase(
    keys: readonly string[],
    ids: ArrayLike<number>,
    options?: RequestOptions,
  ): Promise<(number | undefined)[]> {
    checkIds(ids);
    options?.signal?.throwIfAborted();
    this.#gathering.flush();
    return eraseIds(this.#link, keys, ids, options);
  }

  /**
   * A copy in memory of `keys` as they were at one moment: GETs in one transaction.
   * @throws StoreError on a cluster if the keys are not in one slot, and if the server knows no transactions
   */
  snapshot(keys: readonly string[], options?: RequestOptions): Promise<BitmapReader> {
    this.#gathering.flushBefore(keys);
    return takeSnapshot(this.#link, keys, options);
  }

  /** Asks for ranges, or for whole values, as the strategy has it. */
  #ask<T>(ranges: () => Promise<T>, whole: () => Promise<T>): Promise<T> {
    if (this.#strategy === 'ranges') return ranges();
    return this.#strategy === 'whole' ? whole() : this.#link.attempt('ranges', ranges, whole);
  }

  #wholeReader(): WholeReader {
    const { commands } = this.#link;
    return new WholeReader((keys, keep, options) =>
      this.#link.sendAll(
        keys,
        {
          send: (key) => commands.get(key),
          receive: (bytes, key) => keep(key, Bitmap.fromBytes(bytes ?? new Uint8Array(0))),
          keyOf: (key) => key,
          maxInFlight: MAX_WHOLE_IN_FLIGHT,
        },
        options,
      ),
    );
  }

  /** A script that is not allowed is no error: every bit is written by a command of its own. */
  async #canMerge(key: string, options: RequestOptions | undefined): Promise<boolean> {
    this.#merges ||= await this.#link.attempt(
      'scripts',
      async () => {
        await this.#link.sendOne(() => probeMerging(this.#link, key), key, options);
        return true;
      },
      async () => false,
    );
    return this.#merges;
  }
}

function keysOf(reads: readonly ByteRead[]): string[] {
  return reads.map(({ key }) => key);
}
