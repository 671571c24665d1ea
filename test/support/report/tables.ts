import type { CohortTable } from '../../../src/measures/types.js';
import { type GoldenCohort, tableOf } from './golden.js';

/** Four monthly cohorts, asked about in the middle of April: every state of a cell occurs. */
export function sampleTable(names: Partial<GoldenCohort['params']> = {}): CohortTable {
  const table = tableOf(
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
  return { ...table, compat: false };
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

/** A table of any size, over and over the first row of the sample. */
export function wideTable(rows: number, columns: number): CohortTable {
  const sample = sampleTable();
  const [row] = sample.rows;
  const cells = Array.from({ length: columns }, (_, offset) => ({
    ...row!.cells[offset % row!.cells.length]!,
    period: row!.period.delta(offset),
  }));
  return {
    ...sample,
    numOfRows: columns - 1,
    rows: Array.from({ length: rows }, () => ({ ...row!, cells })),
  };
}
