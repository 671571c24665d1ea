import type { CohortCell, CohortRow, CohortTable } from '../measures/types.js';
import { type ReportOptions, type ReportUnit, unitOf } from './options.js';

/** A cell of the reference's data: a number, or `''` where it has no entry. */
export type DatesEntry = number | '';

/** A row of the reference's `get_dates_data`: ISO date and time, size of the cohort, then the cells. */
export type DatesRow = readonly [date: string, total: number, ...entries: DatesEntry[]];

/** The table in the shape of the reference's `get_dates_data`: percentages unrounded, `''` for no entry. */
export function toDatesData(table: CohortTable, options: Pick<ReportOptions, 'as'> = {}): DatesRow[] {
  const unit = unitOf(options);
  return table.rows.map((row) => [row.date, row.total, ...row.cells.map((cell) => entryOf(row, cell, unit))]);
}

/** No entry where the cohort is empty, and where nobody at all did the second selection in the period. */
function entryOf(row: CohortRow, cell: CohortCell, unit: ReportUnit): DatesEntry {
  if (row.total === 0 || cell.active === 0) return '';
  return unit === 'counts' ? cell.count : (cell.count / row.total) * 100;
}
