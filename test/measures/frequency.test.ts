import { describe, expect, it } from 'vitest';
import { Bitmapist } from '../../src/bitmapist.js';
import { type FrequencyArguments, frequency } from '../../src/measures/frequency.js';
import { plainRows } from '../../src/measures/rows.js';
import { MemoryStore } from '../../src/store/memory.js';
import { explainCell } from '../../src/tables/view.js';
import { countsOf, type Ids, type ScopeOptions, scopeOf } from '../support/measures/scope.js';
import { CountingStore } from '../support/store/counting.js';

const WINDOW = { timeGroup: 'days', startDate: '2026-03-14', numResults: 3 } as const;
const IDS = {
  'a@2026-03-12': [1, 2],
  'a@2026-03-13': [1],
  'a@2026-03-14': [1, 2, 3],
  'a@2026-03-15': [1, 2],
  'a@2026-03-16': [1, 4],
  'a@2026-03-17': [5],
};

function tableOf(args: Partial<FrequencyArguments> = {}, ids: Ids = IDS, options?: ScopeOptions) {
  const ask = frequency.ask({ event: 'a', ...WINDOW, ...args }, scopeOf(options));
  return ask.table(countsOf(ask, ids));
}

describe('a frequency', () => {
  it('has a row per number of periods, and says who is counted', () => {
    const { rows, ...table } = tableOf();
    expect(table).toEqual({
      measure: 'frequency',
      title: 'a',
      subtitle: 'by the number of days on which they were active, 2026-03-14 to 2026-03-16',
      layout: 'bars',
      unit: 'people',
      rowHead: 'Active on',
      columns: [
        { key: 'exactly', label: 'Exactly' },
        { key: 'atLeast', label: 'At least' },
      ],
      notes: [],
      now: '2026-03-17T12:00:00Z',
      timeZone: 'UTC',
    });
    const days = 'a@2026-03-14, a@2026-03-15, a@2026-03-16';
    expect(rows).toEqual(
      [
        [2, 4],
        [1, 2],
        [1, 1],
      ].map(([exactly, atLeast], at) => ({
        key: `${at + 1}`,
        label: ['1 day', '2 days', '3 days'][at],
        cells: [
          { count: exactly, of: 4, state: 'final', query: `exactly(${at + 1}, ${days})` },
          { count: atLeast, of: 4, state: 'final', query: `atLeast(${at + 1}, ${days})` },
        ],
      })),
    );
  });

  it('is told as numbers of periods, with how many were active in so many', () => {
    expect(plainRows(frequency, tableOf())).toEqual([
      { k: 1, exactly: 2, atLeast: 4 },
      { k: 2, exactly: 1, atLeast: 2 },
      { k: 3, exactly: 1, atLeast: 1 },
    ]);
  });

  it('counts the window before beside it, if asked to', () => {
    const { columns, rows } = tableOf({ compare: true, startDate: '2026-03-14', numResults: 2 });
    expect(columns.map(({ key }) => key)).toEqual(['exactly', 'atLeast', 'exactlyBefore', 'atLeastBefore']);
    expect(rows.map(({ cells }) => cells.map(({ count, of }) => [count, of]))).toEqual([
      [
        [1, 3],
        [3, 3],
        [1, 2],
        [2, 2],
      ],
      [
        [2, 3],
        [2, 3],
        [1, 2],
        [1, 2],
      ],
    ]);
    expect(rows[1]!.cells[2]!.query).toBe('exactly(2, a@2026-03-12, a@2026-03-13)');
  });

  it('has a row per window over time, whose classes exclude each other', () => {
    const { rows, ...table } = tableOf({ windows: 3, startDate: '2026-03-12', numResults: 2 });
    expect(table).toMatchObject({
      subtitle: 'by the number of days on which they were active, of 2',
      layout: 'bars',
      stacked: true,
      rowHead: 'Window',
      columns: [
        { key: '1', label: '1 day' },
        { key: '2', label: '2 days' },
      ],
    });
    expect(rows.map(({ label, period, cells }) => [label, period, cells[0]!.state])).toEqual([
      ['2026-03-12 to 2026-03-13', '2026-03-12', 'final'],
      ['2026-03-14 to 2026-03-15', '2026-03-14', 'final'],
      ['2026-03-16 to 2026-03-17', '2026-03-16', 'running'],
    ]);
    expect(plainRows(frequency, { ...table, rows })).toEqual([
      { period: '2026-03-12', exactly: [1, 1] },
      { period: '2026-03-14', exactly: [1, 2] },
      { period: '2026-03-16', exactly: [3, 0] },
    ]);
    expect(explainCell({ ...table, rows }, 1, 1)).toBe('2 of 3 from 2026-03-14 to 2026-03-15');
  });

  it('ends now, unless told otherwise, and is not over while one of its periods is not', () => {
    const args = { timeGroup: 'weeks', startDate: '', windows: 2, numResults: 4 } as const;
    expect(tableOf(args, {}).rows.map(({ period, cells }) => [period, cells[0]!.state])).toEqual([
      ['2026-W05', 'final'],
      ['2026-W09', 'running'],
    ]);
    const later = tableOf({ startDate: '2026-03-18' });
    expect(later.rows[0]!.cells[0]!.state).toBe('future');
    expect(plainRows(frequency, later)[0]).toEqual({ k: 1, exactly: null, atLeast: null });
  });

  it('leaves out who is in its cells if that would be longer than the table', () => {
    const [row] = tableOf({ startDate: '2024', numResults: 367 }, {}).rows;
    expect(row!.cells[0]!.query).toBeUndefined();
  });

  it('reads every key once for all numbers of periods', async () => {
    const store = new CountingStore(new MemoryStore());
    const bitmapist = new Bitmapist({ store, clock: () => '2026-03-31' });
    for (const [key, ids] of Object.entries(IDS)) {
      await bitmapist.markEvent('a', ids, { now: key.slice(2) });
    }
    store.reset();
    const table = await bitmapist.ask(frequency, { event: 'a', ...WINDOW, compare: true });
    expect(plainRows(frequency, table)[1]).toEqual({
      k: 2,
      exactly: 1,
      atLeast: 2,
      exactlyBefore: 1,
      atLeastBefore: 1,
    });
    expect([...store.keysRead].sort()).toEqual([12, 13, 14, 15, 16].map((day) => `trackist_a_2026-3-${day}`));
    expect(store.keysRead.every((key) => store.readsOf(key) === 1)).toBe(true);
  });

  it.each([
    [{ compare: true, windows: 2 }, 'expected one window to compare with the one before, got 2'],
    [{ windows: 0 }, 'expected windows to be a whole number from 1 to 10000, got 0'],
    [{ windows: 5000 }, 'expected windows of at most 10000 periods together, got 15000'],
  ] as [Partial<FrequencyArguments>, string][])('refuses %o', (args, message) => {
    expect(() => tableOf(args)).toThrow(message);
  });
});
