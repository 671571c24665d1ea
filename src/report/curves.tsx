import { max, range } from 'd3-array';
import { interpolateLab } from 'd3-interpolate';
import { type ScaleLinear, scaleLinear } from 'd3-scale';
import { curveMonotoneX, line } from 'd3-shape';
import type { VNode } from 'preact';
import { plural } from '../base/errors.js';
import type { CohortRow, CohortTable } from '../measures/types.js';
import { averageColumns } from './average.js';
import { periodLabel } from './labels.js';
import { type ReportUnit, unitOf } from './options.js';
import { BODY_TOP, INK, MARGIN, MUTED, renderPicture, type SvgOptions } from './svg.js';
import { formatValue } from './view.js';

/**
 * Retention curves: a line per cohort, older ones paler, and the average of all as a strong one; a dot where there is but
 * one value. An SVG file that opens anywhere, in light and dark. A dashed end leads to a period that has not ended.
 * @throws RangeError for a table of sizes alone, which has no values to draw
 */
export function renderSvgCurves(table: CohortTable, options: SvgOptions = {}): string {
  const unit = unitOf(options);
  if (table.numOfRows < 0) {
    throw new RangeError(
      `expected a table with a column or more for curves, got one of sizes alone (numOfRows ${table.numOfRows})`,
    );
  }
  const kind = options.average ?? 'weighted';
  const cohorts = table.rows
    .filter((row) => row.total > 0)
    .map((row) => ({ row, points: pointsOf(row, unit) }));
  const averages = averageColumns(table, unit, kind);
  const average = averages.flatMap((value, x) =>
    value === undefined ? [] : [{ x, y: value, finished: true }],
  );
  const highest = max(cohorts, ({ points }) => max(points, (point) => point.y)) || 1;
  const axes: Axes = {
    // A lone column stands in the middle.
    x: scaleLinear(table.numOfRows === 0 ? [-1, 1] : [0, table.numOfRows], [LEFT, WIDTH - RIGHT]),
    y: scaleLinear([0, highest], [HEIGHT - BOTTOM, BODY_TOP + 8]).nice(TICKS),
  };
  return renderPicture({
    table,
    unit,
    width: WIDTH,
    height: HEIGHT,
    description: describe(table, averages, unit),
    darkCss: DARK,
    nonce: options.nonce,
    children: (
      <>
        <Grid axes={axes} table={table} unit={unit} />
        {cohorts.map(({ row, points }, index) => (
          <Curve
            title={`${periodLabel(row.period)}: ${formatValue(row.total, 'counts')} ${plural(row.total, 'person', 'people')}`}
            points={points}
            axes={axes}
            color={AGE(cohorts.length === 1 ? 1 : index / (cohorts.length - 1))}
          />
        ))}
        <Average points={average} axes={axes} />
        <Key table={table} unit={unit} kind={kind} />
      </>
    ),
  });
}

const WIDTH = 760;
const HEIGHT = 440;
const LEFT = 64;
const RIGHT = 24;
const BOTTOM = 84;
const TICKS = 5;

// Readable on light and on dark, so that cohorts need no second set of colours.
const AGE = interpolateLab('#98adbd', '#3d86c6');
const ACCENT = '#c2410c';
const DARK = '.average{stroke:#ff9d5c}.averageKey{fill:#ff9d5c}';

interface Point {
  /** Periods after the cohort's own. */
  readonly x: number;
  readonly y: number;
  readonly finished: boolean;
}

interface Axes {
  readonly x: ScaleLinear<number, number>;
  readonly y: ScaleLinear<number, number>;
}

function pointsOf(row: CohortRow, unit: ReportUnit): Point[] {
  return row.cells.flatMap((cell, x) => {
    if (cell.state === 'future') return [];
    return [{ x, y: unit === 'counts' ? cell.count : cell.percent!, finished: cell.state !== 'unfinished' }];
  });
}

