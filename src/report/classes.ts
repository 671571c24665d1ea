import { printable } from '../base/errors.js';
import { lineColors } from '../tables/heat.js';
import { cellValue, type Table } from '../tables/table.js';
import { drawnColumns } from '../tables/view.js';

/** A class that people fall into, drawn as bars of one colour: a column in the unit of the table. */
export interface BarClass {
  /** Index into the table's columns. */
  readonly column: number;
  readonly label: string;
  /** Which of `lineColors` it has. */
  readonly color: number;
  readonly isBelow: boolean;
}

const COLORS = lineColors('light').length;
/** Of what hangs below the line: a warm colour, wherever there is one such class. */
const BELOW_COLOR = 1;

/** The classes of a table of bars, in its order. */
export function classesOf(table: Table): BarClass[] {
  const drawn = drawnColumns(table);
  const hasBelow = drawn.some((column) => table.columns[column]!.below);
  let color = -1;
  return drawn.map((column) => {
    const { label, below: isBelow = false } = table.columns[column]!;
    if (!isBelow) color += hasBelow && color + 1 === BELOW_COLOR ? 2 : 1;
    return {
      column,
      label: printable(label),
      color: (isBelow ? BELOW_COLOR : color) % COLORS,
      isBelow,
    };
  });
}

/** A bar: from where to where on the axis of values. */
export interface Bar {
  readonly row: number;
  readonly class: BarClass;
  readonly from: number;
  readonly to: number;
  /** What it stands for. */
  readonly value: number;
  readonly isRunning: boolean;
}

/**
 * The bars of a table, row by row: each from 0, or stacked on those of the row before it that go its way. Classes that are
 * below the line, and negative values, go the other way. Nobody has no bar.
 */
export function barsOf(table: Table, classes: readonly BarClass[]): Bar[][] {
  return table.rows.map(({ cells }, row) => {
    let [above, below] = [0, 0];
    return classes.flatMap((each): Bar[] => {
      const cell = cells[each.column]!;
      const value = cellValue(cell, table.unit) ?? 0;
      if (value === 0) return [];
      const step = each.isBelow ? -value : value;
      const from = table.stacked ? (step < 0 ? below : above) : 0;
      const to = from + step;
      if (step < 0) below = to;
      else above = to;
      return [{ row, class: each, from, to, value, isRunning: cell.state === 'running' }];
    });
  });
}
