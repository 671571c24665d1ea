import { describe, expect, it } from 'vitest';
import { Bitmapist, IncompleteMarksError, MemoryStore } from '../../src/index.js';
import { idsBetween, joinFlags, MemoryPeople, pageOf, rankOf } from '../../src/people.js';

const AT = { now: '2026-11-22T13:00', trackHourly: true, trackUnique: true };

function open() {
  const store = new MemoryStore();
  const people = new MemoryPeople();
  return { store, people, bitmapist: new Bitmapist({ store, people }) };
}

async function keysOf(store: MemoryStore): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of store.keys('')) keys.push(key);
  return keys;
}

describe('people with names', () => {
  it('are marked in every unit, unmarked, and found again', async () => {
    const { bitmapist, people } = open();
    await bitmapist.markEvent('active', ['ann', 'bob'], AT);
    await bitmapist.markEvent('active', 'cleo', AT);
    await bitmapist.unmarkEvent('active', 'ann', AT);
    await bitmapist.markUnique('pro', ['bob', 'dan']);
    await bitmapist.unmarkUnique('pro', ['dan', 'eve']);
    expect(await people.size()).toBe(4);
    for (const set of [
      bitmapist.month('active', '2026-11'),
      bitmapist.day('active', '2026-11-22'),
      bitmapist.hour('active', '2026-11-22T13'),
      bitmapist.unique('active'),
    ]) {
      expect([...(await set.ids())]).toEqual([1, 2]);
      expect(await Promise.all(['ann', 'bob', 'cleo'].map((person) => set.has(person)))).toEqual([
        false,
        true,
        true,
      ]);
    }
    expect([...(await bitmapist.unique('pro').ids())]).toEqual([1]);
  });

  it('are nobody if they are unknown, also in a complement, and are not made by asking', async () => {
    const { bitmapist, people, store } = open();
    await bitmapist.markUnique('pro', 'ann');
    expect(await bitmapist.unique('pro').has('bob')).toBe(false);
    expect(await bitmapist.unique('pro').not().has('bob')).toBe(false);
    await bitmapist.unmarkUnique('pro', 'bob');
    await bitmapist.unmarkEvent('active', ['bob', 'eve'], AT);
    expect(await people.size()).toBe(1);
    expect(await keysOf(store)).toEqual(['trackist_pro_u']);
  });

  it('may be the same several times, beside numbers, which stay numbers', async () => {
    const { bitmapist, people } = open();
    await bitmapist.markUnique('pro', ['7', 7, '7', 'ann', 9]);
    expect([...(await bitmapist.unique('pro').ids())]).toEqual([0, 1, 7, 9]);
    expect(await people.textsOf([0, 1])).toEqual(['7', 'ann']);
    expect(await bitmapist.unique('pro').has('9')).toBe(false);
    expect(await bitmapist.unique('pro').has(9)).toBe(true);
    await bitmapist.markUnique('web', Uint32Array.of(3));
    expect([...(await bitmapist.unique('web').ids())]).toEqual([3]);
  });

  it('are told in pages, by their numbers if they have no texts', async () => {
    const { bitmapist, people } = open();
    await bitmapist.markUnique('pro', ['ann', 'bob', 'cleo', 'dan']);
    await bitmapist.markUnique('pro', 2 ** 32 - 1);
    await people.remove(['cleo']);
    const pages: (string | number)[][] = [];
    for await (const page of bitmapist.unique('pro').people()) pages.push(page);
    expect(pages).toEqual([['ann', 'bob', 2, 'dan', 2 ** 32 - 1]]);
    const some: (string | number)[] = [];
    for await (const page of bitmapist.unique('pro').people({ after: 'ann', to: 'dan', limit: 2 })) {
      some.push(...page);
    }
    expect(some).toEqual(['bob', 2]);
    const numbers: (string | number)[] = [];
    for await (const page of new Bitmapist({ store: bitmapist.store }).unique('pro').people({ to: 3 })) {
      numbers.push(...page);
    }
    expect(numbers).toEqual([0, 1, 2, 3]);
  });

  it('have a place among others', async () => {
    const { bitmapist } = open();
    await bitmapist.markUnique('web', ['ann', 'bob', 'cleo', 'dan', 'eve']);
    await bitmapist.markUnique('pro', ['bob', 'dan', 'eve']);
    const pro = bitmapist.unique('pro');
    expect(await rankOf(pro, 'dan')).toBe(1);
    expect(await rankOf(pro, 'cleo')).toBe(1);
    const { ids, hasMore } = await pageOf(pro, { after: 'bob', limit: 1 });
    expect([[...ids], hasMore]).toEqual([[3], true]);
    for await (const page of joinFlags(bitmapist.unique('web'), [pro], { from: 'bob', to: 'dan' })) {
      expect([...page.ids]).toEqual([1, 2, 3]);
      expect(page.flags.map((flag) => [...flag])).toEqual([[1, 0, 1]]);
    }
    for await (const page of idsBetween(pro, 'ann', 'dan')) expect([...page]).toEqual([1, 3]);
    await expect(rankOf(pro, 'zoe')).rejects.toThrow(
      new RangeError('expected somebody who is known, got "zoe"'),
    );
    await expect(pageOf(pro, { after: 'zoe' })).rejects.toThrow(RangeError);
    await expect(pageOf(pro, { from: 'dan', to: 'ann' })).rejects.toThrow(
      'expected ids up to one that is no smaller than "dan", got up to "ann"',
    );
  });

  it('are refused without a map, and if they are no texts', async () => {
    const { bitmapist, people, store } = open();
    const without = new Bitmapist();
    const refusal = 'expected an id that is a number in [0, 2^32), got "u_1"; text needs the option people';
    await expect(without.markUnique('pro', 'u_1')).rejects.toThrow(new TypeError(refusal));
    await expect(without.unique('pro').has('u_1')).rejects.toThrow(new TypeError(refusal));
    await expect(pageOf(without.unique('pro'), { after: 'u_1' })).rejects.toThrow(new TypeError(refusal));
    await expect(without.markEvents([{ event: 'a', id: 'u_1', at: '2026-11-22' }])).rejects.toThrow(refusal);
    for (const broken of ['', '\ud800', 'u'.repeat(1001)]) {
      await expect(bitmapist.markUnique('pro', ['ann', broken])).rejects.toThrow(RangeError);
      await expect(bitmapist.markEvent('a', broken)).rejects.toThrow(RangeError);
    }
    const batch = bitmapist.batch().markUnique('pro', 'bob');
    expect(() => batch.markUnique('pro', ['ann', ''])).toThrow('expected text of 1 to 1000 bytes of UTF-8');
    expect(await people.size()).toBe(0);
    expect(await keysOf(store)).toEqual([]);
    await batch.send();
    expect(await bitmapist.unique('pro').has('bob')).toBe(true);
  });

  it('are marked row by row as they are one by one', async () => {
    const { bitmapist, people } = open();
    const rows = Array.from({ length: 5000 }, (_, index) => ({
      event: index % 2 === 0 ? 'a' : 'b',
      id: index % 5 === 0 ? 1_000_000 + index : `u_${index % 777}`,
      at: `2026-11-${10 + (index % 7)}`,
    }));
    const result = await bitmapist.markEvents([rows.slice(0, 2000), ...rows.slice(2000)]);
    expect(result).toEqual({ rows: 5000, events: 2, ids: 777 + 1000 });
    const one = new Bitmapist({ people });
    for (const { event, id, at } of rows) await one.markEvent(event, id, { now: at });
    for (const event of ['a', 'b']) {
      for (const set of ['2026-11-10', '2026-11-16'].map((day) =>
        [bitmapist, one].map((each) => each.day(event, day)),
      )) {
        const [many, single] = await Promise.all(set.map((each) => each.ids()));
        expect([...many!]).toEqual([...single!]);
      }
    }
    expect(await people.size()).toBe(777);
  });

  it('of rows before a broken one are marked', async () => {
    const { bitmapist } = open();
    const rows = ['ann', 'bob', '', 'cleo'].map((id) => ({ event: 'a', id, at: '2026-11-22' }));
    const failure = await bitmapist.markEvents(rows).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(IncompleteMarksError);
    expect((failure as IncompleteMarksError).rowsWritten).toBe(2);
    expect(await bitmapist.day('a', '2026-11-22').count()).toBe(2);
  });

  it('keep their texts if all events are deleted, also with no prefix, and are no keys of others', async () => {
    const store = new MemoryStore();
    for (const key of ['{bitmapist:people}:n', '{bitmapist:people}:b:0', '{bitmapist:people}:t:0', 'other']) {
      await store.put(key, Uint8Array.of(1));
    }
    const bitmapist = new Bitmapist({ store, prefix: '' });
    await bitmapist.markUnique('pro', 1);
    expect((await bitmapist.catalog()).others).toEqual({ count: 1, examples: ['other'] });
    expect(await bitmapist.deleteAllEvents()).toBe(2);
    expect((await keysOf(store)).length).toBe(3);
  });
});
