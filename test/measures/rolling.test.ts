import { describe, expect, it } from 'vitest';
import { Bitmapist } from '../../src/bitmapist.js';
import { type RollingArguments, rolling } from '../../src/measures/rolling.js';
import { plainRows } from '../../src/measures/rows.js';
import { MemoryStore } from '../../src/store/memory.js';
import { countsOf, type Ids, type ScopeOptions, scopeOf } from '../support/measures/scope.js';
import { CountingStore } from '../support/store/counting.js';

const IDS = {
  'a@2026-03-14': [1],
  'a@2026-03-15': [1, 2],
  'a@2026-03-17': [3],
};
const RANGE = { startDate: '2026-03-15', numResults: 4, span: 3 };

function tableOf(args: Partial<RollingArguments> = {}, ids: Ids = IDS, options?: ScopeOptions) {
  const ask = rolling.ask({ event: 'a', ...RANGE, ...args }, scopeOf(options));
  return ask.table(countsOf(ask, ids));
}

describe('a rolling count', () => {
  it('has a column per period, and says who is counted', () => {
    const { rows, columns, ...table } = tableOf();
    expect(table).toEqual({
      measure: 'rolling',
      title: 'a',
      subtitle: 'in the last 3 days, per day',
      layout: 'series',
      unit: 'people',
      rowHead: 'Event',
      columnHead: 'Period',
      notes: [],
      now: '2026-03-17T12:00:00Z',
      timeZone: 'UTC',
    });
    expect(columns.map(({ key }) => key)).toEqual(['2026-03-15', '2026-03-16', '2026-03-17', '2026-03-18']);
    expect(rows).toEqual([
      {
        key: 'a',
        label: 'a',
        cells: [
          { count: 2, state: 'final', query: 'a@2026-03-13..2026-03-15' },
          { count: 2, state: 'final', query: 'a@2026-03-14..2026-03-16' },
          { count: 3, state: 'running', query: 'a@2026-03-15..2026-03-17' },
          { count: 1, state: 'future', query: 'a@2026-03-16..2026-03-18' },
        ],
      },
    ]);
  });

  it('is told as periods and numbers', () => {
    expect(plainRows(rolling, tableOf())).toEqual([
      { period: '2026-03-15', count: 2 },
      { period: '2026-03-16', count: 2 },
      { period: '2026-03-17', count: 3 },
      { period: '2026-03-18', count: null },
    ]);
    const { rows, ...table } = tableOf();
    expect(plainRows(rolling, { ...table, rows: [...rows, ...rows] })[0]).toEqual({
      period: '2026-03-15',
      counts: [2, 2],
    });
  });

  it('looks at 7 periods, or at a single one if told to', () => {
    expect(tableOf({ span: undefined }).subtitle).toBe('in the last 7 days, per day');
    const { subtitle, rows } = tableOf({ span: 1 });
    expect(subtitle).toBe('in the last day, per day');
    expect(rows[0]!.cells.map(({ count, query }) => [count, query]).slice(0, 2)).toEqual([
      [2, 'a@2026-03-15'],
      [0, 'a@2026-03-16'],
    ]);
  });

  it('asks for a segment period by period', () => {
    const [row] = tableOf({ numResults: 1 }, IDS, { segments: ['a'] }).rows;
    expect(row!.cells[0]).toMatchObject({ count: 2, query: 'a@2026-03-13 | a@2026-03-14 | a@2026-03-15' });
  });

  it('reads every key once', async () => {
    const store = new CountingStore(new MemoryStore());
    const bitmapist = new Bitmapist({ store });
    for (const [key, ids] of Object.entries(IDS)) {
      await bitmapist.markEvent('a', ids, { now: key.slice(2) });
    }
    store.reset();
    const table = await bitmapist.ask(rolling, { event: 'a', ...RANGE });
    expect(table.rows[0]!.cells.map(({ count }) => count)).toEqual([2, 2, 3, 1]);
    expect([...store.keysRead].sort()).toEqual([14, 15, 17].map((day) => `trackist_a_2026-3-${day}`));
    expect(store.keysRead.every((key) => store.readsOf(key) === 1)).toBe(true);
  });

  it.each([0, 1001, 1.5])('refuses a span of %s', (span) => {
    expect(() => tableOf({ span })).toThrow('expected span to be a whole number from 1 to 1000');
  });
});
