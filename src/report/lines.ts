import { interpolateLab } from 'd3-interpolate';
import type { ScaleLinear } from 'd3-scale';
import { plural, printable } from '../base/errors.js';
import { lineColors } from '../tables/heat.js';
import { groupDigits } from '../tables/numbers.js';
import { type Cell, cellValue, type Table, type Unit } from '../tables/table.js';

/** The lines of a table, and the axes that they are drawn between. */

// Readable on light and on dark, so that cohorts need no second set of colours.
export const AGE = interpolateLab('#98adbd', '#3d86c6');
/** Of the average. */
export const ACCENT = '#c2410c';
const COLORS = lineColors('light');

export interface Line {
  readonly label: string;
  readonly title: string;
  readonly points: readonly Point[];
  readonly color: string;
  /** Class of the line, if it has another colour in the dark. */
  readonly name: string | undefined;
}

export interface Point {
  /** Index of the column. */
  readonly x: number;
  readonly y: number;
  readonly isFinal: boolean;
}

export interface Axes {
  readonly width: number;
  readonly left: number;
  readonly right: number;
  readonly x: ScaleLinear<number, number>;
  readonly y: ScaleLinear<number, number>;
}

/** Cohorts without members have no line. */
export function linesOf({ layout, rows, unit }: Table): Line[] {
  const shown = rows.filter(({ size }) => size !== 0);
  return shown.map(({ label, size, cells }, index): Line => {
    const points = pointsOf(cells, unit);
    const text = printable(label);
    if (layout !== 'triangle') {
      const color = index % COLORS.length;
      return { label: text, title: text, points, color: COLORS[color]!, name: `line${color}` };
    }
    const people = `${groupDigits(size ?? 0)} ${plural(size ?? 0, 'person', 'people')}`;
    const age = shown.length === 1 ? 1 : index / (shown.length - 1);
    return { label: text, title: `${text}: ${people}`, points, color: AGE(age), name: undefined };
  });
}

export function pointsOf(cells: readonly Cell[], unit: Unit): Point[] {
  return cells.flatMap((cell, x) => {
    const y = cellValue(cell, unit);
    return y === undefined ? [] : [{ x, y, isFinal: cell.state === 'final' }];
  });
}
