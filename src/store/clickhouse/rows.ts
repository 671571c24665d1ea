/** Copies bitmaps of stores into tables of ClickHouse, and into files that it reads. */

import { StoreError } from '../../base/errors.js';
import { Bitmap } from '../../bitmap/bitmap.js';
import { cutChunks } from '../../formats/bytes.js';
import { encodeHeader } from '../../formats/clickhouse/rowbinary.js';
import type { RdbEntry } from '../../formats/rdb/writer.js';
import { DEFAULT_PREFIX } from '../../names/keys.js';
import { readEntries } from '../dump.js';
import type { RequestOptions, Store } from '../types.js';
import { rowNameOf } from './keys.js';
import { type ClickHouseStore, rowOf } from './store.js';

/** What is copied, and who is told how far it has come. */
export interface ClickHouseCopyOptions extends RequestOptions {
  /** What keys begin with (default `trackist_`); the rest of a key names an event and a period. */
  readonly prefix?: string | undefined;
  /** Called after each key with how many have been copied. */
  readonly onProgress?: ((keys: number) => void) | undefined;
}

/** One insertion has about so many bytes, or keys. */
const INSERT_BYTES = 2 ** 23;
const INSERT_ROWS = 10_000;

/**
 * Whether a table of ClickHouse can have a bitmap under a key: one of an event in a period, or of its dateless flag, that is UTF-8.
 * @example
 * import { canBeRow } from 'bitmapist-wasm/clickhouse';
 *
 * console.log(canBeRow('trackist_active_2026-11'), canBeRow('sessions')); // true false
 */
export function canBeRow(key: string, prefix?: string): boolean {
  return rowNameOf(key, prefix) !== undefined;
}

/**
 * Adds the bitmaps of a store to a table, and says how many there were. Copied again, what is there already changes nothing: ids are
 * merged by OR. It can be repeated after an error, and goes on with what is new. Memory: some 8 MiB, and the largest bitmap compressed.
 * @throws StoreError for a key that no row can have (see `canBeRow`), before it and after what has been copied; whatever the store
 * throws; the signal's reason
 * @example
 * import type { Store } from 'bitmapist-wasm';
 * import { type ClickHouseClientLike, ClickHouseStore, copyToClickHouse } from 'bitmapist-wasm/clickhouse';
 *
 * async function copy(store: Store, client: ClickHouseClientLike): Promise<number> {
 *   const target = new ClickHouseStore(client, { table: 'analytics.bitmaps' });
 *   await target.createTable();
 *   return copyToClickHouse(store, target);
 * }
 * console.log(typeof copy); // function
 */
export async function copyToClickHouse(
  source: Store,
  target: ClickHouseStore,
  options: ClickHouseCopyOptions = {},
): Promise<number> {
  let rows: Uint8Array[] = [];
  let bytes = 0;
  let copied = 0;
  const flush = async (): Promise<void> => {
    await target.insert(rows, options);
    copied += rows.length;
    options.onProgress?.(copied);
    rows = [];
    bytes = 0;
  };
  for await (const row of readRows(source, options)) {
    rows.push(row);
    bytes += row.length;
    if (bytes >= INSERT_BYTES || rows.length >= INSERT_ROWS) await flush();
  }
  if (rows.length > 0) await flush();
  return copied;
}

/**
 * The bitmaps of a store as a file in ClickHouse's format `RowBinaryWithNamesAndTypes`, a row for each key, in chunks of 128 KiB: for
 * `clickhouse-client --query "INSERT INTO bitmaps FORMAT RowBinaryWithNamesAndTypes" < file`, and for `file()`. Memory: the largest bitmap
 * compressed, and 1 MiB.
 * @throws as `copyToClickHouse`; the file is then without an end
 * @example
 * import { Bitmapist } from 'bitmapist-wasm';
 * import { writeRowBinary } from 'bitmapist-wasm/clickhouse';
 *
 * const bitmapist = new Bitmapist();
 * await bitmapist.markUnique('pro', [7, 8]);
 * let byteLength = 0;
 * for await (const chunk of writeRowBinary(bitmapist.store)) byteLength += chunk.length;
 * console.log(byteLength); // 146
 */
export function writeRowBinary(
  source: Store,
  options: ClickHouseCopyOptions = {},
): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  return cutChunks(encodeRows(source, options), CHUNK_BYTES);
}

const CHUNK_BYTES = 2 ** 17;

async function* encodeRows(source: Store, options: ClickHouseCopyOptions): AsyncGenerator<Uint8Array, void> {
  yield encodeHeader();
  let written = 0;
  for await (const row of readRows(source, options)) {
    yield row;
    options.onProgress?.(++written);
  }
}

async function* readRows(source: Store, options: ClickHouseCopyOptions): AsyncGenerator<Uint8Array, void> {
  const { prefix = DEFAULT_PREFIX, signal } = options;
  for await (const { key, bytes } of readEntries(source, { prefix, signal })) {
    // A store in this process has the ids of a long bitmap beside each other, which its bytes have not.
    const kept = bytes instanceof Uint8Array ? undefined : source.resident?.(key);
    const row = rowOf(key, kept ?? (await bitmapOf(bytes)), prefix);
    if (row === undefined) {
      throw new StoreError(`expected a key of an event and a period, got ${JSON.stringify(key)}`);
    }
    yield row;
  }
}

async function bitmapOf(bytes: RdbEntry['bytes']): Promise<Bitmap> {
  const bitmap = new Bitmap();
  if (bytes instanceof Uint8Array) bitmap.append(bytes);
  else for await (const piece of bytes.chunks()) bitmap.append(piece);
  return bitmap;
}
