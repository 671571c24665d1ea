import { max, range, ticks } from 'd3-array';
import { interpolateLab } from 'd3-interpolate';
import { type ScaleLinear, scaleLinear } from 'd3-scale';
import { curveMonotoneX, line } from 'd3-shape';
import type { VNode } from 'preact';
import { plural, printable } from '../base/errors.js';
import { lineColors } from '../tables/heat.js';
import { formatValue, groupDigits } from '../tables/numbers.js';
import { type Cell, cellValue, type Row, type Table, type Unit } from '../tables/table.js';
import { showAs, viewTable } from '../tables/view.js';
import {
  BODY_TOP,
  CHARACTER,
  type ChartOptions,
  chartWidth,
  INK,
  MARGIN,
  MUTED,
  renderPicture,
} from './picture.js';

/**
 * Lines over the columns of a table. Of cohorts: a line each, older ones paler, and the average of all as a strong one; of
 * lines over time: one per row, in colours of their own. A dot if there is but one value. An SVG file that opens anywhere, in
 * light and dark. A dashed end leads to a period that has not ended. With `interactive`, it goes without title and paper, and
 * shows the values of the column that is pointed at, or has the class `at`.
 * @throws RangeError for a table of sizes alone, which has no values to draw
 * @example
 * import { Bitmapist } from 'bitmapist-wasm';
 * import { trend } from 'bitmapist-wasm/measures';
 * import { renderSvgCurves } from 'bitmapist-wasm/report';
 * const table = await new Bitmapist().ask(trend, { events: ['signup', 'active'], unit: 'week', any: true });
 * console.log(renderSvgCurves(table).startsWith('<svg ')); // true
 */
export function renderSvgCurves(given: Table, options: ChartOptions = {}): string {
  const table = showAs(given, options);
  if (table.columns.length === 0) {
    throw new RangeError('expected a table with a column or more for curves, got one of sizes alone');
  }
  const { interactive = false } = options;
  const lines = linesOf(table);
  const average = pointsOf(table.summary?.cells ?? [], table.unit);
  const width = chartWidth(options);
  const keys = table.layout === 'triangle' ? [] : placeKeys(lines, width);
  const keyRows = table.layout === 'triangle' ? (width < NARROW ? 2 : 0) : (keys.at(-1)?.row ?? 0);
  const bottom = BOTTOM + keyRows * KEY_HEIGHT;
  const height = HEIGHT + bottom - BOTTOM;
  const highest = max(lines, ({ points }) => max(points, (point) => point.y)) || 1;
  const last = table.columns.length - 1;
  const axes: Axes = {
    width,
    // A lone column stands in the middle.
    x: scaleLinear(last === 0 ? [-1, 1] : [0, last], [LEFT, width - RIGHT]),
    y: scaleLinear([0, highest], [height - bottom, interactive ? MARGIN : BODY_TOP + 8]).nice(TICKS),
  };
  return renderPicture({
    view: viewTable(table),
    width,
    height,
    description: describe(table),
    options,
    isBare: interactive,
    children: (
      <>
        <Grid axes={axes} table={table} />
        {lines.map((each) => (
          <Curve line={each} axes={axes} />
        ))}
        {table.summary && <Average points={average} axes={axes} />}
        {interactive && <Columns lines={lines} average={average} axes={axes} table={table} />}
        {table.layout === 'triangle' ? (
          <CohortKey table={table} width={width} y={height - MARGIN - keyRows * KEY_HEIGHT} />
        ) : (
          keys.map(({ line: { label, color, name }, x, row }) => (
            <g>
              <rect
                class={`${name}Key`}
                x={x}
                y={height - bottom + 50 + row * KEY_HEIGHT}
                width="20"
                height="3"
                fill={color}
              />
              <text class="ink" x={x + 28} y={height - bottom + 56 + row * KEY_HEIGHT} fill={INK}>
                {label}
              </text>
            </g>
          ))
        )}
      </>
    ),
  });
}

const HEIGHT = 440;
const LEFT = 64;
const RIGHT = 24;
const BOTTOM = 84;
const TICKS = 5;
const KEY_HEIGHT = 20;
/** What stays free between a label of the axis and the edge of the picture. */
const EDGE = 4;
/** Below this width the keys stand below each other. */
const NARROW = 640;

// Readable on light and on dark, so that cohorts need no second set of colours.
const AGE = interpolateLab('#98adbd', '#3d86c6');
const ACCENT = '#c2410c';
const COLORS = lineColors('light');
interface Line {
  readonly label: string;
  readonly title: string;
  readonly points: readonly Point[];
  readonly color: string;
  /** Class of the line, if it has another colour in the dark. */
  readonly name: string | undefined;
}

interface Point {
  /** Index of the column. */
  readonly x: number;
  readonly y: number;
  readonly isFinal: boolean;
}

interface Axes {
  readonly width: number;
  readonly x: ScaleLinear<number, number>;
  readonly y: ScaleLinear<number, number>;
}

