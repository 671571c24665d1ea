import { type Dirent, existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeFileName, encodeFileName, INDEX_FILE_NAME } from '../bitmaps.js';
import { MemoryStore, plural } from '../index.js';
import { createFolder, type FolderFile } from '../node.js';
import { isPeopleKey, type KeptPeople, type PeopleEntry } from '../people.js';
import type { RdbString } from '../rdb.js';
import { UsageError } from './failure.js';
import { grouped } from './output.js';
import { withProgress } from './progress.js';

/** Folders of files that hold the bytes of one bitmap each, named by its key, and an index of them. */

const FILES_AT_ONCE = 64;

export async function isFolder(path: string): Promise<boolean> {
  const stats = await stat(path).catch(() => undefined);
  return stats?.isDirectory() ?? false;
}

export interface FolderOptions {
  /** Told of files that are left out, by the keys they are named after. */
  readonly onOther?: ((key: string) => void) | undefined;
  /** Takes over the map of people that is in the folder. */
  readonly people?: KeptPeople | undefined;
  readonly store?: MemoryStore;
}

/** Loads the bitmaps of a folder whose keys begin with `prefix`; others are named, not read. */
export async function loadFolder(
  path: string,
  prefix: string,
  { onOther, people, store = new MemoryStore() }: FolderOptions,
): Promise<MemoryStore> {
  const entries: PeopleEntry[] = [];
  const load = async ({ name }: Dirent): Promise<void> => {
    const key = decodeFileName(name);
    const read = (): Promise<Uint8Array> => readFile(join(path, name));
    if (isPeopleKey(key)) {
      if (people !== undefined) entries.push({ key, bytes: await read() });
    } else if (key.startsWith(prefix)) await store.put(key, await read());
    else onOther?.(key);
  };
  await withProgress(`reading ${path}`, async (show) => {
    const files = (await readdir(path, { withFileTypes: true })).filter(isBitmap);
    for (let at = 0; at < files.length; at += FILES_AT_ONCE) {
      await Promise.all(files.slice(at, at + FILES_AT_ONCE).map(load));
      show(`reading ${path}: ${grouped(at)} of ${grouped(files.length)} ${plural(files.length, 'file')}`);
    }
  });
  await people?.restore(entries);
  return store;
}

/** The names of keys never begin with a dot, and none is that of the index. */
function isBitmap(entry: Dirent): boolean {
  return !entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== INDEX_FILE_NAME;
}

/** Refuses a folder that holds something already, so that files of different exports never mix. */
export async function checkFolder(path: string): Promise<void> {
  if (!existsSync(path)) return;
  if (!(await isFolder(path))) {
    throw new UsageError(
      `expected a folder to write to, got ${JSON.stringify(path)}, which is something else`,
    );
  }
  if ((await readdir(path)).length > 0) {
    throw new UsageError(`expected a new or an empty folder, got ${JSON.stringify(path)}, which holds files`);
  }
}

/** Writes a new folder of bitmaps and their index, as a whole or not at all. */
export async function writeFolder(path: string, bitmaps: AsyncIterable<RdbString>): Promise<void> {
  await createFolder(path, filesOf(bitmaps));
}

async function* filesOf(bitmaps: AsyncIterable<RdbString>): AsyncGenerator<FolderFile, void> {
  const lengths: [key: string, byteLength: number][] = [];
  for await (const { key, bytes } of bitmaps) {
    yield { name: encodeFileName(key), bytes };
    lengths.push([key, bytes.length]);
  }
  // In one order, so that the same bitmaps have the same index.
  const index = JSON.stringify(Object.fromEntries(lengths.sort(([a], [b]) => (a < b ? -1 : 1))));
  yield { name: INDEX_FILE_NAME, bytes: new TextEncoder().encode(index) };
}
