import Papa from 'papaparse';
import { printable } from '../base/errors.js';
import { roundHalfEven } from '../tables/numbers.js';
import { cellValue, type Table } from '../tables/table.js';
import { inLines, showAs, type ViewOptions } from '../tables/view.js';

/**
 * The table as CSV (RFC 4180): a header, then a line per row: its key, its size if rows have sizes, its cells. A table of
 * cohorts has its title over the keys, which are periods (ISO 8601), and lines over time have a line per period. Percentages
 * have up to two decimals, ratios four. Cells are empty if the period has not begun or there is nobody to share out; the last
 * numbers may belong to a period that has not ended. Text that a spreadsheet would take for a formula is preceded by an
 * apostrophe.
 * @throws RangeError for a unit that does not exist, as all reports
 * @example
 * import { Bitmapist } from 'bitmapist-wasm';
 * import { renderCsv } from 'bitmapist-wasm/report';
 * const bitmapist = new Bitmapist();
 * await bitmapist.markEvent('active', [7, 8], { now: '2026-11-22' });
 * const table = await bitmapist.cohort({
 *   select1: 'active', select2: 'active', startDate: '2026-11-22', numResults: 1, numOfRows: 0, now: '2026-11-24',
 * });
 * console.log(renderCsv(table).split('\r\n')[1]); // 2026-11-22,2,100
 */
export function renderCsv(table: Table, options: Pick<ViewOptions, 'as'> = {}): string {
  const { layout, title, rowHead, columns, rows, unit } = inLines(showAs(table, options));
  const isTriangle = layout === 'triangle';
  const hasSizes = isTriangle || rows.some(({ size }) => size !== undefined);
  const digits = unit === 'ratio' ? 4 : 2;
  const head = [isTriangle ? printable(title) : rowHead, ...(hasSizes ? ['Total'] : [])];
  const lines = rows.map(({ key, size = '', cells }) => [
    key,
    ...(hasSizes ? [size] : []),
    ...cells.map((cell) => {
      const value = cellValue(cell, unit) ?? '';
      return value === '' || unit === 'people' ? value : roundHalfEven(value, digits);
    }),
  ]);
  return toCsv([[...head, ...columns.map(({ key }) => key)], ...lines]);
}

/**
 * Rows as CSV (RFC 4180), ending with a line break. Text that a spreadsheet would take for a formula is preceded by an
 * apostrophe.
 * @example
 * import { toCsv } from 'bitmapist-wasm/report';
 * console.log(toCsv([['=1', 2]])); // "'=1",2
 */
export function toCsv(rows: readonly (readonly (string | number)[])[]): string {
  const text = Papa.unparse(rows as (string | number)[][], { newline: '\r\n', escapeFormulae: FORMULA });
  return `${text}\r\n`;
}

// What spreadsheets take for the start of a formula, in ASCII and full width.
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;
