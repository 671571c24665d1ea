/** What a live service does in every request: `markEvent`, against three SETBITs in a transaction by hand. */
import { Bitmapist, MemoryStore } from '../src/index.js';
import { RedisStore } from '../src/redis.js';
import { type BenchServer, withServers } from './redis.js';
import type { Suite } from './suite.js';

const AT_ONCE = 200;
const IDS = 1_000_000;
const NOW = new Date('2026-11-22T10:00:00Z');
/** What a mark of that moment sets. */
const KEYS = ['trackist_active_2026-11', 'trackist_active_W2026-47', 'trackist_active_2026-11-22'] as const;

export async function benchMarks(suite: Suite): Promise<void> {
  await benchInMemory(suite);
  await withServers(suite.quick ? 'tests' : 'all', async (servers) => {
    for (const server of servers) await benchServer(suite, server);
  });
}

async function benchInMemory(suite: Suite): Promise<void> {
  const count = 1000;
  const bitmapist = new Bitmapist({ store: new MemoryStore() });
  const figures = await suite.measure({
    ours: async () => {
      for (let mark = 0; mark < count; mark += 1) await bitmapist.markEvent('active', nextId(), { now: NOW });
    },
  });
  suite.record({
    name: `${count} markEvent, one after the other, in memory`,
    unit: 'ms',
    ours: figures.ours,
    peerName: '250,000 marks/s',
    peer: (count / 250_000) * 1000,
    target: 1,
  });
}

async function benchServer(suite: Suite, { name, client }: BenchServer): Promise<void> {
  const bitmapist = new Bitmapist({ store: new RedisStore(client) });
  const mark = () => bitmapist.markEvent('active', nextId(), { now: NOW });
  const markByHand = () => {
    const id = nextId();
    const transaction = client.multi();
    for (const key of KEYS) transaction.setbit(key, id, 1);
    return transaction.exec();
  };
  await suite.compare({
    name: `markEvent, one after the other, ${name}`,
    ours: mark,
    peers: [{ name: 'MULTI of 3 SETBIT', run: markByHand, target: 0.9 }],
  });
  await suite.compare({
    name: `${AT_ONCE} markEvent at once, ${name}`,
    ours: () => Promise.all(Array.from({ length: AT_ONCE }, mark)),
    peers: [
      {
        name: `${AT_ONCE} such MULTI`,
        run: () => Promise.all(Array.from({ length: AT_ONCE }, markByHand)),
        target: 2.5,
      },
      {
        name: 'one pipeline of SETBIT',
        run: () => {
          const pipeline = client.pipeline();
          for (let index = 0; index < AT_ONCE; index += 1) {
            const id = nextId();
            for (const key of KEYS) pipeline.setbit(key, id, 1);
          }
          return pipeline.exec();
        },
      },
      {
        name: 'one BITFIELD a key',
        run: () => {
          const args = Array.from({ length: AT_ONCE }, () => ['SET', 'u1', nextId(), 1]).flat();
          const pipeline = client.pipeline();
          for (const key of KEYS) pipeline.call('BITFIELD', key, ...args);
          return pipeline.exec();
        },
      },
    ],
  });
}

let marked = 0;

/** Ids in no order, as users come. */
function nextId(): number {
  marked = (marked + 382_231) % IDS;
  return marked;
}
