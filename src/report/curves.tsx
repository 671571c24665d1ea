import { extent, max, min, range } from 'd3-array';
import { interpolateLab } from 'd3-interpolate';
import { type ScaleLinear, scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import type { VNode } from 'preact';
import { plural, printable } from '../base/errors.js';
import { lineColors } from '../tables/heat.js';
import { formatValue, groupDigits } from '../tables/numbers.js';
import { type Cell, cellValue, type Row, type Table, type Unit } from '../tables/table.js';
import { showAs, viewTable } from '../tables/view.js';
import { Period } from '../time/period.js';
import { AxisText, PeriodLabels, VALUE_TICKS, valueText, valueTicks } from './axes.js';
import { KEY_HEIGHT, type Key, Keys, placeKeys } from './keys.js';
import { type LineEnd, NAME_GAP, pickNames, spreadNames } from './names.js';
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
import { labelTicks, periodTicks } from './ticks.js';

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
  const { interactive = false, bare = interactive } = options;
  const lines = linesOf(table);
  const average = pointsOf(table.summary?.cells ?? [], table.unit);
  const width = chartWidth(options);
  const isTriangle = table.layout === 'triangle';
  const nameWidth = nameWidthOf(lines, width);
  const right = width - Math.max(RIGHT, nameWidth);
  const top = bare ? MARGIN : BODY_TOP + 8;
  const [lowest, highest] = extent([0, ...lines.flatMap(({ points }) => points.map((point) => point.y))]);
  const last = table.columns.length - 1;
  const y = scaleLinear([lowest!, highest || 1], [HEIGHT - BOTTOM, top]).nice(VALUE_TICKS);
  const left = Math.max(
    LEFT,
    MARGIN + 8 + CHARACTER * max(valueTicks(y, table.unit), (tick) => valueText(tick, table.unit).length)!,
  );
  const axes: Axes = {
    width,
    left,
    right,
    // A lone column stands in the middle.
    x: scaleLinear(last === 0 ? [-1, 1] : [0, last], [left, right]),
    y,
  };
  const names = nameWidth === 0 ? undefined : namesOf(lines, axes, isTriangle);
  const keys = isTriangle || names !== undefined ? [] : placeKeys(lines.map(keyOf), left, width - RIGHT);
  const isRunning = lines.some(({ points }) => points.some(({ isFinal }) => !isFinal));
  const keyRows = isTriangle ? (width < NARROW ? 2 : 0) : Math.max(keys.at(-1)?.row ?? 0, 0);
  const keysTop = HEIGHT - BOTTOM + 54;
  return renderPicture({
    view: viewTable(given, options),
    width,
    height: HEIGHT + keyRows * KEY_HEIGHT,
    description: describe(table),
    options,
    isBare: bare,
    children: (
      <>
        <Grid axes={axes} table={table} />
        {!isTriangle && isRunning && <Running lines={lines} axes={axes} />}
        {lines.map((each) => (
          <Curve line={each} axes={axes} />
        ))}
        {table.summary && <Average points={average} axes={axes} />}
        {names?.map(({ line: { label, color, name }, x, y }) => (
          <text
            class={name === undefined ? 'muted halo' : `${name}Key halo`}
            x={x + NAME_GAP}
            y={y + 4}
            fill={name === undefined ? MUTED : color}
            stroke="#ffffff"
            stroke-width="3"
            paint-order="stroke"
          >
            {label}
          </text>
        ))}
        {interactive && <Columns lines={lines} average={average} axes={axes} table={table} />}
        {isTriangle ? (
          <CohortKey table={table} width={width} y={HEIGHT - MARGIN} />
        ) : (
          <Keys keys={keys} y={keysTop} />
        )}
      </>
    ),
  });
}

function keyOf({ label, color, name }: Line): Key {
  return { label, color, className: `${name}Key` };
}

/** What the names of lines need at their ends; 0 if they would take too much of the picture. */
function nameWidthOf(lines: readonly Line[], width: number): number {
  const longest = (max(lines, ({ label }) => label.length) ?? 0) * CHARACTER + NAME_GAP + EDGE;
  return width >= LEAST_NAMED && longest <= width * NAME_PART ? longest : 0;
}

/** Names at the ends of lines. Of cohorts, which end one after the other, those that have room; of others all or none. */
function namesOf(lines: readonly Line[], { x, y }: Axes, isTriangle: boolean): NamedEnd[] | undefined {
  const ends = lines.flatMap((line): NamedEnd[] => {
    const last = line.points.at(-1);
    if (last === undefined) return [];
    // Retention mostly falls: above its end a cohort is in nobody's way.
    return [{ label: line.label, line, x: x(last.x), y: y(last.y) - (isTriangle ? COHORT_RISE : 0) }];
  });
  if (isTriangle) return pickNames(ends);
  const [bottom, top] = y.range() as [number, number];
  return spreadNames(ends, top, bottom);
}

interface NamedEnd extends LineEnd {
  readonly line: Line;
}

const HEIGHT = 440;
const LEFT = 64;
const RIGHT = 24;
const BOTTOM = 84;
/** Below this width lines have no names at their ends. */
const LEAST_NAMED = 480;
const COHORT_RISE = 6;
/** The part of the width that names may take. */
const NAME_PART = 0.25;
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
  readonly left: number;
  readonly right: number;
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

