import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Bitmapist } from '../../src/index.js';
import { RedisStore } from '../../src/redis.js';
import { blocksOf } from '../support/cli/recipes.js';
import { elementsOf, parseStrictly, textOf } from '../support/report/markup.js';
import { type RedisServer, startRedis } from '../support/servers/redis.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

let redis: RedisServer;
let folder: string;

beforeAll(async () => {
  redis = await startRedis();
  folder = await mkdtemp(join(tmpdir(), 'bitmapist-nightly-'));
  await mkdir(join(folder, 'node_modules'));
  await symlink(ROOT, join(folder, 'node_modules/bitmapist-wasm'));
});

afterAll(async () => {
  await redis?.stop();
  await rm(folder, { recursive: true });
});

it('the nightly script of the docs writes a page, and ends', async () => {
  const page = await readFile(join(ROOT, 'docs/dashboard.md'), 'utf8');
  const script = blocksOf(page, 'js').find((block) => block.includes('replaceFile'))!;
  await writeFile(join(folder, 'nightly.mjs'), script);
  const client = new Redis(redis.url);
  await new Bitmapist({ store: new RedisStore(client) }).markEvent('active', [1, 2, 3]);
  client.disconnect();
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['nightly.mjs'], {
    cwd: folder,
    env: { ...process.env, REDIS_URL: redis.url },
    timeout: 30_000,
  });
  expect([stdout, stderr]).toEqual(['', '']);
  const written = parseStrictly(await readFile(join(folder, 'analytics.html'), 'utf8'));
  expect(elementsOf(written, 'h2').map(textOf)).toEqual(['Who is active']);
  expect(elementsOf(written, 'td').map(textOf)).toContain('3* so far');
  expect((await readdir(folder)).sort()).toEqual(['analytics.html', 'nightly.mjs', 'node_modules']);
});
