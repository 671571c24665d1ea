import { describe, expect, it } from 'vitest';
import { Bitmapist } from '../../src/bitmapist.js';
import { plainRows } from '../../src/measures/rows.js';
import { type SimilarArguments, similar } from '../../src/measures/similar.js';
import { MemoryStore } from '../../src/store/memory.js';
import { scopeOf } from '../support/measures/scope.js';
import { CountingStore } from '../support/store/counting.js';

/** Who did what in March 2026; in April, everybody did everything. */
const MARKS: Readonly<Record<string, readonly number[]>> = {
  e: [1, 2, 3, 4],
  close: [1, 2, 3],
  all: [1, 2, 3, 4, 5, 6, 7, 8],
  far: [4, 5, 6, 7, 8],
  never: [7, 8],
};
/** Of those who carry it, 9 did nothing. */
const FLAG = [1, 2, 9];

async function marked() {
  const store = new CountingStore(new MemoryStore());
  const bitmapist = new Bitmapist({ store, clock: () => '2026-03-17T12:00:00Z' });
  for (const [event, ids] of Object.entries(MARKS)) {
    await bitmapist.markEvent(event, [...ids], { now: '2026-03-05' });
    await bitmapist.markEvent(event, [1, 2, 3, 4, 5, 6, 7, 8, 9], { now: '2026-04-05' });
  }
  await bitmapist.markUnique('flag', FLAG);
  store.reset();
  return { bitmapist, store };
}

async function rowsOf(args: Partial<SimilarArguments> = {}) {
  const { bitmapist } = await marked();
  return plainRows(similar, await bitmapist.ask(similar, { event: 'e', ...args }));
}

describe('similar events', () => {
  it('have people in common, the nearest first, and say who', async () => {
    const { bitmapist } = await marked();
    const { rows, ...table } = await bitmapist.ask(similar, { event: 'e' });
    expect(table).toMatchObject({
      measure: 'similar',
      title: 'e',
      subtitle:
        'who did it and another event in Mar 2026, the nearest by phi first · 4 of the 8 who did anything',
      layout: 'bars',
      unit: 'people',
      rowHead: 'Event',
    });
    expect(table.columns.map(({ key, unit }) => [key, unit])).toEqual([
      ['together', undefined],
      ['share', 'percent'],
      ['jaccard', 'ratio'],
      ['lift', 'ratio'],
      ['phi', 'ratio'],
    ]);
    expect(rows[0]).toEqual({
      key: 'close',
      label: 'close',
      size: 3,
      cells: [
        { count: 3, of: 4 },
        { count: 3, of: 4 },
        { count: 3, of: 4 },
        { count: (3 * 8) / (4 * 3) },
        { count: (8 * 3 - 4 * 3) / (Math.sqrt(4 * 4) * Math.sqrt(3 * 5)) },
      ].map((cell) => ({ ...cell, state: 'running', query: 'e@2026-03 & close@2026-03' })),
    });
    // What everybody does tells nothing, so that phi has no number for it.
    expect(rows.map(({ key, cells }) => [key, cells[4]!.state])).toEqual([
      ['close', 'running'],
      ['flag', 'running'],
      ['far', 'running'],
      ['all', 'empty'],
    ]);
  });

  it('are nearest by whatever is asked for', async () => {
    const namesBy = async (nearest: SimilarArguments['nearest']) =>
      (await rowsOf({ nearest })).map(({ event }) => event);
    expect(await namesBy('together')).toEqual(['all', 'close', 'flag', 'far']);
    expect(await namesBy('jaccard')).toEqual(['close', 'all', 'flag', 'far']);
    expect(await namesBy('lift')).toEqual(['close', 'flag', 'all', 'far']);
    expect(await rowsOf({ numResults: 1 })).toEqual([
      {
        event: 'close',
        size: 3,
        together: 3,
        share: 75,
        jaccard: 0.75,
        lift: 2,
        phi: expect.closeTo(0.7746),
      },
    ]);
  });

  it('look at one period, and of flags at those who did anything in it', async () => {
    expect(
      (await rowsOf({ startDate: '2026-04-30', nearest: 'together' })).map(({ event, size }) => [
        event,
        size,
      ]),
    ).toEqual([
      ['all', 9],
      ['close', 9],
      ['far', 9],
      ['never', 9],
      ['flag', 3],
    ]);
    expect(await rowsOf({ nearest: 'together', timeGroup: 'years' })).toHaveLength(5);
    expect(await rowsOf({ timeGroup: 'days' })).toEqual([]);
    expect((await rowsOf({ timeGroup: 'weeks', startDate: '2026-03-02' }))[0]).toMatchObject({
      event: 'close',
    });
  });

  it('are found for a flag and a segment too, and for nothing there are none', async () => {
    expect((await rowsOf({ event: 'flag' }))[0]).toMatchObject({ event: 'close', together: 2, share: 100 });
    const { bitmapist } = await marked();
    bitmapist.defineSegment('idle', '~e@{period}');
    const { rows } = await bitmapist.ask(similar, { event: 'idle' });
    expect(rows.map(({ key, size }) => [key, size])).toEqual([
      ['far', 5],
      ['never', 2],
      ['all', 8],
    ]);
    expect(await rowsOf({ event: 'nothing' })).toEqual([]);
    expect(await new Bitmapist().ask(similar, { event: 'e' })).toMatchObject({ rows: [] });
  });

  it('say who is counted', async () => {
    const { bitmapist } = await marked();
    bitmapist.defineSegment('idle', '~e@{period}');
    for (const event of ['e', 'flag', 'idle']) {
      const { rows } = await bitmapist.ask(similar, { event });
      for (const { cells } of rows)
        expect(await bitmapist.query(cells[0]!.query!).count()).toBe(cells[0]!.count);
    }
  });

  it('take one listing, and one pass over the keys of the period', async () => {
    const { bitmapist, store } = await marked();
    await bitmapist.ask(similar, { event: 'e' });
    expect(store.calls.keys).toBe(1);
    expect(store.keysRead).toHaveLength(6);
    expect(store.keysRead.map((key) => store.readsOf(key))).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it.each([
    [{ nearest: 'share' }, 'expected together, jaccard, lift or phi as nearest, got "share"'],
    [{ numResults: 0 }, 'expected numResults to be a whole number from 1 to 10000, got 0'],
    [
      { timeGroup: 'eons' },
      'expected hours, days, weeks, months, quarters or years as time group, got "eons"',
    ],
  ] as [Partial<SimilarArguments>, string][])('refuse %o', (args, message) => {
    expect(() => similar.ask({ event: 'e', ...args } as SimilarArguments, scopeOf())).toThrow(
      new RangeError(message),
    );
  });

  it('are refused if there are too many events to compare', () => {
    const firsts = Object.fromEntries(Array.from({ length: 10_001 }, (_, at) => [`e${at}`, '2026-03']));
    expect(() => similar.ask({ event: 'e' }, scopeOf({ firsts }))).toThrow(
      new RangeError('expected at most 10000 events to compare, got 10001'),
    );
  });
});
