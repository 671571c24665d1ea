import type { VNode } from 'preact';
import { printable } from '../base/errors.js';
import { formatValue } from '../tables/numbers.js';
import type { Table } from '../tables/table.js';
import { ACCENT, type Axes, type Line, type Point } from './lines.js';

const MAX_SAID = 12;

interface ColumnsProps {
  readonly lines: readonly Line[];
  readonly average: readonly Point[];
  readonly axes: Axes;
  readonly table: Table;
}

/** What stands under the pointer: a hair line, the points on it, and their values, of the average first. */
export function Columns({ lines, average, axes, table }: ColumnsProps): VNode {
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
