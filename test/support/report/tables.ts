import { trend } from '../../../src/measures/trend.js';
import { averageRow } from '../../../src/tables/average.js';
import type { Cell, Row, Table } from '../../../src/tables/table.js';
import { scopeOf } from '../measures/scope.js';
import { type GoldenCohort, tableOf } from './golden.js';

/** Four monthly cohorts, asked about in the middle of April: every state of a cell occurs. */
export function sampleTable(names: Partial<GoldenCohort['params']> = {}): Table {
  return tableOf(
    {
      params: {
        time_group: 'months',
        num_of_rows: 3,
        select1: 'signup',
        select1b: null,
        select2: 'login',
        select2b: null,
        ...names,
      },
      count: [
        ['2026-01-01T00:00:00+00:00', 1200, 1200, 600, 1, 150],
        ['2026-02-01T00:00:00+00:00', 300, 300, 0, 75, ''],
        ['2026-03-01T00:00:00+00:00', 0, '', '', '', ''],
        ['2026-04-01T00:00:00+00:00', 40, 40, '', '', ''],
      ],
    },
    '2026-04-15T12:00:00Z',
  );
}

/** Names that mean something to HTML, Markdown, spreadsheets or terminals. */
export const HOSTILE_NAMES = [
  '"><script>alert(1)</script>',
  "'><img src=x onerror=alert(1)>",
  '</style></title></svg><script>alert(1)</script>',
  '&lt;b&gt; & <b>',
  '=cmd()',
  '+1',
  '-1',
  '@sum(A1)',
  '\t=1',
  '\r\n=1',
  '=1\n+2',
  'a,"b"',
  '`|*_[x](javascript:alert(1))',
  '\u001b[2J\u001b]0;owned\u0007',
  '\u202egnirts',
];

/** The sample without its cells: sizes alone. */
export function sizesTable(): Table {
  const table = sampleTable();
  return {
    ...table,
    subtitle: 'sizes of the cohorts',
    columns: [],
    rows: table.rows.map((row) => ({ ...row, cells: [] })),
    summary: { key: 'total', label: 'Total', size: 1540, cells: [] },
  };
}

/** A table of other rows, with other cells. */
export function withCells(
  table: Table,
  change: (cells: readonly Cell[], row: Row) => readonly Cell[],
): Table {
  const rows = table.rows.map((row) => ({ ...row, cells: [...change(row.cells, row)] }));
  return withAverages({ ...table, columns: columnsOf(rows[0]?.cells.length ?? 0), rows });
}

export function withAverages(table: Table): Table {
  return { ...table, summary: averageRow(table, table.unit) };
}

function columnsOf(length: number): Table['columns'] {
  return Array.from({ length }, (_, column) => ({ key: `${column}`, label: `${column}` }));
}

/** Two lines over four days, of which the third runs. */
export function trendTable(names: readonly string[] = ['signup', 'active']): Table {
  const { sets, table } = trend.ask(
    { events: names, from: '2026-04-13', to: '2026-04-16' },
    scopeOf({ now: '2026-04-15T12:00:00Z' }),
  );
  return table({ sets: sets.map((_, index) => index * 1000), pairs: [] });
}

/** A table of any size, over and over the first row of the sample. */
export function wideTable(rows: number, columns: number): Table {
  const sample = sampleTable();
  const [row] = sample.rows;
  const cells = Array.from({ length: columns }, (_, offset) => row!.cells[offset % row!.cells.length]!);
  return withAverages({
    ...sample,
    columns: columnsOf(columns),
    rows: Array.from({ length: rows }, () => ({ ...row!, cells })),
  });
}

