/**
 * What each measure costs in memory, against the cohort table of as many pairs, and for every key that it reads. What a measure
 * adds to counting is planning and texts: neither may come to weigh more.
 */
import { Bitmapist, MemoryStore } from '../src/index.js';
import { cohort, funnel, type Measure, overlap, similar } from '../src/measures.js';
import { CountingStore } from '../test/support/store/counting.js';
import { fillBitmap, makeIds } from './data.js';
import { dateOf, formatIds } from './retention.js';
import type { Suite } from './suite.js';

const IDS = 2 ** 20;
const DENSITY = 0.2;
/** From so many days, bitmaps are enough for any of the questions. */
const DAYS = 91;
const NAMES = 1000;
/** Columns of the cohort tables. */
const COLUMNS = 30;

const DAILY = { timeGroup: 'days', startDate: dateOf(0), numResults: 30 } as const;
const SETS = Array.from({ length: 16 }, (_, name) => `n${name}@2026-01`);

interface Asked {
  readonly name: string;
  /** What it counts, in ANDs of two bitmaps. */
  readonly pairs: number;
  ask(bitmapist: Bitmapist): Promise<unknown>;
}

const STEPS = ['n0', 'n1', 'n2', 'n3', 'n4'];
const ASKED: readonly Asked[] = [
  asked('funnel of 5 steps × 30 days within 7', 30 * 8 * 4, funnel, { ...DAILY, steps: STEPS, window: 7 }),
  asked('funnel of 5 steps × 30 days within 30', 30 * 31 * 4, funnel, { ...DAILY, steps: STEPS, window: 30 }),
  asked('funnel of 5 steps × 30 days within 30, times', 30 * 31 * 4, funnel, {
    ...DAILY,
    steps: STEPS,
    window: 30,
    show: 'times',
  }),
  asked('overlap of 16 sets', 120, overlap, { sets: SETS }),
  asked('overlap of 12 sets, all intersections', 4095, overlap, {
    sets: SETS.slice(0, 12),
    show: 'intersections',
  }),
  asked(`similar over ${NAMES} events`, NAMES, similar, { event: 'n0', startDate: '2026-01' }),
];

export async function benchMeasures(suite: Suite): Promise<void> {
  const store = new MemoryStore();
  const bytes = Buffer.alloc(IDS / 8);
  const put = async (seed: number, key: string): Promise<void> => {
    fillBitmap(bytes, makeIds(seed, IDS, DENSITY, 'uniform'));
    await store.put(key, bytes);
  };
  for (let name = 0; name < NAMES; name += 1) await put(name, `trackist_n${name}_2026-1`);
  for (const step of STEPS) {
    for (let day = 0; day < DAYS; day += 1) {
      const date = dateOf(day);
      const key = `trackist_${step}_${date.getUTCFullYear()}-${date.getUTCMonth() + 1}-${date.getUTCDate()}`;
      await put(1000 + day, key);
    }
  }
  const counting = new CountingStore(store);
  for (const { name, pairs, ask } of ASKED) {
    counting.reset();
    await ask(new Bitmapist({ store: counting }));
    const keys = counting.keysRead.length;
    const bitmapist = new Bitmapist({ store });
    const rows = Math.ceil(pairs / COLUMNS);
    const table = { select1: 'n0', select2: 'n1', startDate: dateOf(0), numResults: rows };
    await suite.compare({
      name: `${name}: ${keys} keys, ${pairs} pairs, ${formatIds(IDS)} ids, ${DENSITY * 100} %`,
      ours: () => ask(bitmapist),
      peers: [
        {
          name: `ours, cohort table of ${rows} × ${COLUMNS}`,
          run: () => bitmapist.ask(cohort, { ...table, numOfRows: COLUMNS - 1 }),
        },
      ],
    });
  }
}

function asked<Args>(name: string, pairs: number, measure: Measure<Args>, args: Args): Asked {
  return { name, pairs, ask: (bitmapist) => bitmapist.ask(measure, args) };
}
