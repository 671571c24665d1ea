import { Ansis } from 'ansis';
import { max, range } from 'd3-array';
import { BEYOND, HEAT_STEPS, type HeatColor, heatColors } from '../tables/heat.js';
import type { Table } from '../tables/table.js';
import {
  type CellView,
  type HeatLegend,
  heatLegend,
  type RowView,
  RUNNING_MARK,
  type TableView,
  type ViewOptions,
  viewTable,
} from '../tables/view.js';

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
 * time, a legend. Running periods carry a `*`, periods to come are blank, a cohort without members shows `–`, and 0 means
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
 * console.log(renderText(table).split('\n')[6]); // 2026-11-22           2     100%
 */
export function renderText(table: Table, options: TextOptions = {}): string {
  const view = viewTable(table, options);
  const paint = createPaint(options.colorDepth ?? 1);
  const widths = measure(view);
  const blocks = splitColumns(view, widths, options.width ?? Number.POSITIVE_INFINITY);
  return [
    paint.bold(view.title),
    paint.dim(view.subtitle),
    ...blocks.flatMap((columns) => ['', ...renderBlock(view, columns, widths, paint)]),
    '',
    ...renderLegend(view, paint),
    ...view.notes,
    '',
  ].join('\n');
}

interface Widths {
  readonly label: number;
  /** With the gap before it; 0 if rows have no sizes. */
  readonly size: number;
  readonly cell: number;
}

interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  heat(text: string, step: number | undefined): string;
}

function createPaint(colorDepth: number): Paint {
  if (colorDepth < 8) return { bold: String, dim: String, heat: String };
  const ansi = new Ansis(colorDepth < 24 ? 2 : 3);
  const inks = colorDepth < 24 ? paletteInks(ansi) : heatColors('dark').map(trueColorInk(ansi));
  const beyond = ansi.bg(240).fg(231);
  return {
    bold: (text) => ansi.bold(text),
    dim: (text) => ansi.dim(text),
    heat: (text, step) => {
      if (step === undefined) return text;
      if (step === BEYOND) return beyond(text);
      return inks[Math.floor((step * inks.length) / HEAT_STEPS)]!(text);
    },
  };
}

type Ink = (text: string) => string;

function trueColorInk(ansi: Ansis): (color: HeatColor) => Ink {
  return ({ background, text }) => ansi.bgHex(background).hex(text);
}

/** Blues of the 256-colour palette, from dark grey to bright: the nearest match of each true colour would be no ramp. */
function paletteInks(ansi: Ansis): Ink[] {
  const withWhiteText = [236, 17, 18, 24, 25].map((code) => ansi.bg(code).fg(231));
  const withBlackText = [31, 32, 38, 74, 117, 153].map((code) => ansi.bg(code).fg(16));
  return [...withWhiteText, ...withBlackText];
}

function measure({ rows, summary, columns, rowHead, hasSizes }: TableView): Widths {
  const lines = summary === undefined ? rows : [...rows, summary];
  const longest = (texts: readonly string[]): number => max(texts, (text) => text.length) ?? 0;
  return {
    label: longest([rowHead, ...lines.map(({ label }) => label)]),
    size: hasSizes ? longest(['Size', ...lines.map(({ size }) => size)]) + GAP.length : 0,
    // A blank before, and one after that also takes the mark of a running period.
    cell: longest([...columns, ...lines.flatMap(({ cells }) => cells.map(({ text }) => text))]) + 2,
  };
}

/** The columns of each block, as [first, end); after the first none in which everything is still to come. */
function splitColumns(view: TableView, widths: Widths, width: number): [first: number, end: number][] {
  const room = width - widths.label - widths.size - GAP.length;
  const perBlock = Math.max(1, Math.min(view.columns.length, Math.floor(room / widths.cell)));
  const blocks = range(0, Math.max(1, view.columns.length), perBlock);
  return blocks
    .filter((first) => first === 0 || view.rows.some((row) => hasNumbers(row, first, first + perBlock)))
    .map((first) => [first, first + perBlock]);
}

function hasNumbers(row: RowView, first: number, end: number): boolean {
  return row.cells.slice(first, end).some((cell) => cell.state !== 'future');
}

const GAP = '  ';

function renderBlock(
  view: TableView,
  [first, end]: [number, number],
  widths: Widths,
  paint: Paint,
): string[] {
  const line = (label: string, size: string, cells: readonly string[]): string =>
    `${label.padEnd(widths.label)}${size.padStart(widths.size)}${GAP}${cells.join('')}`.trimEnd();
  const lineOf = ({ label, size, cells }: RowView): string =>
    line(
      label,
      size,
      cells.slice(first, end).map((cell) => renderCell(cell, widths.cell, paint)),
    );
  const header = view.columns.slice(first, end).map((column) => `${column} `.padStart(widths.cell));
  return [
    paint.dim(line(view.rowHead, view.hasSizes ? 'Size' : '', header)),
    ...(view.summary === undefined ? [] : [lineOf(view.summary), '']),
    ...view.rows.map(lineOf),
  ];
}

function renderCell(cell: CellView, width: number, paint: Paint): string {
  const mark = cell.state === 'running' ? RUNNING_MARK : ' ';
  const text = (cell.text + mark).padStart(width);
  return cell.state === 'empty' ? paint.dim(text) : paint.heat(text, cell.heat);
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