/** Cohorts without members have no line. */
function linesOf({ layout, rows, unit }: Table): Line[] {
  const shown = rows.filter(({ size }) => size !== 0);
  return shown.map(({ label, size, cells }, index): Line => {
    const points = pointsOf(cells, unit);
    const text = printable(label);
    if (layout !== 'triangle') {
      const color = index % COLORS.length;
      return { label: text, title: text, points, color: COLORS[color]!, name: `line${color}` };
    }
    const people = `${groupDigits(size ?? 0)} ${plural(size ?? 0, 'person', 'people')}`;
    const age = shown.length === 1 ? 1 : index / (shown.length - 1);
    return { label: text, title: `${text}: ${people}`, points, color: AGE(age), name: undefined };
  });
}

function pointsOf(cells: readonly Cell[], unit: Unit): Point[] {
  return cells.flatMap((cell, x) => {
    const y = cellValue(cell, unit);
    return y === undefined ? [] : [{ x, y, isFinal: cell.state === 'final' }];
  });
}

/** `undefined` if there is nothing to draw: an attribute without a value is no XML. */
function path(points: readonly Point[], { x, y }: Axes): string | undefined {
  const draw = line<Point>(
    (point) => x(point.x),
    (point) => y(point.y),
  );
  return draw.curve(curveMonotoneX).digits(1)(points) ?? undefined;
}

function Curve({ line: { points, title, color, name }, axes }: { line: Line; axes: Axes }): VNode {
  const final = points.filter((point) => point.isFinal);
  // The last final point and those after it.
  const running = points.slice(Math.max(0, final.length - 1));
  const [only] = points;
  return (
    <g class={name} fill="none" stroke={color} stroke-width={name === undefined ? 1.5 : 2}>
      <title>{title}</title>
      {points.length === 1 && <Dot point={only!} axes={axes} color={color} />}
      {final.length > 1 && <path d={path(final, axes)} />}
      {running.length > 1 && <path d={path(running, axes)} stroke-dasharray="3 4" />}
    </g>
  );
}

function Average({ points, axes }: { points: readonly Point[]; axes: Axes }): VNode {
  const [only] = points;
  if (points.length === 1) {
    return (
      <g class="average">
        <circle class="averageKey" cx={axes.x(only!.x)} cy={axes.y(only!.y)} r="5" fill={ACCENT} />
      </g>
    );
  }
  return (
    <path
      class="average"
      d={path(points, axes)}
      fill="none"
      stroke={ACCENT}
      stroke-width="3"
      stroke-linecap="round"
    />
  );
}

/** A line needs two points; a lone one of a period that has not ended is hollow and dashed. */
function Dot({ point, axes, color }: { point: Point; axes: Axes; color: string }): VNode {
  return (
    <circle
      cx={axes.x(point.x)}
      cy={axes.y(point.y)}
      r="4"
      fill={point.isFinal ? color : undefined}
      stroke-dasharray={point.isFinal ? undefined : '2 2'}
    />
  );
}

function Grid({ axes: { x, y, width }, table }: { axes: Axes; table: Table }): VNode {
  const { unit, layout, columns, columnHead } = table;
  const [bottom] = y.range() as [number];
  return (
    <g>
      {valueTicks(y, unit).map((tick) => (
        <g>
          <line class="line" x1={LEFT} x2={width - RIGHT} y1={y(tick)} y2={y(tick)} stroke="#c8d0d7" />
          <text class="muted" x={LEFT - 8} y={y(tick) + 4} text-anchor="end" fill={MUTED}>
            {unit === 'percent' ? `${tick}%` : formatValue(tick, unit)}
          </text>
        </g>
      ))}
      {tickColumns(table, width).map((column) => (
        <text
          class="muted"
          {...placeTick(columns[column]!.key, x(column), width)}
          y={bottom + 20}
          fill={MUTED}
        >
          {columns[column]!.key}
        </text>
      ))}
      {layout === 'triangle' && (
        <text class="muted" x={(LEFT + width - RIGHT) / 2} y={bottom + 38} text-anchor="middle" fill={MUTED}>
          {columnHead}
        </text>
      )}
    </g>
  );
}

/** People are whole, however few they are. */
function valueTicks(y: Axes['y'], unit: Unit): number[] {
  const all = y.ticks(TICKS);
  return unit === 'people' ? all.filter(Number.isInteger) : all;
}

/** Below its column, or moved inwards as far as it would stick out of the picture. */
function placeTick(label: string, x: number, width: number): { x: number; 'text-anchor': string } {
  const half = (label.length * CHARACTER) / 2;
  if (x + half > width - EDGE) return { x: width - EDGE, 'text-anchor': 'end' };
  if (x - half < EDGE) return { x: EDGE, 'text-anchor': 'start' };
  return { x, 'text-anchor': 'middle' };
}

