import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BitmapistError, IncompleteMarksError, PartialWriteError, StoreError } from '../src/base/errors.js';
import { Bitmapist } from '../src/bitmapist.js';
import { pagesOf } from '../src/engine/contents.js';
import { bitmap, combine, type Expression } from '../src/engine/expression.js';
import { RedisStore } from '../src/store/redis/redis.js';
import { countIds } from './support/bitmaps.js';
import { startCluster } from './support/servers/cluster.js';
import { type RedisProxy, startProxy } from './support/servers/proxy.js';
import { type RedisServer, startRedis } from './support/servers/redis.js';
import { namesOf } from './support/store/conformance.js';

/** Whatever breaks, the outcome is the right answer or a typed error: no wrong number, no hang, no mark lost in silence. */

const KEYS = Array.from({ length: 8 }, (_, index) => `k${index}`);
const KEY_BYTES = 400_000;
/** All keys have the same two bits in every byte, or one of them. */
const EXPECTED = KEY_BYTES * 2;
/** Small windows, so that a question takes many round trips. */
const windowed = { windowBytes: 16_384 };

function question(store: RedisStore): Expression {
  return combine(
    'or',
    KEYS.map((key) => bitmap(store, key)),
  );
}

async function fill(client: Redis): Promise<void> {
  for (const [index, key] of KEYS.entries()) {
    await client.set(key, Buffer.alloc(KEY_BYTES, index < 4 ? 0x11 : 0x01));
  }
}

type Patience = Pick<RedisOptions, 'maxRetriesPerRequest' | 'retryStrategy' | 'commandTimeout'>;

/** A client that gives up soon, so that failing takes tests no time. */
function connect(url: string, options: Patience = {}): Redis {
  const client = new Redis(url, { maxRetriesPerRequest: 2, retryStrategy: () => 30, ...options });
  client.on('error', () => {});
  return client;
}

/** The answer, or the error where it is one of this library. Anything else fails the test, as does a hang. */
async function outcomeOf<T>(promise: Promise<T>): Promise<T | BitmapistError> {
  return promise.catch((error) => {
    if (error instanceof BitmapistError) return error;
    throw error;
  });
}

describe('a question while the server', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] });
  });
  afterAll(() => server?.stop());

  it.each([0, 3, 10, 30])(
    'is killed and comes back after %i ms is answered right or refused',
    async (delayMs) => {
      const client = connect(server.url, { maxRetriesPerRequest: 20 });
      try {
        await fill(client);
        const store = new RedisStore(client);
        const asked = outcomeOf(countIds([question(store)], windowed));
        await sleep(delayMs);
        await server.kill();
        await server.restart();
        const outcome = await asked;
        if (!(outcome instanceof StoreError)) expect(outcome).toEqual([EXPECTED]);
        expect(await countIds([question(store)], windowed)).toEqual([EXPECTED]);
      } finally {
        client.disconnect();
      }
    },
  );

  it('is killed for good is refused', async () => {
    const client = connect(server.url);
    try {
      await fill(client);
      const store = new RedisStore(client);
      const pages = pagesOf(question(store), windowed);
      await pages.next();
      await server.kill();
      const drained = (async () => {
        for await (const _ of pages);
      })();
      await expect(drained).rejects.toThrow(StoreError);
      await expect(namesOf(store, '')).rejects.toThrow(StoreError);
    } finally {
      client.disconnect();
      await server.restart();
    }
  });

  it.each([1, 3, 5])('loses its data, after %i windows, is refused', async (windows) => {
    const forgetful = await startRedis();
    const client = connect(forgetful.url, { maxRetriesPerRequest: 20 });
    try {
      await fill(client);
      const pages = pagesOf(question(new RedisStore(client)), windowed);
      // A window of 16 KiB is two pages of ids.
      for (let page = 0; page < windows * 2; page++) await pages.next();
      await forgetful.kill();
      await forgetful.restart();
      const drained = (async () => {
        for await (const _ of pages);
      })();
      const error = await drained.catch((reason) => reason);
      expect(error).toBeInstanceOf(StoreError);
      expect(error.message).toContain('shorter than before');
    } finally {
      client.disconnect();
      await forgetful.stop();
    }
  });
});

