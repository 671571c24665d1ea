import { range } from 'd3-array';
import { BEYOND, HEAT_STEPS } from '../tables/heat.js';
import type { Table } from '../tables/table.js';
import {
  type HeatLegend,
  heatLegend,
  isHeated,
  showAs,
  type TableView,
  type ViewOptions,
  viewTable,
} from '../tables/view.js';
import { createPaint, type Paint } from './paint.js';
import { renderTextBars } from './textbars.js';
import { renderTextFunnel } from './textfunnel.js';
import { renderGrid } from './textgrid.js';
import { renderTextLines } from './textlines.js';

/** What the table shows, and what the terminal can. */
export interface TextOptions extends ViewOptions {
  /** Bits of colour the terminal has, as Node's `getColorDepth()` tells: heat needs 8 or 24. Default 1: no colour. */
  readonly colorDepth?: number | undefined;
  /**
   * Columns of the terminal. A wider table continues below, in blocks, up to the last that is not all still to come.
   * Default: as wide as it gets.
   */
  readonly width?: number | undefined;
}

/**
 * The table for terminals, ending with a line feed: the averages, a row per line, as a heatmap unless they are lines over
 * time, a legend. A terminal with colours shows lines, bars and funnels as
 * such above the numbers. Running periods carry a `*`, periods to come are blank, a cohort without members shows `–`, and 0 means
 * that nobody came back.
 * @throws RangeError for a unit that does not exist, as all reports
 * @example
 * import { Bitmapist } from 'bitmapist-wasm';
 * import { renderText } from 'bitmapist-wasm/report';
 * const bitmapist = new Bitmapist({ clock: () => new Date('2026-11-24') });
 * await bitmapist.markEvent('active', [7, 8], { now: '2026-11-22' });
 * const table = await bitmapist.cohort({
 *   select1: 'active', select2: 'active', startDate: '2026-11-22', numResults: 1, numOfRows: 0,
 * });
 * console.log(renderText(table).split('\n')[6]); // 2026-11-22 · Sun     2     100%
 */
export function renderText(table: Table, options: TextOptions = {}): string {
  const view = viewTable(table, options);
  const paint = createPaint(options.colorDepth ?? 1);
  const picture = paint.hasColors ? drawPicture(showAs(table, options), options.width ?? WIDTH, paint) : [];
  return [
    paint.bold(view.title),
    paint.dim(view.subtitle),
    ...(picture.length === 0 ? [] : ['', ...picture]),
    ...renderGrid(view, options.width ?? Number.POSITIVE_INFINITY, paint),
    '',
    ...renderLegend(view, paint),
    ...view.notes,
    '',
  ].join('\n');
}

/** Of pictures, if nobody says how wide the terminal is. */
const WIDTH = 80;

/** What the layout wants to be seen as, if that is not a heatmap. */
function drawPicture(table: Table, width: number, paint: Paint): string[] {
  if (table.columns.length === 0 || table.rows.length === 0) return [];
  if (table.layout === 'series') return renderTextLines(table, width, paint);
  if (table.layout === 'steps') return renderTextFunnel(table, width, paint);
  return isHeated(table) ? [] : renderTextBars(table, width, paint);
}

function renderLegend({ columns, unit, scale, signs }: TableView, paint: Paint): string[] {
  if (columns.length === 0) return [];
  const notes = signs.map(({ state, sign, meaning }) =>
    state === 'future' ? `${sign}: ${meaning}` : `${sign} ${meaning}`,
  );
  const ramp = range(HEAT_STEPS)
    .map((step) => paint.heat(' ', step))
    .join('');
  const heat =
    ramp.trim() === '' || scale === undefined ? [] : [explainHeat(heatLegend(scale, unit), ramp, paint)];
  return [...heat, ...(notes.length === 0 ? [] : [paint.dim(notes.join(' · '))])];
}

function explainHeat({ zero, hottest, beyond, kind }: HeatLegend, ramp: string, paint: Paint): string {
  const above = beyond === undefined ? [] : [`${paint.heat('   ', BEYOND)} ${beyond}`];
  return [`${zero} ${ramp} ${hottest}`, ...above, kind].join(' · ');
}
