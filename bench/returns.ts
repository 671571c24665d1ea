/** What the ways of coming back cost, in memory: each mode of retention against the cohort table of as many pairs. */
import { Bitmapist, MemoryStore } from '../src/index.js';
import { cohort, type RetentionArguments, retention } from '../src/measures.js';
import { bitmapsOf, COLUMNS, dateOf, formatIds, ROWS } from './retention.js';
import type { Suite } from './suite.js';

const SIZE = { ids: 1_000_000, density: 0.2 };
const RANGE = {
  timeGroup: 'days',
  startDate: dateOf(0),
  numResults: ROWS,
  numOfRows: COLUMNS - 1,
} as const;

const ASKED: Readonly<Record<string, Partial<RetentionArguments>>> = {
  exact: {},
  'exact, of first entries': { entry: 'first' },
  'on-or-after': { mode: 'on-or-after' },
  'on-or-after, up to now': { mode: 'on-or-after', horizon: 'now' },
  'on-or-before': { mode: 'on-or-before' },
  // As many columns, of seven days each.
  bracket: { mode: 'bracket', brackets: Array.from({ length: COLUMNS - 1 }, () => 7) },
  streak: { mode: 'streak' },
};

export async function benchReturns(suite: Suite): Promise<void> {
  const store = new MemoryStore();
  for (const [key, bytes] of bitmapsOf(SIZE)) await store.put(key, bytes);
  const bitmapist = new Bitmapist({ store });
  const now = dateOf(ROWS + COLUMNS);
  const peer = {
    name: 'ours, cohort table',
    run: () => bitmapist.ask(cohort, { select1: 'active', select2: 'active', ...RANGE }, { now }),
  };
  for (const [name, args] of Object.entries(ASKED)) {
    const asked = { start: 'active', return: 'active', ...RANGE, ...args };
    await suite.compare({
      name: `retention of ${ROWS} × ${COLUMNS} days, ${formatIds(SIZE.ids)} ids, ${SIZE.density * 100} %, ${name}`,
      ours: () => bitmapist.ask(retention, asked, { now }),
      peers: [peer],
    });
  }
}
