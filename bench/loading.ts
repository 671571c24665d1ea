/**
 * Loading many rows into the embedded store: rows already parsed, and from CSV text, in time per million rows. The time that
 * the rows themselves take to make up is not counted.
 */

import { readEvents } from '../src/csv.js';
import { Bitmapist, type Mark } from '../src/index.js';
import { seededRandom } from './data.js';
import type { Suite } from './suite.js';

const MILLION = 1_000_000;
const BATCH = 10_000;
const YEAR_SECONDS = 365 * 24 * 60 * 60;
const EVENTS = ['active', 'login', 'purchase'];

export async function benchLoading(suite: Suite): Promise<void> {
  const rows = suite.quick ? MILLION : 10 * MILLION;
  const millions = rows / MILLION;
  const name = `loading ${millions} M rows into MemoryStore, per million`;
  const parsed = (await timeOf((clock) => new Bitmapist().markEvents(parsedRows(rows, clock)))) / millions;
  const goal = { peerName: '1 M rows/s', peer: 1000, target: 1 };
  suite.record({ name: `${name}, parsed`, unit: 'ms', ours: parsed, ...goal });
  const fromCsv =
    (await timeOf((clock) => new Bitmapist().markEvents(readEvents(csvOf(rows, clock))))) / millions;
  suite.record({
    name: `${name}, from CSV`,
    unit: 'ms',
    ours: fromCsv,
    peerName: 'the same, parsed',
    peer: parsed,
  });
}

/** Milliseconds that are not ours. */
interface Clock {
  away: number;
}

async function timeOf(run: (clock: Clock) => Promise<unknown>): Promise<number> {
  const clock = { away: 0 };
  const start = performance.now();
  await run(clock);
  return performance.now() - start - clock.away;
}

interface MadeRow {
  readonly id: number;
  readonly seconds: number;
  readonly event: string;
}

/** Rows in the order of time, ids skewed towards the small, in the form that `toBatch` gives them. */
function* makeBatches<T>(rows: number, clock: Clock, toBatch: (batch: MadeRow[]) => T): Generator<T> {
  const random = seededRandom(1);
  for (let first = 0; first < rows; first += BATCH) {
    const start = performance.now();
    const batch = Array.from({ length: Math.min(BATCH, rows - first) }, (_, index) => ({
      id: Math.floor(random() ** 2 * MILLION),
      seconds: 1_767_225_600 + Math.floor(((first + index) / rows) * YEAR_SECONDS),
      event: EVENTS[index % EVENTS.length]!,
    }));
    const made = toBatch(batch);
    clock.away += performance.now() - start;
    yield made;
  }
}

function parsedRows(rows: number, clock: Clock): Generator<Mark[]> {
  return makeBatches(rows, clock, (batch) =>
    batch.map(({ id, seconds, event }) => ({ id, at: new Date(seconds * 1000), event })),
  );
}

async function* csvOf(rows: number, clock: Clock): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  yield encoder.encode('user,timestamp,event\n');
  yield* makeBatches(rows, clock, (batch) =>
    encoder.encode(batch.map(({ id, seconds, event }) => `${id},${seconds},${event}\n`).join('')),
  );
}
