import { describe, expect, it } from 'vitest';
import { Bitmapist } from '../../src/bitmapist.js';
import { type RatioArguments, ratio } from '../../src/measures/ratio.js';
import { plainRows } from '../../src/measures/rows.js';
import { MemoryStore } from '../../src/store/memory.js';
import { countsOf, type Ids, type ScopeOptions, scopeOf } from '../support/measures/scope.js';
import { CountingStore } from '../support/store/counting.js';

const IDS = {
  'a@2026-W11': [1, 2],
  'a@2026-03-09': [1, 2],
  'a@2026-03-10': [1],
  'a@2026-03-15': [1, 2],
  'a@2026-W12': [1, 2, 3, 4],
  'a@2026-03-16': [1, 2, 3],
  'a@2026-03-17': [4],
};
const WEEKS = { long: 'weeks', startDate: '2026-03-09', numResults: 3 } as const;

function tableOf(args: Partial<RatioArguments> = {}, ids: Ids = IDS, options?: ScopeOptions) {
  const ask = ratio.ask({ event: 'a', ...WEEKS, ...args }, scopeOf(options));
  return ask.table(countsOf(ask, ids));
}

describe('a ratio', () => {
  it('is the mean of the days against the period, of those that have begun', () => {
    const { rows, columns, ...table } = tableOf();
    expect(table).toEqual({
      measure: 'ratio',
      title: 'a, DAU/WAU',
      subtitle: 'of those active in a week who are active on one of its days, on average',
      layout: 'series',
      unit: 'percent',
      rowHead: 'Event',
      columnHead: 'Period',
      notes: [],
      now: '2026-03-17T12:00:00Z',
      timeZone: 'UTC',
    });
    expect(columns.map(({ key }) => key)).toEqual(['2026-W11', '2026-W12', '2026-W13']);
    expect(rows).toEqual([
      {
        key: 'a',
        label: 'a',
        cells: [
          { count: 5 / 7, of: 2, state: 'final' },
          { count: 2, of: 4, state: 'running' },
          { count: 0, of: 0, state: 'future' },
        ],
      },
    ]);
  });

  it('is told with the mean and the period it is of', () => {
    expect(plainRows(ratio, tableOf())).toEqual([
      { period: '2026-W11', mean: 5 / 7, of: 2, ratio: 5 / 14 },
      { period: '2026-W12', mean: 2, of: 4, ratio: 0.5 },
      { period: '2026-W13', mean: null, of: null, ratio: null },
    ]);
    const { rows, ...table } = tableOf();
    expect(plainRows(ratio, { ...table, rows: [...rows, ...rows] })[1]).toEqual({
      period: '2026-W12',
      ratios: [0.5, 0.5],
    });
  });

  it('takes the weeks of a month to be those that begin in it', () => {
    const ids = { 'a@2026-02': [1, 2], 'a@2026-W05': [7, 8, 9], 'a@2026-W06': [1], 'a@2026-W09': [1, 2] };
    const args = { short: 'weeks', long: 'months', startDate: '2026-02', numResults: 1 } as const;
    // Mondays: 2, 9, 16 and 23 February.
    expect(tableOf(args, ids).rows[0]!.cells[0]).toEqual({ count: 3 / 4, of: 2, state: 'final' });
    const begins = { ...args, startDate: '2026-11' };
    // 1 November is a Sunday: no week has begun.
    const sunday = tableOf(begins, { 'a@2026-11': [1] }, { now: '2026-11-01T12:00:00Z' });
    expect(sunday.rows[0]!.cells[0]).toEqual({ count: 0, of: 1, state: 'empty' });
  });

  it('is empty if nobody was active', () => {
    expect(tableOf({ numResults: 1 }, {}).rows[0]!.cells[0]).toEqual({ count: 0, of: 0, state: 'empty' });
  });

  it('reads every key once', async () => {
    const store = new CountingStore(new MemoryStore());
    const bitmapist = new Bitmapist({ store, clock: () => '2026-03-31' });
    for (const day of ['2026-03-09', '2026-03-16']) await bitmapist.markEvent('a', 1, { now: day });
    store.reset();
    const args = { event: 'a', startDate: '2026-03', numResults: 1 };
    const table = await bitmapist.ask(ratio, args);
    expect(table.rows[0]!.cells[0]).toEqual({ count: 2 / 31, of: 1, state: 'running' });
    expect([...store.keysRead].sort()).toEqual(['', '-16', '-9'].map((day) => `trackist_a_2026-3${day}`));
    expect(store.keysRead.every((key) => store.readsOf(key) === 1)).toBe(true);
  });

  it('refuses weeks of weeks', () => {
    expect(() => tableOf({ short: 'weeks' })).toThrow(
      'expected days of weeks, days of months or weeks of months, got weeks of weeks',
    );
  });
});