describe('marks while the server', () => {
  const rows = Array.from({ length: 6000 }, (_, index) => ({
    event: `e${index % 50}`,
    id: (index * 7919) % 1_000_000,
    at: new Date(Date.UTC(2026, index % 12, 1 + (index % 28))),
  }));

  it.each([0, 5, 20, 60])('is killed and comes back after %i ms are written or reported', async (delayMs) => {
    const server = await startRedis({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] });
    const client = connect(server.url, { maxRetriesPerRequest: 5 });
    try {
      const analytics = new Bitmapist({ store: new RedisStore(client) });
      const written = outcomeOf(analytics.markEvents(rows));
      await sleep(delayMs);
      await server.kill();
      await server.restart();
      const outcome = await written;
      if (outcome instanceof BitmapistError) {
        expect(outcome).toBeInstanceOf(IncompleteMarksError);
        expect(outcome.cause).toBeInstanceOf(StoreError);
        await analytics.markEvents(rows);
      }
      // Repeated or not, every row is there now.
      const days = new Map<string, { event: string; at: Date; ids: Set<number> }>();
      for (const { event, id, at } of rows) {
        const day = days.get(`${event} ${at}`) ?? { event, at, ids: new Set() };
        days.set(`${event} ${at}`, day);
        day.ids.add(id);
      }
      const counts = await Promise.all(
        [...days.values()].map(({ event, at }) => analytics.day(event, at).count()),
      );
      expect(counts).toEqual([...days.values()].map(({ ids }) => ids.size));
    } finally {
      client.disconnect();
      await server.stop();
    }
  });

  it('is killed for good say which keys are not known to be written', async () => {
    const server = await startRedis({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] });
    const client = connect(server.url, { maxRetriesPerRequest: 0 });
    try {
      const store = new RedisStore(client, { maxInFlight: 10 });
      const keys = Array.from({ length: 20_000 }, (_, index) => `k${index}`);
      const written = outcomeOf(store.write(keys.map((key) => ({ key, ids: [1], value: 1 }))));
      while ((await client.dbsize()) < 100) await sleep(1);
      await server.kill();
      const error = (await written) as PartialWriteError;
      expect(error).toBeInstanceOf(PartialWriteError);
      await server.restart();
      const found = new Set(await namesOf(store, ''));
      const failed = new Set(error.failedKeys);
      expect(failed.size).toBeGreaterThan(0);
      expect(failed.size).toBeLessThan(keys.length);
      // What is not reported as failed is there, whatever became of the rest.
      expect(keys.filter((key) => !failed.has(key) && !found.has(key))).toEqual([]);
    } finally {
      client.disconnect();
      await server.stop();
    }
  });

  it('runs out of memory are written or reported', async () => {
    const server = await startRedis({ args: ['--maxmemory', '2mb', '--maxmemory-policy', 'noeviction'] });
    const client = connect(server.url);
    try {
      for (const scripts of [true, false]) {
        await client.flushall();
        const store = new RedisStore(client, { scripts });
        const ids = Array.from({ length: 15 }, (_, index) => index * 20);
        const keys = Array.from({ length: 20_000 }, (_, index) => `k${index}`);
        const error = (await outcomeOf(
          store.write(keys.map((key) => ({ key, ids, value: 1 }))),
        )) as PartialWriteError;
        expect(error).toBeInstanceOf(PartialWriteError);
        expect(error.message).toContain('OOM');
        const failed = new Set(error.failedKeys);
        const complete = keys.filter((key) => !failed.has(key));
        expect(complete.length).toBeGreaterThan(1000);
        const counts = await Promise.all(complete.map((key) => store.count(key)));
        expect(counts.every((count) => count === ids.length)).toBe(true);
      }
      // Marks of one call are all or none. By now buffers may have been freed, so that there is room for a few again.
      await client.config('SET', 'maxmemory', 1);
      const analytics = new Bitmapist({ store: new RedisStore(client), trackHourly: true });
      const before = await client.dbsize();
      const error = await analytics.markEvent('a', 1).catch((reason) => reason);
      expect(error).toBeInstanceOf(StoreError);
      expect(error).not.toBeInstanceOf(PartialWriteError);
      expect(error.message).toContain('OOM');
      expect(await client.dbsize()).toBe(before);
    } finally {
      client.disconnect();
      await server.stop();
    }
  });
});

