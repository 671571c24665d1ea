import { describe, printable } from '../base/errors.js';
import { Period } from '../time/period.js';
import { type AverageKind, averageRow } from './average.js';
import { type HeatKind, type HeatScale, heatScale, lineColors } from './heat.js';
import { periodLabel, preposition } from './labels.js';
import { formatValue, groupDigits } from './numbers.js';
import { type Cell, type CellState, cellValue, type Row, type Table, type Unit, unitOf } from './table.js';

/** A table as its reader sees it, whatever the format: texts, signs and heat. */
export interface TableView {
  readonly table: Table;
  readonly unit: Unit;
  /** What the table is about, in characters that can be seen. */
  readonly title: string;
  /** What the numbers are, in one line. */
  readonly subtitle: string;
  readonly rowHead: string;
  readonly columnHead: string;
  /** Whether rows have sizes. */
  readonly hasSizes: boolean;
  readonly columns: readonly string[];
  readonly rows: readonly RowView[];
  /** The last line, if there is one. */
  readonly summary: RowView | undefined;
  /** Where the colours come from; `undefined` for lines and bars, which have none. */
  readonly scale: HeatScale | undefined;
  /** What the signs of the cells mean: those that occur. */
  readonly signs: readonly StateNote[];
  /** Sentences below the table, in characters that can be seen. */
  readonly notes: readonly string[];
}

/** A line of a table as its reader sees it. */
export interface RowView {
  readonly label: string;
  /** Empty if it has none. */
  readonly size: string;
  readonly cells: readonly CellView[];
}

/** What a reader sees in a cell: `text` is empty if there is nothing to say. */
export interface CellView {
  readonly state: CellState;
  /** Without the mark of a running period. */
  readonly text: string;
  /** Heat step of the number shown; `HEAT_STEPS` if it is beyond the scale. */
  readonly heat: number | undefined;
}

/** What a sign means. */
export interface StateNote {
  readonly state: CellState;
  readonly sign: string;
  readonly meaning: string;
}

/** What a reader may wish to see otherwise than the table says. */
export interface ViewOptions {
  /** Shares in percent, or how many people; default: as the table says. */
  readonly as?: 'percent' | 'counts' | undefined;
  /** How columns are averaged, if they are; default `weighted`. */
  readonly average?: AverageKind | undefined;
  /** What colours are relative to, the table (default) or all there can be: see `HeatKind`. */
  readonly heat?: HeatKind | undefined;
}

/** Follows the number of a period that has not ended. */
export const RUNNING_MARK = '*';
/** Shown if there is nobody to share out. */
const EMPTY_TEXT = '–';

/**
 * A table with the unit and the averages that its reader wishes.
 * @throws RangeError for a unit or an average that does not exist, and for percent of people who are no share
 */
export function showAs(table: Table, { as, average }: ViewOptions): Table {
  if (as !== undefined && as !== 'percent' && as !== 'counts') {
    throw new RangeError(`expected "percent" or "counts", got ${describe(as)}`);
  }
  const unit = as === undefined ? table.unit : as === 'percent' ? 'percent' : 'people';
  if (unit === table.unit && average === undefined) return table;
  if (unit !== table.unit && unit === 'percent' && !isOfShares(table)) {
    throw new RangeError('expected a table of shares to show in percent, got one of people');
  }
  const isAveraged = table.layout === 'triangle' && table.columns.length > 0;
  // Without a wish, as they were averaged.
  const kind = average ?? (table.summary?.key === 'mean' ? 'mean' : 'weighted');
  return { ...table, unit, summary: isAveraged ? averageRow(table, unit, kind) : table.summary };
}

/** Whether there is something to divide by, in all columns that show what the table does. */
function isOfShares({ rows, columns }: Table): boolean {
  return rows.every(({ cells }) =>
    cells.every(({ of, state }, column) => of !== undefined || state === 'empty' || columns[column]!.unit),
  );
}

/** The summary of a table, unless all of it is still to come: nothing is finished yet that could be averaged. */
export function summaryOf({ summary }: Table): Row | undefined {
  const isBlank = summary?.cells.length !== 0 && summary?.cells.every(({ state }) => state === 'empty');
  return isBlank ? undefined : summary;
}

/** A table with a line per column, and a column per row: lines over time read better downwards. */
export function inLines(table: Table): Table {
  if (table.layout !== 'series') return table;
  const { rows, columns, rowHead, columnHead = '' } = table;
  return {
    ...table,
    rowHead: columnHead,
    columnHead: rowHead,
    columns: rows,
    rows: columns.map(({ key, label, period }, index) => ({
      key,
      label,
      period,
      cells: rows.map((row) => row.cells[index]!),
    })),
  };
}

/**
 * What a table says, ready to be put into any format.
 * @example
 * import { Bitmapist } from 'bitmapist-wasm';
 * import { viewTable } from 'bitmapist-wasm/report';
 * const table = await new Bitmapist().cohort({ select1: 'signup', select2: 'active' });
 * console.log(viewTable(table).title); // signup → active
 */
