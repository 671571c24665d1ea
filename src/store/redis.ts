/** Bitmaps in Redis, through the caller's client. */

import { Buffer } from 'node:buffer';
import { StoreError } from '../errors.js';
import { checkKeysOptions, checkPut, checkWrites } from './arguments.js';
import type { RedisClient, RedisNode } from './client.js';
import { explainFailure, isUnknownCommand } from './failure.js';
import { RedisLink } from './link.js';
import { MemoryStore } from './memory.js';
import { isBulky, probeMerging } from './merge.js';
import { RangeReader } from './ranges.js';
import { isWithoutTransactions } from './transaction.js';
import type {
  BitmapReader,
  BitWrite,
  ByteRange,
  ByteRead,
  KeysOptions,
  PutOptions,
  RequestOptions,
  Store,
  WriteOptions,
} from './types.js';
import { WholeReader } from './whole.js';
import { writeBits } from './writer.js';

const DEFAULT_MAX_IN_FLIGHT = 1000;
const DEFAULT_SCAN_BATCH = 10_000;
/** Keys per UNLINK: long enough to save round trips, short enough not to keep the server from others. */
const DELETE_BATCH = 500;
/** What PTTL answers for a key without expiry. */
const KEPT = -1;

/**
 * How bitmaps are read: `ranges` with STRLEN, GETRANGE, BITCOUNT and BITPOS, only the bytes that are wanted; `whole` with
 * GET, for servers that know nothing else.
 */
export type ReadStrategy = 'ranges' | 'whole';

/** How a server is asked. */
export interface RedisStoreOptions {
  /** How many requests may be under way at once (default 1,000). */
  readonly maxInFlight?: number | undefined;
  /** `auto` (the default) begins with `ranges` and falls back to `whole` at the first command the server does not know. */
  readonly readStrategy?: ReadStrategy | 'auto' | undefined;
  /** `false` writes a command per bit even where many bits of a key change (default `true`: by script, where allowed). */
  readonly scripts?: boolean | undefined;
}

/**
 * Reads and writes bitmaps in Redis or a Redis Cluster. The client is received, never created or closed.
 *
 * Every method rejects with a `StoreError` where Redis does not answer or refuses (`cause` is the client's error), and
 * with a `WrongTypeError` where a key holds something other than a string.
 */
export class RedisStore implements Store {
  readonly #link: RedisLink;
  readonly #detects: boolean;
  #readStrategy: ReadStrategy;
  /** Whether scripts run there; unknown until one was tried. */
  #merges: boolean | undefined;

  /** @throws RangeError for options out of their range */
  constructor(client: RedisClient, options: RedisStoreOptions = {}) {
    const { maxInFlight = DEFAULT_MAX_IN_FLIGHT, readStrategy = 'auto', scripts = true } = options;
    if (!(Number.isInteger(maxInFlight) && maxInFlight > 0)) {
      throw new RangeError(`expected maxInFlight to be a positive integer, got ${maxInFlight}`);
    }
    if (!['auto', 'ranges', 'whole'].includes(readStrategy)) {
      throw new RangeError(`expected the read strategy auto, ranges or whole, got ${readStrategy}`);
    }
    this.#link = new RedisLink(client, maxInFlight);
    this.#detects = readStrategy === 'auto';
    this.#readStrategy = readStrategy === 'auto' ? 'ranges' : readStrategy;
    this.#merges = scripts ? undefined : false;
  }

