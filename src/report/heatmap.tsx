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
import { CELL_HEIGHT, type Grid, layOut, PADDING, TILT, TILT_FITS } from './heatlayout.js';
import { BODY_TOP, INK, Legend, LIGHT, MARGIN, MUTED, renderPicture, type SvgOptions } from './picture.js';

/** Between the averages and the rows. */
const AVERAGE_GAP = 8;
/** From the top of a line to where its text stands. */
const BASELINE = 16;
/** The legend has to fit. */
const MIN_WIDTH = 560;
/** How far the last tilted name goes to the right, at most. */
const TILT_OVERHANG = 110;

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
  const { width, height, children } = drawGrid(view, BODY_TOP, options.interactive);
  return renderPicture({ view, width, height, description: describe(view), options, children });
}

/** A heatmap between other parts of a picture: what it looks like, and up to where it goes. */
export interface GridBody {
  readonly width: number;
  /** From the top of the picture, with its legend. */
  readonly height: number;
  readonly children: VNode;
}

/**
 * The rows of a view as a heatmap, with the averages above and the legend below.
 * @param firstRow of the view: those before it are shown elsewhere
 */
export function drawGrid(view: TableView, above: number, interactive = false, firstRow = 0): GridBody {
  const grid = layOut(view, above);
  const rowsTop = view.summary ? grid.top + CELL_HEIGHT + AVERAGE_GAP : grid.top;
  const rows = view.rows.slice(firstRow);
  const legendTop = rowsTop + rows.length * CELL_HEIGHT + 12;
  const tilt = grid.isTilted ? view.columns.length * grid.cellWidth + TILT_OVERHANG : 0;
  return {
    width: Math.max(MIN_WIDTH, grid.left + Math.max(tilt, view.columns.length * grid.cellWidth) + MARGIN),
    height: view.columns.length > 0 ? legendTop + 48 : legendTop,
    children: (
      <>
        <Row
          row={{ label: view.rowHead, size: view.hasSizes ? 'Size' : '', cells: [] }}
          grid={grid}
          y={grid.top - CELL_HEIGHT}
          muted
        />
        {view.columns.map((column, index) => (
          <ColumnHead grid={grid} index={index}>
            {column}
          </ColumnHead>
        ))}
        {view.summary && <Row row={view.summary} grid={grid} y={grid.top} bold />}
        {rows.map((row, index) => (
          <Row
            row={row}
            grid={grid}
            y={rowsTop + index * CELL_HEIGHT}
            index={interactive ? index + firstRow : undefined}
            explain={(column) => explainCell(view.table, index + firstRow, column)}
          />
        ))}
        {view.columns.length > 0 && view.scale && <Legend view={view} y={legendTop} />}
      </>
    ),
  };
}

/** The name of a column: beside the others, or tilted if it is long. */
function ColumnHead({ grid, index, children }: { grid: Grid; index: number; children: string }): VNode {
  const end = grid.left + (index + 1) * grid.cellWidth;
  const y = grid.top - CELL_HEIGHT;
  if (!grid.isTilted) {
    return (
      <Label x={end - PADDING} y={y} end muted>
        {children}
      </Label>
    );
  }
  const [x, bottom] = [end - grid.cellWidth / 2, y + BASELINE];
  return (
    <text class="muted" x={x} y={bottom} transform={`rotate(-${TILT} ${x} ${bottom})`} fill={MUTED}>
      {children.length > TILT_FITS && <title>{children}</title>}
      {children.length > TILT_FITS ? `${children.slice(0, TILT_FITS - 1)}…` : children}
    </text>
  );
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
