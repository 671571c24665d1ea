import { createReadStream } from 'node:fs';
import { FormatError, type MemoryStore, StoreError } from '../index.js';
import { loadRdb, type RdbProgress, type RdbString, readRdb } from '../rdb.js';
import { UsageError } from './failure.js';
import { sizeOfFile } from './file.js';
import { grouped, plural } from './output.js';
import { startProgress } from './progress.js';
import { isUrl } from './url.js';

/** Dumps of Redis, plain or gzipped. */

export function isDump(path: string): boolean {
  return !isUrl(path) && /\.rdb(\.gz)?$/i.test(path);
}

export interface DumpOptions {
  /** The number of the database, where bitmaps are in several. */
  readonly db?: number | undefined;
}

/** Loads the bitmaps of a dump whose keys begin with `prefix`. */
export function loadDump(path: string, prefix: string, { db }: DumpOptions): Promise<MemoryStore> {
  return openDump(path, (input, onProgress) => loadRdb(input, { db, prefix, onProgress }));
}

/**
 * Reads the wanted strings of a dump one after the other, without keeping them.
 * @returns the number of keys about which `wants` was not asked, since they hold no strings or are in another database
 */
export async function readDump(
  path: string,
  { db, wants, use }: DumpOptions & { wants(key: string): boolean; use(string: RdbString): Promise<void> },
): Promise<number> {
  let asked = 0;
  let keys = 0;
  const filter = (key: string): boolean => {
    asked += 1;
    return wants(key);
  };
  await openDump(path, async (input, showProgress) => {
    const onProgress = (progress: RdbProgress): void => {
      keys = progress.keys;
      showProgress(progress);
    };
    let onlyDb: number | undefined;
    for await (const string of readRdb(input, { db, filter, onProgress })) {
      onlyDb ??= string.db;
      if (string.db !== onlyDb) {
        throw new UsageError(
          `expected the bitmaps of one database, got some of database ${onlyDb} and of database ${string.db}; --db chooses one`,
        );
      }
      await use(string);
    }
  });
  return keys - asked;
}

const READ_BYTES = 2 ** 18;

async function openDump<T>(
  path: string,
  read: (input: AsyncIterable<Uint8Array>, onProgress: (progress: RdbProgress) => void) => Promise<T>,
): Promise<T> {
  const size = await sizeOfFile(path);
  const progress = startProgress(`reading ${path}`);
  const input = createReadStream(path, { highWaterMark: READ_BYTES });
  try {
    return await read(input, ({ inputBytes, keys }) => {
      const percent = Math.floor((inputBytes / Math.max(1, size)) * 100);
      progress.show(`reading ${path}: ${percent} %, ${grouped(keys)} ${plural(keys, 'key')}`);
    });
  } catch (cause) {
    throw cause instanceof FormatError ? new StoreError(`${path}: ${cause.message}`, { cause }) : cause;
  } finally {
    input.destroy();
    progress.end();
  }
}
