import { existsSync } from 'node:fs';
import { pipeline, Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { encodeFileName } from '../bitmaps.js';
import { type ClickHouseStore, canBeRow, copyToClickHouse, writeRowBinary } from '../clickhouse.js';
import { type Bitmapist, type Store, StoreError } from '../index.js';
import { replaceFile, saveStore } from '../node.js';
import { type ParquetRows, writeParquet } from '../parquet.js';
import { readRdb, restoreRdb, type WriteRdbOptions, writeRdb } from '../rdb.js';
import { RedisPeople } from '../redis.js';
import { isRedisUrl } from './address.js';
import { withClickHouse } from './clickhouse.js';
import { isClickHouseUrl } from './clickhouse-address.js';
import { endingOf } from './ending.js';
import { UsageError } from './failure.js';
import { checkFolder, writeFolder } from './folder.js';
import { isDump, kindOfSource } from './input.js';
import { type ConnectOptions, withRedis } from './redis.js';
import { reportLeftOut } from './strings.js';
import { isUrl, withoutPassword } from './url.js';

/** Where bitmaps are copied to: a dump, a folder, a file of Parquet or for ClickHouse, a Redis or a table of ClickHouse. */

export interface Target {
  /** Says why the target cannot have a key. */
  readonly refuses: (key: string) => Refusal | undefined;
  /** One of these keys that the target has and must keep. */
  readonly findTaken?: (keys: readonly string[]) => Promise<string | undefined>;
  /**
   * How it has people's names: as their map (default), as their map or as texts beside numbers if that is asked for (`--people`), or
   * not at all.
   */
  readonly names?: 'map' | 'map if asked' | 'texts if asked' | 'none';
  /** How many people the target has names of: one that has some takes no others. */
  readonly countPeople?: () => Promise<number>;
  /** @param source whose keys they are; `store` is its own, perhaps without some of them */
  readonly write: (store: Store, options: WriteRdbOptions, source: Bitmapist) => Promise<unknown>;
}

export interface Refusal {
  readonly sentence: string;
  /** What follows the name of the key that is left out. */
  readonly why: string;
}

export interface TargetOptions extends ConnectOptions {
  readonly to: string;
  readonly replace?: boolean;
  readonly keyPrefix?: string;
  /** What a row of Parquet is. */
  readonly rows?: ParquetRows;
}

/** Finds out what is wrong with a target before the source is read, which may take long. */
export async function withTarget<T>(options: TargetOptions, use: (target: Target) => Promise<T>): Promise<T> {
  const { to, replace } = options;
  const isParquet = /\.parquet$/i.test(to) && !isUrl(to);
  if (options.rows !== undefined && !isParquet) {
    throw new UsageError('expected --rows with a .parquet file after --to');
  }
  if (isParquet) return use(parquetTarget(options));
  if (isRedisUrl(to))
    return withRedis(to, options, (redis, client) =>
      use(redisTarget(redis, new RedisPeople(client), replace ?? false)),
    );
  if (isClickHouseUrl(to)) {
    return withClickHouse(to, { ...options, makesTable: true }, (table) => use(tableTarget(table)));
  }
  const isPackedFile = /\.gz$/i.test(to);
  if (/\.rowbinary(?:\.gz)?$/i.test(to)) {
    return use({
      names: 'none',
      refuses: (key) => refuseRow(key, options.keyPrefix),
      write: (store, copied) =>
        replaceFile(to, isPackedFile ? gzip(writeRowBinary(store, copied)) : writeRowBinary(store, copied)),
    });
  }
  const isNewFile = !existsSync(to) && endingOf(to) !== '' && !/[\\/]$/.test(to);
  if (
    !isDump(to) &&
    (kindOfSource(to) !== undefined || isPackedFile || isNewFile || isUrl(to) || to === '')
  ) {
    throw new UsageError(
      `expected an .rdb, .rdb.gz, .parquet or .rowbinary file, a folder or a redis:// or clickhouse:// URL after --to, got ${JSON.stringify(withoutPassword(to))}`,
    );
  }
  if (isDump(to)) {
    return use({
      refuses: () => undefined,
      write: (store, options) =>
        isPackedFile ? replaceFile(to, gzip(writeRdb(store, options))) : saveStore(store, to, options),
    });
  }
  await checkFolder(to);
  return use({
    // Folders are made to be published.
    names: 'map if asked',
    refuses: refuseFileName,
    write: (store, options) => writeFolder(to, readRdb(writeRdb(store, { ...options, compress: false }))),
  });
}

function gzip(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  // Whoever reads the packed chunks is told of errors by them.
  return pipeline(Readable.from(chunks), createGzip(), () => {});
}

function refuseFileName(key: string): Refusal | undefined {
  try {
    encodeFileName(key);
    return undefined;
  } catch (error) {
    return { sentence: (error as RangeError).message, why: 'which is too long for the name of a file' };
  }
}

function redisTarget(redis: Store, map: RedisPeople, replace: boolean): Target {
  return {
    refuses: refuseOtherBytes,
    findTaken: async (keys) => {
      if (replace) return undefined;
      const byteLengths = await redis.byteLengths(keys);
      return keys.find((_, index) => byteLengths[index]! > 0);
    },
    countPeople: () => map.size(),
    write: async (store, options) => {
      const people = options.people === undefined ? undefined : map;
      const dump = writeRdb(store, { ...options, compress: false });
      await restoreRdb(dump, redis, { people }).catch((cause: unknown) => {
        if (!(cause instanceof StoreError)) throw cause;
        const sentence = 'expected to write every key, got an error after some may have been written: ';
        throw new StoreError(`${sentence}${cause.message}`, { cause });
      });
    },
  };
}

/** Rows are added to what is there, which they do not replace: ids are merged. */
function tableTarget(table: ClickHouseStore): Target {
  return {
    names: 'none',
    refuses: (key) => refuseRow(key, table.prefix),
    write: (store, options) => copyToClickHouse(store, table, options),
  };
}

function refuseRow(key: string, prefix: string | undefined): Refusal | undefined {
  if (canBeRow(key, prefix)) return undefined;
  const sentence = `expected keys of events and their periods, in UTF-8, got ${JSON.stringify(key)}`;
  return { sentence, why: 'which is not that of an event in a period' };
}

function parquetTarget({ to, rows, keyPrefix }: TargetOptions): Target {
  return {
    names: 'texts if asked',
    refuses: (key) => refuseRow(key, keyPrefix),
    write: async (store, { onProgress, people }, { prefix, timeZone }) => {
      const leftOut: string[] = [];
      const onLeftOut = (key: string) => leftOut.push(key);
      await replaceFile(
        to,
        writeParquet({ store, prefix, timeZone }, { rows, people, onProgress, onLeftOut }),
      );
      reportLeftOut(leftOut, 'which does not say when');
    },
  };
}

/** Clients send keys as text. */
function refuseOtherBytes(key: string): Refusal | undefined {
  if (!/\p{Surrogate}/u.test(key)) return undefined;
  return { sentence: `expected keys that are UTF-8, got ${JSON.stringify(key)}`, why: 'which is no UTF-8' };
}
