import type { CellState } from '../tables/table.js';
import { Period } from '../time/period.js';

/** How far a number about a period can be relied on, while the period of the same unit that goes on is `current`. */
export function stateOf(period: Period, current: Period): CellState {
  const fromNow = Period.compare(period, current);
  if (fromNow > 0) return 'future';
  return fromNow === 0 ? 'running' : 'final';
}
