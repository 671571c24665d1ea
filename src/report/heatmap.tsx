import { max } from 'd3-array';
import type { VNode } from 'preact';
import { plural } from '../base/errors.js';
import type { CohortTable } from '../measures/types.js';
import { unitOf } from './options.js';
import {
  BODY_TOP,
  CHARACTER,
  darkHeatCss,
  INK,
  Legend,
  LIGHT,
  MARGIN,
  MUTED,
  renderPicture,
  type SvgOptions,
} from './svg.js';
import { type CellView, type RowView, type TableView, UNFINISHED_MARK, viewTable } from './view.js';

/** The table as a heatmap picture: an SVG file that opens anywhere, in light and dark. Signs as in `renderText`. */
export function renderSvgHeatmap(table: CohortTable, options: SvgOptions = {}): string {
  const unit = unitOf(options);
  const view = viewTable(table, unit, options.average);
  const grid = layOut(view);
  const averageTop = grid.top + view.rows.length * CELL_HEIGHT + AVERAGE_GAP;
  const legendTop = averageTop + CELL_HEIGHT + 12;
  return renderPicture({
    table,
    unit,
    width: Math.max(MIN_WIDTH, grid.left + view.columns.length * CELL_WIDTH + MARGIN),
    height: view.columns.length > 0 ? legendTop + 48 : legendTop,
    description: describe(view),
    darkCss: darkHeatCss(),
    nonce: options.nonce,
    children: (
      <>
        <Row
          row={{ label: 'Cohort', total: 'Size', cells: [] }}
          grid={grid}
          y={grid.top - CELL_HEIGHT}
          muted
        />
        {view.columns.map((column, index) => (
          <Label x={grid.left + (index + 1) * CELL_WIDTH - PADDING} y={grid.top - CELL_HEIGHT} end muted>
            {column}
          </Label>
        ))}
        {view.rows.map((row, index) => (
          <Row row={row} grid={grid} y={grid.top + index * CELL_HEIGHT} />
        ))}
        <Row row={view.average} grid={grid} y={averageTop} bold />
        {view.columns.length > 0 && <Legend view={view} y={legendTop} />}
      </>
    ),
  });
}

const CELL_WIDTH = 60;
const CELL_HEIGHT = 24;
const AVERAGE_GAP = 8;
const PADDING = 8;
const COLUMN_GAP = 20;
/** The legend has to fit. */
const MIN_WIDTH = 560;

interface Grid {
  readonly left: number;
  readonly top: number;
  /** Right edge of the sizes. */
  readonly totalRight: number;
}

function layOut({ rows, average }: TableView): Grid {
  const longest = (texts: readonly string[]): number => max(texts, (text) => text.length)! * CHARACTER;
  const all = [...rows, average];
  const totalRight =
    MARGIN +
    longest(['Cohort', ...all.map(({ label }) => label)]) +
    COLUMN_GAP +
    longest(['Size', ...all.map(({ total }) => total)]);
  return { left: totalRight + PADDING, top: BODY_TOP + CELL_HEIGHT, totalRight };
}

interface RowProps {
  readonly row: RowView;
  readonly grid: Grid;
  readonly y: number;
  readonly muted?: boolean;
  readonly bold?: boolean;
}

function Row({ row, grid, y, muted = false, bold = false }: RowProps): VNode {
  return (
    <g>
      <Label x={MARGIN} y={y} muted={muted} bold={bold}>
        {row.label}
      </Label>
      {row.total !== '' && (
        <Label x={grid.totalRight} y={y} end muted>
          {row.total}
        </Label>
      )}
      {row.cells.map((cell, column) => (
        <Cell cell={cell} x={grid.left + column * CELL_WIDTH} y={y} />
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

function Cell({ cell: { heat, state, text }, x, y }: { cell: CellView; x: number; y: number }): VNode | null {
  if (text === '') return null;
  const end = x + CELL_WIDTH - PADDING;
  if (heat === undefined) {
    return (
      <Label x={end} y={y} end muted>
        {text}
      </Label>
    );
  }
  const unfinished = state === 'unfinished';
  const { background, text: ink } = LIGHT[heat]!;
  return (
    <g class={`h${heat}`}>
      <rect x={x + 1} y={y + 1} width={CELL_WIDTH - 2} height={CELL_HEIGHT - 2} rx="3" fill={background} />
      <text
        x={end}
        y={y + BASELINE}
        text-anchor="end"
        fill={ink}
        font-style={unfinished ? 'italic' : undefined}
      >
        {unfinished ? `${text}${UNFINISHED_MARK}` : text}
      </text>
    </g>
  );
}

function describe({ rows, average, columns }: TableView): string {
  if (columns.length === 0) return `Sizes of ${rows.length} ${plural(rows.length, 'cohort')}.`;
  const averages = average.cells
    .map(({ text }, column) => `${columns[column]}: ${text || 'none'}`)
    .join(', ');
  return `Heatmap of ${rows.length} ${plural(rows.length, 'cohort')}. ${average.label} by column: ${averages}.`;
}
