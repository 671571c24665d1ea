/** What users do with files and questions, as a bundle of which every part runs in a world without a platform. */

import { encodeIds, readIds } from '../../../src/bitmaps.js';
import { readEvents } from '../../../src/csv.js';
import { Bitmapist, MemoryStore } from '../../../src/index.js';
import { decodeKey, encodeKey, loadRdb, writeRdb } from '../../../src/rdb.js';
import { renderMarkdown } from '../../../src/report.js';

export { HttpStore } from '../../../src/http.js';

/** The ids of those who signed up and did no more, and a table of the others. */
export async function askQuestions(): Promise<unknown[]> {
  const analytics = new Bitmapist();
  await analytics.markEvent('signup', [1, 2, 3], { now: '2026-11-02' });
  await analytics.markEvent('ключ 🔑', [1, 3], { now: '2026-11-20' });
  const lost = await analytics.query('signup@2026-11 & ~"ключ 🔑"@2026-11').ids();
  const table = await analytics.cohort({
    select1: 'signup',
    select2: 'ключ 🔑',
    timeGroup: 'months',
    numResults: 1,
    now: '2026-11-30',
  });
  return [[...lost], table.rows[0]?.cells[0]?.count, renderMarkdown(table).includes('66.7%')];
}

export async function readRows(bytes: readonly number[]): Promise<string[]> {
  const names: string[] = [];
  for await (const rows of readEvents(Uint8Array.from(bytes)))
    for (const { event } of rows) names.push(event);
  return names;
}

export async function readList(bytes: readonly number[]): Promise<number[]> {
  const found: number[] = [];
  for await (const ids of readIds(Uint8Array.from(bytes))) found.push(...ids);
  return found;
}

export async function writeList(ids: readonly number[]): Promise<string> {
  const parts: string[] = [];
  for await (const bytes of encodeIds([ids])) parts.push(String.fromCharCode(...bytes));
  return parts.join('');
}

/** The keys of a dump, one of which is no UTF-8. */
export async function copyDump(): Promise<string[]> {
  const store = new MemoryStore();
  for (const key of ['signup', 'ключ 🔑', '\udcff']) await store.put(key, Uint8Array.of(49, 50));
  const keys: string[] = [];
  for await (const key of (await loadRdb(writeRdb(store))).keys('')) keys.push(key);
  return keys;
}

export async function loadDump(bytes: readonly number[], signal?: AbortSignal): Promise<number> {
  return (await loadRdb(Uint8Array.from(bytes), { signal })).count('k');
}

export function copyKey(key: string): string {
  return decodeKey(encodeKey(key));
}
