import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventHistory } from '../../src/events/history.js';
import { Segments } from '../../src/events/segments.js';
import { Bitmapist, Period, parseKey } from '../../src/index.js';

/** A history that no key was told yet. */
function makeHistory(event: string, { store, prefix, timeZone }: Bitmapist = new Bitmapist()): EventHistory {
  const others = {
    segments: new Segments(),
    storedKeys: new Set<string>(),
    defaults: {},
    now: () => new Date(),
  };
  return new EventHistory(event, { store, prefix, timeZone, ...others });
}

/** What an event's keys tell, and the ids that stand in any of them. */
async function look(bitmapist: Bitmapist, event: string) {
  const history = makeHistory(event, bitmapist);
  const ids = new Set<number>();
  const needed: string[] = [];
  const keys: string[] = [];
  for await (const key of bitmapist.store.keys(`${bitmapist.prefix}${event}_`)) keys.push(key);
  for (const key of keys) {
    const { period } = parseKey(bitmapist.prefix, key)!;
    history.add(period);
    const set = period === 'unique' ? bitmapist.unique(event) : bitmapist.events(event, period.unit, period);
    for (const id of await set.ids()) ids.add(id);
  }
  for (const key of keys) {
    const { period } = parseKey(bitmapist.prefix, key)!;
    if (history.needs(period)) needed.push(String(period));
  }
  const everybody = [...(await history.everybody().ids())];
  return { everybody, needed: needed.sort(), ids: [...ids].sort((a, b) => a - b) };
}

describe('everybody who ever did an event', () => {
  it('is in its months and flags, where every mark has its month', async () => {
    const bitmapist = new Bitmapist({ trackHourly: true });
    await bitmapist.markEvent('a', [1, 2], { now: '2026-11-02T10:00' });
    await bitmapist.markEvent('a', 4, { now: '2026-12-20T10:00' });
    await bitmapist.markUnique('a', 3);
    expect(await look(bitmapist, 'a')).toEqual({
      everybody: [1, 2, 3, 4],
      ids: [1, 2, 3, 4],
      needed: ['2026-11', '2026-12', 'unique'],
    });
  });

  it('is looked for in weeks, days and hours whose longer periods have no key', async () => {
    const bitmapist = new Bitmapist({ trackHourly: true });
    // A week of two months, of which one is lost.
    await bitmapist.markEvent('a', 1, { now: '2026-11-30T10:00' });
    await bitmapist.markEvent('a', 2, { now: '2026-12-01T10:00' });
    await bitmapist.month('a', '2026-11').delete();
    expect(await look(bitmapist, 'a')).toMatchObject({ everybody: [1, 2], needed: ['2026-12', '2026-W49'] });
    await bitmapist.week('a', '2026-12-01').delete();
    expect(await look(bitmapist, 'a')).toMatchObject({
      everybody: [1, 2],
      needed: ['2026-11-30', '2026-12'],
    });
    await bitmapist.day('a', '2026-11-30').delete();
    expect(await look(bitmapist, 'a')).toMatchObject({
      everybody: [1, 2],
      needed: ['2026-11-30T10', '2026-12'],
    });
  });

  it('is whoever stands in any key, whichever keys are left', { tags: 'long' }, async () => {
    const mark = fc.record({
      id: fc.nat(20),
      now: fc
        .integer({ min: 0, max: 24 * 70 })
        .map((hour) => new Date(Date.UTC(2026, 9, 20) + hour * 3_600_000)),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(mark, { maxLength: 12 }),
        fc.array(fc.boolean(), { minLength: 60, maxLength: 60 }),
        async (marks, isLost) => {
          const bitmapist = new Bitmapist({ trackHourly: true, trackUnique: true });
          for (const { id, now } of marks) await bitmapist.markEvent('a', id, { now });
          const keys: string[] = [];
          for await (const key of bitmapist.store.keys('')) keys.push(key);
          await bitmapist.store.delete(keys.filter((_, index) => isLost[index]));
          const { everybody, ids } = await look(bitmapist, 'a');
          expect(everybody).toEqual(ids);
        },
      ),
      { numRuns: 200, seed: 6 },
    );
  });

  it('is nobody where there is no key', async () => {
    expect(await look(new Bitmapist(), 'a')).toEqual({ everybody: [], needed: [], ids: [] });
  });
});

describe('everybody of an event', () => {
  it('is that of its keys, whatever a segment of the same name is', async () => {
    const bitmapist = new Bitmapist();
    await bitmapist.markUnique('flag', [1, 2]);
    bitmapist.defineSegment('flag', 'a@{period} & ~a@{period}');
    const catalog = await bitmapist.catalog();
    expect(await catalog.get('flag')!.everybody().count()).toBe(2);
  });

  it('is made of as many keys as there are', () => {
    const history = makeHistory('a');
    for (let hour = 0; hour < 150_000; hour++) history.add(Period.at('hour', hour));
    expect(history.everybody().expression).toMatchObject({ kind: 'or', operands: { length: 150_000 } });
  });
});

describe('when an event happened', () => {
  function spanOf(...keys: string[]): string {
    const history = makeHistory('a');
    for (const key of keys) history.add(parseKey('', `a_${key}`)!.period);
    return `${history.first} to ${history.last}`;
  }

  it('is told by days, however the keys come', () => {
    expect(spanOf('2026-11', '2026-11-28', 'W2026-47', '2026-11-20', '2026-11-24')).toBe(
      '2026-11-20 to 2026-11-28',
    );
  });

  it('is told by hours, weeks and months that no day speaks for', () => {
    expect(spanOf('2026-11-28-13', '2026-11-28-9', '2026-11')).toBe('2026-11-28T09 to 2026-11-28T13');
    expect(spanOf('W2026-47', '2026-11', 'W2026-46')).toBe('2026-W46 to 2026-W47');
    expect(spanOf('2026-11', '2025-2')).toBe('2025-02 to 2026-11');
  });

  it('begins and ends with a lone longer period beside the days', () => {
    expect(spanOf('2026-11', '2026-11-20', '2025-3', '2026-12')).toBe('2025-03 to 2026-12');
    // It holds the first day, so it tells less.
    expect(spanOf('W2026-47', '2026-11-18', '2026-11')).toBe('2026-11-18 to 2026-11-18');
    expect(spanOf('2026-11-18', '2026-11-17-23', 'W2026-48')).toBe('2026-11-17T23 to 2026-W48');
  });

  it('is told by no flag', () => {
    expect(spanOf('u')).toBe('undefined to undefined');
  });

  it('has a number of keys of each unit, each key once', () => {
    const history = makeHistory('a');
    for (const key of ['2026-11', '2026-12', '2026-11', '2026-11-3', 'u', 'u', '2026-11-3-0', 'W2026-1']) {
      history.add(parseKey('', `a_${key}`)!.period);
    }
    expect(history.keys).toEqual({ month: 2, week: 1, day: 1, hour: 1, unique: 1 });
  });
});
