/** Bitmaps as rows of a table of ClickHouse. */

import { StoreError } from '../../base/errors.js';
import { checkId } from '../../base/id.js';
import { Bitmap } from '../../bitmap/bitmap.js';
import { encodeRow } from '../../formats/clickhouse/rowbinary.js';
import { encodeState } from '../../formats/clickhouse/state.js';
import { DEFAULT_PREFIX } from '../../names/keys.js';
import { checkKeysOptions, checkPut, checkWrites } from '../arguments.js';
import { MemoryStore } from '../memory.js';
import type {
  BitmapReader,
  BitWrite,
  ByteRead,
  KeysOptions,
  PutOptions,
  RequestOptions,
  SetQuestion,
  Store,
} from '../types.js';
import { WholeReader } from '../whole.js';
import { type ClickHouseClientLike, tableOf } from './client.js';
import { ClickHouseCounter } from './counter.js';
import { fetchBitmaps, nameBatches } from './fetching.js';
import { keyOfRow, type RowName, rowNameOf, startOf } from './keys.js';
import { ClickHouseLink, keyParameters } from './link.js';
import { onlyRow, readNumber, readNumbers, readText } from './replies.js';
import * as sql from './sql.js';

export interface ClickHouseStoreOptions {
  /** The table, as `bitmaps` or `database.bitmaps`. */
  readonly table: string;
  /** What keys begin with (default `trackist_`); that of the `Bitmapist` over it. Rows have names of events, not keys. */
  readonly prefix?: string | undefined;
}

/** Keys that are listed at a time. */
const KEYS_AT_ONCE = 10_000;

/**
 * Answers from a table of ClickHouse with a row for each event and period, or several, of which the server merges the ids. Numbers
 * of sets are counted there, a table of them in one query; who is in a set is read as compressed bitmaps, kept for the question.
 *
 * Rows are only added: marks become new rows, and what would clear bits or replace a bitmap is refused. The bitmap of a key ends
 * with its last id, so `~foo` does as well. Every method rejects with a `StoreError` if the server cannot be reached or answers
 * with an error; the client is the caller's.
 * @example
 * import { Bitmapist } from 'bitmapist-wasm';
 * import { type ClickHouseClientLike, ClickHouseStore } from 'bitmapist-wasm/clickhouse';
 *
 * // `createClient({ url })` of @clickhouse/client gives such a client.
 * function over(client: ClickHouseClientLike): Bitmapist {
 *   return new Bitmapist({ store: new ClickHouseStore(client, { table: 'analytics.bitmaps' }) });
 * }
 * console.log(typeof over); // function
 */
export class ClickHouseStore implements Store {
  /** What keys begin with. */
  readonly prefix: string;
  readonly #link: ClickHouseLink;
  readonly #counter: ClickHouseCounter;

  /** @throws RangeError for a table whose name has an empty part or more than one dot */
  constructor(client: ClickHouseClientLike, { table, prefix = DEFAULT_PREFIX }: ClickHouseStoreOptions) {
    this.#link = new ClickHouseLink(client, tableOf(table));
    this.prefix = prefix;
    this.#counter = new ClickHouseCounter(this.#link, prefix);
  }

  /**
   * Makes the table unless there is one: an `AggregatingMergeTree` of (event, unit, period, start, ids).
   * @throws StoreError
   * @example
   * import { type ClickHouseClientLike, ClickHouseStore } from 'bitmapist-wasm/clickhouse';
   *
   * async function prepare(client: ClickHouseClientLike): Promise<ClickHouseStore> {
   *   const store = new ClickHouseStore(client, { table: 'analytics.bitmaps' });
   *   await store.createTable();
   *   return store;
   * }
   * console.log(typeof prepare); // function
   */
  createTable(options?: RequestOptions): Promise<void> {
    return this.#link.command(sql.createTable(this.#link.table), {}, options);
  }

  countSets(question: SetQuestion, options?: RequestOptions): Promise<number[] | undefined> {
    return this.#counter.countSets(question, options);
  }

  async count(key: string, options?: RequestOptions): Promise<number> {
    const bitmap = { kind: 'bitmap', number: 0, operands: [] } as const;
    const counts = await this.countSets({ keys: [key], parts: [bitmap], roots: [0] }, options);
    return counts![0]!;
  }

  async has(key: string, id: number, options?: RequestOptions): Promise<boolean> {
    checkId(id);
    options?.signal?.throwIfAborted();
    const name = rowNameOf(key, this.prefix);
    if (name === undefined) return false;
    const rows = await this.#link.rows(sql.has(this.#link.table), { ...name, id }, options);
    return readNumber(onlyRow(rows).found, 'found') > 0;
  }