/** People who were gained and lost in three months, stacked on both sides of the line, with a ratio and a percentage beside. */
export function lossTable(): Table {
  const months = [
    ['2026-01', 'Jan 2026', [40, 0, 0, 0], [40, 0], [40, 0]],
    ['2026-02', 'Feb 2026', [30, 25, 0, 15], [15, 40], [30, 15]],
    ['2026-03', 'Mar 2026', [5, 30, 10, 25], [-10, 55], [15, 25]],
  ] as const;
  return {
    measure: 'lifecycle',
    title: 'active',
    subtitle: 'per month',
    layout: 'bars',
    stacked: true,
    unit: 'people',
    rowHead: 'Month',
    columnHead: 'State',
    columns: [
      { key: 'new', label: 'New' },
      { key: 'returning', label: 'Returning' },
      { key: 'resurrecting', label: 'Resurrecting' },
      { key: 'dormant', label: 'Dormant', below: true },
      { key: 'growth', label: 'Growth', unit: 'percent' },
      { key: 'pulse', label: 'Pulse', unit: 'ratio' },
    ],
    rows: months.map(([key, label, counts, growth, pulse], index) => {
      const state = index === 2 ? 'running' : 'final';
      const shares = [growth, pulse].map(([count, of]): Cell => ({ count, of, state }));
      return {
        key,
        label,
        period: key,
        cells: [...counts.map((count): Cell => ({ count, state })), ...shares],
      };
    }),
    notes: [],
    now: '2026-03-17T12:00:00Z',
    timeZone: 'UTC',
  };
}

const PLAIN = { notes: [], now: '2026-03-17T12:00:00Z', timeZone: 'UTC' } as const;

/** Three steps of everybody, and of those who began in each of three months, of which the last runs. */
export function stepsTable(): Table {
  const rows = [
    ['all', 'All', 1000, [1000, 620, 310], 'running'],
    ['2026-01', 'Jan 2026', 500, [500, 330, 170], 'final'],
    ['2026-02', 'Feb 2026', 500, [500, 290, 140], 'running'],
    ['2026-03', 'Mar 2026', 0, [0, 0, 0], 'empty'],
  ] as const;
  return {
    ...PLAIN,
    measure: 'funnel',
    title: 'signup → active → pay',
    subtitle: 'of those who began in a month, within 2 months',
    layout: 'steps',
    unit: 'percent',
    rowHead: 'Began in',
    columnHead: 'Step',
    columns: ['signup', 'active', 'pay'].map((label, index) => ({ key: `${index + 1}`, label })),
    rows: rows.map(([key, label, size, counts, state], index) => ({
      key,
      label,
      ...(index > 0 && { period: key }),
      size,
      cells: counts.map((count): Cell => ({ count, of: size, state })),
    })),
  };
}

/** Five named sets, and what two of them have in common. */
export function matrixTable(
  names: readonly string[] = ['signup', 'active', 'paid plan', 'song:play', 'invite'],
): Table {
  return {
    ...PLAIN,
    measure: 'overlap',
    title: names.join(', '),
    subtitle: 'in both',
    layout: 'matrix',
    unit: 'people',
    rowHead: 'Set',
    columnHead: 'Also in',
    columns: names.map((label, index) => ({ key: `${index}`, label })),
    rows: names.map((label, row) => ({
      key: `${row}`,
      label,
      cells: names.map(
        (_, column): Cell => ({
          count: row === column ? 900 : 300 - 40 * Math.abs(row - column),
          of: 900,
          state: 'final',
        }),
      ),
    })),
  };
}

/** How many people were active on so many days: two classes that stand side by side, in rows without a period. */
export function groupsTable(): Table {
  return {
    ...PLAIN,
    measure: 'frequency',
    title: 'active',
    subtitle: 'by the number of days they were active in a week',
    layout: 'bars',
    unit: 'people',
    rowHead: 'Days',
    columns: [
      { key: 'exactly', label: 'Exactly' },
      { key: 'atLeast', label: 'At least' },
    ],
    rows: [1, 2, 3, 4, 5, 6, 7].map((days) => ({
      key: `${days}`,
      label: `${days} ${days === 1 ? 'day' : 'days'}`,
      cells: [900 - 100 * days, 3500 - 480 * days].map(
        (count): Cell => ({ count, of: 4000, state: 'final' }),
      ),
    })),
  };
}
