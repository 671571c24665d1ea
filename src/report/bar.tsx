import type { VNode } from 'preact';
import { printable } from '../base/errors.js';
import { lineColors } from '../tables/heat.js';
import { formatValue } from '../tables/numbers.js';
import type { Table } from '../tables/table.js';
import { explainCell, RUNNING_MARK } from '../tables/view.js';
import type { Bar, BarClass } from './classes.js';
import { INK } from './picture.js';

/** Bars between the axes: what they look like, and how much room they need. */
export interface BarBody {
  readonly height: number;
  readonly children: VNode;
}

/** What bars are drawn from. */
export interface BarScene {
  readonly table: Table;
  readonly classes: readonly BarClass[];
  readonly bars: readonly (readonly Bar[])[];
  readonly width: number;
  readonly top: number;
  readonly interactive: boolean;
}

export const BAR_COLORS = lineColors('light');

/** How bars of periods that have not ended look. */
export const PALE = { 'fill-opacity': 0.35, 'stroke-width': 1, 'stroke-dasharray': '3 2' } as const;

interface BarMarkProps {
  readonly bar: Bar;
  readonly scene: BarScene;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Whether it is the one that is reached by Tab. */
  readonly isFirst: boolean;
  /** What is written on it or beside it. */
  readonly label: BarLabel | undefined;
}

interface BarLabel {
  readonly x: number;
  readonly y: number;
  readonly anchor: 'start' | 'middle' | 'end';
  readonly isInside: boolean;
}

/** A bar, which says what it stands for. */
export function BarMark({ bar, scene, x, y, width, height, isFirst, label }: BarMarkProps): VNode {
  const { row, class: group, isRunning } = bar;
  const place = { 'data-row': row, 'data-column': group.column, tabindex: isFirst ? 0 : -1 };
  return (
    <g class="bar" {...(scene.interactive && place)}>
      <title>{explainBar(bar, scene.table)}</title>
      <rect
        class={`bar${group.color}`}
        x={round(x)}
        y={round(y)}
        width={Math.max(LEAST, round(width))}
        height={Math.max(LEAST, round(height))}
        fill={BAR_COLORS[group.color]}
        stroke={BAR_COLORS[group.color]}
        stroke-width="0"
        {...(isRunning && PALE)}
      />
      {label !== undefined && (
        <text
          class={label.isInside && !isRunning ? 'onbar' : 'ink'}
          x={round(label.x)}
          y={round(label.y)}
          text-anchor={label.anchor}
          fill={label.isInside && !isRunning ? '#ffffff' : INK}
        >
          {barText(bar, scene)}
        </text>
      )}
    </g>
  );
}

/** The number of a bar, with the mark of a period that has not ended. */
export function barText({ value, isRunning }: Bar, { table }: BarScene): string {
  return `${formatValue(value, table.unit)}${isRunning ? RUNNING_MARK : ''}`;
}

/** One person among a million is seen, too. */
const LEAST = 1;

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function explainBar({ row, class: { column, label }, isRunning }: Bar, table: Table): string {
  const head = printable(table.rows[row]!.label);
  return `${head} · ${label}: ${explainCell(table, row, column)}${isRunning ? ' so far' : ''}`;
}
