import { describe, expect, it } from 'vitest';
import { Bitmapist } from '../../src/bitmapist.js';
import { plainRows } from '../../src/measures/rows.js';
import { type SeriesArguments, series } from '../../src/measures/series.js';
import { MemoryStore } from '../../src/store/memory.js';
import { countsOf, type Ids, scopeOf } from '../support/measures/scope.js';
import { CountingStore } from '../support/store/counting.js';

const IDS = {
  'a@2025-12': [1],
  'a@2026-01': [1, 2],
  'a@2026-02': [1, 2, 3],
  'a@2026-03': [1, 4, 5, 6],
  'b@unique': [1, 9],
};
const RANGE = { timeGroup: 'months', startDate: '2026-02', numResults: 3 } as const;

function tableOf(args: Partial<SeriesArguments> = {}, ids: Ids = IDS) {
  const ask = series.ask({ expressions: ['a@{period}', 'b@unique'], ...RANGE, ...args }, scopeOf());
  return ask.table(countsOf(ask, ids));
}

function numbersOf(args: Partial<SeriesArguments>) {
  return tableOf(args).rows.map(({ label, cells }) => [label, ...cells.map(({ count }) => count)]);
}

describe('a series', () => {
  it('has a line per expression, and says who is counted', () => {
    const { rows, columns, ...table } = tableOf();
    expect(table).toEqual({
      measure: 'series',
      title: 'a, b@unique',
      subtitle: 'per month',
      layout: 'series',
      unit: 'people',
      rowHead: 'Expression',
      columnHead: 'Period',
      notes: [
        'a: 7 in sum, people of each period by themselves',
        'b@unique: 6 in sum, people of each period by themselves',
      ],
      now: '2026-03-17T12:00:00Z',
      timeZone: 'UTC',
    });
    expect(columns[0]).toEqual({ key: '2026-02', label: 'Feb 2026', period: '2026-02' });
    expect(rows).toEqual([
      {
        key: 'a@{period}',
        label: 'a',
        cells: [
          { count: 3, state: 'final', query: 'a@2026-02' },
          { count: 4, state: 'running', query: 'a@2026-03' },
          { count: 0, state: 'future', query: 'a@2026-04' },
        ],
      },
      {
        key: 'b@unique',
        label: 'b@unique',
        cells: ['final', 'running', 'future'].map((state) => ({ count: 2, state, query: 'b@unique' })),
      },
    ]);
  });

  it('is told as periods and numbers', () => {
    expect(plainRows(series, tableOf())).toEqual([
      { period: '2026-02', counts: [3, 2] },
      { period: '2026-03', counts: [4, 2] },
      { period: '2026-04', counts: [null, null] },
    ]);
  });

  it('has a line about the periods before for each, if asked to', () => {
    const args = { expressions: ['a@{period}'], numResults: 2, compare: true };
    expect(numbersOf(args)).toEqual([
      ['a', 3, 4],
      ['a, before', 1, 2],
    ]);
    expect(tableOf(args).rows[1]!.cells[1]).toEqual({ count: 2, state: 'final', query: 'a@2026-01' });
    expect(tableOf(args).notes).toEqual(['a: 7 in sum, 3 before, people of each period by themselves']);
  });

  it('tells by how much more there are than in the period before, if asked to', () => {
    const args = { expressions: ['a@{period}'], numResults: 2, growth: true };
    const table = tableOf(args);
    expect(table).toMatchObject({ unit: 'percent', subtitle: 'more than in the month before', notes: [] });
    expect(table.rows[0]!.cells).toEqual([
      { count: 1, of: 2, state: 'final' },
      { count: 1, of: 3, state: 'running' },
    ]);
    expect(plainRows(series, table)).toEqual([
      { period: '2026-02', growth: [50] },
      { period: '2026-03', growth: [(1 / 3) * 100] },
    ]);
    expect(tableOf({ ...args, compare: true }).rows[1]!.cells).toEqual([
      { count: 1, of: 0, state: 'empty' },
      { count: 1, of: 1, state: 'final' },
    ]);
  });

  it('reads every key once', async () => {
    const store = new CountingStore(new MemoryStore());
    const bitmapist = new Bitmapist({ store });
    for (const month of [1, 2, 3]) await bitmapist.markEvent('a', month, { now: `2026-0${month}-15` });
    store.reset();
    const expressions = ['a@{period}', 'a@{period} & ~a@2026-01'];
    const table = await bitmapist.ask(series, { expressions, ...RANGE, numResults: 2, compare: true });
    expect(plainRows(series, table)[0]).toEqual({ period: '2026-02', counts: [1, 0, 1, 0] });
    expect([...store.keysRead].sort()).toEqual([1, 2, 3].map((month) => `trackist_a_2026-${month}`));
    expect(store.keysRead.every((key) => store.readsOf(key) === 1)).toBe(true);
  });

  it('refuses more cells than a page shows', () => {
    const expressions = Array.from({ length: 50 }, (_, at) => `a${at}@{period}`);
    expect(() => series.complete!({ expressions, numResults: 3000, compare: true })).toThrow(
      'at most 250000 cells',
    );
    const args = { expressions: new Array<string>(100).fill('a@{period}'), compare: true };
    expect(() => series.ask({ ...args, numResults: 5001 }, scopeOf())).toThrow(
      new RangeError('expected a table of at most 1000000 cells, got 200 rows of 5001 cells'),
    );
  });
});