  /** How bitmaps are read; with `auto` it is known after the first read. */
  get readStrategy(): ReadStrategy {
    return this.#readStrategy;
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

  /** A reader for one question: where whole values have to be fetched, it fetches each of them once. */
  reader(): Required<Omit<BitmapReader, 'containers'>> {
    let whole: WholeReader | undefined;
    const ranges = new RangeReader(this.#link);
    const readWhole = <T>(call: (reader: WholeReader) => Promise<T>): Promise<T> => {
      whole ??= new WholeReader(this.#link);
      return call(whole);
    };
    const read = async <T>(call: (reader: RangeReader | WholeReader) => Promise<T>): Promise<T> => {
      if (this.#readStrategy === 'whole') return readWhole(call);
      try {
        return await call(ranges);
      } catch (error) {
        if (!this.#detects || !isUnknownCommand(error)) throw error;
        this.#readStrategy = 'whole';
        return readWhole(call);
      }
    };
    return {
      byteLengths: (keys, options) => read((reader) => reader.byteLengths(keys, options)),
      read: (reads, options) => read((reader) => reader.read(reads, options)),
      occupied: (keys, byteLengths, options) =>
        read((reader): Promise<(readonly ByteRange[] | undefined)[]> => {
          return reader.occupied(keys, byteLengths, options);
        }),
    };
  }

  async count(key: string, options?: RequestOptions): Promise<number> {
    try {
      return await this.#link.sendOne(() => this.#link.client.bitcount(key), key, options);
    } catch (error) {
      if (!isUnknownCommand(error)) throw error;
      return new WholeReader(this.#link).count(key, options);
    }
  }

  async write(writes: readonly BitWrite[], options?: WriteOptions): Promise<void> {
    checkWrites(writes);
    const bulky = writes.find((write) => isBulky(this.#link, write));
    if (bulky !== undefined) this.#merges ??= await this.#canMerge(bulky.key, options);
    await writeBits(this.#link, writes, { ...options, merges: this.#merges === true });
  }

  async put(key: string, bytes: Uint8Array, options?: PutOptions): Promise<void> {
    checkPut(bytes, options);
    const { client } = this.#link;
    const value = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const ttlSeconds = options?.ttlSeconds;
    const send = () =>
      ttlSeconds === undefined ? client.set(key, value) : client.set(key, value, 'EX', ttlSeconds);
    await this.#link.sendOne(send, key, options);
  }

  async *keys(prefix: string, options?: KeysOptions): AsyncGenerator<string, void, undefined> {
    checkKeysOptions(options);
    const { keyPrefix } = this.#link;
    const pattern = `${escapeGlob(keyPrefix + prefix)}*`;
    const batchSize = options?.batchSize ?? DEFAULT_SCAN_BATCH;
    // SCAN may name a key more than once, and so may two nodes while a slot moves.
    const seen = new Set<string>();
    for (const node of await this.#nodes(prefix, options)) {
      let cursor = '0';
      do {
        const scan = () => node.scan(cursor, 'MATCH', pattern, 'COUNT', batchSize);
        const [next, found] = await this.#link.sendOne(scan, undefined, options);
        cursor = next;
        for (const key of found) {
          if (seen.has(key)) continue;
          seen.add(key);
          yield key.slice(keyPrefix.length);
        }
      } while (cursor !== '0');
    }
  }

  async expiries(keys: readonly string[], options?: RequestOptions): Promise<(number | undefined)[]> {
    const expiries = new Array<number | undefined>(keys.length).fill(undefined);
    const { client } = this.#link;
    // A server without the command lets no key expire that it knows of.
    const send = (key: string) =>
      client.pttl(key).catch((error) => (isUnknownCommand(error) ? KEPT : Promise.reject(error)));
    await this.#link.sendAll(
      keys,
      {
        send,
        receive: (milliseconds, _, index) => {
          if (milliseconds >= 0) expiries[index] = Date.now() + milliseconds;
        },
        keyOf: (key) => key,
      },
      options,
    );
    return expiries;
  }

  async delete(keys: readonly string[], options?: RequestOptions): Promise<number> {
    // Keys of different cluster slots cannot be named in one command.
    const batchSize = this.#link.isCluster ? 1 : DELETE_BATCH;
    const batches: string[][] = [];
    for (let at = 0; at < keys.length; at += batchSize) batches.push(keys.slice(at, at + batchSize));
    let deleted = 0;
    await this.#link.sendAll(
      batches,
      {
        send: (batch) => this.#unlink(batch),
        receive: (count) => {
          deleted += count;
        },
      },
      options,
    );
    return deleted;
  }

  /**
   * A copy in memory of `keys` as they were at one moment: GETs in one transaction.
   * @throws StoreError on a cluster where the keys are not in one slot, and where the server knows no transactions
   */
  async snapshot(keys: readonly string[], options?: RequestOptions): Promise<BitmapReader> {
    const distinct = [...new Set(keys)];
    const copy = new MemoryStore();
    if (distinct.length === 0) return copy;
    if (this.#link.isCluster) await this.#untilConnected(distinct[0]!, options);
    const transaction = this.#link.client.multi();
    for (const key of distinct) transaction.getBuffer(key);
    const replies = await this.#link.sendOne(
      () => transaction.exec().catch((error) => Promise.reject(refuseMoment(error))),
      undefined,
      options,
    );
    for (const [index, key] of distinct.entries()) {
      const [error, bytes] = replies?.[index] ?? [new Error('the transaction was not executed'), null];
      if (error !== null) throw await explainFailure(this.#link.client, error, key);
      if (bytes !== null) await copy.put(key, bytes as Uint8Array);
    }
    return copy;
  }

  /** A script that is not allowed is no error: every bit is written by a command of its own. */
  async #canMerge(key: string, options: RequestOptions | undefined): Promise<boolean> {
    try {
      await this.#link.sendOne(() => probeMerging(this.#link, key), key, options);
      return true;
    } catch (error) {
      if (isUnknownCommand(error) || isForbidden(error)) return false;
      throw error;
    }
  }

  async #nodes(prefix: string, options: RequestOptions | undefined): Promise<readonly RedisNode[]> {
    const { client } = this.#link;
    if (client.nodes === undefined) return [client];
    await this.#untilConnected(prefix, options);
    return client.nodes('master');
  }

  /**
   * A cluster's client knows its nodes once it has answered something. Transactions wait for that, also where it never
   * comes; other requests are refused then.
   * @param key one that the user may ask for; some may see no keys but those of a prefix
   */
  async #untilConnected(key: string, options: RequestOptions | undefined): Promise<void> {
    await this.#link.sendOne(() => this.#link.client.type(key), undefined, options);
  }

  /** UNLINK came with Redis 4; servers without it know DEL. */
  async #unlink(keys: readonly string[]): Promise<number> {
    const { client } = this.#link;
    try {
      return await client.unlink(...keys);
    } catch (error) {
      if (!isUnknownCommand(error)) throw error;
      return client.del(...keys);
    }
  }
}

/** Says why keys cannot be read as of one moment, where that is the trouble. */
function refuseMoment(cause: unknown): unknown {
  const message = cause instanceof Error ? cause.message : '';
  if (/CROSSSLOT|same slot/i.test(message)) {
    return new StoreError(
      'expected keys of one cluster slot for a consistent read, got keys of several; a cluster cannot freeze them together',
      { cause },
    );
  }
  if (isWithoutTransactions(cause)) {
    return new StoreError('expected a server with transactions for a consistent read, got one without', {
      cause,
    });
  }
  return cause;
}

function isForbidden(error: unknown): boolean {
  const cause = error instanceof StoreError ? error.cause : undefined;
  // What a script is not allowed to do is told in other words, and by Redis 6 in others still.
  return (
    cause instanceof Error && /NOPERM|No permissions|can't run this command|can't access/i.test(cause.message)
  );
}

function escapeGlob(text: string): string {
  return text.replace(/[\\*?[\]]/g, '\\$&');
}
