import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeFileName, INDEX_FILE_NAME } from '../bitmaps.js';
import { Bitmapist, type Forgotten, MemoryStore, type RequestOptions } from '../index.js';
import { replaceFile } from '../node.js';
import { isPeopleKey, MemoryPeople } from '../people.js';
import { loadFolder } from './folder.js';

/** Takes people out of a folder of bitmaps, and out of the map of their names if that is there. */

/** Notes which bitmaps change when ids are erased. */
class NotingStore extends MemoryStore {
  readonly changed = new Set<string>();

  override async erase(
    keys: readonly string[],
    ids: ArrayLike<number>,
    options?: RequestOptions,
  ): Promise<number[]> {
    const before = await this.byteLengths(keys, options);
    const cleared = await super.erase(keys, ids, options);
    const after = await this.byteLengths(keys, options);
    for (const [at, key] of keys.entries()) {
      if (cleared[at] !== 0 || after[at] !== before[at]) this.changed.add(key);
    }
    return cleared;
  }
}

/** Each file is replaced as a whole or not at all, and the index after them: what is interrupted can be done again. */
export async function forgetInFolder(
  path: string,
  prefix: string,
  people: readonly (number | string)[],
): Promise<Forgotten> {
  const store = new NotingStore();
  const map = new MemoryPeople();
  await loadFolder(path, prefix, { store, people: map });
  const before = await entriesOf(map);
  const report = await new Bitmapist({ store, prefix, people: map }).forget(people);
  const byteLengths = await lengthsOf(store);
  for (const key of store.changed) {
    const file = join(path, encodeFileName(key));
    const byteLength = byteLengths.get(key);
    if (byteLength === undefined) await rm(file, { force: true });
    else await replaceFile(file, [await bytesOf(store, key, byteLength)]);
  }
  // After the bits: whoever is still named can be forgotten again.
  const after = await entriesOf(map);
  for (const [key, bytes] of after) {
    if (!isSame(before.get(key), bytes)) await replaceFile(join(path, encodeFileName(key)), [bytes]);
    byteLengths.set(key, bytes.length);
  }
  for (const key of before.keys()) {
    if (!after.has(key)) await rm(join(path, encodeFileName(key)), { force: true });
  }
  await renewIndex(join(path, INDEX_FILE_NAME), prefix, byteLengths);
  return report;
}

/** The files of a map of people that is in the folder. */
async function entriesOf(map: MemoryPeople): Promise<Map<string, Uint8Array>> {
  const entries = new Map<string, Uint8Array>();
  if ((await map.size()) > 0) for await (const { key, bytes } of map.entries()) entries.set(key, bytes);
  return entries;
}

function isSame(before: Uint8Array | undefined, after: Uint8Array): boolean {
  return before !== undefined && Buffer.from(before).equals(after);
}

async function lengthsOf(store: MemoryStore): Promise<Map<string, number>> {
  const keys: string[] = [];
  for await (const key of store.keys('')) keys.push(key);
  const byteLengths = await store.byteLengths(keys);
  return new Map(keys.map((key, at) => [key, byteLengths[at]!]));
}

async function bytesOf(store: MemoryStore, key: string, byteLength: number): Promise<Uint8Array> {
  const target = new Uint8Array(byteLength);
  await store.read([{ key, byteOffset: 0, target }]);
  return target;
}

/** Those who read the folder over HTTP know lengths by it. A folder without an index is left without one. */
async function renewIndex(
  path: string,
  prefix: string,
  byteLengths: ReadonlyMap<string, number>,
): Promise<void> {
  if (!existsSync(path)) return;
  const text = await readFile(path, 'utf8');
  const lengths = Object.entries(JSON.parse(text) as Record<string, number>).flatMap(([key, length]) => {
    const isOurs = key.startsWith(prefix) || isPeopleKey(key);
    const now = isOurs ? byteLengths.get(key) : length;
    return now === undefined ? [] : [[key, now] as const];
  });
  const renewed = JSON.stringify(Object.fromEntries(lengths));
  if (renewed !== text) await replaceFile(path, [new TextEncoder().encode(renewed)]);
}
