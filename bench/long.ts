/** Keys as long as they get in practice: memory stays bounded, time grows with the bytes. Measured in a process of its own. */
import { spawn } from 'node:child_process';
import { Redis } from 'ioredis';
import { startRedis } from '../test/support/servers/redis.js';
import { seededRandom } from './data.js';
import type { Suite } from './suite.js';

const DAYS = 44;
const MEBIBYTE = 2 ** 20;
const LIMIT_BYTES = 200 * MEBIBYTE;

interface Outcome {
  readonly grownBytes: number;
  readonly ms: number;
}

export async function benchLongKeys(suite: Suite): Promise<void> {
  const server = await startRedis();
  const client = new Redis(server.url);
  try {
    const [short, long] = suite.quick ? [4, 8] : [16, 64];
    const outcomes: Outcome[] = [];
    for (const mebibytes of [short, long]) {
      await fill(client, mebibytes * MEBIBYTE);
      outcomes.push(await cohortInProcess(server.url));
    }
    const name = `cohort over ${DAYS} keys of ${long} MiB`;
    const [{ ms: shortMs }, { ms: longMs, grownBytes }] = outcomes as [Outcome, Outcome];
    suite.record({
      name: `${name}: growth of RSS`,
      unit: 'bytes',
      ours: grownBytes,
      peerName: 'limit',
      peer: LIMIT_BYTES,
      target: 1,
    });
    suite.record({
      name: `${name}: time`,
      unit: 'ms',
      ours: longMs,
      peerName: `${long / short} × that of ${short} MiB`,
      peer: (longMs === 0 ? 0 : shortMs) * (long / short),
    });
  } finally {
    client.disconnect();
    await server.stop();
  }
}

/** Dense enough that every stretch has to be read. */
async function fill(client: Redis, byteLength: number): Promise<void> {
  await client.flushall();
  const random = seededRandom(byteLength);
  const bytes = Buffer.alloc(byteLength);
  for (let index = 0; index < byteLength; index += 97) bytes[index] = 1 + Math.floor(random() * 255);
  for (let day = 1; day <= DAYS; day += 1) {
    bytes[day] = 0xff;
    await client.set(`trackist_active_2026-${day <= 31 ? 1 : 2}-${day <= 31 ? day : day - 31}`, bytes);
  }
}

async function cohortInProcess(url: string): Promise<Outcome> {
  const script = `
    import { Bitmapist } from './dist/index.js';
    import { RedisStore } from './dist/redis.js';
    const store = await RedisStore.open(${JSON.stringify(url)});
    const analytics = new Bitmapist({ store });
    await analytics.day('nobody').count();
    const before = process.memoryUsage().rss;
    const start = performance.now();
    let peak = before;
    const onProgress = () => { peak = Math.max(peak, process.memoryUsage().rss); };
    await analytics.cohort({ select1: 'active', select2: 'active', startDate: '2026-01-01', numResults: 31, numOfRows: 13, onProgress });
    console.log(JSON.stringify({ grownBytes: peak - before, ms: performance.now() - start }));
    await store.close();
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    cwd: new URL('..', import.meta.url),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  for await (const chunk of child.stdout) output += String(chunk);
  return JSON.parse(output) as Outcome;
}
