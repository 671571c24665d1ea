/** Taking people out of the entries of a map, one by one, as `remove` does in a map. */

import type { PeopleKey } from '../../names/people.js';
import { RECORD_BYTES } from './buckets.js';
import { decodePage, encodePage, PAGE_PEOPLE } from './pages.js';

/** What is left of an entry, and how many texts were in it of those who were taken out. */
export interface ErasedEntry {
  /** The very same bytes if nobody of them is in it; `undefined` if it is there for nobody any more. */
  readonly left: Uint8Array | undefined;
  readonly removed: number;
}

/** @throws BitmapistError for what is no page */
export function eraseFromEntry(
  { kind, index }: PeopleKey,
  bytes: Uint8Array,
  ids: ReadonlySet<number>,
): ErasedEntry {
  if (kind === 'bucket') return { left: eraseFromBucket(bytes, ids), removed: 0 };
  if (kind === 'next') return { left: bytes, removed: 0 };
  const texts = decodePage(bytes);
  const left = texts.map((text, place) => (ids.has(index * PAGE_PEOPLE + place) ? undefined : text));
  const removed = texts.filter((text, place) => text !== left[place]).length;
  return { left: removed === 0 ? bytes : encodePage(left), removed };
}

function eraseFromBucket(bytes: Uint8Array, ids: ReadonlySet<number>): Uint8Array | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const left = new Uint8Array(bytes.length);
  let length = 0;
  for (let at = 0; at + RECORD_BYTES <= bytes.length; at += RECORD_BYTES) {
    if (ids.has(view.getUint32(at + RECORD_BYTES / 2))) continue;
    left.set(bytes.subarray(at, at + RECORD_BYTES), length);
    length += RECORD_BYTES;
  }
  if (length === bytes.length) return bytes;
  return length === 0 ? undefined : left.subarray(0, length);
}
