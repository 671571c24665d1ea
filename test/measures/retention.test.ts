import { describe, expect, it } from 'vitest';
import { Bitmapist } from '../../src/bitmapist.js';
import { takeApart } from '../../src/engine/taking.js';
import { parseQuery } from '../../src/events/query.js';
import { formatForm, parseForm } from '../../src/measures/arguments.js';
import { cohort } from '../../src/measures/cohort.js';
import { type RetentionArguments, retention } from '../../src/measures/retention.js';
import { plainRows } from '../../src/measures/rows.js';
import { MemoryStore } from '../../src/store/memory.js';
import { cellValue, type Table } from '../../src/tables/table.js';
import { countsOf, type Ids, type ScopeOptions, scopeOf } from '../support/measures/scope.js';
import { CountingStore } from '../support/store/counting.js';

const IDS: Ids = {
  's@2025-12': [3, 9],
  's@2026-01': [1, 2, 3, 4],
  's@2026-02': [5, 6, 1],
  's@2026-01-01..2026-01': [1, 2, 3, 4],
  'r@2026-01': [1, 2, 7],
  'r@2026-02': [1, 3, 5],
  'r@2026-03': [1, 5, 6, 8],
  'r@2026-04': [1, 2],
  'r@2026-05': [3, 5],
  'pro@unique': [2, 6, 4],
};

const base: RetentionArguments = {
  start: 's',
  return: 'r',
  timeGroup: 'months',
  startDate: '2026-01',
  numResults: 2,
  numOfRows: 3,
};
const over: ScopeOptions = { now: '2026-06-10' };

function tableOf(args: Partial<RetentionArguments>, options: ScopeOptions = over): Table {
  const ask = retention.ask({ ...base, ...args }, scopeOf(options));
  return ask.table(countsOf(ask, IDS));
}

/** What cells say: their counts, or their states if they say nothing that is final. */
function cellsOf({ rows }: Table): (string | number)[][] {
  return rows.map(({ cells }) =>
    cells.map(({ count, state }) => (state === 'final' ? count : state === 'running' ? `${count}*` : state)),
  );
}

