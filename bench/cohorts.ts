/**
 * The whole way over a real Redis: a cohort of 31 rows and 13 columns of days, against the same table by BITOP and BITCOUNT
 * in one pipeline, which is how the reference would do it without its round trips.
 */
import { Cluster, Redis } from 'ioredis';
import { cached } from '../src/cached.js';
import { Bitmapist, MemoryStore, type Store } from '../src/index.js';
import { RedisStore } from '../src/redis.js';
import { startCluster } from '../test/support/servers/cluster.js';
import { startRedis } from '../test/support/servers/redis.js';
import { fillBitmap, makeIds } from './data.js';
import type { Suite } from './suite.js';

const ROWS = 31;
const COLUMNS = 13;
const START = Date.UTC(2026, 0, 1);
const DAY_MS = 24 * 60 * 60 * 1000;

interface Size {
  readonly ids: number;
  readonly density: number;
  readonly target?: number;
  readonly cachedTarget?: number;
  /** Whether all bitmaps are more than a cache would hold. */
  readonly isHuge?: boolean;
}

const SIZES: readonly Size[] = [
  { ids: 2 ** 23, density: 0.2, target: 3.5, cachedTarget: 7 },
  { ids: 2 ** 23, density: 0.005, target: 5, cachedTarget: 25 },
  { ids: 2 ** 20, density: 0.2, target: 3 },
  // What most people's tables are like: here a question's fixed price is nearly all of it.
  { ids: 100_000, density: 0.05 },
];
const FURTHER_SIZES: readonly Size[] = [
  { ids: 2 ** 23, density: 0.05 },
  { ids: 2 ** 23, density: 0.001 },
  { ids: 100_000_000, density: 0.05, isHuge: true },
];

export async function benchCohorts(suite: Suite): Promise<void> {
  const server = await startRedis();
  const client = new Redis(server.url);
  try {
    for (const size of SIZES) await benchCohort(suite, client, size);
    await benchCounts(suite, client);
    await benchThreshold(suite);
    await benchCluster(suite, client);
    for (const size of suite.quick ? [] : FURTHER_SIZES) await benchCohort(suite, client, size);
  } finally {
    client.disconnect();
    await server.stop();
  }
}

async function benchCohort(
  suite: Suite,
  client: Redis,
  { ids, density, target, cachedTarget, isHuge = false }: Size,
): Promise<void> {
  await client.flushall();
  await fill([client], ids, density);
  const store = new RedisStore(client);
  const caching = cached(store, { maxBytes: 512 * 2 ** 20 });
  const expected = await countOnServer(client);
  for (const each of isHuge ? [store] : [store, caching]) {
    if ((await countHere(each)) !== expected) throw new Error('expected the same table from both sides');
  }
  const name = `cohort of ${ROWS} × ${COLUMNS} days, ${format(ids)} ids, ${density * 100} %`;
  const peer = { name: 'pipelined BITOP', run: () => countOnServer(client) };
  await suite.compare({ name: `${name}, cold`, ours: () => countHere(store), peers: [{ ...peer, target }] });
  if (isHuge) return;
  await suite.compare({
    name: `${name}, cached`,
    ours: () => countHere(caching),
    peers: [{ ...peer, target: cachedTarget }],
  });
}

/** Single counts, of 100,000 ids: what a question costs beside its bits. */
async function benchCounts(suite: Suite, client: Redis): Promise<void> {
  const ids = 100_000;
  await client.flushall();
  const memory = new MemoryStore();
  await fill([client], ids, 0.05);
  for (const day of [0, 1]) await memory.put(keyOf(day), (await client.getBuffer(keyOf(day)))!);
  const setsOf = (store: Store) => {
    const bitmapist = new Bitmapist({ store });
    const [one, two] = [0, 1].map((day) => bitmapist.day('active', new Date(START + day * DAY_MS)));
    return { one: one!, both: one!.and(two!) };
  };
  const [local, remote] = [setsOf(memory), setsOf(new RedisStore(client))];
  const countBoth = async () => {
    const replies = await client.pipeline().bitop('AND', 'both', keyOf(0), keyOf(1)).bitcount('both').exec();
    return Number(replies![1]![1]);
  };
  const expected = await countBoth();
  for (const { both } of [local, remote]) {
    if ((await both.count()) !== expected) throw new Error('expected the same count from both sides');
  }
  const peers = [{ name: 'pipelined BITOP', run: countBoth }];
  const name = `count() of two days, ${format(ids)} ids, 5 %`;
  await suite.compare({ name: `${name}, in memory`, ours: () => local.both.count(), peers });
  await suite.compare({ name: `${name}, cold`, ours: () => remote.both.count(), peers });
  await suite.compare({
    name: `count() of a day, ${format(ids)} ids, 5 %, cold`,
    ours: () => remote.one.count(),
    peers: [{ name: 'BITCOUNT', run: () => client.bitcount(keyOf(0)) }],
  });
}

