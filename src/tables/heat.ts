import { max, range } from 'd3-array';
import { lab } from 'd3-color';
import { interpolateLab, piecewise, quantize } from 'd3-interpolate';
import { scaleQuantize } from 'd3-scale';
import { describe } from '../base/errors.js';
import { cellValue, type Row, type Table, type Unit } from './table.js';

/** Colours of a heatmap cell, as `#rrggbb`. */
export interface HeatColor {
  /** Of the cell. */
  readonly background: string;
  /** Black or white, whichever reads better on it. */
  readonly text: string;
}

/** What the page around a heatmap looks like. */
export type ColorScheme = 'light' | 'dark';

/** Heat goes in steps, so that a style sheet can name every colour there is. */
export const HEAT_STEPS = 21;
/** The step of values that are beyond the scale: it is no stronger blue, so that 100 % does not look like the hottest 26 %. */
export const BEYOND = HEAT_STEPS;

// From the page's own background to the strongest blue; in the dark, strong is bright.
const RAMPS: Record<ColorScheme, readonly string[]> = {
  light: ['#f4f9fd', '#a9d3ee', '#3d93cf', '#0b4a8f'],
  dark: ['#1a2530', '#1d4e74', '#2f86bd', '#a6dcff'],
};

const BEYOND_COLOR: Record<ColorScheme, string> = { light: '#dde2e7', dark: '#3d4650' };

const INK: Record<ColorScheme, string> = { light: '#000000', dark: '#ffffff' };

/**
 * The colours of all heat steps, coldest first. Text on them has a contrast of at least 4.5 : 1 (WCAG AA).
 * @example
 * import { heatColors } from 'bitmapist-wasm/report';
 * console.log(heatColors('light').length); // 21
 */
export function heatColors(scheme: ColorScheme): HeatColor[] {
  const ramp = piecewise(interpolateLab, [...RAMPS[scheme]]);
  return quantize(ramp, HEAT_STEPS).map((color) => {
    const { l } = lab(color);
    return { background: lab(color).formatHex(), text: l > MIDDLE_LIGHTNESS ? INK.light : INK.dark };
  });
}

/** The colours of all heat steps and of what is beyond them. */
export function cellColors(scheme: ColorScheme): HeatColor[] {
  return [...heatColors(scheme), { background: BEYOND_COLOR[scheme], text: INK[scheme] }];
}

// Of CIE lightness 0 to 100: here black and white text have the same contrast, 4.6 : 1.
const MIDDLE_LIGHTNESS = 49.5;

/**
 * What the colours of a table are relative to:
 * - `relative`: the strongest stands for the largest value of the table, apart from those in which a group meets itself.
 * - `absolute`: it stands for 100 %, or 1, in every table; of people it stands for the largest number.
 */
export type HeatKind = 'relative' | 'absolute';

/** Which heat a value has in its table. */
export interface HeatScale {
  readonly kind: HeatKind;
  /** The value of the strongest colour. */
  readonly hottest: number;
  /** Whether there are values beyond it. */
  readonly isCapped: boolean;
  /** 0 to `HEAT_STEPS - 1`, or `BEYOND`. */
  stepOf(value: number): number;
}

/**
 * Heat of a table's values. Where a group meets itself (the first column of cohorts and funnels, the diagonal of a matrix)
 * its 100 % would leave all the others pale, so that a relative scale is made without.
 * @throws RangeError for a kind that does not exist
 */
export function heatScale(table: Table, unit: Unit, kind: HeatKind = 'relative'): HeatScale {
  if (kind !== 'relative' && kind !== 'absolute') {
    throw new RangeError(`expected "relative" or "absolute" as heat, got ${describe(kind)}`);
  }
  const all: number[] = [];
  const met: number[] = [];
  for (const row of table.rows) {
    for (const [column, cell] of row.cells.entries()) {
      const value = table.columns[column]?.unit === undefined ? cellValue(cell, unit) : undefined;
      if (value === undefined) continue;
      all.push(value);
      if (!meetsItself(table, row, column)) met.push(value);
    }
  }
  const most = (kind === 'relative' && max(met)) || max(all) || 1;
  const hottest = kind === 'relative' || unit === 'people' ? most : unit === 'percent' ? 100 : 1;
  const within = scaleQuantize<number>().domain([0, hottest]).range(range(HEAT_STEPS));
  return {
    kind,
    hottest,
    isCapped: all.some((value) => value > hottest),
    stepOf: (value) => (value > hottest ? BEYOND : within(value)),
  };
}

function meetsItself({ layout, columns }: Table, row: Row, column: number): boolean {
  if (layout === 'matrix') return row.key === columns[column]!.key;
  return column === 0 && (layout === 'triangle' || layout === 'steps');
}

const LINES: Record<ColorScheme, readonly string[]> = {
  light: ['#0b5cab', '#c2470d', '#1a7a55', '#8440b0', '#946200', '#b3226f', '#3f6274', '#55701a'],
  dark: ['#6cb8f0', '#f3935c', '#5cc79d', '#c79cf0', '#dfb13c', '#f28bc1', '#a3bccb', '#a9cb5d'],
};

/**
 * The colours of lines that stand for different things, as many as can be told apart; text in them is readable too.
 * @example
 * import { lineColors } from 'bitmapist-wasm/report';
 * console.log(lineColors('light')[0]); // #0b5cab
 */
export function lineColors(scheme: ColorScheme): readonly string[] {
  return LINES[scheme];
}
