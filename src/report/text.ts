import { Ansis } from 'ansis';
import { max, range } from 'd3-array';
import type { CohortTable } from '../measures/types.js';
import { HEAT_STEPS, type HeatColor, heatColors } from './heat.js';
import { selectionLabel } from './labels.js';
import { type AverageKind, type ReportOptions, unitOf } from './options.js';
import {
  type CellView,
  explainStates,
  formatValue,
  hottestLabel,
  notesOf,
  type RowView,
  subtitle,
  type TableView,
  UNFINISHED_MARK,
  viewTable,
} from './view.js';

/** What the table shows, and what the terminal can. */
export interface TextOptions extends Pick<ReportOptions, 'as'> {
  /** Default `weighted`. */
  readonly average?: AverageKind | undefined;
  /** Bits of colour the terminal has, as Node's `getColorDepth()` tells: heat needs 8 or 24. Default 1: no colour. */
  readonly colorDepth?: number | undefined;
  /**
   * Columns of the terminal. A wider table continues below, in blocks, up to the last that is not all still to come.
   * Default: as wide as it gets.
   */
  readonly width?: number | undefined;
}

/**
 * The table as a heatmap for terminals, ending with a line feed: a row per cohort, the averages, a legend. Running periods
 * carry a `*`, periods to come are blank, a cohort without members shows `–`, and 0 means that nobody came back.
 * @throws RangeError for a unit that does not exist, as all reports
 */
export function renderText(table: CohortTable, options: TextOptions = {}): string {
  const view = viewTable(table, unitOf(options), options.average);
  const paint = createPaint(options.colorDepth ?? 1);
  const widths = measure(view);
  const blocks = splitColumns(view, widths, options.width ?? Number.POSITIVE_INFINITY);
  return [
    paint.bold(selectionLabel(table)),
    paint.dim(subtitle(table, view.unit)),
    ...blocks.flatMap((columns) => ['', ...renderBlock(view, columns, widths, paint)]),
    '',
    ...renderLegend(view, paint),
    ...notesOf(table),
    '',
  ].join('\n');
}

interface Widths {
  readonly label: number;
  readonly total: number;
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
  return {
    bold: (text) => ansi.bold(text),
    dim: (text) => ansi.dim(text),
    heat: (text, step) => {
      if (step === undefined) return text;
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

function measure(view: TableView): Widths {
  const rows = [...view.rows, view.average];
  const longest = (texts: readonly string[]): number => max(texts, (text) => text.length) ?? 0;
  return {
    label: longest(['Cohort', ...rows.map((row) => row.label)]),
    total: longest(['Size', ...rows.map((row) => row.total)]),
    // A blank before, and one behind that also takes the mark of a running period.
    cell: longest([...view.columns, ...rows.flatMap((row) => row.cells.map((cell) => cell.text))]) + 2,
  };
}

/** The columns of each block, as [first, end); after the first none in which everything is still to come. */
function splitColumns(view: TableView, widths: Widths, width: number): [first: number, end: number][] {
  const room = width - widths.label - widths.total - GAP.length * 2;
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
  const line = (label: string, total: string, cells: readonly string[]): string =>
    `${label.padEnd(widths.label)}${GAP}${total.padStart(widths.total)}${GAP}${cells.join('')}`.trimEnd();
  const cells = (row: RowView): string[] =>
    row.cells.slice(first, end).map((cell) => renderCell(cell, widths.cell, paint));
  const header = view.columns.slice(first, end).map((column) => `${column} `.padStart(widths.cell));
  return [
    paint.dim(line('Cohort', 'Size', header)),
    ...view.rows.map((row) => line(row.label, row.total, cells(row))),
    '',
    line(view.average.label, view.average.total, cells(view.average)),
  ];
}

function renderCell(cell: CellView, width: number, paint: Paint): string {
  const mark = cell.state === 'unfinished' ? UNFINISHED_MARK : ' ';
  const text = (cell.text + mark).padStart(width);
  return cell.state === 'empty' ? paint.dim(text) : paint.heat(text, cell.heat);
}

function renderLegend(view: TableView, paint: Paint): string[] {
  if (view.columns.length === 0) return [];
  const zero = formatValue(0, view.unit);
  const notes = explainStates(view).map(({ state, sign, meaning }) =>
    state === 'future' ? `${sign}: ${meaning}` : `${sign} ${meaning}`,
  );
  const ramp = range(HEAT_STEPS)
    .map((step) => paint.heat(' ', step))
    .join('');
  const heat = ramp.trim() === '' ? [] : [`${zero} ${ramp} ${hottestLabel(view)}`];
  return [...heat, ...(notes.length === 0 ? [] : [paint.dim(notes.join(' · '))])];
}
