import { execFile } from 'node:child_process';
import { getEventListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StoreError } from '../src/base/errors.js';
import { Bitmapist } from '../src/bitmapist.js';
import type { RedisClient } from '../src/store/redis/client.js';
import { RedisStore } from '../src/store/redis/redis.js';
import { type RedisServer, startRedis } from './support/servers/redis.js';

/** A guest in somebody's process takes nothing before it is asked, and leaves nothing behind. */

const ROOT = new URL('../', import.meta.url);

describe('importing', () => {
  const { exports } = JSON.parse(readFileSync(new URL('package.json', ROOT), 'utf8')) as {
    exports: Record<string, { default?: string }>;
  };
  const entries = Object.values(exports).flatMap((entry) => entry.default ?? []);

  it.each(entries)('%s opens nothing', async (entry) => {
    const script = `
      await import(${JSON.stringify(new URL(entry, ROOT).href)});
      const open = /TCP|TLS|UDP|AddrInfo|Timeout|Immediate|Worker|MessagePort/;
      console.log(process.getActiveResourcesInfo().filter((name) => open.test(name)));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
    expect(stdout).toBe('[]\n');
  });
});

describe('a signal and a client', () => {
  let server: RedisServer;
  let client: Redis;
  beforeAll(async () => {
    server = await startRedis();
    client = new Redis(server.url);
    await client.ping();
  });
  afterAll(async () => {
    client?.disconnect();
    await server?.stop();
  });

  const rows = Array.from({ length: 2000 }, (_, id) => ({ event: `e${id % 9}`, id, at: '2026-11-22' }));
  const now = '2026-11-22';

  const calls: [string, (analytics: Bitmapist, signal: AbortSignal) => Promise<unknown>][] = [
    ['a count', (analytics, signal) => analytics.day('e1').or(analytics.day('e2')).count({ signal })],
    [
      'a consistent count',
      (analytics, signal) => analytics.day('e1').or(analytics.day('e2')).count({ signal, consistent: true }),
    ],
    ['one id', (analytics, signal) => analytics.day('e1').has(1, { signal })],
    ['a key of another type', (analytics, signal) => analytics.day('list').ids({ signal })],
    [
      'ids of which only the first are wanted',
      async (analytics, signal) => {
        for await (const _ of analytics.day('e1').or(analytics.day('e2')).pages({ signal, memoryBytes: 1 }))
          break;
      },
    ],
    [
      'names of which only the first is wanted',
      async ({ store }, signal) => {
        for await (const _ of store.keys('', { signal, batchSize: 1 })) break;
      },
    ],
    ['a mark', (analytics, signal) => analytics.markEvent('e1', 1, { now, signal })],
    ['many marks', (analytics, signal) => analytics.markEvents(rows, { signal })],
    [
      'many marks of which one is broken',
      (analytics, signal) => analytics.markEvents([...rows, {} as never], { signal }),
    ],
    ['a cohort', (analytics, signal) => analytics.cohort({ select1: 'e1', select2: 'e2', signal })],
    ['deletions', (analytics, signal) => analytics.deleteAllEvents({ signal })],
  ];

  it.each(calls)('are left as they were by %s', async (_, call) => {
    await client.flushall();
    await client.rpush('trackist_list_2026-11-22', 'x');
    const analytics = new Bitmapist({ store: new RedisStore(client), clock: () => new Date(now) });
    await analytics.markEvents(rows);
    // Far from the others: there is a further window to read while the first one is looked at.
    await analytics.markEvent('e1', 300_000, { now });
    const listeners = () => client.eventNames().map((name) => [name, client.listenerCount(name)]);
    const before = listeners();
    const { signal } = new AbortController();
    await call(analytics, signal).catch(() => {});
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    expect(listeners()).toEqual(before);
  });

  it('are left as they were where the client lacks what is asked of it', async () => {
    const { signal } = new AbortController();
    const analytics = new Bitmapist({ store: new RedisStore({} as RedisClient) });
    await expect(analytics.day('e1').or(analytics.day('e2')).count({ signal })).rejects.toThrow(StoreError);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});
