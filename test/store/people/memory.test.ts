import { expect, it } from 'vitest';
import { MemoryPeople } from '../../../src/store/people/memory.js';
import { usedBytes } from '../../support/memory.js';
import { describeCopies, describePeople, uuidOf } from '../../support/store/people.js';

describePeople('MemoryPeople', async () => new MemoryPeople());

describeCopies('MemoryPeople', async () => new MemoryPeople());

it('keeps texts of people, not the files that they were read from', async () => {
  const people = new MemoryPeople();
  const before = await usedBytes();
  for (let index = 0; index < 64; index++) {
    const file = Buffer.alloc(2 ** 20, `${uuidOf(index)},`).toString('latin1');
    await people.numbersFor([file.slice(0, 36), file.slice(37, 73)]);
  }
  expect((await usedBytes()) - before).toBeLessThan(2 ** 23);
  expect(await people.textsOf([0, 63, 64])).toEqual([uuidOf(0), uuidOf(63), undefined]);
});
