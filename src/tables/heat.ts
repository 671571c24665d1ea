import { max, range } from 'd3-array';
import { lab } from 'd3-color';
import { interpolateLab, piecewise, quantize } from 'd3-interpolate';
import { scaleQuantize } from 'd3-scale';
import { cellValue, type Table, type Unit } from './table.js';

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

// From the page's own background to the strongest blue; in the dark, strong is bright.
const RAMPS: Record<ColorScheme, readonly string[]> = {
  light: ['#f4f9fd', '#a9d3ee', '#3d93cf', '#0b4a8f'],
  dark: ['#1a2530', '#1d4e74', '#2f86bd', '#a6dcff'],
};

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

// Of CIE lightness 0 to 100: here black and white text have the same contrast, 4.6 : 1.
const MIDDLE_LIGHTNESS = 49.5;

/** Which heat a value has in its table. */
export interface HeatScale {
  /** Values from here on have the strongest colour. */
  readonly hottest: number;
  /** Whether there are values above it. */
  readonly isCapped: boolean;
  /** 0 to `HEAT_STEPS - 1` */
  stepOf(value: number): number;
}

/**
 * Heat of a table's values. In a triangle the hottest colour belongs to the largest value after the first column: there a
 * cohort meets itself, and its 100 % would leave all the others pale.
 */
export function heatScale({ layout, rows, columns }: Table, unit: Unit): HeatScale {
  const values = rows.map((row) =>
    row.cells.map((cell, column) => (columns[column]?.unit ? 0 : (cellValue(cell, unit) ?? 0))),
  );
  const later = layout === 'triangle' ? values.flatMap((row) => row.slice(1)) : [];
  const hottest = max(later) || max(values.flat()) || 1;
  const stepOf = scaleQuantize<number>().domain([0, hottest]).range(range(HEAT_STEPS));
  return { hottest, isCapped: values.flat().some((value) => value > hottest), stepOf };
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