describe('retention', () => {
  it.each<[Partial<RetentionArguments>, number[][]]>([
    [
      {},
      [
        [2, 2, 1, 2],
        [2, 3, 1, 1],
      ],
    ],
    [
      { mode: 'exact' },
      [
        [2, 2, 1, 2],
        [2, 3, 1, 1],
      ],
    ],
    [
      { mode: 'on-or-after' },
      [
        [3, 3, 2, 2],
        [3, 3, 2, 1],
      ],
    ],
    [
      { mode: 'on-or-before' },
      [
        [2, 2, 2, 3],
        [2, 3, 3, 3],
      ],
    ],
    [
      { mode: 'streak' },
      [
        [2, 2, 1, 1],
        [2, 3, 1, 0],
      ],
    ],
    [
      { mode: 'bracket', brackets: [1, 2] },
      [
        [2, 2, 2],
        [2, 3, 2],
      ],
    ],
    [
      { mode: 'bracket', brackets: [2, 1] },
      [
        [2, 2, 2],
        [2, 3, 1],
      ],
    ],
    [
      { entry: 'first' },
      [
        [2, 1, 1, 2],
        [1, 2, 0, 1],
      ],
    ],
    [
      { entry: 'first', historyStart: '2026-01' },
      [
        [2, 2, 1, 2],
        [1, 2, 0, 1],
      ],
    ],
    [
      { entry: 'pro' },
      [
        [1, 0, 0, 1],
        [0, 1, 0, 0],
      ],
    ],
    [{ mode: 'streak', numOfRows: 0 }, [[2], [2]]],
  ])('counts by %j', (args, counts) => {
    const table = tableOf(args, { ...over, firsts: { s: '2025-12-03' } });
    expect(cellsOf(table)).toEqual(counts);
  });

  it('asks who entered for the first time by all who did before, in the fewest keys', () => {
    const { rows } = tableOf({ entry: 'first' }, { ...over, firsts: { s: '2025-12-03' } });
    expect(rows.map(({ size, cells }) => [size, cells[1]!.query])).toEqual([
      [3, 's@2026-01 & ~s@2025-12 & r@2026-02'],
      [2, 's@2026-02 & ~s@2025-12..2026-01 & r@2026-03'],
    ]);
    expect(retention.looksAt!({ ...base, entry: 'first' })).toEqual(['s']);
    expect(retention.looksAt!({ ...base, entry: 'first', historyStart: '2025' })).toEqual([]);
    expect(retention.looksAt!(base)).toEqual([]);
  });

  it.each<[Partial<RetentionArguments>, string[]]>([
    [{}, ['r@2026-01', 'r@2026-02', 'r@2026-03', 'r@2026-04']],
    [
      { mode: 'on-or-after' },
      ['r@2026-01..2026-04', 'r@2026-02..2026-04', 'r@2026-03..2026-04', 'r@2026-04'],
    ],
    [{ mode: 'on-or-before' }, ['r@2026-01', 'r@2026-02', 'r@2026-02..2026-03', 'r@2026-02..2026-04']],
    [
      { mode: 'streak' },
      ['r@2026-01', 'r@2026-02', 'r@2026-02 & r@2026-03', 'r@2026-02 & r@2026-03 & r@2026-04'],
    ],
    [{ mode: 'bracket', brackets: [1, 2] }, ['r@2026-01', 'r@2026-02', 'r@2026-03..2026-04']],
  ])('says who is in the cells of %j', (args, texts) => {
    expect(tableOf(args).rows[0]!.cells.map(({ query }) => query)).toEqual(
      texts.map((text) => `s@2026-01 & ${text}`),
    );
  });

  it('names every period of a segment, which knows no ranges', () => {
    const { rows } = tableOf({ mode: 'on-or-before', start: 's p' }, { ...over, segments: ['r'] });
    const texts = rows[0]!.cells.map(({ query }) => query!);
    expect(texts.slice(1, 3)).toEqual([
      '"s p"@2026-01 & r@2026-02',
      '"s p"@2026-01 & (r@2026-02 | r@2026-03)',
    ]);
    expect(texts.map((text) => parseQuery(text).op)).toEqual(['and', 'and', 'and', 'and']);
  });

  it('leaves texts out that would name hundreds of events', () => {
    const { rows } = tableOf({ mode: 'streak', numOfRows: 120 });
    const told = rows[0]!.cells.map(({ query }) => query !== undefined);
    expect([told[99], told[100], told[120]]).toEqual([true, false, false]);
  });

  it('tells what may still change, and what is still to come', () => {
    const now = { now: '2026-03-17' };
    expect(cellsOf(tableOf({}, now))).toEqual([
      [2, 2, '1*', 'future'],
      [2, '3*', 'future', 'future'],
    ]);
    // All that a row says hangs on the last period, so that the curve never rises.
    expect(cellsOf(tableOf({ mode: 'on-or-after' }, now))).toEqual([
      ['3*', '3*', '2*', 'future'],
      ['3*', '3*', 'future', 'future'],
    ]);
    expect(cellsOf(tableOf({ mode: 'on-or-before' }, now))).toEqual([
      [2, 2, '2*', 'future'],
      [2, '3*', 'future', 'future'],
    ]);
    expect(cellsOf(tableOf({ mode: 'streak' }, now))).toEqual([
      [2, 2, '1*', 'future'],
      [2, '3*', 'future', 'future'],
    ]);
    expect(cellsOf(tableOf({ mode: 'bracket', brackets: [1, 2, 1] }, now))).toEqual([
      [2, 2, '2*', 'future'],
      [2, '3*', 'future', 'future'],
    ]);
  });

  it('looks up to now if asked to, and then is never over', () => {
    const args = { mode: 'on-or-after', horizon: 'now' } as const;
    expect(cellsOf(tableOf(args, { now: '2026-05-01' }))).toEqual([
      ['3*', '3*', '3*', '3*'],
      ['3*', '3*', '2*', '1*'],
    ]);
    const early = tableOf(args, { now: '2026-02-28' });
    expect(cellsOf(early)).toEqual([
      ['3*', '2*', 'future', 'future'],
      ['2*', 'future', 'future', 'future'],
    ]);
    expect(early.rows[0]!.cells.map(({ query }) => query)).toEqual([
      's@2026-01 & r@2026-01..2026-02',
      's@2026-01 & r@2026-02',
      undefined,
      undefined,
    ]);
    expect(cellsOf(tableOf(args, { now: '2025-12-31' })).flat()).toEqual(Array(8).fill('future'));
  });

  it('has nobody to share out if nobody entered', () => {
    const table = tableOf({ start: 'nobody' });
    expect(cellsOf(table).flat()).toEqual(Array(8).fill('empty'));
    expect(table.summary!.cells.every(({ state }) => state === 'empty')).toBe(true);
  });

  it('relates cells to the cohort, or to the cell before', () => {
    const sharesOf = (args: Partial<RetentionArguments>) =>
      tableOf(args).rows.map(({ cells }) => cells.map(({ of }) => of));
    expect(sharesOf({})).toEqual([
      [4, 4, 4, 4],
      [3, 3, 3, 3],
    ]);
    expect(sharesOf({ reference: 'previous' })).toEqual([
      [4, 2, 2, 1],
      [3, 2, 3, 1],
    ]);
    expect(cellsOf(tableOf({ mode: 'streak', numOfRows: 4, reference: 'previous' }))[1]).toEqual([
      2,
      3,
      1,
      0,
      '0*',
    ]);
  });

  it('tells how many came back even if nobody did in the cell before', () => {
    const args = {
      start: 's',
      return: 'nobody',
      reference: 'previous',
      numOfRows: 2,
      numResults: 1,
    } as const;
    const ids = { ...IDS, 'nobody@2026-03': [1, 2] };
    const told = (as: 'percent' | 'counts') => {
      const ask = retention.ask({ ...base, ...args, as }, scopeOf(over));
      return ask.table(countsOf(ask, ids));
    };
    const { rows, summary } = told('counts');
    expect(rows[0]!.cells.map(({ count, of, state }) => [count, of, state])).toEqual([
      [0, 4, 'final'],
      [0, 0, 'final'],
      [2, 0, 'final'],
    ]);
    expect(rows[0]!.cells.map((cell) => cellValue(cell, 'percent'))).toEqual([0, undefined, undefined]);
    expect(summary!.cells.map(({ count }) => count)).toEqual([0, 0, 2]);
    expect(told('percent').summary!.cells.map(({ state }) => state)).toEqual(['final', 'empty', 'empty']);
  });

  it('averages finished cells by size, or each alike', () => {
    const averages = ({ summary }: Table) => [
      summary!.label,
      ...summary!.cells.map(({ count, of }) => [count, of]),
    ];
    const now = { now: '2026-04-17' };
    expect(averages(tableOf({}, now))).toEqual(['Weighted average', [4, 7], [5, 7], [1, 4], [0, 0]]);
    expect(averages(tableOf({ average: 'simple' }, now))).toEqual([
      'Mean',
      [(50 + (2 / 3) * 100) / 2, undefined],
      [75, undefined],
      [25, undefined],
      [0, 0],
    ]);
    expect(averages(tableOf({ as: 'counts' }, now))).toEqual([
      'Mean',
      [2, undefined],
      [2.5, undefined],
      [1, undefined],
      [0, 0],
    ]);
  });

  it('draws one column as a line over the cohorts', () => {
    const { columns, rows, ...table } = tableOf({ overTime: 1, mode: 'bracket', brackets: [2, 1] });
    expect(table).toMatchObject({ layout: 'series', unit: 'percent', columnHead: 'Cohort', title: 's → r' });
    expect(columns).toEqual([
      { key: '2026-01', label: 'Jan 2026', period: '2026-01' },
      { key: '2026-02', label: 'Feb 2026', period: '2026-02' },
    ]);
    expect(rows).toEqual([
      {
        key: '1-2',
        label: 'Month 1–2',
        cells: [
          { count: 2, of: 4, state: 'final', query: 's@2026-01 & r@2026-02..2026-03' },
          { count: 3, of: 3, state: 'final', query: 's@2026-02 & r@2026-03..2026-04' },
        ],
      },
    ]);
    const related = tableOf({ overTime: 2, reference: 'previous' });
    expect(related.rows[0]!.cells.map(({ count, of }) => [count, of])).toEqual([
      [1, 2],
      [1, 3],
    ]);
  });

  it('heads columns by what they look at, and rows by their periods', () => {
    const { columns, rows, title, subtitle } = tableOf(
      { mode: 'bracket', brackets: [1, 3, 7], timeGroup: 'days', startDate: '2026-11-22', entry: 'pro' },
      { ...over, timeZone: 'Europe/Berlin' },
    );
    expect(columns).toEqual([
      { key: '0', label: 'Day 0' },
      { key: '1', label: 'Day 1' },
      { key: '2-4', label: 'Day 2–4', later: [2, 4] },
      { key: '5-11', label: 'Day 5–11', later: [5, 11] },
    ]);
    const laterOf = (args: Partial<RetentionArguments>) => tableOf(args).columns.map(({ later }) => later);
    expect(laterOf({})).toEqual([undefined, undefined, undefined, undefined]);
    expect(laterOf({ mode: 'streak' })).toEqual([undefined, undefined, [1, 2], [1, 3]]);
    expect(laterOf({ mode: 'on-or-after' })).toEqual([[0, 3], [1, 3], [2, 3], undefined]);
    expect(laterOf({ mode: 'on-or-after', horizon: 'now' })).toEqual([[0], [1], [2], [3]]);
    expect(rows.map(({ key, label, period }) => [key, label, period])).toEqual([
      ['2026-11-22', '2026-11-22 · Sun', '2026-11-22'],
      ['2026-11-23', '2026-11-23 · Mon', '2026-11-23'],
    ]);
    expect(title).toBe('s & pro → r');
    expect(subtitle).toBe('of each cohort who came back on any of those days (Europe/Berlin) · total size 0');
  });

  it('is the cohort table in its simplest mode', () => {
    const { start: select1, return: select2, ...range } = base;
    const args = { ...range, select1, select2, timeGroup: 'months' } as const;
    const asked = cohort.ask(args, scopeOf({ now: '2026-03-17' }));
    const rows = plainRows(cohort, asked.table(countsOf(asked, IDS)));
    expect(plainRows(retention, tableOf({}, { now: '2026-03-17' }))).toEqual(rows);
    expect(rows[1]).toEqual({ period: '2026-02', size: 3, cells: [2, 3, null, null] });
  });

  it.each<[Partial<RetentionArguments>, string]>([
    [
      { mode: 'rolling' as 'exact' },
      'expected mode to be exact, on-or-after, on-or-before, bracket or streak, got "rolling"',
    ],
    [{ horizon: 'later' as 'now' }, 'expected horizon to be last or now, got "later"'],
    [{ numOfRows: -1 }, 'expected numOfRows to be a whole number from 0 to 10000, got -1'],
    [
      { mode: 'bracket', brackets: [] },
      'expected brackets to be a list of numbers of periods, got an empty list',
    ],
    [
      { mode: 'bracket', brackets: [1, 0] },
      'expected each of brackets to be a whole number from 1 to 10000, got 0',
    ],
    [
      { mode: 'bracket', brackets: [9000, 2000] },
      'expected the sum of brackets to be a whole number from 1 to 10000, got 11000',
    ],
    [{ reference: 'first' as 'total' }, 'expected reference to be total or previous, got "first"'],
    [{ average: 'mean' as 'simple' }, 'expected average to be weighted or simple, got "mean"'],
    [{ as: 'people' as 'counts' }, 'expected as to be percent or counts, got "people"'],
    [
      { numResults: 2000, numOfRows: 500 },
      'expected a table of at most 1000000 cells, got 2000 rows of 501 cells',
    ],
    [{ overTime: 4 }, 'expected overTime to be a whole number from 0 to 3, got 4'],
    [
      { mode: 'on-or-after', horizon: 'now', timeGroup: 'days', startDate: '1900-01-01' },
      'expected a first period that is at most 30000 before the current one, got 46182',
    ],
  ])('refuses %j', (args, message) => {
    expect(() => tableOf(args)).toThrow(new RangeError(message));
  });

  it('shows a form its defaults, and refuses a table that is too large for a page', () => {
    const form = new URLSearchParams('start=s&return=r&entry=pro&brackets=1,2');
    const args = parseForm(retention, form);
    expect(args).toEqual({
      start: 's',
      return: 'r',
      entry: 'pro',
      brackets: [1, 2],
      timeGroup: 'days',
      numResults: 12,
      numOfRows: 12,
      mode: 'exact',
      horizon: 'last',
      reference: 'total',
      average: 'weighted',
      as: 'percent',
    });
    expect(parseForm(retention, formatForm(retention, args))).toEqual(args);
    form.set('num_results', '10000');
    form.set('num_of_rows', '25');
    expect(() => parseForm(retention, form)).toThrow('expected a table of at most 250000 cells');
  });
});

