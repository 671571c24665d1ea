import { FormatError, type MemoryStore, plural, StoreError } from '../index.js';
import type { KeptPeople } from '../people.js';
import { loadRdb, type RdbProgress, type RdbString, readRdb } from '../rdb.js';
import { UsageError } from './failure.js';
import { type Input, readInput } from './input.js';
import { grouped } from './output.js';

/** Dumps of Redis, plain or gzipped. */

export interface DumpOptions {
  /** The number of the database, if bitmaps are in several. */
  readonly db?: number | undefined;
}

/** Loads the bitmaps of a dump whose keys begin with `prefix`, and its map of people into `people`. */
export function loadDump(
  dump: Input,
  prefix: string,
  people: KeptPeople | undefined,
  { db }: DumpOptions,
): Promise<MemoryStore> {
  return openDump(dump, (input, onProgress) => loadRdb(input, { db, prefix, people, onProgress }));
}

/**
 * Reads the wanted strings of a dump one after the other, without keeping them.
 * @returns the number of keys about which `wants` was not asked, since they hold no strings or are in another database
 */
export async function readDump(
  dump: Input,
  { db, wants, use }: DumpOptions & { wants(key: string): boolean; use(string: RdbString): void },
): Promise<number> {
  let asked = 0;
  let keys = 0;
  const filter = (key: string): boolean => {
    asked += 1;
    return wants(key);
  };
  await openDump(dump, async (input, showProgress) => {
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
      use(string);
    }
  });
  return keys - asked;
}

function openDump<T>(
  dump: Input,
  read: (input: AsyncIterable<Uint8Array>, onProgress: (progress: RdbProgress) => void) => Promise<T>,
): Promise<T> {
  return readInput(dump, 'reading', (stream, show) =>
    read(stream, ({ keys }) => show(`${grouped(keys)} ${plural(keys, 'key')}`)),
  ).catch((cause: unknown) => {
    throw cause instanceof FormatError ? new StoreError(`${dump.name}: ${cause.message}`, { cause }) : cause;
  });
}
