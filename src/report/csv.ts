import Papa from 'papaparse';
import { printable } from '../base/errors.js';
import { roundHalfEven } from '../tables/numbers.js';
import { type Cell, cellValue, type Row, type Table, unitOf } from '../tables/table.js';
import { inLines, showAs, type ViewOptions } from '../tables/view.js';

/** What the lines of the CSV hold. */
export interface CsvOptions extends Pick<ViewOptions, 'as'> {
  /**
   * Whether a last column, `unfinished`, names the columns of the line whose period has not ended, with `; ` between them: a
   * program cannot tell such numbers from final ones otherwise. Default: no.
   */
  readonly unfinished?: boolean | undefined;
}

/**
 * The table as CSV (RFC 4180): a header, then a line per row: its key (its label if that is no period, but a
 * step or a set), its size if rows have sizes, its cells. A table of
 * cohorts has its title over the keys, which are periods (ISO 8601), and lines over time have a line per period. Percentages
 * have up to two decimals, ratios four. Cells are empty if the period has not begun or there is nobody to share out; the last
 * numbers may belong to a period that has not ended (`unfinished` says which). Text that a spreadsheet would take for a formula is preceded by an
 * apostrophe; a number below zero is none. Several tables stand one after the other, each below its title.
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
export function renderCsv(tables: Table | readonly Table[], options: CsvOptions = {}): string {
  const [first, ...others] = [tables].flat();
  if (first !== undefined && others.length === 0) return renderOne(first, options);
  return [tables]
    .flat()
    .map((table) => toCsv([[table.title]]) + renderOne(table, options))
    .join('\r\n');
}

function renderOne(table: Table, options: CsvOptions): string {
  const { unfinished = false } = options;
  const shown = inLines(showAs(table, options));
  const { layout, title, rowHead, columns, rows } = shown;
  const isTriangle = layout === 'triangle';
  const hasSizes = isTriangle || rows.some(({ size }) => size !== undefined);
  const head = [isTriangle ? printable(title) : rowHead, ...(hasSizes ? ['Total'] : [])];
  const names = columns.map((column) => (layout === 'steps' ? printable(column.label) : column.key));
  const lines = rows.map((row) => [
    nameOf(row, layout),
    ...(hasSizes ? [row.size ?? ''] : []),
    ...row.cells.map((cell, column) => {
      const unit = unitOf(shown, column);
      const value = cellValue(cell, unit);
      return value === undefined ? '' : roundHalfEven(value, DIGITS[unit]);
    }),
    ...(unfinished ? [runningNames(names, row.cells)] : []),
  ]);
  return toCsv([[...head, ...names, ...(unfinished ? ['unfinished'] : [])], ...lines]);
}

/** A row by its key, a period for most; steps and sets have no more than numbers for keys, so they have their names. */
function nameOf({ key, label, period }: Row, layout: Table['layout']): string {
  const isNamed = (layout === 'steps' || layout === 'bars') && period === undefined;
  return isNamed ? printable(label) : key;
}

/** The columns of a row whose numbers may still change. */
function runningNames(names: readonly string[], cells: readonly Cell[]): string {
  return names.filter((_, column) => cells[column]!.state === 'running').join('; ');
}

/** Decimals; people are whole but for a mean of them. */
const DIGITS = { people: 2, percent: 2, ratio: 4 } as const;

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
