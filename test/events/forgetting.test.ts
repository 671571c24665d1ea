import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { BitmapistError } from '../../src/base/errors.js';
import { Bitmapist } from '../../src/bitmapist.js';
import { cached } from '../../src/cached.js';
import { MemoryStore } from '../../src/store/memory.js';
import { MemoryPeople } from '../../src/store/people/memory.js';
import type { Store } from '../../src/store/types.js';
import { hasGolden } from '../support/golden/files.js';
import { readMarks } from '../support/golden/marks.js';
import { bytesOf, namesOf } from '../support/store/conformance.js';

const TRACKING = { trackHourly: true, trackUnique: true };

/** Every key of a store and its bytes. */
async function contentsOf(store: Store): Promise<Record<string, Uint8Array>> {
  const keys = await namesOf(store, '');
  return Object.fromEntries(await Promise.all(keys.map(async (key) => [key, await bytesOf(store, key)])));
}

describe('forgetting people', () => {
  it('says which bits were cleared, by event and what keys stand for', async () => {
    const store = new MemoryStore();
    const bitmapist = new Bitmapist({ store });
    await bitmapist.markEvent('visit', [1, 2, 3], { now: '2026-11-22T10:00', trackHourly: true });
    await bitmapist.markEvent('visit', [2], { now: '2026-11-23' });
    await bitmapist.markUnique('pro', [2]);
    await bitmapist.markUnique('free', [1]);
    await bitmapist.unique('pro').or(bitmapist.unique('free')).storeResult();
    const heard: number[] = [];
    const onProgress = ({ keys }: { keys: number }) => heard.push(keys);
    expect(await bitmapist.forget([2, 3, 2, 9], { onProgress })).toEqual({
      people: 3,
      keys: 8,
      bits: 12,
      events: [
        { event: 'pro', month: 0, week: 0, day: 0, hour: 0, unique: 1 },
        { event: 'visit', month: 2, week: 3, day: 3, hour: 2, unique: 0 },
      ],
      results: 1,
      leftOut: [],
      texts: 0,
      unknown: [],
    });
    expect(heard).toEqual([9]);
    expect(await bitmapist.eventNames()).toEqual(['free', 'visit']);
    expect([...(await bitmapist.month('visit', '2026-11').ids())]).toEqual([1]);
    expect(await bitmapist.day('visit', '2026-11-23').count()).toBe(0);
    expect((await bitmapist.catalog()).get('visit')?.keys.day).toBe(1);
    expect((await bitmapist.forget([2, 3])).bits).toBe(0);
  });

  it('removes the texts of people, by number or text, and gives their numbers to nobody', async () => {
    const people = new MemoryPeople();
    const bitmapist = new Bitmapist({ people });
    await bitmapist.markUnique('pro', ['ann', 'bob', 'cem', 'dee', 900]);
    const report = await bitmapist.forget(['bob', 2, 900, 'zoe', 'bob', 'zoe']);
    expect(report).toMatchObject({ people: 3, bits: 3, texts: 2, unknown: ['zoe'] });
    expect(await people.textsOf([0, 1, 2, 3])).toEqual(['ann', undefined, undefined, 'dee']);
    expect([...(await bitmapist.unique('pro').ids())]).toEqual([0, 3]);
    await bitmapist.markUnique('pro', 'bob');
    expect([...(await bitmapist.unique('pro').ids())]).toEqual([0, 3, 4]);
    expect(await bitmapist.forget('zoe')).toMatchObject({ people: 0, bits: 0, texts: 0, unknown: ['zoe'] });
    await expect(new Bitmapist().forget('ann')).rejects.toThrow('text needs the option people');
  });

  it('keeps a text until the last bit is cleared, so that it can be done again', async () => {
    const people = new MemoryPeople();
    const store = new MemoryStore();
    const bitmapist = new Bitmapist({ store, people });
    await bitmapist.markUnique('pro', ['ann', 'bob']);
    const erase = vi.spyOn(store, 'erase').mockRejectedValueOnce(new Error('lost'));
    await expect(bitmapist.forget('ann')).rejects.toThrow('lost');
    expect(await people.numbersOf(['ann'])).toEqual([0]);
    expect(await bitmapist.forget('ann')).toMatchObject({ bits: 1, texts: 1 });
    erase.mockRestore();
  });

  it('leaves other keys alone, whatever they begin with', async () => {
    const store = new MemoryStore();
    for (const key of ['trackist_lastlogin', 'other_a_u', 'trackist_a_u']) {
      await store.put(key, Uint8Array.of(0xff));
    }
    const bitmapist = new Bitmapist({ store });
    expect((await bitmapist.forget([7])).keys).toBe(1);
    expect(Object.values(await contentsOf(store)).map(([byte]) => byte)).toEqual([0xff, 0xfe, 0xff]);
    const everything = new Bitmapist({ store, prefix: '' });
    expect((await everything.forget([0])).events.map(({ event }) => event)).toEqual([
      'other_a',
      'trackist_a',
    ]);
    expect((await bytesOf(store, 'trackist_lastlogin'))[0]).toBe(0xff);
  });

  it('leaves what people and marks that were never made would leave, marks taken back included', async () => {
    const ids = fc.uniqueArray(fc.oneof(fc.nat(30), fc.nat(70_000)), { maxLength: 6 });
    const step = fc.record({
      event: fc.constantFrom('a', 'b'),
      ids,
      now: fc.constantFrom('2026-11-22', '2026-11-29', '2026-12-01'),
      marks: fc.constantFrom(true, true, true, false),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), ids, async (steps, forgotten) => {
        const play = async (isPlayed: (id: number) => boolean): Promise<Bitmapist> => {
          const bitmapist = new Bitmapist({ trackUnique: true });
          for (const { event, ids, now, marks } of steps) {
            const played = ids.filter(isPlayed);
            if (marks) await bitmapist.markEvent(event, played, { now });
            else await bitmapist.unmarkEvent(event, played, { now });
          }
          return bitmapist;
        };
        const bitmapist = await play(() => true);
        await bitmapist.forget(forgotten);
        const expected = await play((id) => !forgotten.includes(id));
        for (const text of ['a@2026-11', 'b@2026-11 | a@unique', 'a@2026 ^ b@2026', 'b@2026-12-01']) {
          const [ours, theirs] = [bitmapist.query(text), expected.query(text)];
          expect([...(await ours.ids())], text).toEqual([...(await theirs.ids())]);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('is noticed by a cache at once', async () => {
    const store = cached(new MemoryStore());
    const bitmapist = new Bitmapist({ store });
    await bitmapist.markEvent('visit', [1, 2], { now: '2020-01-01' });
    const day = bitmapist.day('visit', '2020-01-01');
    for (let read = 0; read < 2; read++) await bytesOf(store, 'trackist_visit_2020-1-1');
    expect(store.statistics.hits).toBeGreaterThan(0);
    await bitmapist.forget(2);
    expect([...(await day.ids())]).toEqual([1]);
    expect(await day.not().count()).toBe(7);
  });

  it('refuses stores that cannot, and what is no id, before anything is cleared', async () => {
    const inner = new MemoryStore();
    const bitmapist = new Bitmapist({ store: inner });
    await bitmapist.markUnique('a', [1]);
    const without = new Proxy(inner, {
      get: (target, name) => {
        const value: unknown = name === 'erase' ? undefined : Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const refusal = new Bitmapist({ store: without }).forget(1);
    await expect(refusal).rejects.toThrow(BitmapistError);
    await expect(refusal).rejects.toThrow(
      'expected a store that people can be erased from (memory, Redis, a cluster), got one that cannot',
    );
    await expect(bitmapist.forget([1, -1])).rejects.toThrow(RangeError);
    await expect(bitmapist.forget(['1'] as never)).rejects.toThrow(TypeError);
    await expect(bitmapist.forget(undefined as never)).rejects.toThrow(TypeError);
    expect(await bitmapist.unique('a').count()).toBe(1);
  });

  it('ends when its signal aborts, and can be done again', async () => {
    const bitmapist = new Bitmapist();
    const events = Array.from({ length: 2500 }, (_, index) => `e${index}`);
    for (const event of events) await bitmapist.markUnique(event, [1, 2]);
    const controller = new AbortController();
    const onProgress = vi.fn(() => controller.abort(new Error('enough')));
    const forgetting = bitmapist.forget(2, { onProgress, signal: controller.signal });
    await expect(forgetting).rejects.toThrow('enough');
    expect(onProgress).toHaveBeenCalledTimes(1);
    expect((await bitmapist.forget(2)).bits).toBe(1500);
  });
});

describe.skipIf(!hasGolden)('forgetting people of real data (skipped where ../shared is absent)', () => {
  it.each([
    ['half of them', Array.from({ length: 1000 }, (_, at) => at * 2 + 1)],
    ['all of them', Array.from({ length: 1000 }, (_, at) => at + 1)],
  ])('leaves exactly what a data set without their rows is: %s', { tags: 'long' }, async (_, forgotten) => {
    const marks = readMarks('git_redis').map((mark) => ({ ...mark, at: new Date(mark.at) }));
    const people = new Set(forgotten);
    const bitmapist = new Bitmapist(TRACKING);
    await bitmapist.markEvents(marks);
    const report = await bitmapist.forget(forgotten);
    const expected = new Bitmapist(TRACKING);
    await expected.markEvents(marks.filter(({ id }) => !people.has(id)));
    expect(await contentsOf(bitmapist.store)).toEqual(await contentsOf(expected.store));
    const everybody = new Set(
      marks.filter(({ id, event }) => event === 'first_commit' && people.has(id)).map(({ id }) => id),
    );
    expect(report.events.find(({ event }) => event === 'first_commit')?.unique).toBe(everybody.size);
    expect(everybody.size).toBeGreaterThan(400);
  });
});
