import { range } from 'd3-array';
import type { CohortTable } from '../measures/types.js';
import { averageEntries } from './average.js';
import { type DatesEntry, toDatesData } from './dates.js';
import { compatLabel } from './labels.js';
import { type ReportOptions, type ReportUnit, unitOf } from './options.js';
import { floatText, roundHalfEven } from './rounding.js';

/**
 * A cell of the reference's HTML table: its text and, for percentages, the alphas of its background (0 to 1) and of its
 * text (0.5 to 1.5) as the reference prints them. An empty text where there is no entry.
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

/** What the reference's `render_html_data` prints for a table, cell by cell. */
export function compatCells(table: CohortTable, options: Pick<ReportOptions, 'as'> = {}): CompatTable {
  const unit = unitOf(options);
  return {
    head: range(table.numOfRows + 1).map(String),
    rows: toDatesData(table, { as: unit }).map(([, total, ...entries], index) => [
      compatLabel(table.rows[index]!, table.timeGroup, 'html'),
      String(total),
      ...entries.map((entry) => compatCell(entry, unit)),
    ]),
    avg: averageEntries(table, unit).map((average) => compatAverage(average, unit)),
  };
}

function compatCell(entry: DatesEntry, unit: ReportUnit): CompatCell {
  if (entry === '') return [''];
  if (unit === 'counts') return [String(entry)];
  return [
    `${floatText(roundHalfEven(entry, 2))}%`,
    floatText(roundHalfEven(entry / 100, 1)),
    floatText(roundHalfEven(entry / 100 + 0.5, 1)),
  ];
}

function compatAverage(average: number | undefined, unit: ReportUnit): string {
  if (unit === 'counts') return String(Math.trunc(average ?? 0));
  return average === undefined ? '0%' : `${floatText(roundHalfEven(average, 2))}%`;
}
