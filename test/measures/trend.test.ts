import { describe, expect, it } from 'vitest';
import { type TrendArguments, trend } from '../../src/measures/trend.js';
import { countsOf, type Ids, type ScopeOptions, scopeOf, textOf } from '../support/measures/scope.js';

const IDS = { 'a@2026-03-16': [1, 2], 'a@2026-03-17': [2], 'b@2026-03-16': [2, 3, 4] };

function tableOf(args: Partial<TrendArguments>, ids: Ids = IDS, options?: ScopeOptions) {
  const ask = trend.ask({ events: ['a', 'b'], ...args }, scopeOf(options));
  return ask.table(countsOf(ask, ids));
}

describe('a trend', () => {
  it('has a line per event, a column per period, and says who is counted', () => {
    const { rows, ...table } = tableOf({ from: '2026-03-16', to: '2026-03-18' });
    expect(table).toEqual({
      measure: 'trend',
      title: 'a, b',
      subtitle: 'per day',
      layout: 'series',
      unit: 'people',
      rowHead: 'Event',
      columnHead: 'Period',
      columns: ['2026-03-16', '2026-03-17', '2026-03-18'].map((day) => ({
        key: day,
        label: day,
        period: day,
      })),
      notes: [],
      now: '2026-03-17T12:00:00Z',
      timeZone: 'UTC',
    });
    expect(rows).toEqual([
      {
        key: 'a',
        label: 'a',
        cells: [
          { count: 2, state: 'final', query: 'a@2026-03-16' },
          { count: 1, state: 'running', query: 'a@2026-03-17' },
          { count: 0, state: 'future', query: 'a@2026-03-18' },
        ],
      },
      {
        key: 'b',
        label: 'b',
        cells: [
          { count: 3, state: 'final', query: 'b@2026-03-16' },
          { count: 0, state: 'running', query: 'b@2026-03-17' },
          { count: 0, state: 'future', query: 'b@2026-03-18' },
        ],
      },
    ]);
  });

  it('has a line of those who did any of several events, if asked to', () => {
    const args = { from: '2026-03-16', to: '2026-03-16', any: true };
    expect(tableOf(args).rows.map(({ label, cells }) => [label, cells[0]!.count, cells[0]!.query])).toEqual([
      ['a', 2, 'a@2026-03-16'],
      ['b', 3, 'b@2026-03-16'],
      ['Any of them', 4, 'a@2026-03-16 | b@2026-03-16'],
    ]);
    expect(tableOf({ ...args, events: ['a'] }).rows).toHaveLength(1);
  });

  it('asks for every set once', () => {
    const { sets, pairs } = trend.ask({ events: ['a', 'b'], unit: 'month', from: '2026-02' }, scopeOf());
    expect(sets.map(textOf)).toEqual(['a@2026-02', 'a@2026-03', 'b@2026-02', 'b@2026-03']);
    expect(pairs).toBeUndefined();
  });

  it('ends now and has 31 periods, unless told otherwise', () => {
    const spanOf = (args: Partial<TrendArguments>, options?: ScopeOptions) => {
      const { columns } = tableOf(args, {}, options);
      return [columns.length, columns[0]!.key, columns.at(-1)!.key];
    };
    expect(spanOf({})).toEqual([31, '2026-02-15', '2026-03-17']);
    expect(spanOf({ from: '', to: '' })).toEqual([31, '2026-02-15', '2026-03-17']);
    expect(spanOf({ unit: 'week', to: '2026-03-01' })).toEqual([31, '2025-W31', '2026-W09']);
    expect(spanOf({ unit: 'month', from: '2025-12-24' })).toEqual([4, '2025-12', '2026-03']);
    expect(spanOf({ unit: 'hour', from: '2026-03-17T10', to: '2026-03-17T11' })).toEqual([
      2,
      '2026-03-17T10',
      '2026-03-17T11',
    ]);
    expect(spanOf({ unit: 'day', from: '2026-02', to: '2026-02' })).toEqual([28, '2026-02-01', '2026-02-28']);
    const tokyo = { timeZone: 'Asia/Tokyo', now: '2026-03-17T20:00:00Z' };
    expect(spanOf({ unit: 'day', from: '2026-03-18' }, tokyo)).toEqual([1, '2026-03-18', '2026-03-18']);
    expect(tableOf({}, {}, tokyo)).toMatchObject({ subtitle: 'per day (Asia/Tokyo)', ...tokyo });
  });

  it.each([
    [
      { from: '2026-03-02', to: '2026-03-01' },
      'expected a first period that is not after the last, got 2026-03-02 to 2026-03-01',
    ],
    [{ from: '1990-01-01' }, 'expected at most 10000 periods, got 13225 from 1990-01-01 to 2026-03-17'],
  ] as [Partial<TrendArguments>, string][])('refuses %o', (args, message) => {
    expect(() => tableOf(args)).toThrow(new RangeError(message));
  });
});