describe('a connection that', () => {
  let server: RedisServer;
  let proxy: RedisProxy;
  beforeAll(async () => {
    server = await startRedis();
    const admin = connect(server.url);
    await fill(admin);
    admin.disconnect();
  });
  beforeEach(async () => {
    proxy = await startProxy(server);
    return () => proxy.stop();
  });
  afterAll(() => server?.stop());

  it.each([100, 20_000, 500_000, 2_000_000])('is cut after %i bytes is mended', async (bytes) => {
    const client = connect(proxy.url);
    try {
      await client.ping();
      proxy.cutAfterBytes = bytes;
      expect(await countIds([question(new RedisStore(client))], windowed)).toEqual([EXPECTED]);
      expect(proxy.cutAfterBytes).toBe(Number.POSITIVE_INFINITY);
    } finally {
      client.disconnect();
    }
  });

  it.each([100, 20_000, 500_000, 2_000_000])(
    'is cut after %i bytes for good ends the question',
    async (bytes) => {
      const client = connect(proxy.url, { retryStrategy: () => null });
      try {
        await client.ping();
        proxy.cutAfterBytes = bytes;
        await expect(countIds([question(new RedisStore(client))], windowed)).rejects.toThrow(StoreError);
      } finally {
        client.disconnect();
      }
    },
  );

  it('is slow is waited for, and given up when the client says so', async () => {
    const patient = connect(proxy.url);
    const impatient = connect(proxy.url, { commandTimeout: 200 });
    try {
      await Promise.all([patient.ping(), impatient.ping()]);
      proxy.delayMs = 500;
      const large = { windowBytes: 262_144 };
      expect(await countIds([question(new RedisStore(patient))], large)).toEqual([EXPECTED]);
      const error = await countIds([question(new RedisStore(impatient))], large).catch((reason) => reason);
      expect(error).toBeInstanceOf(StoreError);
      expect(error.message).toContain('timed out');
    } finally {
      patient.disconnect();
      impatient.disconnect();
    }
  });

  it('is never made ends every question and every mark', async () => {
    const client = connect('redis://127.0.0.1:1');
    try {
      const analytics = new Bitmapist({ store: new RedisStore(client) });
      const both = analytics.day('a').and(analytics.day('b'));
      for (const call of [
        () => both.count(),
        () => analytics.day('a').has(1),
        () => analytics.markEvent('a', 1),
        () => analytics.eventNames(),
        () => analytics.deleteAllEvents(),
        () => analytics.cohort({ select1: 'a', select2: 'b' }),
      ]) {
        const error = await call().catch((reason) => reason);
        expect(error).toBeInstanceOf(StoreError);
        expect(error.message).toContain('expected an answer from Redis');
      }
    } finally {
      client.disconnect();
    }
  });
});

describe('a signal', () => {
  let server: RedisServer;
  let proxy: RedisProxy;
  let client: Redis;
  beforeAll(async () => {
    server = await startRedis();
    proxy = await startProxy(server);
    client = connect(proxy.url);
    await fill(client);
  });
  afterAll(async () => {
    client?.disconnect();
    await proxy?.stop();
    await server?.stop();
  });

  const calls: [string, (store: RedisStore, signal: AbortSignal) => Promise<unknown>][] = [
    ['a count', (store, signal) => countIds([question(store)], { ...windowed, signal })],
    [
      'a consistent count',
      (store, signal) => countIds([question(store)], { ...windowed, signal, consistent: true }),
    ],
    ['the names', (store, signal) => drain(store.keys('k', { signal, batchSize: 1 }))],
    [
      'marks',
      (store, signal) =>
        store.write(
          Array.from({ length: 3000 }, (_, index) => ({ key: `w${index}`, ids: [1], value: 1 })),
          { signal },
        ),
    ],
    [
      'marks of one moment',
      (store, signal) => store.write([{ key: 'w', ids: [1, 2, 3], value: 1 }], { signal, atomic: true }),
    ],
    [
      'deletions',
      (store, signal) =>
        store.delete(
          Array.from({ length: 30_000 }, (_, index) => `w${index}`),
          { signal },
        ),
    ],
  ];

  it.each(calls)('ends %s at whatever command it comes', async (_, call) => {
    const store = new RedisStore(client, { maxInFlight: 20 });
    await call(store, new AbortController().signal);
    let ended = 0;
    for (const commands of [0, 1, 2, 5, 20, 60]) {
      const controller = new AbortController();
      proxy.commands.length = 0;
      const watch = setInterval(() => {
        if (proxy.commands.length >= commands) controller.abort(new Error('enough'));
      }, 0);
      try {
        proxy.delayMs = 5;
        const outcome = await call(store, controller.signal).catch((error) => error);
        if (outcome instanceof Error) {
          expect(outcome.message).toBe('enough');
          ended++;
        }
      } finally {
        clearInterval(watch);
        proxy.delayMs = 0;
      }
    }
    expect(ended).toBeGreaterThan(1);
    // Nothing is left over that would disturb the next question.
    expect(await countIds([question(store)], windowed)).toEqual([EXPECTED]);
  });
});