/** At least three of 31 bitmaps against any of them: a counter of each bit position for one OR. */
async function benchThreshold(suite: Suite): Promise<void> {
  const ids = 2 ** 23;
  const store = new MemoryStore();
  const bytes = new Uint8Array(ids / 8);
  for (let day = 0; day < 31; day += 1) {
    fillBitmap(bytes, makeIds(day, ids, 0.2, 'uniform'));
    await store.put(keyOf(day), bytes);
  }
  const bitmapist = new Bitmapist({ store });
  const days = Array.from({ length: 31 }, (_, day) =>
    bitmapist.day('active', new Date(START + day * DAY_MS)),
  );
  for (const k of [2, 3, 16]) {
    await suite.compare({
      name: `at least ${k} of 31 days, ${format(ids)} ids, 20 %, in memory`,
      ours: () => bitmapist.atLeast(k, days).count(),
      peers: [{ name: 'ours, any of them', run: () => bitmapist.atLeast(1, days).count(), target: 1 / 3 }],
    });
  }
}

/** The same table from three masters, on as many processors as there are, against one server. */
async function benchCluster(suite: Suite, client: Redis): Promise<void> {
  const ids = 2 ** 23;
  await client.flushall();
  const servers = await startCluster();
  const cluster = new Cluster(servers.nodes.slice(0, 3).map(({ host, port }) => ({ host, port })));
  try {
    await fill([client, cluster], ids, 0.2);
    const [one, three] = [new RedisStore(client), new RedisStore(cluster)];
    if ((await countHere(one)) !== (await countHere(three)))
      throw new Error('expected the same table from both sides');
    await suite.compare({
      name: `cohort of ${ROWS} × ${COLUMNS} days, ${format(ids)} ids, 20 %, cluster of three`,
      ours: () => countHere(three),
      peers: [{ name: 'ours, one server', run: () => countHere(one) }],
    });
  } finally {
    cluster.disconnect();
    await servers.stop();
  }
}

async function fill(clients: readonly (Redis | Cluster)[], ids: number, density: number): Promise<void> {
  const bytes = Buffer.alloc(Math.ceil(ids / 8));
  for (let day = 0; day < ROWS + COLUMNS - 1; day += 1) {
    fillBitmap(bytes, makeIds(day, ids, density, 'uniform'));
    for (const client of clients) await client.set(keyOf(day), bytes);
  }
}

/** The sum of all totals and cells, so that both sides can be compared. */
async function countHere(store: Store): Promise<number> {
  const table = await new Bitmapist({ store }).cohort({
    select1: 'active',
    select2: 'active',
    timeGroup: 'days',
    startDate: new Date(START),
    numResults: ROWS,
    numOfRows: COLUMNS - 1,
  });
  return table.rows
    .flatMap(({ size = 0, cells }) => [size, ...cells.map(({ count }) => count)])
    .reduce((a, b) => a + b);
}

async function countOnServer(client: Redis): Promise<number> {
  const pipeline = client.pipeline();
  for (let row = 0; row < ROWS; row += 1) {
    pipeline.bitcount(keyOf(row));
    for (let column = 0; column < COLUMNS; column += 1) {
      pipeline.bitop('AND', 'both', keyOf(row), keyOf(row + column));
      pipeline.bitcount('both');
    }
  }
  const replies = (await pipeline.exec()) ?? [];
  const counts = replies.map(([, reply]) => Number(reply));
  // Each row is a BITCOUNT followed by pairs of BITOP and BITCOUNT.
  return counts.filter((_, index) => (index % (2 * COLUMNS + 1)) % 2 === 0).reduce((a, b) => a + b);
}

function keyOf(day: number): string {
  const date = new Date(START + day * DAY_MS);
  return `trackist_active_${date.getUTCFullYear()}-${date.getUTCMonth() + 1}-${date.getUTCDate()}`;
}

function format(ids: number): string {
  return ids >= 1_000_000 ? `${Number((ids / 1_000_000).toFixed(1))} M` : ids.toLocaleString('en');
}