describe('what retention costs', () => {
  const MODES: Partial<RetentionArguments>[] = [
    {},
    { mode: 'on-or-after' },
    { mode: 'on-or-after', horizon: 'now' },
    { mode: 'on-or-before' },
    { mode: 'streak' },
    { mode: 'bracket', brackets: [7, 14, 28, 56, 112, 7, 14, 28, 56, 112, 7, 14] },
  ];

  it.each(MODES)('takes a step or two for each cell, of %j', (args) => {
    const [rows, columns] = [100, 13];
    const { sets, pairs } = retention.ask(
      { ...base, numResults: rows, numOfRows: columns - 1, ...args, timeGroup: 'days' },
      scopeOf({ now: '2026-06-10' }),
    );
    const { parts, bitmaps } = takeApart(sets, pairs);
    // A cell is a pair, or a set of its own.
    const own = sets.slice(rows).filter(({ kind }) => kind === 'and');
    expect(pairs!.length + own.length).toBeGreaterThanOrEqual(rows * columns);
    // The AND of a cell, what makes it of its neighbour's, and of a bracket the ends and beginnings of those around.
    expect(parts.length - bitmaps.length).toBeLessThanOrEqual(
      (args.mode === 'bracket' ? 6 : 2) * rows * columns,
    );
  });

  it.each(MODES)('reads every key once, of %j', async (args) => {
    const store = new CountingStore(new MemoryStore());
    const bitmapist = new Bitmapist({ store, clock: () => '2026-06-10' });
    for (const [key, ids] of Object.entries(IDS)) {
      const [event, period] = key.split('@') as [string, string];
      if (/^[\d-]+$/.test(period)) await bitmapist.markEvent(event, ids, { now: `${period}-03` });
    }
    store.reset();
    await bitmapist.ask(retention, { ...base, entry: 'first', ...args });
    expect(store.calls.keys).toBe(1);
    expect(store.keysRead.length).toBeGreaterThan(5);
    expect(store.keysRead.map((key) => store.readsOf(key))).toEqual(store.keysRead.map(() => 1));
  });
});