/** Straight from point to point: what lies between them was not measured. `undefined` if there is nothing to draw. */
function path(points: readonly Point[], { x, y }: Axes): string | undefined {
  const draw = line<Point>(
    (point) => x(point.x),
    (point) => y(point.y),
  );
  return draw.digits(1)(points) ?? undefined;
}

/** Points that follow each other, and whether all behind the first are final; a lone point is a part of its own. */
interface Part {
  readonly points: Point[];
  readonly isFinal: boolean;
}

/** A line breaks where a column has no value. */
function partsOf(points: readonly Point[]): Part[] {
  const parts: Part[] = [];
  for (const [index, point] of points.entries()) {
    const part = parts.at(-1);
    const before = points[index - 1];
    if (part === undefined || before === undefined || point.x !== before.x + 1) {
      parts.push({ points: [point], isFinal: point.isFinal });
      continue;
    }
    const isFinal = point.isFinal && before.isFinal;
    if (part.points.length === 1) parts[parts.length - 1] = { points: [before, point], isFinal };
    else if (part.isFinal === isFinal) part.points.push(point);
    else parts.push({ points: [before, point], isFinal });
  }
  return parts;
}

function Curve({ line: { points, title, color, name }, axes }: { line: Line; axes: Axes }): VNode {
  return (
    <g class={name} fill="none" stroke={color} stroke-width={name === undefined ? 1.5 : 2}>
      <title>{title}</title>
      {partsOf(points).map((part) =>
        part.points.length === 1 ? (
          <Dot point={part.points[0]!} axes={axes} color={color} />
        ) : (
          <path d={path(part.points, axes)} stroke-dasharray={part.isFinal ? undefined : '3 4'} />
        ),
      )}
    </g>
  );
}

/** Where the period that has not ended begins. */
function Running({ lines, axes: { x, y } }: { lines: readonly Line[]; axes: Axes }): VNode {
  const column = min(lines, ({ points }) => points.find(({ isFinal }) => !isFinal)?.x)!;
  const [bottom, top] = y.range() as [number, number];
  return (
    <g>
      <line
        class="line"
        x1={x(column)}
        x2={x(column)}
        y1={top}
        y2={bottom}
        stroke="#c8d0d7"
        stroke-dasharray="2 3"
      />
      <AxisText x={x(column)} y={top - 4} anchor="end">
        not over yet
      </AxisText>
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

function Grid({ axes: { x, y, left, right, width }, table }: { axes: Axes; table: Table }): VNode {
  const { unit, layout, columns, columnHead = '' } = table;
  const [bottom] = y.range() as [number];
  const periods = columns.flatMap(({ period }) => (period === undefined ? [] : [Period.parse(period)]));
  const step = columns.length < 2 ? right - left : x(1) - x(0);
  return (
    <g>
      {valueTicks(y, unit).map((tick) => (
        <g>
          <line class="line" x1={left} x2={right} y1={y(tick)} y2={y(tick)} stroke="#c8d0d7" />
          <AxisText x={left - 8} y={y(tick) + 4} anchor="end">
            {valueText(tick, unit)}
          </AxisText>
        </g>
      ))}
      {layout !== 'triangle' && periods.length === columns.length ? (
        <PeriodLabels ticks={periodTicks(periods, step)} x={({ index }) => x(index)} y={bottom} />
      ) : (
        placeTicks(columns, { x, width, step }).map(({ key, x, anchor }) => (
          <AxisText x={x} y={bottom + 20} anchor={anchor}>
            {key}
          </AxisText>
        ))
      )}
      {layout === 'triangle' && (
        <AxisText x={(left + right) / 2} y={bottom + 38}>
          {columnHead}
        </AxisText>
      )}
    </g>
  );
}

interface PlacedTick {
  readonly key: string;
  readonly x: number;
  readonly anchor: 'start' | 'middle' | 'end';
}

/** Keys below their columns, or moved inwards as far as they would stick out of the picture, as many as have room. */
function placeTicks(columns: Table['columns'], { x, width, step }: TickRoom): PlacedTick[] {
  let free = 0;
  return labelTicks(
    columns.map(({ key }) => key),
    step,
  ).flatMap(({ index, label }): PlacedTick[] => {
    const long = label.length * CHARACTER;
    const start = Math.max(EDGE, Math.min(x(index) - long / 2, width - EDGE - long));
    if (start < free) return [];
    free = start + long + EDGE;
    const isMoved = start !== x(index) - long / 2;
    if (!isMoved) return [{ key: label, x: x(index), anchor: 'middle' }];
    return start === EDGE
      ? [{ key: label, x: EDGE, anchor: 'start' }]
      : [{ key: label, x: width - EDGE, anchor: 'end' }];
  });
}

interface TickRoom extends Pick<Axes, 'x' | 'width'> {
  readonly step: number;
}

/** What stands under the pointer: a hair line, the points on it, and their values, the largest first. */
function Columns({ lines, average, axes, table }: ColumnsProps): VNode {
  const { x, y } = axes;
  const [bottom, top] = y.range() as [number, number];
  const half = table.columns.length === 1 ? (axes.right - axes.left) / 2 : (x(1) - x(0)) / 2;
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