  async byteLengths(keys: readonly string[], options?: RequestOptions): Promise<number[]> {
    options?.signal?.throwIfAborted();
    const lengths = new Map<string, number>();
    for (const batch of nameBatches([...new Set(keys)], this.prefix)) {
      const rows = await this.#link.rows(sql.ends(this.#link.table), keyParameters(batch.names), options);
      const ends = readNumbers(onlyRow(rows), 'ends', batch.keys.length);
      for (const [index, end] of ends.entries()) lengths.set(batch.keys[index]!, Math.ceil(end / 8));
    }
    return keys.map((key) => lengths.get(key) ?? 0);
  }

  read(reads: readonly ByteRead[], options?: RequestOptions): Promise<void> {
    return this.reader().read(reads, options);
  }

  reader(): BitmapReader {
    return new WholeReader((keys, keep, options) =>
      fetchBitmaps(this.#link, this.prefix, keys, keep, options),
    );
  }

  /** All keys in one query, which sees its table as of one moment; see `Store`. */
  async snapshot(keys: readonly string[], options?: RequestOptions): Promise<BitmapReader> {
    const memory = new MemoryStore();
    const keep = (key: string, bitmap: Bitmap) => memory.putBitmap(key, bitmap);
    await fetchBitmaps(this.#link, this.prefix, [...new Set(keys)], keep, options, true);
    return memory;
  }

  async *keys(prefix: string, options?: KeysOptions): AsyncGenerator<string, void, undefined> {
    checkKeysOptions(options);
    options?.signal?.throwIfAborted();
    if (!prefix.startsWith(this.prefix) && !this.prefix.startsWith(prefix)) return;
    const limit = options?.batchSize ?? KEYS_AT_ONCE;
    let after: RowName = { event: '', unit: '', period: '' };
    for (;;) {
      const parameters = { ...after, beginning: prefix.slice(this.prefix.length), limit };
      const rows = await this.#link.rows(sql.catalog(this.#link.table), parameters, options);
      for (const row of rows) {
        after = {
          event: readText(row, 'event'),
          unit: readText(row, 'unit'),
          period: readText(row, 'period'),
        };
        const key = keyOfRow(after, this.prefix);
        if (key?.startsWith(prefix)) yield key;
      }
      if (rows.length < limit) return;
    }
  }

  /** Adds rows; see `Store`. @throws StoreError for bits to clear, and for keys that no row can have: then nothing is written */
  async write(writes: readonly BitWrite[], options?: RequestOptions): Promise<void> {
    checkWrites(writes);
    options?.signal?.throwIfAborted();
    const bitmaps = new Map<string, Bitmap>();
    for (const { key, ids, value } of writes) {
      if (ids.length === 0) continue;
      if (value === 0) {
        throw new StoreError('expected bits to set, got bits to clear: rows of ClickHouse are only added');
      }
      if (rowNameOf(key, this.prefix) === undefined) {
        throw new StoreError(
          `expected a key of an event that begins with ${JSON.stringify(this.prefix)}, got ${JSON.stringify(key)}`,
        );
      }
      const bitmap = bitmaps.get(key) ?? new Bitmap();
      bitmap.change(ids, 1, options?.kernel);
      bitmaps.set(key, bitmap);
    }
    const rows = [...bitmaps].map(([key, bitmap]) => this.row(key, bitmap)!);
    if (rows.length > 0) await this.insert(rows, options);
  }

  /** Refuses: a bitmap that is there cannot be replaced. @throws StoreError */
  async put(key: string, bytes: Uint8Array, options?: PutOptions): Promise<never> {
    checkPut(key, bytes, options);
    throw new StoreError(
      `expected a store whose bitmaps can be replaced, got ${this.#link.name} of ClickHouse, to which rows are only added`,
    );
  }

  /** Deletes rows of keys, by the server's `DELETE`; says how many keys had some. */
  async delete(keys: readonly string[], options?: RequestOptions): Promise<number> {
    options?.signal?.throwIfAborted();
    let deleted = 0;
    for (const { names } of nameBatches([...new Set(keys)], this.prefix)) {
      const parameters = keyParameters(names);
      const rows = await this.#link.rows(sql.countKeys(this.#link.table), parameters, options);
      const count = readNumber(onlyRow(rows).keys, 'keys');
      if (count > 0) await this.#link.command(sql.remove(this.#link.table), parameters, options);
      deleted += count;
    }
    return deleted;
  }

  /** @internal The row that adds a bitmap, as bytes; `undefined` for a key that no row can have. */
  row(key: string, bitmap: Bitmap): Uint8Array | undefined {
    return rowOf(key, bitmap, this.prefix);
  }

  /** @internal Adds rows, all of them in one insertion. */
  insert(rows: readonly Uint8Array[], options?: RequestOptions): Promise<void> {
    return this.#link.insert(sql.insert(this.#link.table), rows, options);
  }
}

/** The row that adds a bitmap, as bytes; `undefined` for a key that no row can have. */
export function rowOf(key: string, bitmap: Bitmap, prefix: string | undefined): Uint8Array | undefined {
  const name = rowNameOf(key, prefix);
  return name && encodeRow({ ...name, start: startOf(name), state: encodeState(bitmap) });
}
