/**
 * The whole way over a real server: a retention table, cold and cached, against the stronger of a pipeline and one script
 * there; beside them the least that a cold table costs, what the kernel alone costs, and the server's own work.
 */
import { cached } from '../src/cached.js';
import { RedisStore } from '../src/redis.js';
import { countByPipeline, countByScript } from './bitop.js';
import { Floor } from './floor.js';
import { type BenchServer, serverCpuOf, withServers } from './redis.js';
import { askTable, fill, nameOf, type Size } from './retention.js';
import type { Figure, Suite } from './suite.js';

/** How many times less than each peer we want to need. */
interface Targets {
  readonly cold?: number;
  readonly cached?: number;
  readonly floor?: number;
  readonly kernel?: number;
  readonly cpu?: number;
}

export const SIZES: readonly (Size & { readonly targets: Targets })[] = [
  { ids: 2 ** 23, density: 0.2, targets: { cold: 2, cached: 3.2, floor: 1 / 1.25, kernel: 1 / 1.2, cpu: 5 } },
  { ids: 2 ** 23, density: 0.005, targets: { cold: 3, cached: 8, floor: 1 / 1.25, cpu: 5 } },
  {
    ids: 2 ** 20,
    density: 0.2,
    targets: { cold: 1.7, cached: 2.8, floor: 1 / 1.3, kernel: 1 / 1.3, cpu: 4 },
  },
  // What most people's tables are like: here a question's fixed price is nearly all of it.
  { ids: 100_000, density: 0.05, targets: { cold: 1.8, cached: 2.2, cpu: 4 } },
];
const FURTHER_SIZES: typeof SIZES = [
  { ids: 2 ** 23, density: 0.05, targets: {} },
  { ids: 2 ** 23, density: 0.001, targets: {} },
];
/** More than a cache would hold, so that it is measured cold alone. */
const HUGE: (typeof SIZES)[number] = { ids: 100_000_000, density: 0.05, targets: { cold: 1.8 } };

export async function benchCohorts(suite: Suite): Promise<void> {
  const sizes = suite.quick ? SIZES.slice(1) : [...SIZES, ...FURTHER_SIZES];
  await withServers(suite.quick ? 'tests' : 'all', async (servers) => {
    const clients = servers.map(({ client }) => client);
    for (const size of sizes) {
      await fill(clients, size);
      for (const server of servers) await benchCohort(suite, server, size, size.targets);
    }
  });
  if (suite.quick) return;
  await withServers('tests', async ([server]) => {
    await fill([server!.client], HUGE);
    await benchHuge(suite, server!, HUGE, HUGE.targets);
  });
}

async function benchCohort(
  suite: Suite,
  { name: serverName, server, client }: BenchServer,
  size: Size,
  targets: Targets,
): Promise<void> {
  const own = await RedisStore.open(server.url);
  const received = new RedisStore(client);
  const caching = cached(own, { maxBytes: 512 * 2 ** 20, maxCounts: 0 });
  const counting = cached(own, { maxBytes: 512 * 2 ** 20 });
  const floor = await Floor.open(server, Math.ceil(size.ids / 8));
  try {
    const runs = {
      pipeline: () => countByPipeline(client),
      script: () => countByScript(client),
      cold: () => askTable(own),
      received: () => askTable(received),
      cached: () => askTable(caching),
      counted: () => askTable(counting),
      floor: () => floor.count(),
      kernel: await floor.load(),
    };
    await checkSame(runs);
    const figures = await suite.measure(runs);
    const [stronger, weaker] = inOrder(figures);
    const name = nameOf(size, serverName);
    const record = (kind: string, ours: Figure, peer: Rival, target?: number) =>
      suite.record({ name: `${name}, ${kind}`, unit: 'ms', ours, ...peer, target });
    record('cold', figures.cold, stronger, targets.cold);
    record('cold', figures.cold, weaker);
    record('cold', figures.cold, { peerName: 'bare socket + kernel', peer: figures.floor }, targets.floor);
    record('cold, received client', figures.received, stronger);
    record('cached', figures.cached, stronger, targets.cached);
    record('cached', figures.cached, { peerName: 'kernel alone', peer: figures.kernel }, targets.kernel);
    record('asked again, counts kept', figures.counted, stronger);
    suite.record({
      name: `${name}, cold, the server's CPU`,
      unit: 'ms',
      ours: await serverCpuOf(client, runs.cold),
      peerName: 'one EVAL',
      peer: await serverCpuOf(client, runs.script),
      target: targets.cpu,
    });
  } finally {
    floor.close();
    await own.close();
  }
}

async function benchHuge(
  suite: Suite,
  { name: serverName, server, client }: BenchServer,
  size: Size,
  targets: Targets,
): Promise<void> {
  const own = await RedisStore.open(server.url);
  try {
    const runs = {
      pipeline: () => countByPipeline(client),
      script: () => countByScript(client),
      cold: () => askTable(own),
    };
    await checkSame(runs);
    const figures = await suite.measure(runs);
    const name = nameOf(size, serverName, 'cold');
    const [stronger] = inOrder(figures);
    suite.record({ name, unit: 'ms', ours: figures.cold, ...stronger, target: targets.cold });
  } finally {
    await own.close();
  }
}

interface Rival {
  readonly peerName: string;
  readonly peer: Figure;
}

/** The ways of the server, the stronger first. */
function inOrder({
  script,
  pipeline,
}: {
  readonly script: Figure;
  readonly pipeline: Figure;
}): [Rival, Rival] {
  const byScript = { peerName: 'one EVAL', peer: script };
  const byPipeline = { peerName: 'pipelined BITOP', peer: pipeline };
  return script.value <= pipeline.value ? [byScript, byPipeline] : [byPipeline, byScript];
}

async function checkSame(runs: Readonly<Record<string, () => unknown>>): Promise<void> {
  const sums = new Set<unknown>();
  for (const run of Object.values(runs)) sums.add(await run());
  if (sums.size !== 1) throw new Error(`expected the same table from all sides, got ${[...sums].join(', ')}`);
}
