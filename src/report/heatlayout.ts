import { max } from 'd3-array';
import type { TableView } from '../tables/view.js';
import { CHARACTER, MARGIN } from './picture.js';

/** Where the parts of a heatmap picture are, as the lengths of its texts want it. */

const LEAST_CELL_WIDTH = 60;
export const CELL_HEIGHT = 24;
export const PADDING = 8;
const COLUMN_GAP = 20;
/** Names of columns up to this many pixels stand beside each other. */
const MOST_CELL_WIDTH = 88;
/** Of longer names, in degrees. */
export const TILT = 40;
/** Characters that a tilted name may have. */
export const TILT_FITS = 24;

export interface Grid {
  readonly cellWidth: number;
  readonly isTilted: boolean;
  readonly left: number;
  readonly top: number;
  /** Right edge of the sizes. */
  readonly sizeRight: number;
}

export function layOut({ rows, columns, summary, rowHead, hasSizes }: TableView, above: number): Grid {
  const longest = (texts: readonly string[]): number => max(texts, (text) => text.length)! * CHARACTER;
  const all = summary === undefined ? rows : [...rows, summary];
  const labelRight = MARGIN + longest([rowHead, ...all.map(({ label }) => label)]);
  const sizeRight = hasSizes
    ? labelRight + COLUMN_GAP + longest(['Size', ...all.map(({ size }) => size)])
    : labelRight;
  const texts = all.flatMap(({ cells }) => cells.map(({ text }) => text));
  const isTilted = longest([...columns, '']) + 2 * PADDING > MOST_CELL_WIDTH;
  const widest = longest([...(isTilted ? [] : columns), ...texts, '']) + 2 * PADDING;
  const tall = Math.min(TILT_FITS * CHARACTER, longest([...columns, ''])) * Math.sin((TILT * Math.PI) / 180);
  return {
    cellWidth: Math.max(LEAST_CELL_WIDTH, widest),
    isTilted,
    left: sizeRight + PADDING,
    top: above + CELL_HEIGHT + (isTilted ? tall : 0),
    sizeRight,
  };
}
