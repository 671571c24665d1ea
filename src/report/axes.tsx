import type { ScaleContinuousNumeric } from 'd3-scale';
import type { VNode } from 'preact';
import { formatValue } from '../tables/numbers.js';
import type { Unit } from '../tables/table.js';
import { MUTED } from './picture.js';
import type { Tick } from './ticks.js';

/** Marks of an axis of values, as many as there are mostly. */
export const VALUE_TICKS = 5;

/** What stays free between a label of the axis and the edge of the picture. */
export const EDGE = 4;

/** Where an axis of values has its marks: people are whole, however few they are. */
export function valueTicks(scale: ScaleContinuousNumeric<number, number>, unit: Unit): number[] {
  const all = scale.ticks(VALUE_TICKS);
  return unit === 'people' ? all.filter(Number.isInteger) : all;
}

export function valueText(tick: number, unit: Unit): string {
  return unit === 'percent' ? `${tick}%` : formatValue(tick, unit);
}

/** @param y of the axis @param x where a tick is */
export function PeriodLabels({ ticks, x, y }: PeriodLabelsProps): VNode {
  return (
    <>
      {ticks.map((tick) => (
        <>
          <AxisText x={x(tick)} y={y + 18}>
            {tick.label}
          </AxisText>
          {tick.under !== '' && (
            <AxisText x={x(tick)} y={y + 33}>
              {tick.under}
            </AxisText>
          )}
        </>
      ))}
    </>
  );
}

interface PeriodLabelsProps {
  readonly ticks: readonly Tick[];
  readonly x: (tick: Tick) => number;
  readonly y: number;
}

interface AxisTextProps {
  readonly x: number;
  readonly y: number;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly children: string;
}

export function AxisText({ x, y, anchor = 'middle', children }: AxisTextProps): VNode {
  return (
    <text class="muted" x={x} y={y} text-anchor={anchor} fill={MUTED}>
      {children}
    </text>
  );
}
