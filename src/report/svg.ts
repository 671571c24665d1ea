import type { Table } from '../tables/table.js';
import { type CurvesOptions, renderSvgCurves } from './curves.js';
import { renderSvgHeatmap } from './heatmap.js';

/**
 * The table as a picture that suits it: lines if it is of lines over time, otherwise a heatmap.
 * @throws RangeError for a unit that does not exist, as all reports
 * @example
 * import { Bitmapist } from 'bitmapist-wasm';
 * import { trend } from 'bitmapist-wasm/measures';
 * import { renderSvg } from 'bitmapist-wasm/report';
 * const table = await new Bitmapist().ask(trend, { events: ['active'] });
 * console.log(renderSvg(table).includes('<path')); // true
 */
export function renderSvg(table: Table, options: CurvesOptions = {}): string {
  return table.layout === 'series' ? renderSvgCurves(table, options) : renderSvgHeatmap(table, options);
}
