import { range } from 'd3-array';
import Papa from 'papaparse';
import type { CohortTable } from '../measures/types.js';
import { type DatesEntry, toDatesData } from './dates.js';
import { compatLabel, selectionLabel } from './labels.js';
import { isCompat, type ReportOptions, type ReportUnit, unitOf } from './options.js';
import { floatText, roundHalfEven } from './rounding.js';

/**
 * The table as CSV (RFC 4180): a header with the selections, then a line per cohort: its period (ISO 8601), its size, its
 * cells. Percentages have up to two decimals. Cells are empty where the period has not begun or the cohort is empty; the
 * last number of a cohort may belong to a period that has not ended. Text that a spreadsheet would take for a formula is
 * preceded by an apostrophe. `compat` prints the reference's `render_csv_data` to the letter instead, with its line feeds.
 */
export function renderCsv(table: CohortTable, options: ReportOptions = {}): string {
  const unit = unitOf(options);
  return isCompat(table, options) ? renderCompat(table, unit) : renderRows(table, unit);
}

function renderRows(table: CohortTable, unit: ReportUnit): string {
  const header = [selectionLabel(table), 'Total', ...range(table.numOfRows + 1)];
  const lines = table.rows.map((row) => [
    row.period.toString(),
    row.total,
    ...row.cells.map((cell) => {
      if (cell.state === 'future' || cell.percent === undefined) return '';
      return unit === 'counts' ? cell.count : roundHalfEven(cell.percent, 2);
    }),
  ]);
  return toCsv([header, ...lines]);
}

/**
 * Rows as CSV (RFC 4180), ending with a line break. Text that a spreadsheet would take for a formula is preceded by an
 * apostrophe.
 */
export function toCsv(rows: readonly (readonly (string | number)[])[]): string {
  const text = Papa.unparse(rows as (string | number)[][], { newline: '\r\n', escapeFormulae: FORMULA });
  return `${text}\r\n`;
}

// What spreadsheets take for the start of a formula, in ASCII and full width.
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

function renderCompat(table: CohortTable, unit: ReportUnit): string {
  const print = (entry: DatesEntry): string => {
    if (entry === '') return '';
    return unit === 'counts' ? String(entry) : floatText(roundHalfEven(entry, 2));
  };
  const lines = toDatesData(table, { as: unit }).map(([, total, ...entries], index) => {
    const label = compatLabel(table.rows[index]!, table.timeGroup, 'csv');
    return `${label},${total},${entries.map(print).join(',')}`;
  });
  return [`Date,Total,${range(table.numOfRows + 1).join(',')}`, ...lines, ''].join('\n');
}
