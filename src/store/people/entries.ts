/** A whole map of people as the keys and bytes that it has in Redis, and back. */

import { BitmapistError } from '../../base/errors.js';
import { ID_LIMIT } from '../../base/limits.js';
import { parsePeopleKey, peopleKeys } from '../../names/people.js';
import { encodeBuckets } from './buckets.js';
import { decodePage, encodePage, PAGE_PEOPLE } from './pages.js';
import { encodePerson, hashPerson } from './texts.js';
import type { PeopleEntry } from './types.js';

/** By number; `undefined` for one that nobody has any more. */
export type Texts = readonly (string | undefined)[];

/**
 * Pages, then the buckets that point to them, then the next number. Memory beside a page: 5 bytes for each number.
 * @param size how many numbers have been given out
 * @param pages of their texts, in order
 */
export async function* encodeEntries(
  prefix: string,
  size: number,
  pages: Iterable<Texts> | AsyncIterable<Texts>,
): AsyncGenerator<PeopleEntry, void> {
  const keys = peopleKeys(prefix);
  const hashes = new Uint32Array(size);
  const has = new Uint8Array(size);
  let page = 0;
  for await (const texts of pages) {
    for (const [place, text] of texts.entries()) {
      const number = page * PAGE_PEOPLE + place;
      if (text === undefined || number >= size) continue;
      hashes[number] = hashPerson(encodePerson(text));
      has[number] = 1;
    }
    yield { key: `${keys}t:${page}`, bytes: encodePage(texts) };
    page += 1;
  }
  for (const [bucket, bytes] of encodeBuckets(hashes, (number) => has[number] === 1)) {
    yield { key: `${keys}b:${bucket}`, bytes };
  }
  if (size > 0) yield { key: `${keys}n`, bytes: new TextEncoder().encode(String(size)) };
}

/**
 * The texts of the map with a prefix, by number; entries in any order, and of other keys among them. Buckets follow from pages, so
 * they are not read.
 * @throws BitmapistError for a map that is not whole, or damaged
 */
export async function decodeEntries(
  prefix: string,
  entries: Iterable<PeopleEntry> | AsyncIterable<PeopleEntry>,
): Promise<(string | undefined)[]> {
  let size: number | undefined;
  const pages: (string | undefined)[][] = [];
  let count = 0;
  for await (const { key, bytes } of entries) {
    const parsed = parsePeopleKey(prefix, key);
    if (parsed?.kind === 'next') size = decodeSize(bytes);
    if (parsed?.kind !== 'page') continue;
    count += 1;
    pages[parsed.index] = decodePage(bytes);
  }
  if (size === undefined && count === 0) return [];
  if (size === undefined) throw damaged('pages without the next number');
  if (count !== pages.length || count < Math.ceil(size / PAGE_PEOPLE)) {
    throw damaged(`${count} pages for ${size} numbers`);
  }
  const texts = pages.flat();
  // A page that was read after the next number may have more.
  let end = texts.length;
  while (end > size && texts[end - 1] === undefined) end -= 1;
  texts.length = end;
  return texts;
}

function decodeSize(bytes: Uint8Array): number {
  const text = String.fromCharCode(...bytes.subarray(0, 11));
  if (/^\d{1,10}$/.test(text) && Number(text) <= ID_LIMIT) return Number(text);
  throw damaged(`the next number ${JSON.stringify(text)}`);
}

function damaged(got: string): BitmapistError {
  return new BitmapistError(`expected a map of people that is whole, got ${got}`);
}
