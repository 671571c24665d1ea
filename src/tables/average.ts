import { describe } from '../base/errors.js';
import { type Cell, cellValue, type Row, type Table, type Unit } from './table.js';

/**
 * How columns are averaged. `weighted` weighs every row by its size; `mean` gives every row the same weight, as the
 * reference does. Both look at final cells alone. Numbers that are no shares know the mean only.
 */
export type AverageKind = 'weighted' | 'mean';

/**
 * The average of every column over its final cells, as a row to stand below the others.
 * @throws RangeError for a kind that does not exist; plain JavaScript callers have no compiler to tell them
 * @example
 * import { Bitmapist } from 'bitmapist-wasm';
 * import { averageRow } from 'bitmapist-wasm/report';
 * const table = await new Bitmapist().cohort({ select1: 'signup', select2: 'active' });
 * console.log(averageRow(table, 'percent', 'mean').label); // Mean
 */
export function averageRow(
  { rows, columns }: Pick<Table, 'rows' | 'columns'>,
  unit: Unit,
  kind: AverageKind = 'weighted',
): Row {
  if (kind !== 'weighted' && kind !== 'mean') {
    throw new RangeError(`expected "weighted" or "mean", got ${describe(kind)}`);
  }
  const areShares = rows.every(({ cells }) => cells.every(({ of }) => of !== undefined));
  const isWeighted = kind === 'weighted' && unit !== 'people' && areShares;
  return {
    key: kind === 'mean' ? 'mean' : 'average',
    label: isWeighted ? 'Weighted average' : 'Mean',
    cells: columns.map((_, column): Cell => {
      let [final, sum, count, of] = [0, 0, 0, 0];
      for (const { cells } of rows) {
        const cell = cells[column]!;
        const value = cell.state === 'final' ? cellValue(cell, unit) : undefined;
        if (value === undefined) continue;
        final += 1;
        sum += value;
        count += cell.count;
        of += cell.of ?? 0;
      }
      if (final === 0) return { count: 0, of: 0, state: 'empty' };
      return isWeighted ? { count, of, state: 'final' } : { count: sum / final, state: 'final' };
    }),
  };
}
