/**
 * Pages of texts, by which numbers are looked up: 120 neighbouring numbers each. A page begins with a byte for each of them: 0 if
 * nobody has it, 255 for a UUID, 254 for a text of which two bytes tell the length, otherwise its length. The bytes of all texts
 * follow, in the order of their numbers. With 120 UUIDs it is as long as allocators give memory out, 2,048 bytes with those of Redis.
 */

import { BitmapistError } from '../../base/errors.js';
import { decodePerson, encodePerson, LONG, UUID, UUID_BYTES } from './texts.js';

export const PAGE_PEOPLE = 120;
const LENGTH_BYTES = 2;

/** A page; whoever has a number beyond those given is nobody. */
export function encodePage(texts: readonly (string | undefined)[]): Uint8Array<ArrayBuffer> {
  const people = texts.map((text) => (text === undefined ? undefined : encodePerson(text)));
  let length = PAGE_PEOPLE;
  for (const person of people) {
    if (person !== undefined) length += person.bytes.length + (person.code === LONG ? LENGTH_BYTES : 0);
  }
  const page = new Uint8Array(length);
  let at = PAGE_PEOPLE;
  for (const [place, person] of people.entries()) {
    if (person === undefined) continue;
    const { code, bytes } = person;
    page[place] = code;
    if (code === LONG) {
      page[at++] = bytes.length >> 8;
      page[at++] = bytes.length & 0xff;
    }
    page.set(bytes, at);
    at += bytes.length;
  }
  return page;
}

/**
 * The texts of a page, by place.
 * @param wanted places to be told; all if absent
 * @throws BitmapistError for what is no page
 */
export function decodePage(
  page: Uint8Array,
  wanted: (place: number) => boolean = () => true,
): (string | undefined)[] {
  const texts = new Array<string | undefined>(PAGE_PEOPLE).fill(undefined);
  let at = PAGE_PEOPLE;
  for (let place = 0; place < PAGE_PEOPLE && place < page.length; place++) {
    const code = page[place]!;
    let length = code === UUID ? UUID_BYTES : code;
    if (code === LONG) {
      length = (page[at] ?? 0) * 256 + (page[at + 1] ?? 0);
      at += LENGTH_BYTES;
    }
    if (code !== 0 && wanted(place)) texts[place] = textAt(page, code, at, at + length);
    at += length;
  }
  if (at !== page.length) throw damagedPage();
  return texts;
}

function textAt(page: Uint8Array, code: number, from: number, to: number): string {
  try {
    const text = decodePerson(code, page.subarray(from, to));
    if (encodePerson(text).code === code && to <= page.length) return text;
  } catch {
    // Not UTF-8, or no text of a person.
  }
  throw damagedPage();
}

function damagedPage(): BitmapistError {
  return new BitmapistError('expected a page of a map of people, got other bytes');
}
