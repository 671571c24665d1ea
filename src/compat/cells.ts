import { mean, range } from 'd3-array';
import { type CohortArguments, readCohort } from '../measures/cohort.js';
import { roundHalfEven } from '../tables/numbers.js';
import type { DatesEntry, DatesRow } from './dates.js';
import { compatLabel } from './labels.js';

/** How rows of `datesData` are printed: as they were asked for. */
export type PrintOptions = Pick<CohortArguments, 'as' | 'timeGroup' | 'numOfRows'>;

/**
 * A cell of the reference's HTML table: its text and, for percentages, the alphas of its background (0 to 1) and of its
 * text (0.5 to 1.5) as the reference prints them. An empty text if there is no entry.
 */
export type CompatCell = readonly [text: string, backgroundAlpha?: string, textAlpha?: string];

/** The reference's HTML table, without its markup. */
export interface CompatTable {
  /** Of the columns after the total. */
  readonly head: readonly string[];
  /** One per cohort. */
  readonly rows: readonly (readonly [label: string, total: string, ...cells: CompatCell[]])[];
  /** The plain mean of the entries of each column; counts are cut to whole numbers. */
  readonly avg: readonly string[];
}

/**
 * What the reference's `render_html_data` prints for rows of `datesData`, cell by cell.
 * @example
 * import { compatCells } from 'bitmapist-wasm/compat';
 * const { rows } = compatCells([['2026-11-22T00:00:00+00:00', 8, 12.5]], { numOfRows: 0 });
 * console.log(rows[0]); // [ '22 Nov, 2026', '8', [ '12.5%', '0.1', '0.6' ] ]
 */
export function compatCells(rows: readonly DatesRow[], options: PrintOptions = {}): CompatTable {
  const { as, timeGroup, numOfRows } = readCohort(options);
  const columns = range(numOfRows + 1);
  return {
    head: columns.map(String),
    rows: rows.map(([date, total, ...entries]) => [
      compatLabel(date, timeGroup, 'html'),
      String(total),
      ...entries.map((entry) => compatCell(entry, as)),
    ]),
    avg: columns.map((column) => compatAverage(averageEntry(rows, column), as)),
  };
}

/**
 * The reference's `render_csv_data`, to the letter, line feeds included.
 * @example
 * import { renderCompatCsv } from 'bitmapist-wasm/compat';
 * console.log(renderCompatCsv([['2026-11-22T00:00:00+00:00', 8, 12.5]], { numOfRows: 0 }).split('\n')[1]);
 * // 22 Nov 2026,8,12.5
 */
export function renderCompatCsv(rows: readonly DatesRow[], options: PrintOptions = {}): string {
  const { as, timeGroup, numOfRows } = readCohort(options);
  const print = (entry: DatesEntry): string => {
    if (entry === '') return '';
    return as === 'counts' ? String(entry) : floatText(roundHalfEven(entry, 2));
  };
  const lines = rows.map(
    ([date, total, ...entries]) =>
      `${compatLabel(date, timeGroup, 'csv')},${total},${entries.map(print).join(',')}`,
  );
  return [`Date,Total,${range(numOfRows + 1).join(',')}`, ...lines, ''].join('\n');
}

/** The reference's average: the mean over all rows that have an entry, running periods included. */
export function averageEntry(rows: readonly DatesRow[], column: number): number | undefined {
  return mean(rows.map(([, , ...entries]) => entries[column]).filter((entry) => typeof entry === 'number'));
}

/** Python's `str()` of a float between 0.0001 and 10^16, or 0: whole numbers keep one decimal. */
export function floatText(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

function compatCell(entry: DatesEntry, as: 'percent' | 'counts'): CompatCell {
  if (entry === '') return [''];
  if (as === 'counts') return [String(entry)];
  return [
    `${floatText(roundHalfEven(entry, 2))}%`,
    floatText(roundHalfEven(entry / 100, 1)),
    floatText(roundHalfEven(entry / 100 + 0.5, 1)),
  ];
}

function compatAverage(average: number | undefined, as: 'percent' | 'counts'): string {
  if (as === 'counts') return String(Math.trunc(average ?? 0));
  return average === undefined ? '0%' : `${floatText(roundHalfEven(average, 2))}%`;
}
