import { max } from 'd3-array';
import type { VNode } from 'preact';
import { EDGE } from './axes.js';
import type { Axes, Line } from './lines.js';
import { type LineEnd, NAME_GAP, pickNames, spreadNames } from './names.js';
import { CHARACTER, MUTED } from './picture.js';

/** The names of lines, at their ends. */

/** Below this width lines have no names at their ends. */
const LEAST_NAMED = 480;
const COHORT_RISE = 6;
/** The part of the width that names may take. */
const NAME_PART = 0.25;

export interface NamedEnd extends LineEnd {
  readonly line: Line;
}

/** What the names of lines need at their ends; 0 if they would take too much of the picture. */
export function nameWidthOf(lines: readonly Line[], width: number): number {
  const longest = (max(lines, ({ label }) => label.length) ?? 0) * CHARACTER + NAME_GAP + EDGE;
  return width >= LEAST_NAMED && longest <= width * NAME_PART ? longest : 0;
}

/** Names at the ends of lines. Of cohorts, which end one after the other, those that have room; of others all or none. */
export function namesOf(lines: readonly Line[], { x, y }: Axes, isTriangle: boolean): NamedEnd[] | undefined {
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

export function LineNames({ names }: { names: readonly NamedEnd[] }): VNode {
  return (
    <>
      {names.map(({ line: { label, color, name }, x, y }) => (
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
    </>
  );
}
