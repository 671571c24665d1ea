import { describe, expect, it } from 'vitest';
import { parseQuery } from '../../src/index.js';
import { type CohortArguments, cohort } from '../../src/measures/cohort.js';
import { cellValue } from '../../src/tables/table.js';
import { countsOf, type Ids, type ScopeOptions, scopeOf, textOf } from '../support/measures/scope.js';

const base = { select1: 's', select2: 'a' };

function tableOf(ids: Ids, args: Partial<CohortArguments>, options?: ScopeOptions) {
  const ask = cohort.ask({ ...base, ...args }, scopeOf(options));
  return ask.table(countsOf(ask, ids));
}

describe('a cohort table', () => {
  it('asks for every set of it once, and for its cells as pairs', () => {
    const { sets, pairs } = cohort.ask(
      { ...base, select1b: 's2', startDate: '2026-03-14', numResults: 2, numOfRows: 1 },
      scopeOf(),
    );
    expect(sets.map(textOf)).toEqual([
      's@2026-03-14 & s2@2026-03-14',
      's@2026-03-15 & s2@2026-03-15',
      'a@2026-03-14',
      'a@2026-03-15',
      'a@2026-03-16',
    ]);
    expect(pairs).toEqual([
      [0, 2],
      [0, 3],
      [1, 3],
      [1, 4],
    ]);
  });

  it('makes the sets of an event once if those who come back are looked for where the cohorts are', () => {
    const args = { startDate: '2026-03-14', numResults: 2, numOfRows: 1 };
    const { sets } = cohort.ask({ ...args, select1: 'a', select2: 'a', select2b: '' }, scopeOf());
    expect(sets.map(textOf)).toEqual(['14', '15', '14', '15', '16'].map((day) => `a@2026-03-${day}`));
    expect(sets.slice(0, 2).every((set, row) => set === sets[2 + row])).toBe(true);
    const further = cohort.ask({ ...args, select1: 'a', select2: 'a', select2b: 'b' }, scopeOf());
    expect(further.sets.map(textOf).slice(1, 3)).toEqual(['a@2026-03-15', 'a@2026-03-14 & b@2026-03-14']);
  });

  it('is plain data that crosses JSON as it is', () => {
    const ids = { 's@2026-03': [1, 2, 3, 4], 'a@2026-03': [1, 2, 3], 'a@2026-04': [4] };
    const table = tableOf(ids, {
      timeGroup: 'months',
      startDate: '2026-03',
      numResults: 1,
      numOfRows: 1,
    });
    expect(table).toEqual({
      measure: 'cohort',
      title: 's → a',
      subtitle: 'of each cohort who came back, 0 to 1 months later · total size 4',
      layout: 'triangle',
      unit: 'percent',
      rowHead: 'Cohort',
      columnHead: 'months later',
      columns: [
        { key: '0', label: 'Month 0' },
        { key: '1', label: 'Month 1' },
      ],
      rows: [
        {
          key: '2026-03',
          label: 'Mar 2026',
          period: '2026-03',
          size: 4,
          cells: [
            { count: 3, of: 4, state: 'running', query: 's@2026-03 & a@2026-03' },
            { count: 1, of: 4, state: 'future', query: 's@2026-03 & a@2026-04' },
          ],
        },
      ],
      summary: {
        key: 'average',
        label: 'Weighted average',
        cells: [
          { count: 0, of: 0, state: 'empty' },
          { count: 0, of: 0, state: 'empty' },
        ],
      },
      notes: [],
      now: '2026-03-17T12:00:00Z',
      timeZone: 'UTC',
    });
    expect(JSON.parse(JSON.stringify(table))).toEqual(table);
  });

  it('looks up each row, and each cell of it, in its own periods', () => {
    const sets = {
      's@2026-03-14': [1, 2, 3, 4],
      's@2026-03-15': [5, 6, 7],
      'a@2026-03-14': [1, 2, 9],
      'a@2026-03-15': [1, 5, 6, 8],
      'a@2026-03-16': [5, 2, 10, 11, 12],
    };
    const { rows } = tableOf(sets, { startDate: '2026-03-14', numResults: 2, numOfRows: 1 });
    const short = rows.map(({ period, size, cells }) => [
      period,
      size,
      ...cells.map((cell) => [cell.query, cell.count, cellValue(cell, 'percent')]),
    ]);
    expect(short).toEqual([
      ['2026-03-14', 4, ['s@2026-03-14 & a@2026-03-14', 2, 50], ['s@2026-03-14 & a@2026-03-15', 1, 25]],
      [
        '2026-03-15',
        3,
        ['s@2026-03-15 & a@2026-03-15', 2, (2 / 3) * 100],
        // In the order of the reference, which rounds differently from any other.
        ['s@2026-03-15 & a@2026-03-16', 1, (1 / 3) * 100],
      ],
    ]);
  });

  it('narrows both sides by their second event, and takes an empty name for none', () => {
    const sets = {
      's@2026-03-14': [1, 2, 3],
      't@2026-03-14': [2, 3],
      'a@2026-03-14': [1, 2, 3],
      'b@2026-03-14': [3, 9],
    };
    const cellOf = (args: Partial<CohortArguments>) => {
      const table = tableOf(sets, { startDate: '2026-03-14', numResults: 1, numOfRows: 0, ...args });
      const [row] = table.rows;
      return [row!.size, row!.cells[0]!.count, table.title, row!.cells[0]!.query];
    };
    const [s, t, a, b] = ['s', 't', 'a', 'b'].map((name) => `${name}@2026-03-14`);
    expect(cellOf({ select1b: 't' })).toEqual([2, 2, 's & t → a', `${s} & ${t} & ${a}`]);
    expect(cellOf({ select2b: 'b' })).toEqual([3, 1, 's → a & b', `${s} & ${a} & ${b}`]);
    expect(cellOf({ select1b: 't', select2b: 'b' })).toEqual([
      2,
      1,
      's & t → a & b',
      [s, t, a, b].join(' & '),
    ]);
    expect(cellOf({ select1b: '', select2b: '' })).toEqual([3, 3, 's → a', `${s} & ${a}`]);
  });

  it('says who the people of a cell are in a text that can be read, whatever the names', () => {
    const table = tableOf({}, { select1: 'a b & c', select2: '"@"', numResults: 1, numOfRows: 0 });
    expect(parseQuery(table.rows[0]!.cells[0]!.query!)).toMatchObject({
      op: 'and',
      of: [{ event: 'a b & c' }, { event: '"@"' }],
    });
  });

  it('says of each cell whether it is final, and why there is nothing in it', () => {
    const sets = { 's@2026-03-16': [1], 's@2026-03-17': [1], 'a@2026-03-16': [1], 'a@2026-03-17': [2] };
    const table = tableOf(sets, { startDate: '2026-03-15', numResults: 4, numOfRows: 2 });
    expect(table.rows.map(({ cells }) => cells.map(({ state }) => state))).toEqual([
      ['empty', 'empty', 'empty'],
      ['final', 'running', 'future'],
      ['running', 'future', 'future'],
      ['future', 'future', 'future'],
    ]);
    expect(table.rows[0]!.cells[0]).toMatchObject({ of: 0, count: 0 });
    expect(table.rows[1]!.cells[1]).toMatchObject({ of: 1, count: 0 });
    const nobody = tableOf({ 's@2026-03-15': [1] }, { startDate: '2026-03-15', numResults: 1, numOfRows: 1 });
    expect(nobody.rows[0]!.cells).toMatchObject([
      { count: 0, of: 1, state: 'final' },
      { count: 0, of: 1, state: 'final' },
    ]);
  });

  it('has 31 rows of 13 cells, for years three, unless told otherwise', () => {
    const sizes = (args: Partial<CohortArguments>) => {
      const { rows, columnHead, columns } = tableOf({}, args);
      return [columnHead, rows.length, rows[0]?.cells.length, columns.length];
    };
    expect(sizes({})).toEqual(['days later', 31, 13, 13]);
    expect(sizes({ timeGroup: 'weeks' })).toEqual(['weeks later', 31, 13, 13]);
    expect(sizes({ timeGroup: 'years' })).toEqual(['years later', 3, 13, 13]);
    expect(sizes({ numResults: 0 })).toEqual(['days later', 0, undefined, 13]);
    expect(sizes({ numOfRows: -1, numResults: 2 })).toEqual(['days later', 2, 0, 0]);
  });

  it('asks for cohorts alone if no cell is wanted, and sums up their sizes', () => {
    const args = { ...base, numResults: 2, numOfRows: -1 };
    const ask = cohort.ask(args, scopeOf());
    expect([ask.sets.map(textOf), ask.pairs]).toEqual([['s@2026-03-16', 's@2026-03-17'], []]);
    const table = tableOf({ 's@2026-03-17': [1, 2], 's@2026-03-16': [2] }, args, { timeZone: 'Asia/Tokyo' });
    expect(table.rows.map(({ size }) => size)).toEqual([1, 2]);
    expect(table.summary).toEqual({ key: 'total', label: 'Total', size: 3, cells: [] });
    expect(table.subtitle).toBe('sizes of the cohorts (Asia/Tokyo)');
  });

  it('ends with the current period if no start is given', () => {
    const rowsOf = (args: Partial<CohortArguments>, options?: ScopeOptions) =>
      tableOf({}, args, options).rows.map(({ period }) => period);
    expect(rowsOf({ numResults: 3 })).toEqual(['2026-03-15', '2026-03-16', '2026-03-17']);
    expect(rowsOf({ timeGroup: 'weeks', numResults: 2 })).toEqual(['2026-W11', '2026-W12']);
    expect(rowsOf({ timeGroup: 'months', numResults: 1 })).toEqual(['2026-03']);
    expect(rowsOf({ timeGroup: 'years', numResults: 2 })).toEqual(['2025', '2026']);
    expect(rowsOf({ numResults: 1, startDate: '' })).toEqual(['2026-03-17']);
    const now = '2026-03-16T23:30:00Z';
    expect(rowsOf({ numResults: 1 }, { timeZone: 'Europe/Berlin', now })).toEqual(['2026-03-17']);
  });

  it('begins with the period that holds the start date, or lies in it', () => {
    const rowsOf = (args: Partial<CohortArguments>, options?: ScopeOptions) =>
      tableOf({}, args, options).rows.map(({ period }) => period);
    expect(rowsOf({ startDate: '2026-01-31', numResults: 2 })).toEqual(['2026-01-31', '2026-02-01']);
    expect(rowsOf({ timeGroup: 'months', startDate: '2026-01-31', numResults: 2 })).toEqual([
      '2026-01',
      '2026-02',
    ]);
    expect(rowsOf({ timeGroup: 'weeks', startDate: '2026-W09', numResults: 1 })).toEqual(['2026-W09']);
    expect(rowsOf({ startDate: '2026-02', numResults: 1 })).toEqual(['2026-02-01']);
    // An instant is another day in another time zone.
    const berlin = { timeZone: 'Europe/Berlin' };
    expect(rowsOf({ startDate: '2026-03-16T23:30:00Z', numResults: 1 }, berlin)).toEqual(['2026-03-17']);
  });

  it('is asked as of a moment, in a time zone', () => {
    const options = { timeZone: 'Asia/Tokyo', now: '2026-03-17T20:00:00Z' };
    const table = tableOf({ 's@2026-03-18': [1] }, { numResults: 1, numOfRows: 0 }, options);
    expect(table).toMatchObject({
      ...options,
      rows: [{ period: '2026-03-18', cells: [{ state: 'running' }] }],
    });
    expect(table.subtitle).toContain('0 to 0 days later (Asia/Tokyo) · total size 1');
  });

  it.each([
    [{ numResults: -1 }, 'expected numResults to be a whole number from 0 to 10000, got -1'],
    [{ numResults: 10_001 }, 'expected numResults to be a whole number from 0 to 10000, got 10001'],
    [{ numResults: 1.5 }, 'expected numResults to be a whole number from 0 to 10000, got 1.5'],
    [{ numOfRows: -2 }, 'expected numOfRows to be a whole number from -1 to 10000, got -2'],
    [{ numOfRows: '3' as never }, 'expected numOfRows to be a whole number from -1 to 10000, got "3"'],
    [
      { numResults: 2000, numOfRows: 500 },
      'expected a table of at most 1000000 cells, got 2000 rows of 501 cells',
    ],
    [{ timeGroup: 'hours' as never }, 'expected days, weeks, months or years as time group, got "hours"'],
    [
      { timeGroup: 'toString' as never },
      'expected days, weeks, months or years as time group, got "toString"',
    ],
    [{ as: 'shares' as never }, 'expected "percent" or "counts", got "shares"'],
  ] as [Partial<CohortArguments>, string][])('refuses %o', (args, message) => {
    expect(() => tableOf({}, args)).toThrow(new RangeError(message));
  });

  it('takes as many rows as it allows', () => {
    const table = tableOf({}, { numResults: 10_000, numOfRows: -1, timeGroup: 'days' });
    expect(table.rows).toHaveLength(10_000);
  });
});