/** Columns whose labels have room on the axis, at most some 12. */
function tickColumns({ layout, columns }: Table, width: number): number[] {
  const last = columns.length - 1;
  if (layout === 'triangle') {
    return ticks(0, last, Math.min(12, Math.max(1, last))).filter(Number.isInteger);
  }
  const label = max(columns, ({ key }) => key.length)! * CHARACTER;
  // The last one may move towards the one before it.
  const room = label + Math.max(MARGIN, label / 2 - RIGHT + EDGE);
  const most = Math.max(1, Math.min(12, Math.floor((width - LEFT - RIGHT) / room)));
  return range(0, columns.length, Math.ceil(columns.length / most));
}

/** What stands under the pointer: a hair line, the points on it, and their values, the largest first. */
function Columns({ lines, average, axes, table }: ColumnsProps): VNode {
  const { x, y } = axes;
  const [bottom, top] = y.range() as [number, number];
  const half = table.columns.length === 1 ? (axes.width - LEFT - RIGHT) / 2 : (x(1) - x(0)) / 2;
  const all: Pick<Line, 'label' | 'points' | 'color' | 'name'>[] = table.summary
    ? [{ label: table.summary.label, points: average, color: ACCENT, name: 'average' }, ...lines]
    : [...lines];
  return (
    <g>
      {table.columns.map((column, index) => {
        const values = all.flatMap(({ label, points, color, name }) => {
          const point = points.find((each) => each.x === index);
          return point === undefined ? [] : [{ label, color, name, y: point.y }];
        });
        const said = values.map((each) => `${each.label}: ${formatValue(each.y, table.unit)}`);
        return (
          <g class="column" data-column={index} tabindex={index === 0 ? 0 : -1}>
            <title>{[printable(column.label), ...said.slice(0, MAX_SAID)].join('\n')}</title>
            <rect x={x(index) - half} y={top} width={2 * half} height={bottom - top} fill="transparent" />
            <line class="line" x1={x(index)} x2={x(index)} y1={top} y2={bottom} stroke="#c8d0d7" />
            {values
              .filter(({ name }) => name !== undefined)
              .map((each) => (
                <circle class={`${each.name}Key`} cx={x(index)} cy={y(each.y)} r="4" fill={each.color} />
              ))}
          </g>
        );
      })}
    </g>
  );
}

const MAX_SAID = 12;

interface ColumnsProps {
  readonly lines: readonly Line[];
  readonly average: readonly Point[];
  readonly axes: Axes;
  readonly table: Table;
}

function CohortKey({ table, width, y }: { table: Table; width: number; y: number }): VNode {
  const members: Row[] = table.rows.filter(({ size }) => size !== 0);
  const [oldest, newest] = [members[0], members.at(-1)];
  const isNarrow = width < NARROW;
  const [x, below] = isNarrow ? [LEFT, y + KEY_HEIGHT] : [220, y];
  return (
    <g>
      <rect class="averageKey" x={LEFT} y={y - 6} width="20" height="3" fill={ACCENT} />
      <text class="ink" x={LEFT + 28} y={y} fill={INK}>
        {table.summary?.label.toLowerCase()}
      </text>
      {oldest !== undefined && newest !== undefined && (
        <>
          {range(10).map((step) => (
            <rect x={x + step * 6} y={below - 6} width="6" height="3" fill={AGE(step / 9)} />
          ))}
          <text class="ink" x={x + 70} y={below} fill={INK}>
            {`cohorts, ${oldest.label} to ${newest.label}${isNarrow ? '' : `; ${DASHED}`}`}
          </text>
          {isNarrow && (
            <text class="ink" x={x + 70} y={below + KEY_HEIGHT} fill={INK}>
              {DASHED}
            </text>
          )}
        </>
      )}
    </g>
  );
}

const DASHED = 'dashed: not over yet';

/** The names of lines beside each other, and below if there is no room. */
function placeKeys(lines: readonly Line[], width: number): { line: Line; x: number; row: number }[] {
  let x = LEFT;
  let row = 0;
  return lines.map((line) => {
    const needed = 28 + line.label.length * CHARACTER;
    if (x > LEFT && x + needed > width - RIGHT) {
      x = LEFT;
      row += 1;
    }
    const place = { line, x, row };
    x += needed + MARGIN;
    return place;
  });
}

function describe({ layout, rows, columns, columnHead, summary, unit }: Table): string {
  if (layout !== 'triangle' || summary === undefined) {
    const names = rows.map(({ label }) => printable(label)).join(', ');
    return `Lines from ${columns[0]!.label} to ${columns.at(-1)!.label}: ${names}.`;
  }
  const values = summary.cells.map((cell, x) => {
    const value = cellValue(cell, unit);
    return `${x}: ${value === undefined ? 'none' : formatValue(value, unit)}`;
  });
  return `Curves of ${rows.length} ${plural(rows.length, 'cohort')}. Average by ${columnHead}: ${values.join(', ')}.`;
}
