import { max } from 'd3-array';
import type { VNode } from 'preact';
import { plural } from '../base/errors.js';
import type { Table } from '../tables/table.js';
import {
  type CellView,
  explainCell,
  type RowView,
  RUNNING_MARK,
  type TableView,
  viewTable,
} from '../tables/view.js';
import {
  BODY_TOP,
  CHARACTER,
  INK,
  Legend,
  LIGHT,
  MARGIN,
  MUTED,
  renderPicture,
  type SvgOptions,
} from './picture.js';

/**
 * The table as a heatmap picture: an SVG file that opens anywhere, in light and dark. Signs as in `renderText`.
 * @throws RangeError for a unit that does not exist, as all reports
 * @example
 * import { Bitmapist } from 'bitmapist-wasm';
 * import { renderSvgHeatmap } from 'bitmapist-wasm/report';
 * const table = await new Bitmapist().cohort({ select1: 'signup', select2: 'active', timeGroup: 'weeks' });
 * console.log(renderSvgHeatmap(table).startsWith('<svg ')); // true
 */
export function renderSvgHeatmap(table: Table, options: SvgOptions = {}): string {
  const view = viewTable(table, options);
  const grid = layOut(view);
  const rowsTop = view.summary ? grid.top + CELL_HEIGHT + AVERAGE_GAP : grid.top;
  const legendTop = rowsTop + view.rows.length * CELL_HEIGHT + 12;
  const explain = (row: number) => (column: number) => explainCell(view.table, row, column);
  return renderPicture({
    view,
    width: Math.max(MIN_WIDTH, grid.left + view.columns.length * grid.cellWidth + MARGIN),
    height: view.columns.length > 0 ? legendTop + 48 : legendTop,
    description: describe(view),
    options,
    children: (
      <>
        <Row
          row={{ label: view.rowHead, size: view.hasSizes ? 'Size' : '', cells: [] }}
          grid={grid}
          y={grid.top - CELL_HEIGHT}
          muted
        />
        {view.columns.map((column, index) => (
          <Label x={grid.left + (index + 1) * grid.cellWidth - PADDING} y={grid.top - CELL_HEIGHT} end muted>
            {column}
          </Label>
        ))}
        {view.summary && <Row row={view.summary} grid={grid} y={grid.top} bold />}
        {view.rows.map((row, index) => (
          <Row
            row={row}
            grid={grid}
            y={rowsTop + index * CELL_HEIGHT}
            index={options.interactive ? index : undefined}
            explain={explain(index)}
          />
        ))}
        {view.columns.length > 0 && view.scale && <Legend view={view} y={legendTop} />}
      </>
    ),
  });
}

const LEAST_CELL_WIDTH = 60;
const CELL_HEIGHT = 24;
const AVERAGE_GAP = 8;
const PADDING = 8;
const COLUMN_GAP = 20;
/** The legend has to fit. */
const MIN_WIDTH = 560;

interface Grid {
  readonly cellWidth: number;
  readonly left: number;
  readonly top: number;
  /** Right edge of the sizes. */
  readonly sizeRight: number;
}

function layOut({ rows, columns, summary, rowHead, hasSizes }: TableView): Grid {
  const longest = (texts: readonly string[]): number => max(texts, (text) => text.length)! * CHARACTER;
  const all = summary === undefined ? rows : [...rows, summary];
  const labelRight = MARGIN + longest([rowHead, ...all.map(({ label }) => label)]);
  const sizeRight = hasSizes
    ? labelRight + COLUMN_GAP + longest(['Size', ...all.map(({ size }) => size)])
    : labelRight;
  const texts = all.flatMap(({ cells }) => cells.map(({ text }) => text));
  const widest = longest([...columns, ...texts, '']) + 2 * PADDING;
  return {
    cellWidth: Math.max(LEAST_CELL_WIDTH, widest),
    left: sizeRight + PADDING,
    top: BODY_TOP + CELL_HEIGHT,
    sizeRight,
  };
}

interface RowProps {
  readonly row: RowView;
  readonly grid: Grid;
  readonly y: number;
  readonly muted?: boolean;
  readonly bold?: boolean;
  /** Of the row within the table, if its cells are to say where they stand. */
  readonly index?: number | undefined;
  readonly explain?: (column: number) => string;
}

function Row({ row, grid, y, muted = false, bold = false, index, explain }: RowProps): VNode {
  return (
    <g>
      <Label x={MARGIN} y={y} muted={muted} bold={bold}>
        {row.label}
      </Label>
      {row.size !== '' && (
        <Label x={grid.sizeRight} y={y} end muted>
          {row.size}
        </Label>
      )}
      {row.cells.map((cell, column) => (
        <Cell
          cell={cell}
          x={grid.left + column * grid.cellWidth}
          width={grid.cellWidth}
          y={y}
          {...(index !== undefined && { place: [index, column], title: explain?.(column) })}
        />
      ))}
    </g>
  );
}

interface LabelProps {
  readonly x: number;
  readonly y: number;
  readonly children: string;
  readonly end?: boolean;
  readonly muted?: boolean;
  readonly bold?: boolean;
}

function Label({ x, y, children, end = false, muted = false, bold = false }: LabelProps): VNode {
  return (
    <text
      class={muted ? 'muted' : 'ink'}
      x={x}
      y={y + BASELINE}
      fill={muted ? MUTED : INK}
      text-anchor={end ? 'end' : undefined}
      font-weight={bold ? 600 : undefined}
    >
      {children}
    </text>
  );
}

const BASELINE = 16;

interface CellProps {
  readonly cell: CellView;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly place?: readonly [row: number, column: number];
  readonly title?: string | undefined;
}

function Cell({ cell: { heat, state, text }, x, y, width, place, title }: CellProps): VNode | null {
  if (text === '') return null;
  const end = x + width - PADDING;
  if (heat === undefined) {
    return (
      <Label x={end} y={y} end muted>
        {text}
      </Label>
    );
  }
  const isRunning = state === 'running';
  const { background, text: ink } = LIGHT[heat]!;
  return (
    <g class={`h${heat}`} {...(place && { 'data-row': place[0], 'data-column': place[1] })}>
      {title !== undefined && <title>{title}</title>}
      <rect x={x + 1} y={y + 1} width={width - 2} height={CELL_HEIGHT - 2} rx="3" fill={background} />
      <text
        x={end}
        y={y + BASELINE}
        text-anchor="end"
        fill={ink}
        font-style={isRunning ? 'italic' : undefined}
      >
        {isRunning ? `${text}${RUNNING_MARK}` : text}
      </text>
    </g>
  );
}

function describe({ table: { layout }, rows, summary, columns }: TableView): string {
  const noun = layout === 'triangle' ? plural(rows.length, 'cohort') : plural(rows.length, 'row');
  if (columns.length === 0) return `Sizes of ${rows.length} ${noun}.`;
  if (summary === undefined) return `Heatmap of ${rows.length} ${noun}.`;
  const averages = summary.cells
    .map(({ text }, column) => `${columns[column]}: ${text || 'none'}`)
    .join(', ');
  return `Heatmap of ${rows.length} ${noun}. ${summary.label} by column: ${averages}.`;
}
