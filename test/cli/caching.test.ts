import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Bitmapist } from '../../src/index.js';
import { RedisStore } from '../../src/redis.js';
import { failureOf, makeFolder, outputOf } from '../support/cli/command.js';
import { type RedisServer, startRedis } from '../support/servers/redis.js';

let server: RedisServer;
let folder: Awaited<ReturnType<typeof makeFolder>>;
let store: RedisStore;

beforeAll(async () => {
  server = await startRedis();
  folder = await makeFolder();
  store = await RedisStore.open(server.url);
  const bitmapist = new Bitmapist({ store });
  await bitmapist.markEvent('active', [1, 2, 3], { now: '2025-01-01' });
  await bitmapist.markEvent('active', [2, 3, 5], { now: '2025-01-02' });
});

afterAll(async () => {
  await store?.close();
  await server?.stop();
  await folder?.remove();
});

const BOTH = 'active@2025-01-01 & active@2025-01-02';

describe('a command with --cache', () => {
  it('fetches what is over once, and finds it the next time', async () => {
    const cache = folder.path('cache');
    const ask = () => outputOf('count', server.url, BOTH, '--cache', cache);
    expect(await ask()).toBe('2\n');
    const bitmaps = readdirSync(cache).filter((name) => name.endsWith('.bitmap'));
    expect(bitmaps).toHaveLength(2);
    expect(await ask()).toBe('2\n');
    expect(readdirSync(cache).filter((name) => name.endsWith('.bitmap'))).toEqual(bitmaps);
    // What is there is believed: 4 took the place of 3, so that the number of ids says nothing.
    await store.write([
      { key: 'trackist_active_2025-1-1', ids: [3], value: 0 },
      { key: 'trackist_active_2025-1-1', ids: [4], value: 1 },
    ]);
    expect(await ask()).toBe('2\n');
    expect(await outputOf('count', server.url, BOTH)).toBe('1\n');
  });

  it('notices that another server has taken the place of the one that it kept bitmaps of', async () => {
    const cache = folder.path('moved');
    const ask = () => outputOf('count', server.url, BOTH, '--cache', cache);
    const before = await ask();
    await store.write([{ key: 'trackist_active_2025-1-1', ids: [5, 6, 7], value: 1 }]);
    expect(await ask()).toBe(`${Number(before) + 1}\n`);
  });

  it('compares what is kept with what the server holds if it is told to', async () => {
    const cache = folder.path('checked');
    const ask = (check: string) => outputOf('count', server.url, BOTH, '--cache', cache, '--check', check);
    const key = 'trackist_active_2025-1-2';
    const before = Number(await ask('count'));
    expect(Number(await ask('never'))).toBe(before);
    await store.write([{ key, ids: [4], value: 1 }]);
    expect(Number(await ask('count'))).toBe(before + 1);
    expect(Number(await ask('count'))).toBe(before + 1);
    await store.write([{ key, ids: [4], value: 0 }]);
    expect(Number(await ask('count'))).toBe(before);
  });

  it('says what it cannot check by, or without', async () => {
    const ask = (...args: string[]) => failureOf('count', server.url, BOTH, ...args);
    expect(await ask('--check', 'count')).toMatchObject({
      stderr:
        'bitmapist: expected --check with --cache, since nothing is kept without it that could be compared\n',
    });
    expect(await failureOf('count', 'demo', BOTH, '--check', 'count')).toMatchObject({
      stderr:
        'bitmapist: expected --check with --cache, since nothing is kept without it that could be compared\n',
    });
    expect((await ask('--cache', folder.path('checked'), '--check', 'always')).stderr).toContain(
      'expected --check to be never, count or digest, got "always"',
    );
  });

  it('says so if it cannot be where it should', async () => {
    const file = await folder.write('file', '');
    expect(await failureOf('count', server.url, BOTH, '--cache', file)).toMatchObject({
      stderr: `bitmapist: expected a folder for cached bitmaps at ${file}, got EEXIST\n`,
    });
    expect(await failureOf('count', server.url, BOTH, '--cache', join(file, 'in'))).toMatchObject({
      stderr: `bitmapist: expected a folder for cached bitmaps at ${join(file, 'in')}, got ENOTDIR\n`,
    });
  });

  it('is one of servers', async () => {
    expect(await failureOf('count', 'demo', BOTH, '--cache', folder.path('none'))).toMatchObject({
      stderr: 'bitmapist: expected --cache with a Redis or a published folder, got "demo"\n',
    });
  });
});
