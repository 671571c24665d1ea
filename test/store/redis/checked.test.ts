import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { StoreError } from '../../../src/base/errors.js';
import { Bitmapist } from '../../../src/bitmapist.js';
import { cached } from '../../../src/events/cached.js';
import { CachedStore } from '../../../src/store/cache/cache.js';
import { RedisStore } from '../../../src/store/redis/redis.js';
import { digestsByScript } from '../../support/servers/digest.js';
import { type RedisProxy, startProxy } from '../../support/servers/proxy.js';
import { type RedisServer, startRedis } from '../../support/servers/redis.js';
import { describeConformance } from '../../support/store/conformance.js';

const NOW = new Date('2026-03-31T12:00:00Z');
const DAYS = 25;

let server: RedisServer;
let proxy: RedisProxy;
let client: Redis;
let admin: Redis;

beforeAll(async () => {
  server = await startRedis();
  proxy = await startProxy(server);
  digestsByScript(proxy);
  client = new Redis(proxy.url);
  admin = new Redis(server.url);
});

afterAll(async () => {
  client?.disconnect();
  admin?.disconnect();
  await proxy?.stop();
  await server?.stop();
});

beforeEach(async () => {
  await admin.flushall();
  proxy.refusals.clear();
});

async function open(check: 'count' | 'digest') {
  const store = cached(new RedisStore(client, { retryMs: 0 }), { check, clock: () => NOW });
  const bitmapist = new Bitmapist({ store, clock: () => NOW });
  const days = Array.from({ length: DAYS }, (_, day) => new Date(Date.UTC(2026, 2, day + 1)));
  await bitmapist.markEvents(
    days.flatMap((at, day) => [1, 2, 3, 100 + day].map((id) => ({ event: 'a', id, at }))),
  );
  const all = () => bitmapist.counts(days.map((day) => bitmapist.day('a', day)));
  const keyOf = (day: number) => `trackist_a_2026-3-${day + 1}`;
  return { store, bitmapist, all, keyOf };
}

for (const check of ['count', 'digest'] as const) {
  describeConformance(
    `CachedStore that checks a RedisStore by ${check}`,
    async () => {
      await admin.flushall();
      return new CachedStore(new RedisStore(client), { isFinished: () => true, maxBytes: 1e6, check });
    },
    { maxId: 3_000_000, runs: 10 },
  );
}

describe.each(['count', 'digest'] as const)('a cache of Redis that checks by %s', (check) => {
  it('sees what another client does to finished periods, in the next question', async () => {
    const { all, keyOf, store } = await open(check);
    const expected = new Array<number>(DAYS).fill(4);
    expect(await all()).toEqual(expected);
    const steps: [number, number, () => Promise<unknown>][] = [
      [0, 5, () => admin.setbit(keyOf(0), 9, 1)],
      [1, 3, () => admin.setbit(keyOf(1), 2, 0)],
      [2, 0, () => admin.del(keyOf(2))],
      [3, 0, () => admin.pexpire(keyOf(3), 1)],
      [4, 1, () => admin.set(keyOf(4), Buffer.of(0x10))],
      [2, 1, () => admin.setbit(keyOf(2), 1, 1)],
    ];
    for (const [day, count, change] of steps) {
      await change();
      await new Promise((resolve) => setTimeout(resolve, 5));
      expected[day] = count;
      expect(await all()).toEqual(expected);
      expect(await all()).toEqual(expected);
    }
    expect(store.statistics).toMatchObject({ bitmaps: DAYS, changed: steps.length });
  });

  it('asks all of it in one round trip, before any answer has come, and fetches nothing', async () => {
    const { all } = await open(check);
    await all();
    await all();
    proxy.commands.length = 0;
    proxy.delayMs = 100;
    try {
      const { sentBytes } = proxy;
      const asked = all();
      while (proxy.commands.length < DAYS) await new Promise((resolve) => setTimeout(resolve, 1));
      expect(proxy.sentBytes).toBe(sentBytes);
      expect(await asked).toEqual(new Array(DAYS).fill(4));
    } finally {
      proxy.delayMs = 0;
    }
    const command = check === 'count' ? 'bitcount' : 'digest';
    expect(proxy.commands).toEqual(new Array(DAYS).fill(command));
  });

  it.each([
    ['does not know the command', "ERR unknown command 'X', with args beginning with: 'k'"],
    ['does not allow it', "NOPERM User default has no permissions to run the 'x' command"],
  ])('says so if the server %s, and answers nothing', async (_, text) => {
    const { all } = await open(check);
    if (check === 'count') await all();
    proxy.refusals.set(check === 'count' ? 'bitcount' : 'digest', text);
    const error = await all().catch((reason) => reason);
    expect(error).toBeInstanceOf(StoreError);
    expect(error.message).toMatch(/^expected a server that tells by (BITCOUNT|DIGEST).*, got "(ERR|NOPERM)/);
    proxy.refusals.clear();
    expect(await all()).toEqual(new Array(DAYS).fill(4));
  });

  it('says so if the server is gone, though all is kept', async () => {
    const gone = await startRedis();
    const between = await startProxy(gone);
    digestsByScript(between);
    const lost = new Redis(between.url, { maxRetriesPerRequest: 0, retryStrategy: () => 10 });
    lost.on('error', () => {});
    try {
      const store = cached(new RedisStore(lost, { retryMs: 0 }), { check, clock: () => NOW });
      const bitmapist = new Bitmapist({ store, clock: () => NOW });
      await bitmapist.markEvent('a', [1, 2], { now: '2026-03-01' });
      const count = () =>
        bitmapist.counts([bitmapist.day('a', '2026-03-01'), bitmapist.day('a', '2026-03-02')]);
      expect(await count()).toEqual([2, 0]);
      await gone.kill();
      await expect(count()).rejects.toThrow(StoreError);
    } finally {
      lost.disconnect();
      await between.stop();
      await gone.stop();
    }
  });
});
