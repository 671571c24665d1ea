/** Single answers about days of 100,000 ids: what a question costs beside its bits. */
import { Bitmapist, MemoryStore, type Store } from '../src/index.js';
import { RedisStore } from '../src/redis.js';
import { type BenchServer, withServers } from './redis.js';
import { bitmapsOf, dateOf, fill, keyOf } from './retention.js';
import type { Suite } from './suite.js';

const SIZE = { ids: 100_000, density: 0.05 };
const ID = 77_777;

export async function benchLookups(suite: Suite): Promise<void> {
  await withServers(suite.quick ? 'tests' : 'all', async (servers) => {
    for (const [index, server] of servers.entries()) await benchServer(suite, server, index === 0);
  });
}

async function benchServer(suite: Suite, { name, client }: BenchServer, isFirst: boolean): Promise<void> {
  await fill([client], SIZE);
  const memory = new MemoryStore();
  for (const [key, bytes] of bitmapsOf(SIZE)) await memory.put(key, bytes);
  const [local, remote] = [setsOf(memory), setsOf(new RedisStore(client))];
  const countBoth = async () => {
    const replies = await client.pipeline().bitop('AND', 'both', keyOf(0), keyOf(1)).bitcount('both').exec();
    return Number(replies![1]![1]);
  };
  const expected = await countBoth();
  for (const { both } of [local, remote]) {
    if ((await both.count()) !== expected) throw new Error('expected the same count from both sides');
  }
  const days = '100,000 ids, 5 %';
  const peers = [{ name: 'pipelined BITOP', run: countBoth }];
  if (isFirst) {
    const name = `count() of two days, ${days}, in memory`;
    await suite.compare({ name, ours: () => local.both.count(), peers });
  }
  await suite.compare({
    name: `count() of two days, ${days}, ${name}`,
    ours: () => remote.both.count(),
    peers,
  });
  await suite.compare({
    name: `count() of a day, ${days}, ${name}`,
    ours: () => remote.one.count(),
    peers: [{ name: 'BITCOUNT', run: () => client.bitcount(keyOf(0)), target: 0.9 }],
  });
  await suite.compare({
    name: `has() of a day, ${days}, ${name}`,
    ours: () => remote.one.has(ID),
    peers: [{ name: 'GETBIT', run: () => client.getbit(keyOf(0), ID), target: 0.9 }],
  });
}

function setsOf(store: Store) {
  const bitmapist = new Bitmapist({ store });
  const [one, two] = [0, 1].map((day) => bitmapist.day('active', dateOf(day)));
  return { one: one!, both: one!.and(two!) };
}
