/** What holds for every map of people. The oracle is a plain Map. */

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BitmapistError } from '../../../src/base/errors.js';
import { MemoryPeople } from '../../../src/store/people/memory.js';
import type { KeptPeople, People, PeopleEntry } from '../../../src/store/people/types.js';

/** Gives a map of nobody; called once per case. */
export type NoPeople = () => Promise<People>;

const UUID = '0f8fad5b-d9cb-469f-a165-70867728950e';
/** Texts that something could take for something else. */
export const ODD_TEXTS = [
  '7',
  '07',
  '-1',
  '4294967295',
  '1e3',
  'true',
  'null',
  'undefined',
  '__proto__',
  'constructor',
  'toString',
  ' ',
  ' a',
  'a ',
  '\0',
  'a\0b',
  'a\r\nb',
  '{bitmapist:people}',
  'ß',
  'SS',
  'é',
  'e\u0301',
  '\ufeff',
  '\ufeffa',
  '\uffff',
  '\u{10ffff}',
  '\u{1f469}\u200d\u{1f680}',
  'u'.repeat(1000),
  'u'.repeat(999),
  'u'.repeat(253),
  'u'.repeat(254),
  'u'.repeat(255),
  'u'.repeat(256),
  'é'.repeat(500),
  UUID,
  UUID.toUpperCase(),
  UUID.replaceAll('-', ''),
  `{${UUID}}`,
  `${UUID} `,
  '00000000-0000-0000-0000-000000000000',
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
  'g0000000-0000-0000-0000-000000000000',
  // The bytes of a UUID.
  'u'.repeat(16),
  '75757575-7575-7575-7575-757575757575',
  // With the same hash, by pairs.
  'c50d1ceb-6703-c857',
  '00a9bebc-032b-2ad5-1e57-3e4af659a6fa',
  'bde435ca-a882-a4e6',
  '19bffee0-e804-ee78',
  'c943a052-d724-5c47-9be9-8d82b657ea99',
  '1806f6e1-6d5b-3750-2ea2-db546d6ba4ae',
  'é'.repeat(8),
];
const BROKEN_TEXTS = ['', 'u'.repeat(1001), 'é'.repeat(501), '\ud800', 'a\udc00b'];

