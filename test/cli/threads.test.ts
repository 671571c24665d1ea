import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillBitmap, makeIds } from '../../bench/data.js';
import { failureOf, makeFolder, runCommand } from '../support/cli/command.js';
import { type RedisServer, startRedis } from '../support/servers/redis.js';

/** Says on standard error, when the process ends, how many workers it made. */
const COUNTING = `
import { isMainThread } from 'node:worker_threads';
let workers = 0;
if (isMainThread) {
  process.on('worker', () => (workers += 1));
  process.on('exit', () => process.stderr.write(workers + ' workers\\n'));
}
`;
const BITMAP_BYTES = 2 ** 20;

let folder: Awaited<ReturnType<typeof makeFolder>>;
let server: RedisServer;
let counting: { NODE_OPTIONS: string };

beforeAll(async () => {
  [folder, server] = await Promise.all([makeFolder(), startRedis()]);
  counting = { NODE_OPTIONS: `--import=${await folder.write('counting.mjs', COUNTING)}` };
  const client = new Redis(server.url);
  const bytes = Buffer.alloc(BITMAP_BYTES);
  for (let day = 1; day <= 28; day += 1) {
    fillBitmap(bytes, makeIds(day, BITMAP_BYTES * 8, 0.2, 'uniform'));
    await client.set(`trackist_active_2026-11-${day}`, bytes);
  }
  await client.setbit('trackist_signup_2026-11-1', 7, 1);
  client.disconnect();
});

afterAll(async () => {
  await server?.stop();
  await folder?.remove();
});

const LARGE = [
  '--select1',
  'active',
  '--select2',
  'active',
  '--time-group',
  'days',
  '--num-of-rows',
  '27',
  '--num-results',
  '28',
];
const NOW = ['--now', '2026-11-28'];

describe('--threads', () => {
  it('counts large tables in as many threads, to the same numbers, and ends', async () => {
    const ask = (threads: string) =>
      runCommand(['cohort', server.url, ...LARGE, ...NOW, '--threads', threads], counting);
    const alone = await ask('1');
    expect(alone).toMatchObject({ code: 0, stderr: '0 workers\n' });
    expect(await ask('3')).toEqual({ ...alone, stderr: '2 workers\n' });
    const { stderr: _, ...auto } = await ask('auto');
    expect(auto).toEqual({ code: 0, stdout: alone.stdout });
  });

  it('makes no thread for a small question', async () => {
    const args = ['count', server.url, 'signup@2026-11-01 | signup@2026-11-02', '--threads', '3'];
    expect(await runCommand(args, counting)).toEqual({ code: 0, stdout: '1\n', stderr: '0 workers\n' });
  });

  it.each(['0', '257', 'two', '1.5', ''])('is refused if it is %j', async (threads) => {
    expect(await failureOf('count', server.url, 'active@2026-11-1', '--threads', threads)).toEqual({
      code: 2,
      stderr: `bitmapist: expected --threads to be auto or a whole number from 1 to 256, got ${JSON.stringify(threads)}\n`,
    });
  });
});