export function viewTable(given: Table, options: ViewOptions = {}): TableView {
  const table = inLines(showAs(given, options));
  const { unit, columns } = table;
  const summary = summaryOf(table);
  const scale = isHeated(table) ? heatScale(table, unit, options.heat) : undefined;
  const viewRow = (row: Row, emptyText: string): RowView => ({
    label: printable(row.label),
    size: row.size === undefined ? '' : groupDigits(row.size),
    cells: row.cells.map((cell, column) =>
      viewCell(cell, unitOf(table, column), columns[column]!.unit ? undefined : scale, emptyText),
    ),
  });
  return {
    table,
    unit,
    title: printable(table.title),
    subtitle: subtitleOf(table),
    rowHead: table.rowHead,
    columnHead: table.columnHead ?? '',
    hasSizes: table.layout === 'triangle' || table.rows.some(({ size }) => size !== undefined),
    columns: columns.map(({ label }) => printable(label)),
    rows: table.rows.map((row) => viewRow(row, EMPTY_TEXT)),
    summary: summary && viewRow(summary, ''),
    scale,
    signs: explainSigns(table),
    notes: table.notes.map(printable),
  };
}

/**
 * The figures that a cell stands on: `600 of 1,200 in Feb 2026`.
 * @param row index into the rows of the table
 * @param column index into its columns
 * @example
 * import { Bitmapist } from 'bitmapist-wasm';
 * import { trend } from 'bitmapist-wasm/measures';
 * import { explainCell } from 'bitmapist-wasm/report';
 * const table = await new Bitmapist().ask(trend, { events: ['active'], unit: 'month', to: '2026-11-01' });
 * console.log(explainCell(table, 0, 30)); // 0 in Nov 2026
 */
export function explainCell(table: Table, row: number, column: number): string {
  const { count, of } = table.rows[row]!.cells[column]!;
  const share = of === undefined ? '' : ` of ${groupDigits(of)}`;
  return `${groupDigits(count)}${share}${cellTime(table, row, column)}`;
}

/** The period that a cell looks at, or those from one to another. */
function cellTime({ layout, rows, columns }: Table, row: number, column: number): string {
  const head = columns[column]!;
  const period = rows[row]!.period ?? head.period;
  if (period === undefined) return '';
  const own = layout === 'triangle' ? column : 0;
  const [first, last] = head.later ?? [own, own];
  const parsed = Period.parse(period);
  const label = (later: number): string => periodLabel(parsed.delta(later));
  if (last === undefined) return ` since ${label(first)}`;
  return first === last
    ? ` ${preposition(parsed.unit)} ${label(first)}`
    : ` from ${label(first)} to ${label(last)}`;
}

/** What colours mean, in texts for a legend. */
export interface HeatLegend {
  /** The value of the weakest colour. */
  readonly zero: string;
  /** The value of the strongest. */
  readonly hottest: string;
  /** What has a colour of its own, if there is such a value: `above 50.0%`. */
  readonly beyond: string | undefined;
  /** What the colours are relative to. */
  readonly kind: string;
}

export function heatLegend({ kind, hottest, isCapped }: HeatScale, unit: Unit): HeatLegend {
  const most = formatValue(hottest, unit);
  return {
    zero: formatValue(0, unit),
    hottest: most,
    beyond: isCapped ? `above ${most}` : undefined,
    kind: kind === 'relative' ? 'colours relative to this table' : 'absolute colours',
  };
}

/** Lines and bars have colours of their own kind, but for bars of more classes than there are colours. */
export function isHeated(table: Table): boolean {
  if (table.layout === 'series') return false;
  return table.layout !== 'bars' || drawnColumns(table).length > MOST_CLASSES;
}

/** Indexes of the columns that a picture can draw on one scale: those in the unit of the table. */
export function drawnColumns({ columns }: Table): number[] {
  return columns.flatMap(({ unit }, column) => (unit === undefined ? [column] : []));
}

/** Classes of bars that can be told apart by colour. */
const MOST_CLASSES = lineColors('light').length;

/** `percent of each cohort who came back, 0 to 12 months later`; of sizes alone there is no unit to tell. */
function subtitleOf({ unit, subtitle = '', columns }: Table): string {
  return columns.length === 0 ? subtitle : `${unit} ${subtitle}`.trim();
}

function viewCell(cell: Cell, unit: Unit, scale: HeatScale | undefined, emptyText: string): CellView {
  const { state } = cell;
  const value = cellValue(cell, unit);
  if (value === undefined) return { state, text: state === 'future' ? '' : emptyText, heat: undefined };
  return { state, text: formatValue(value, unit), heat: scale?.stepOf(value) };
}

function explainSigns(table: Table): StateNote[] {
  const { layout, rows, unit } = table;
  const cells = rows.flatMap((row) => row.cells);
  const isEmpty = (row: Row): boolean =>
    row.cells.some(
      (cell, column) => cell.state !== 'future' && cellValue(cell, unitOf(table, column)) === undefined,
    );
  const isTriangle = layout === 'triangle';
  const notes: StateNote[] = [
    { state: 'running', sign: RUNNING_MARK, meaning: 'not over yet' },
    { state: 'future', sign: 'blank', meaning: 'still to come' },
    {
      state: 'empty',
      sign: EMPTY_TEXT,
      meaning: isTriangle ? 'cohort without members' : 'nothing to compare with',
    },
  ];
  const used = notes.filter((note) =>
    note.state === 'empty' ? rows.some(isEmpty) : cells.some(({ state }) => state === note.state),
  );
  if (isTriangle && cells.some(({ state, count }) => state === 'final' && count === 0)) {
    used.push({ state: 'final', sign: formatValue(0, unit), meaning: 'nobody came back' });
  }
  return used;
}
