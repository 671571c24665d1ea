import { existsSync } from 'node:fs';
import { pipeline, Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { Store } from '../index.js';
import { replaceFile, saveStore } from '../node.js';
import { readRdb, restoreRdb, type WriteRdbOptions, writeRdb } from '../rdb.js';
import { isCsv } from './csv.js';
import { isDump } from './dump.js';
import { endingOf } from './ending.js';
import { UsageError } from './failure.js';
import { checkFolder, writeFolder } from './folder.js';
import { grouped, plural, writeLine } from './output.js';
import { startProgress } from './progress.js';
import { isRedisUrl, withRedis } from './redis.js';
import { type SourceOptions, withSource } from './source.js';
import { onlyStrings, reportLeftOut } from './strings.js';
import { isUrl, withoutPassword } from './url.js';

export interface ExportOptions extends SourceOptions {
  readonly to: string;
  readonly replace?: boolean;
}

/** Copies the bitmaps of a source to a dump, a folder or a Redis; names the keys of a Redis that are none. */
export async function exportSource(source: string, options: ExportOptions): Promise<void> {
  const leftOut = new Set<string>();
  const keys = await withTarget(options, (target) =>
    withSource(source, options, ({ store, prefix }) => {
      const strings = isRedisUrl(source) ? onlyStrings(store, (key) => leftOut.add(key)) : store;
      return copy(source, strings, prefix, target);
    }),
  );
  reportLeftOut(leftOut);
  await writeLine(`${keys} ${plural(keys, 'key')}`);
}

type Target = (store: Store, options: WriteRdbOptions) => Promise<unknown>;

/** Finds out what is wrong with a target before the source is read, which may take long. */
async function withTarget<T>(
  { to, replace }: ExportOptions,
  use: (target: Target) => Promise<T>,
): Promise<T> {
  if (isRedisUrl(to)) return withRedis(to, (redis) => use(redisTarget(redis, replace ?? false)));
  const isPackedFile = /\.gz$/i.test(to);
  const isNewFile = !existsSync(to) && endingOf(to) !== '' && !/[\\/]$/.test(to);
  if (!isDump(to) && (isCsv(to) || isPackedFile || isNewFile || isUrl(to) || to === '')) {
    throw new UsageError(
      `expected an .rdb or .rdb.gz file, a folder or a redis:// URL behind --to, got ${JSON.stringify(withoutPassword(to))}`,
    );
  }
  if (isDump(to)) {
    return use((store, options) =>
      isPackedFile ? replaceFile(to, gzip(writeRdb(store, options))) : saveStore(store, to, options),
    );
  }
  await checkFolder(to);
  return use((store, options) => writeFolder(to, readRdb(writeRdb(store, { ...options, compress: false }))));
}

function gzip(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  // Whoever reads the packed chunks is told of errors by them.
  return pipeline(Readable.from(chunks), createGzip(), () => {});
}

function redisTarget(redis: Store, replace: boolean): Target {
  return async (store, options) => {
    if (!replace) await refuseExisting(store, redis, options.prefix ?? '');
    await restoreRdb(writeRdb(store, { ...options, compress: false }), redis);
  };
}

const KEYS_AT_ONCE = 1000;

/** What a Redis holds already is replaced only where the user says so. */
async function refuseExisting(store: Store, redis: Store, prefix: string): Promise<void> {
  const keys: string[] = [];
  for await (const key of store.keys(prefix)) keys.push(key);
  for (let at = 0; at < keys.length; at += KEYS_AT_ONCE) {
    const batch = keys.slice(at, at + KEYS_AT_ONCE);
    const byteLengths = await redis.byteLengths(batch);
    const existing = batch.find((_, index) => byteLengths[index]! > 0);
    if (existing === undefined) continue;
    throw new UsageError(
      `expected a Redis that has none of the ${keys.length} ${plural(keys.length, 'key')}, got one that has ${JSON.stringify(existing)}; --replace replaces what is there`,
    );
  }
}

async function copy(source: string, store: Store, prefix: string, target: Target): Promise<number> {
  // A dump without a key would take the place of a good one.
  if ((await store.keys(prefix)[Symbol.asyncIterator]().next()).done) {
    throw new UsageError(
      `expected keys that begin with ${JSON.stringify(prefix)} in ${withoutPassword(source)}, got none`,
    );
  }
  let written = 0;
  const progress = startProgress('writing');
  try {
    await target(store, {
      prefix,
      onProgress: (keys) => {
        written = keys;
        progress.show(`writing: ${grouped(keys)} ${plural(keys, 'key')}`);
      },
    });
  } finally {
    progress.end();
  }
  return written;
}
