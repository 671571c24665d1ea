import { min } from 'd3-array';
import { line } from 'd3-shape';
import type { VNode } from 'preact';
import { AxisText } from './axes.js';
import { ACCENT, type Axes, type Line, type Point } from './lines.js';

/** A line as a picture shows it: broken where nothing was measured, dashed where a period has not ended. */

export function Curve({ line: { points, title, color, name }, axes }: { line: Line; axes: Axes }): VNode {
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

export function Average({ points, axes }: { points: readonly Point[]; axes: Axes }): VNode {
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

/** Where the period that has not ended begins. */
export function Running({ lines, axes: { x, y } }: { lines: readonly Line[]; axes: Axes }): VNode {
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
