import type { Cell, Table } from '../tables/table.js';
import type { AnyMeasure, PlainRow } from './measure.js';

/**
 * A table as plain rows, for programs that want no more than the numbers: of a triangle `{ period, size, cells }`, of lines over
 * time `{ period, counts }`, of others a property for each column. What is still to come is `null`.
 * @param table of this measure
 * @example
 * import { Bitmapist } from 'bitmapist-wasm';
 * import { plainRows, trend } from 'bitmapist-wasm/measures';
 * const bitmapist = new Bitmapist();
 * await bitmapist.markEvent('active', [7, 8], { now: '2026-11-22' });
 * const table = await bitmapist.ask(trend, { events: ['active'], from: '2026-11-22', to: '2026-11-22' });
 * console.log(plainRows(trend, table)); // [ { period: '2026-11-22', counts: [ 2 ] } ]
 */
export function plainRows({ rows }: Pick<AnyMeasure, 'rows'>, table: Table): readonly PlainRow[] {
  const isTold = rows !== undefined && (rows.layout === undefined || rows.layout === table.layout);
  return isTold ? rows.of(table) : rowsOfLayout(table);
}

/** The number of a cell; `null` if its period has not begun. */
export function plainCount({ count, state }: Cell): number | null {
  return state === 'future' ? null : count;
}

function rowsOfLayout({ layout, rows, columns }: Table): PlainRow[] {
  switch (layout) {
    case 'triangle':
      return rows.map(({ key, period = key, size, cells }) => ({
        period,
        size,
        cells: cells.map(plainCount),
      }));
    case 'series':
      return columns.map(({ key, period = key }, at) => ({
        period,
        counts: rows.map(({ cells }) => plainCount(cells[at]!)),
      }));
    default:
      return rows.map(({ key, period, size, cells }) => ({
        ...(period === undefined ? { key } : { period }),
        ...(size !== undefined && { size }),
        ...Object.fromEntries(columns.map((column, at) => [column.key, plainCount(cells[at]!)])),
      }));
  }
}
