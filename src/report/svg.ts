import type { Table } from '../tables/table.js';
import { isHeated } from '../tables/view.js';
import { renderSvgBars } from './bars.js';
import { renderSvgCurves } from './curves.js';
import { renderSvgFunnel } from './funnel.js';
import { renderSvgHeatmap } from './heatmap.js';
import type { ChartOptions } from './picture.js';

/**
 * The table as a picture that suits its layout: lines over time, bars (a heatmap, if they are of more classes than there are
 * colours), a funnel with a heatmap of its rows below, otherwise a heatmap. An SVG file that opens anywhere, in light and dark.
 * @throws RangeError for a unit that does not exist, as all reports
 * @example
 * import { Bitmapist } from 'bitmapist-wasm';
 * import { trend } from 'bitmapist-wasm/measures';
 * import { renderSvg } from 'bitmapist-wasm/report';
 * const table = await new Bitmapist().ask(trend, { events: ['active'] });
 * console.log(renderSvg(table).includes('<path')); // true
 */
export function renderSvg(table: Table, options: ChartOptions = {}): string {
  if (table.layout === 'series') return renderSvgCurves(table, options);
  if (table.layout === 'steps') return renderSvgFunnel(table, options);
  return isHeated(table) ? renderSvgHeatmap(table, options) : renderSvgBars(table, options);
}