export function describePeople(name: string, noPeople: NoPeople, { runs = 100 } = {}): void {
  describe(`${name} as a map of people`, () => {
    it('gives numbers from 0 on, one for each text, in the order of the texts', async () => {
      const people = await noPeople();
      expect(await people.size()).toBe(0);
      expect([...(await people.numbersFor(['b', 'a', 'b', 'c', 'a']))]).toEqual([0, 1, 0, 2, 1]);
      expect([...(await people.numbersFor(['d', 'c', 'd']))]).toEqual([3, 2, 3]);
      expect(await people.size()).toBe(4);
      expect([...(await people.numbersFor([]))]).toEqual([]);
    });

    it('finds what it has been told, and gives no number to who is asked for', async () => {
      const people = await noPeople();
      expect(await people.numbersOf(['a'])).toEqual([undefined]);
      expect(await people.textsOf([0, 1, 2 ** 32 - 1])).toEqual([undefined, undefined, undefined]);
      await people.numbersFor(['a', 'b']);
      expect(await people.numbersOf(['b', 'x', 'a', 'b'])).toEqual([1, undefined, 0, 1]);
      expect(await people.textsOf(Uint32Array.of(1, 2, 0, 1, 119, 120, 121))).toEqual([
        'b',
        undefined,
        'a',
        'b',
        undefined,
        undefined,
        undefined,
      ]);
      expect(await people.size()).toBe(2);
      expect(await people.numbersOf([])).toEqual([]);
      expect(await people.textsOf([])).toEqual([]);
    });

    it('keeps odd texts apart, and gives them back as they were', async () => {
      const people = await noPeople();
      const numbers = await people.numbersFor(ODD_TEXTS);
      expect([...numbers]).toEqual([...ODD_TEXTS.keys()]);
      expect(await people.numbersOf([...ODD_TEXTS].reverse())).toEqual([...numbers].reverse());
      expect(await people.textsOf(numbers)).toEqual(ODD_TEXTS);
    });

    it('refuses what is no text of a person, and gives out no number then', async () => {
      const people = await noPeople();
      for (const text of [...BROKEN_TEXTS, 7 as unknown as string, null as unknown as string]) {
        await expect(people.numbersFor(['a', text])).rejects.toThrow(
          /^expected text of 1 to 1000 bytes of UTF-8/,
        );
        await expect(people.numbersOf([text])).rejects.toThrow(RangeError);
        await expect(people.remove(['a', text])).rejects.toThrow(RangeError);
      }
      expect(await people.size()).toBe(0);
      expect(await people.numbersOf(['a'])).toEqual([undefined]);
    });

    it('forgets texts for good: their numbers are not given out again', async () => {
      const people = await noPeople();
      await people.numbersFor(['a', 'b', UUID, 'c']);
      expect(await people.remove(['b', 'x', UUID, 'b'])).toBe(2);
      expect(await people.remove(['b', UUID])).toBe(0);
      expect(await people.textsOf([0, 1, 2, 3])).toEqual(['a', undefined, undefined, 'c']);
      expect(await people.numbersOf(['a', 'b', UUID, 'c'])).toEqual([0, undefined, undefined, 3]);
      expect(await people.size()).toBe(4);
      expect([...(await people.numbersFor([UUID, 'c', 'b']))]).toEqual([4, 3, 5]);
      expect(await people.textsOf([1, 2, 3, 4, 5])).toEqual([undefined, undefined, 'c', UUID, 'b']);
      expect(await people.remove([])).toBe(0);
    });

    it('knows thousands of people', async () => {
      const people = await noPeople();
      const texts = Array.from({ length: 5000 }, (_, index) =>
        index % 3 === 0 ? uuidOf(index) : `u_${index}`,
      );
      for (let from = 0; from < texts.length; from += 700) {
        const some = texts.slice(Math.max(0, from - 50), from + 700);
        const first = Math.max(0, from - 50);
        expect([...(await people.numbersFor(some))]).toEqual(some.map((_, index) => first + index));
      }
      expect(await people.numbersOf(texts)).toEqual([...texts.keys()]);
      expect(await people.textsOf([...texts.keys()])).toEqual(texts);
      expect(await people.numbersOf(texts.map((text) => `${text}x`))).toEqual(texts.map(() => undefined));
      const gone = texts.filter((_, index) => index % 7 === 0);
      expect(await people.remove(gone)).toBe(gone.length);
      expect(await people.numbersOf(texts)).toEqual(
        texts.map((_, index) => (index % 7 === 0 ? undefined : index)),
      );
      expect(await people.textsOf([...texts.keys()])).toEqual(
        texts.map((text, index) => (index % 7 === 0 ? undefined : text)),
      );
      expect(await people.size()).toBe(texts.length);
    });

    it('ends early if the signal says so', async () => {
      const people = await noPeople();
      await people.numbersFor(['a']);
      const signal = AbortSignal.abort(new Error('enough'));
      await expect(people.numbersFor(['b'], { signal })).rejects.toThrow('enough');
      await expect(people.numbersOf(['a'], { signal })).rejects.toThrow('enough');
      await expect(people.textsOf([0], { signal })).rejects.toThrow('enough');
      await expect(people.remove(['a'], { signal })).rejects.toThrow('enough');
      await expect(people.size({ signal })).rejects.toThrow('enough');
      expect(await people.size()).toBe(1);
    });

    it('agrees with a plain map, whatever is asked', async () => {
      const text = fc.oneof(
        fc.constantFrom(...ODD_TEXTS),
        fc.integer({ min: 0, max: 30 }).map((index) => `u_${index}`),
        fc.integer({ min: 0, max: 300 }).map(uuidOf),
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
      );
      const step = fc.record({
        what: fc.constantFrom('numbersFor', 'numbersFor', 'numbersOf', 'remove'),
        texts: fc.array(text, { maxLength: 40 }),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
          const people = await noPeople();
          const numbers = new Map<string, number>();
          const texts: (string | undefined)[] = [];
          for (const { what, texts: asked } of steps) {
            if (what === 'numbersFor') {
              const expected = asked.map((each) => {
                if (!numbers.has(each)) numbers.set(each, texts.push(each) - 1);
                return numbers.get(each);
              });
              expect([...(await people.numbersFor(asked))]).toEqual(expected);
            } else if (what === 'numbersOf') {
              expect(await people.numbersOf(asked)).toEqual(asked.map((each) => numbers.get(each)));
            } else {
              let removed = 0;
              for (const each of asked) {
                const number = numbers.get(each);
                if (number === undefined) continue;
                texts[number] = undefined;
                numbers.delete(each);
                removed += 1;
              }
              expect(await people.remove(asked)).toBe(removed);
            }
          }
          expect(await people.size()).toBe(texts.length);
          expect(await people.textsOf([...texts.keys()])).toEqual(texts);
          expect(await people.numbersOf([...numbers.keys()])).toEqual([...numbers.values()]);
        }),
        { numRuns: runs },
      );
    });
  });
}

