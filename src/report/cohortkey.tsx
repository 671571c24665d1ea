import { range } from 'd3-array';
import type { VNode } from 'preact';
import type { Row, Table } from '../tables/table.js';
import { KEY_HEIGHT } from './keys.js';
import { ACCENT, AGE } from './lines.js';
import { INK } from './picture.js';

/** Below this width the keys stand below each other. */
const NARROW = 640;
const DASHED = 'dashed: not over yet';

/** How many rows the key needs below the first. */
export function cohortKeyRows(width: number): number {
  return width < NARROW ? 2 : 0;
}

interface CohortKeyProps {
  readonly table: Table;
  readonly width: number;
  readonly left: number;
  readonly y: number;
}

/** What the lines of cohorts are: the average, older and newer ones, and dashes. */
export function CohortKey({ table, width, left, y }: CohortKeyProps): VNode {
  const members: Row[] = table.rows.filter(({ size }) => size !== 0);
  const [oldest, newest] = [members[0], members.at(-1)];
  const isNarrow = width < NARROW;
  const [x, below] = isNarrow ? [left, y + KEY_HEIGHT] : [220, y];
  return (
    <g>
      {table.summary && <rect class="averageKey" x={left} y={y - 6} width="20" height="3" fill={ACCENT} />}
      <text class="ink" x={left + 28} y={y} fill={INK}>
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
