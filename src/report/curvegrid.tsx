import type { VNode } from 'preact';
import type { Table } from '../tables/table.js';
import { Period } from '../time/period.js';
import { AxisText, EDGE, PeriodLabels, valueText, valueTicks } from './axes.js';
import type { Axes } from './lines.js';
import { CHARACTER } from './picture.js';
import { labelTicks, periodTicks } from './ticks.js';

/** What lines stand before: a rule at every round value, and what the columns are. */

export function Grid({ axes: { x, y, left, right, width }, table }: { axes: Axes; table: Table }): VNode {
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
