import { max, range } from 'd3-array';
import stringWidth from 'string-width';
import { type CellView, type RowView, RUNNING_MARK, type TableView } from '../tables/view.js';
import { padEnd, padStart } from './padding.js';
import type { Paint } from './paint.js';

interface Widths {
  readonly label: number;
  /** With the gap before it; 0 if rows have no sizes. */
  readonly size: number;
  readonly cell: number;
}

function measure({ rows, summary, columns, rowHead, hasSizes }: TableView): Widths {
  const lines = summary === undefined ? rows : [...rows, summary];
  const longest = (texts: readonly string[]): number => max(texts, (text) => stringWidth(text)) ?? 0;
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
    `${padEnd(label, widths.label)}${size.padStart(widths.size)}${GAP}${cells.join('')}`.trimEnd();
  const lineOf = ({ label, size, cells }: RowView): string =>
    line(
      label,
      size,
      cells.slice(first, end).map((cell) => renderCell(cell, widths.cell, paint)),
    );
  const header = view.columns.slice(first, end).map((column) => padStart(`${column} `, widths.cell));
  return [
    paint.dim(line(view.rowHead, view.hasSizes ? 'Size' : '', header)),
    ...(view.summary === undefined ? [] : [lineOf(view.summary), '']),
    ...view.rows.map(lineOf),
  ];
}

function renderCell(cell: CellView, width: number, paint: Paint): string {
  const mark = cell.state === 'running' ? RUNNING_MARK : ' ';
  const text = padStart(cell.text + mark, width);
  return cell.state === 'empty' ? paint.dim(text) : paint.heat(text, cell.heat);
}

/** The numbers of a view in columns, in blocks below each other if the terminal is narrow, with an empty line before each. */
export function renderGrid(view: TableView, width: number, paint: Paint): string[] {
  const widths = measure(view);
  const blocks = splitColumns(view, widths, width);
  return blocks.flatMap((columns) => ['', ...renderBlock(view, columns, widths, paint)]);
}
