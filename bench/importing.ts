/** Writing at volume: a real data set, twenty times over with other ids, against a SETBIT per bit in pipelines. */
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Redis } from 'ioredis';
import { Bitmapist, type Mark } from '../src/index.js';
import { RedisStore } from '../src/redis.js';
import { startRedis } from '../test/support/servers/redis.js';
import type { Suite } from './suite.js';

const FILE = new URL('../../shared/data/onlineretail.csv.gz', import.meta.url);
const BATCH = 10_000;

export async function benchImporting(suite: Suite): Promise<void> {
  const copies = suite.quick ? 2 : 20;
  const name = `import of onlineretail × ${copies} into Redis`;
  const peerName = 'pipelined SETBIT';
  if (!existsSync(FILE)) {
    suite.record({ name, unit: 'ms', ours: 0, peerName, note: 'no data' });
    return;
  }
  const marks = readMarks(copies);
  const server = await startRedis();
  const client = new Redis(server.url);
  try {
    const ours = await timeOf(() => new Bitmapist({ store: new RedisStore(client) }).markEvents([marks]));
    const expected = await digestOf(client);
    await client.flushall();
    const peer = await timeOf(() => setBits(client, marks));
    if ((await digestOf(client)) !== expected) throw new Error('expected the same bitmaps from both sides');
    suite.record({ name, unit: 'ms', ours, peerName, peer });
  } finally {
    client.disconnect();
    await server.stop();
  }
}

function readMarks(copies: number): Mark[] {
  const lines = gunzipSync(readFileSync(FILE)).toString().trim().split('\n').slice(1);
  const rows = lines.map((line) => {
    const [id, seconds, event] = line.split(',');
    return { id: Number(id), at: new Date(Number(seconds) * 1000), event: event! };
  });
  // Interleaved, as they would come in time.
  return rows.flatMap((row) =>
    Array.from({ length: copies }, (_, copy) => ({ ...row, id: row.id + copy * 20_000 })),
  );
}

async function setBits(client: Redis, marks: readonly Mark[]): Promise<void> {
  const keysOf = new Map<number, readonly string[]>();
  for (let first = 0; first < marks.length; first += BATCH) {
    const pipeline = client.pipeline();
    for (const { event, id, at } of marks.slice(first, first + BATCH)) {
      const date = at as Date;
      const day = Math.floor(date.getTime() / 86_400_000);
      const names = keysOf.get(day) ?? periodNames(date);
      keysOf.set(day, names);
      for (const name of names) pipeline.setbit(`trackist_${event}_${name}`, id, 1);
    }
    await pipeline.exec();
  }
}

function periodNames(date: Date): readonly string[] {
  const month = `${date.getUTCFullYear()}-${date.getUTCMonth() + 1}`;
  const thursday = new Date(date.getTime() + (4 - (date.getUTCDay() || 7)) * 86_400_000);
  const newYear = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  const week = Math.floor((thursday.getTime() - newYear) / (7 * 86_400_000)) + 1;
  return [month, `W${thursday.getUTCFullYear()}-${week}`, `${month}-${date.getUTCDate()}`];
}

/** The sum of all bits and bytes: enough to see that nothing is missing. */
async function digestOf(client: Redis): Promise<string> {
  const keys = (await client.keys('*')).sort();
  const pipeline = client.pipeline();
  for (const key of keys) pipeline.bitcount(key).strlen(key);
  const replies = (await pipeline.exec()) ?? [];
  return `${keys.length} ${replies.reduce((sum, [, reply]) => sum + Number(reply), 0)}`;
}

async function timeOf(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}