/** A UUID of a number, as different as those that are drawn at random. */
export function uuidOf(index: number): string {
  let hex = '';
  for (let word = 0; word < 4; word++) {
    let mixed = Math.imul(index + 1, 0x9e3779b1) ^ Math.imul(word + 1, 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    hex += ((mixed ^ (mixed >>> 16)) >>> 0).toString(16).padStart(8, '0');
  }
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** What holds for every map that can be copied as a whole, beside all that holds for a map. */
export function describeCopies(name: string, noPeople: () => Promise<KeptPeople>): void {
  describe(`${name} as a map that is copied`, () => {
    it('is in the copy what it was, and goes on there', async () => {
      const people = await noPeople();
      const texts = [...ODD_TEXTS, ...Array.from({ length: 3000 }, (_, index) => uuidOf(index))];
      await people.numbersFor(texts);
      const gone = texts.filter((_, index) => index % 11 === 0 || index > texts.length - 5);
      await people.remove(gone);
      const entries = await all(people.entries());
      const memory = new MemoryPeople();
      expect(await memory.restore(shuffled(entries))).toBe(texts.length);
      const again = await noPeople();
      expect(await again.restore(memory.entries())).toBe(texts.length);
      const known = texts.map((text, index) => (gone.includes(text) ? undefined : index));
      for (const copy of [memory, again]) {
        expect(await copy.size()).toBe(texts.length);
        expect(await copy.numbersOf(texts)).toEqual(known);
        expect(await copy.textsOf([...texts.keys()])).toEqual(
          texts.map((text, index) => (known[index] === undefined ? undefined : text)),
        );
        expect(await all(copy.entries())).toEqual(entries);
        expect([...(await copy.numbersFor(['new', texts[1]!, gone[0]!]))]).toEqual([
          texts.length,
          1,
          texts.length + 1,
        ]);
      }
    });

    it('has no entries of nobody, and takes none over', async () => {
      const people = await noPeople();
      expect(await all(people.entries())).toEqual([]);
      expect(await people.restore([])).toBe(0);
      expect(await people.restore([{ key: 'trackist_a_u', bytes: Uint8Array.of(1) }])).toBe(0);
      expect([...(await people.numbersFor(['ann']))]).toEqual([0]);
    });

    it('is not restored over others, nor over those who are gone', async () => {
      const other = new MemoryPeople();
      await other.numbersFor(['bob', 'ann']);
      for (const remove of [false, true]) {
        const people = await noPeople();
        await people.numbersFor(['ann']);
        if (remove) await people.remove(['ann']);
        await expect(people.restore(other.entries())).rejects.toThrow(
          new BitmapistError(
            'expected a map of nobody to restore one into, got one that has given out 1 number',
          ),
        );
        expect(await people.numbersOf(['ann', 'bob'])).toEqual([remove ? undefined : 0, undefined]);
        expect(await people.size()).toBe(1);
      }
    });

    it('is not restored from what is damaged or not all of it, and stays of nobody', async () => {
      const other = new MemoryPeople();
      await other.numbersFor(Array.from({ length: 300 }, (_, index) => `u_${index}`));
      const entries = await all(other.entries());
      const people = await noPeople();
      const without = (ending: string) => entries.filter(({ key }) => !key.endsWith(ending));
      const but = (ending: string, bytes: Uint8Array) => [
        ...without(ending),
        { key: `{bitmapist:people}${ending}`, bytes },
      ];
      const page = entries.find(({ key }) => key.endsWith(':t:0'))!.bytes;
      for (const broken of [
        without(':n'),
        without(':t:0'),
        without(':t:1'),
        without(':t:2'),
        but(':n', Uint8Array.of(0x41)),
        but(':n', new Uint8Array(0)),
        but(':t:1', page.subarray(1)),
        but(':t:1', page),
      ]) {
        await expect(people.restore(broken)).rejects.toThrow(BitmapistError);
      }
      expect(await people.size()).toBe(0);
      expect([...(await people.numbersFor(['ann']))]).toEqual([0]);
    });
  });
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** In an order as that of a dump. */
function shuffled(entries: readonly PeopleEntry[]): PeopleEntry[] {
  return [...entries].sort((a, b) =>
    a.key.split('').reverse().join('') < b.key.split('').reverse().join('') ? 1 : -1,
  );
}

/** The text of somebody, of one of several kinds. */
export function textOf(index: number): string {
  return index % 2 === 0 ? uuidOf(index) : `u_${index.toString(36)}`;
}
