import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { parsePeopleKey } from '../../../src/names/people.js';
import { eraseFromEntry } from '../../../src/store/people/erasing.js';
import { MemoryPeople } from '../../../src/store/people/memory.js';
import type { PeopleEntry } from '../../../src/store/people/types.js';

async function entriesOf(people: MemoryPeople): Promise<PeopleEntry[]> {
  const entries: PeopleEntry[] = [];
  for await (const entry of people.entries()) entries.push(entry);
  return entries;
}

it('leaves the entries of a map from which these people were removed', async () => {
  const texts = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme-ascii' }), {
    maxLength: 400,
  });
  await fc.assert(
    fc.asyncProperty(texts, fc.array(fc.nat(450), { maxLength: 300 }), async (texts, ids) => {
      const people = new MemoryPeople();
      await people.numbersFor(texts);
      const forgotten = new Set(ids);
      let count = 0;
      const left: PeopleEntry[] = [];
      for (const { key, bytes } of await entriesOf(people)) {
        const erased = eraseFromEntry(parsePeopleKey('', key)!, bytes, forgotten);
        count += erased.removed;
        if (erased.left !== undefined) left.push({ key, bytes: Uint8Array.from(erased.left) });
      }
      expect(await people.remove(texts.filter((_, number) => forgotten.has(number)))).toBe(count);
      expect(left).toEqual(await entriesOf(people));
    }),
    { numRuns: 50 },
  );
});

it('gives the very same bytes back if nobody of them is in an entry', async () => {
  const people = new MemoryPeople();
  await people.numbersFor(['ann', 'bob']);
  for (const { key, bytes } of await entriesOf(people)) {
    expect(eraseFromEntry(parsePeopleKey('', key)!, bytes, new Set([2, 900])).left).toBe(bytes);
  }
});