/** `undefined` where there is nothing to draw: an attribute without a value is no XML. */
function path(points: readonly Point[], { x, y }: Axes): string | undefined {
  const draw = line<Point>(
    (point) => x(point.x),
    (point) => y(point.y),
  );
  return draw.curve(curveMonotoneX).digits(1)(points) ?? undefined;
}

interface CurveProps {
  readonly title: string;
  readonly points: readonly Point[];
  readonly axes: Axes;
  readonly color: string;
}

function Curve({ title, points, axes, color }: CurveProps): VNode {
  const finished = points.filter((point) => point.finished);
  // The last finished point and the running one.
  const running = points.slice(Math.max(0, finished.length - 1));
  const [only] = points;
  return (
    <g fill="none" stroke={color} stroke-width="1.5">
      <title>{title}</title>
      {points.length === 1 && <Dot point={only!} axes={axes} color={color} />}
      {finished.length > 1 && <path d={path(finished, axes)} />}
      {running.length > 1 && <path d={path(running, axes)} stroke-dasharray="3 4" />}
    </g>
  );
}

function Average({ points, axes }: Pick<CurveProps, 'points' | 'axes'>): VNode {
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
      fill={point.finished ? color : undefined}
      stroke-dasharray={point.finished ? undefined : '2 2'}
    />
  );
}

function Grid({ axes: { x, y }, table, unit }: { axes: Axes; table: CohortTable; unit: ReportUnit }): VNode {
  return (
    <g>
      {y.ticks(TICKS).map((tick) => (
        <g>
          <line class="line" x1={LEFT} x2={WIDTH - RIGHT} y1={y(tick)} y2={y(tick)} stroke="#c8d0d7" />
          <text class="muted" x={LEFT - 8} y={y(tick) + 4} text-anchor="end" fill={MUTED}>
            {unit === 'percent' ? `${tick}%` : formatValue(tick, unit)}
          </text>
        </g>
      ))}
      {x
        .ticks(Math.min(12, Math.max(1, table.numOfRows)))
        .filter((tick) => Number.isInteger(tick) && tick >= 0 && tick <= table.numOfRows)
        .map((tick) => (
          <text class="muted" x={x(tick)} y={HEIGHT - BOTTOM + 20} text-anchor="middle" fill={MUTED}>
            {tick}
          </text>
        ))}
      <text
        class="muted"
        x={(LEFT + WIDTH - RIGHT) / 2}
        y={HEIGHT - BOTTOM + 38}
        text-anchor="middle"
        fill={MUTED}
      >
        {`${table.timeGroup} later`}
      </text>
    </g>
  );
}

function Key({ table, unit, kind }: { table: CohortTable; unit: ReportUnit; kind: string }): VNode {
  const y = HEIGHT - MARGIN;
  const members = table.rows.filter((row) => row.total > 0);
  const [oldest, newest] = [members[0], members.at(-1)];
  return (
    <g>
      <rect class="averageKey" x={LEFT} y={y - 6} width="20" height="3" fill={ACCENT} />
      <text class="ink" x={LEFT + 28} y={y} fill={INK}>
        {unit === 'percent' && kind === 'weighted' ? 'weighted average' : 'mean'}
      </text>
      {oldest !== undefined && newest !== undefined && (
        <>
          {range(10).map((step) => (
            <rect x={220 + step * 6} y={y - 6} width="6" height="3" fill={AGE(step / 9)} />
          ))}
          <text class="ink" x="290" y={y} fill={INK}>
            {`cohorts, ${periodLabel(oldest.period)} to ${periodLabel(newest.period)}; dashed: not over yet`}
          </text>
        </>
      )}
    </g>
  );
}

function describe(table: CohortTable, averages: readonly (number | undefined)[], unit: ReportUnit): string {
  const values = averages.map(
    (value, x) => `${x}: ${value === undefined ? 'none' : formatValue(value, unit)}`,
  );
  return `Curves of ${table.rows.length} ${plural(table.rows.length, 'cohort')}. Average by ${table.timeGroup} later: ${values.join(', ')}.`;
}
