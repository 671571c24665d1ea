/**
 * A dashboard's table, asked again: its last row is today, somebody is marked between two asks, and what was counted of the days before is
 * kept. Against one EVAL on the same server, which is asked in turns.
 */
import { cached } from '../src/cached.js';
import { RedisStore } from '../src/redis.js';
import { countByScript } from './bitop.js';
import { type BenchServer, withServers } from './redis.js';
import { askTable, dateOf, fill, KEYS, nameOf, ROWS, type Size } from './retention.js';
import type { Figure, Suite } from './suite.js';

const SIZES: readonly (Size & { readonly target: number })[] = [
  { ids: 100_000, density: 0.05, target: 5 },
  { ids: 2 ** 20, density: 0.2, target: 20 },
  { ids: 2 ** 23, density: 0.2, target: 20 },
  { ids: 2 ** 23, density: 0.005, target: 20 },
];
/** The day of the last row: 13 cells are of it, 325 of days before, and 78 of days that are to come. */
const TODAY = ROWS - 1;
/** Noon, so that with no time of grace yesterday is over and only today runs. */
const NOW = new Date(dateOf(TODAY).getTime() + 12 * 60 * 60 * 1000);
const GRACE_MS = 0;
const CACHE_BYTES = 512 * 2 ** 20;

/** Asks of each, in turns, beside those that warm up; no more after so many milliseconds. */
const ROUNDS = 400;
const WARM_ROUNDS = 30;
const ROUNDS_MS = 7000;

export async function benchAgain(suite: Suite): Promise<void> {
  await withServers(suite.quick ? 'tests' : 'all', async (servers) => {
    for (const { target, ...size } of SIZES) {
      await fill(
        servers.map(({ client }) => client),
        size,
      );
      for (const server of servers) await benchTable(suite, server, size, target);
    }
  });
}

async function benchTable(
  suite: Suite,
  { name, server, client }: BenchServer,
  size: Size,
  target: number,
): Promise<void> {
  await client.del(...KEYS.slice(ROWS));
  const clock = () => NOW;
  const own = await RedisStore.open(server.url);
  const options = { graceMs: GRACE_MS, maxBytes: CACHE_BYTES, clock };
  const [counting, keeping] = [cached(own, options), cached(own, { ...options, maxCounts: 0 })];
  const runs = {
    counts: () => askTable(counting, clock),
    bitmaps: () => askTable(keeping, clock),
    script: () => countByScript(client, KEYS.slice(0, ROWS)),
  };
  try {
    const figures = await measure(suite, runs, (round) =>
      client.setbit(KEYS[TODAY]!, (round * 7919) % size.ids, 1),
    );
    const peer = { unit: 'ms', peerName: 'one EVAL', peer: figures.script } as const;
    const described = nameOf(size, name, 'today running, asked again');
    suite.record({ name: `${described}, counts kept`, ours: figures.counts, ...peer, target });
    suite.record({ name: `${described}, bitmaps kept`, ours: figures.bitmaps, ...peer });
  } finally {
    await own.close();
  }
}

/** Milliseconds of each run; the mark before each ask is not timed. */
async function measure<Name extends string>(
  suite: Suite,
  runs: Readonly<Record<Name, () => Promise<number>>>,
  mark: (round: number) => Promise<unknown>,
): Promise<Record<Name, Figure>> {
  const entries = Object.entries<() => Promise<number>>(runs).map(([name, run]) => ({
    name,
    run,
    samples: [] as number[],
  }));
  const end = performance.now() + (suite.quick ? ROUNDS_MS / 10 : ROUNDS_MS);
  for (let round = 0; round < ROUNDS + WARM_ROUNDS && performance.now() < end; round += 1) {
    const sums = new Set<number>();
    await mark(round);
    for (const { run, samples } of entries) {
      const start = performance.now();
      sums.add(await run());
      samples.push(performance.now() - start);
    }
    if (sums.size > 1) throw new Error(`expected the same table from all sides, got ${[...sums].join(', ')}`);
  }
  return Object.fromEntries(entries.map(({ name, samples }) => [name, figureOf(samples)])) as Record<
    Name,
    Figure
  >;
}

function figureOf(samples: readonly number[]): Figure {
  const warm = samples.slice(Math.min(WARM_ROUNDS, samples.length >> 1)).sort((a, b) => a - b);
  const at = (part: number) => warm[Math.floor((warm.length - 1) * part)]!;
  return { value: at(0.5), spread: [at(0.1), at(0.9)] };
}
