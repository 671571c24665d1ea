import { describe, expect, it } from 'vitest';
import { Bitmapist } from '../../src/bitmapist.js';
import { type LifecycleArguments, lifecycle } from '../../src/measures/lifecycle.js';
import { plainRows } from '../../src/measures/rows.js';
import { MemoryStore } from '../../src/store/memory.js';
import { countsOf, type Ids, type ScopeOptions, scopeOf } from '../support/measures/scope.js';
import { CountingStore } from '../support/store/counting.js';

const RANGE = { timeGroup: 'months', startDate: '2026-02', numResults: 3 } as const;
// 1 stays, 2 comes back in March, 3 is gone in February, 4 is new in February, 5 in March.
const IDS = {
  'a@2025-12': [2, 6],
  'a@2025-12..2026-01': [1, 2, 3, 6],
  'a@2026-01': [1, 3],
  'a@2026-02': [1, 4],
  'a@2026-02-01..2026-02': [1, 4],
  'a@2026-03': [1, 2, 5],
  's@2026-02': [1],
  's@2026-03': [5, 9],
};
const OPTIONS = { firsts: { a: '2025-12-04' } };

function tableOf(args: Partial<LifecycleArguments> = {}, ids: Ids = IDS, options: ScopeOptions = OPTIONS) {
  const ask = lifecycle.ask({ event: 'a', ...RANGE, ...args }, scopeOf(options));
  return ask.table(countsOf(ask, ids));
}

describe('a lifecycle', () => {
  it('has a row per period, and says who is counted', () => {
    const { rows, ...table } = tableOf();
    expect(table).toEqual({
      measure: 'lifecycle',
      title: 'a',
      subtitle: 'per month, by whether they were active in the month before',
      layout: 'bars',
      stacked: true,
      unit: 'people',
      rowHead: 'Period',
      columns: [
        { key: 'new', label: 'New' },
        { key: 'returning', label: 'Returning' },
        { key: 'resurrecting', label: 'Resurrecting' },
        { key: 'dormant', label: 'Dormant', below: true },
        { key: 'growth', label: 'Growth', unit: 'percent' },
        { key: 'pulse', label: 'Pulse', unit: 'ratio' },
      ],
      notes: [],
      now: '2026-03-17T12:00:00Z',
      timeZone: 'UTC',
    });
    expect(rows.map(({ key, label, period }) => [key, label, period])).toEqual([
      ['2026-02', 'Feb 2026', '2026-02'],
      ['2026-03', 'Mar 2026', '2026-03'],
      ['2026-04', 'Apr 2026', '2026-04'],
    ]);
    expect(rows[1]!.cells).toEqual([
      { count: 1, state: 'running', query: 'a@2026-03 & ~a@2025-12..2026-02' },
      { count: 1, state: 'running', query: 'a@2026-03 & a@2025-12..2026-02 & a@2026-02' },
      { count: 1, state: 'running', query: 'a@2026-03 & a@2025-12..2026-02 & ~a@2026-02' },
      { count: 1, state: 'running', query: 'a@2026-02 & ~a@2026-03' },
      { count: 1, of: 2, state: 'running' },
      { count: 2, of: 1, state: 'running' },
    ]);
    expect(rows[2]!.cells.map(({ state }) => state)).toEqual(Array(6).fill('future'));
  });

  it('is told as the four classes alone, what is still to come as null', () => {
    expect(plainRows(lifecycle, tableOf())).toEqual([
      { period: '2026-02', new: 1, returning: 1, resurrecting: 0, dormant: 1 },
      { period: '2026-03', new: 1, returning: 1, resurrecting: 1, dormant: 1 },
      { period: '2026-04', new: null, returning: null, resurrecting: null, dormant: null },
    ]);
  });

  it('takes for new those who did another event in the same period, if told of one', () => {
    const table = tableOf({ created: 's' });
    expect(table.title).toBe('a, new by s');
    expect(plainRows(lifecycle, table).slice(0, 2)).toEqual([
      { period: '2026-02', new: 1, returning: 0, resurrecting: 1, dormant: 1 },
      { period: '2026-03', new: 1, returning: 1, resurrecting: 1, dormant: 1 },
    ]);
    expect(table.rows[1]!.cells.map(({ query }) => query)).toEqual([
      'a@2026-03 & s@2026-03',
      'a@2026-03 & ~s@2026-03 & a@2026-02',
      'a@2026-03 & ~s@2026-03 & ~a@2026-02',
      'a@2026-02 & ~a@2026-03',
      undefined,
      undefined,
    ]);
  });

  it('takes everybody for new before its history begins, and nobody for known', () => {
    const { rows } = tableOf({ historyStart: '2026-02' });
    expect(rows[0]!.cells.slice(0, 3)).toEqual([
      { count: 2, state: 'final', query: 'a@2026-02' },
      { count: 0, state: 'final', query: undefined },
      { count: 0, state: 'final', query: undefined },
    ]);
    expect(rows[1]!.cells.slice(0, 3).map(({ count }) => count)).toEqual([2, 1, 0]);
    expect(tableOf({}, IDS, {}).rows[0]!.cells[0]!.count).toBe(2);
  });

  it('has no growth from nobody, nor a pulse if nobody is gone', () => {
    const [row] = tableOf({ startDate: '2026-03', numResults: 1 }, { 'a@2026-03': [1] }).rows;
    expect(row!.cells.slice(4)).toEqual([
      { count: 1, of: 0, state: 'empty' },
      { count: 1, of: 0, state: 'empty' },
    ]);
  });

  it('looks for the first key only if that decides who is new', () => {
    expect(lifecycle.looksAt!({ event: 'a' })).toEqual(['a']);
    expect(lifecycle.looksAt!({ event: 'a', created: '', historyStart: '' })).toEqual(['a']);
    expect(lifecycle.looksAt!({ event: 'a', created: 's' })).toEqual([]);
    expect(lifecycle.looksAt!({ event: 'a', historyStart: '2026' })).toEqual([]);
  });

  it('reads every key once, months of the time before', async () => {
    const store = new CountingStore(new MemoryStore());
    const bitmapist = new Bitmapist({ store });
    for (const month of [1, 2, 3, 4]) await bitmapist.markEvent('a', month, { now: `2026-0${month}-15` });
    store.reset();
    const table = await bitmapist.ask(lifecycle, { event: 'a', ...RANGE, startDate: '2026-03' });
    expect(plainRows(lifecycle, table)[0]).toEqual({
      period: '2026-03',
      new: 1,
      returning: 0,
      resurrecting: 0,
      dormant: 1,
    });
    expect([...store.keysRead].sort()).toEqual([1, 2, 3, 4].map((month) => `trackist_a_2026-${month}`));
    expect(store.keysRead.map((key) => store.readsOf(key))).toEqual([1, 1, 1, 1]);
    expect(store.calls.keys).toBe(1);
  });

  it('refuses more cells than a page shows', () => {
    expect(() => lifecycle.complete!({ numResults: 50_000 })).toThrow('at most 250000 cells');
  });
});