describe('a cluster whose master dies', () => {
  it('answers a cohort right or refuses it, and answers again when the replica has taken over', async () => {
    const cluster = await startCluster();
    const nodes = cluster.nodes.map(({ host, port }) => ({ host, port }));
    const client = new Cluster(nodes, {
      clusterRetryStrategy: () => 100,
      redisOptions: { maxRetriesPerRequest: 3 },
    });
    client.on('error', () => {});
    try {
      const analytics = new Bitmapist({
        store: new RedisStore(client),
        clock: () => new Date('2026-03-31T12:00Z'),
      });
      const rows = Array.from({ length: 5000 }, (_, index) => ({
        event: index % 3 === 0 ? 'signup' : 'active',
        id: (index * 31) % 4000,
        at: new Date(Date.UTC(2026, 2, 1 + (index % 31), 10)),
      }));
      await analytics.markEvents(rows);
      // What a master had not yet passed on when it died is gone; that is the cluster's promise, not the library's.
      await Promise.all(client.nodes('master').map((node) => node.wait(1, 5000)));
      const cohort = () => analytics.cohort({ select1: 'signup', select2: 'active', numResults: 20 });
      const expected = await cohort();
      let right = 0;
      let refused = 0;
      const ask = async (): Promise<void> => {
        const outcome = await outcomeOf(cohort());
        if (outcome instanceof BitmapistError) {
          expect(outcome).toBeInstanceOf(StoreError);
          refused++;
        } else {
          expect(outcome).toEqual(expected);
          right++;
        }
      };
      await ask();
      await cluster.nodes[0]!.kill();
      const deadline = Date.now() + 30_000;
      for (let rightSince = 0; rightSince < 3 && Date.now() < deadline; ) {
        const before = right;
        await ask();
        rightSince = right > before ? rightSince + 1 : 0;
        await sleep(50);
      }
      expect(right).toBeGreaterThanOrEqual(4);
      expect(refused).toBeLessThan(200);
      expect((await analytics.eventNames()).sort()).toEqual(['active', 'signup']);
      await analytics.markEvents(rows);
      expect(await cohort()).toEqual(expected);
    } finally {
      client.disconnect();
      await cluster.stop();
    }
  });
});

describe('a cluster whose masters change places with their replicas', () => {
  it('takes every mark and answers every question meanwhile', async () => {
    const cluster = await startCluster();
    const nodes = cluster.nodes.map(({ host, port }) => ({ host, port }));
    const client = new Cluster(nodes);
    client.on('error', () => {});
    const admins = cluster.nodes.map(({ url }) => connect(url));
    try {
      const analytics = new Bitmapist({ store: new RedisStore(client) });
      const now = '2026-11-22';
      const names = Array.from({ length: 12 }, (_, index) => `event ${index * 7919}`);
      await analytics.markEvents(names.map((event) => ({ event, id: 0, at: now })));
      // As ioredis has its connections to replicas: one that has become a replica runs scripts, and refuses what they write.
      for (const node of client.nodes('all')) await node.readonly();
      const union = analytics
        .day(names[0]!, now)
        .or(...names.slice(1).map((name) => analytics.day(name, now)));
      let isOver = false;
      let questions = 0;
      const ask = async (): Promise<void> => {
        while (!isOver) {
          expect(await union.has(0)).toBe(true);
          expect((await analytics.eventNames()).length).toBe(names.length);
          questions++;
        }
      };
      let marked = 0;
      const mark = async (): Promise<void> => {
        while (!isOver) {
          const ids = Array.from({ length: 3000 }, (_, index) => marked + index);
          await analytics.markEvents(names.flatMap((event) => ids.map((id) => ({ event, id, at: now }))));
          marked += ids.length;
        }
      };
      const swap = async (): Promise<void> => {
        try {
          // There and back again.
          for (const replica of [3, 4, 5, 0, 1, 2]) {
            await admins[replica]!.call('CLUSTER', 'FAILOVER');
            const isMaster = async () => (await admins[replica]!.role())[0] === 'master';
            while (!(await isMaster())) await sleep(10);
            await sleep(300);
          }
        } finally {
          isOver = true;
        }
      };
      await Promise.all([ask(), mark(), swap()]);
      expect(marked).toBeGreaterThan(0);
      expect(questions).toBeGreaterThan(5);
      for (const name of names) expect(await analytics.day(name, now).count()).toBe(marked);
    } finally {
      client.disconnect();
      for (const admin of admins) admin.disconnect();
      await cluster.stop();
    }
  });
});

async function drain(items: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of items);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
