import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { StoreError, WrongTypeError } from '../../../src/base/errors.js';
import { bitmap, combine, complement } from '../../../src/engine/expression.js';
import { hasId } from '../../../src/engine/membership.js';
import { CachedStore } from '../../../src/store/cache/cache.js';
import { RedisStore } from '../../../src/store/redis/redis.js';
import { countIds } from '../../support/bitmaps.js';
import { type RedisProxy, startProxy } from '../../support/servers/proxy.js';
import { type RedisServer, startRedis } from '../../support/servers/redis.js';
import { describeConformance } from '../../support/store/conformance.js';

/** What servers that only keep bitmaps leave out, and what they may leave out besides. */
const UNKNOWN = ['getrange', 'strlen', 'bitpos', 'unlink', 'hello', 'info', 'eval', 'client'];
const RARELY_KNOWN = [...UNKNOWN, 'bitcount', 'multi', 'exec', 'type'];

let server: RedisServer;
let admin: Redis;

beforeAll(async () => {
  server = await startRedis();
  admin = new Redis(server.url);
});

afterAll(async () => {
  admin?.disconnect();
  await server?.stop();
});

describe.each([
  ['knows neither GETRANGE nor STRLEN', UNKNOWN],
  ['knows hardly more than GET and SETBIT', RARELY_KNOWN],
])('a server that %s', (_, refused) => {
  let proxy: RedisProxy;
  let client: Redis;
  beforeAll(async () => {
    proxy = await startProxy(server, refused);
    client = new Redis(proxy.url, { enableReadyCheck: false });
  });
  afterAll(async () => {
    client?.disconnect();
    await proxy?.stop();
  });
  afterEach(() => {
    proxy.commands.length = 0;
  });

  const emptyStore = async (): Promise<RedisStore> => {
    await admin.flushall();
    return new RedisStore(client);
  };

  describeConformance('RedisStore', emptyStore, { maxId: 3_000_000, runs: 15, erases: false });

  it('is found out at the first read, once, and said', async () => {
    const store = await emptyStore();
    expect(store.readStrategy).toBe('ranges');
    await admin.setbit('k', 100, 1);
    expect(await store.byteLengths(['k'])).toEqual([13]);
    expect(store.readStrategy).toBe('whole');
    proxy.commands.length = 0;
    await store.read([{ key: 'k', byteOffset: 12, target: new Uint8Array(1) }]);
    expect(proxy.commands).toEqual(['get']);
  });

  it('sends every key once per question, however many windows there are', async () => {
    const inner = await emptyStore();
    for (const store of [inner, new CachedStore(inner, { isFinished: () => false, maxBytes: 1 })]) {
      const ids = Array.from({ length: 4000 }, (_, index) => index * 100);
      await store.write([
        { key: 'a', ids, value: 1 },
        { key: 'b', ids: ids.filter((id) => id % 300 === 0), value: 1 },
      ]);
      await store.byteLengths([]);
      proxy.commands.length = 0;
      const both = combine('and', [bitmap(store, 'a'), bitmap(store, 'b')]);
      expect(await countIds([both], { windowBytes: 4096 })).toEqual([1334]);
      expect(proxy.commands.filter((name) => name === 'get')).toHaveLength(2);
    }
  });

  it('sends a key once to a question that asks for its length and a byte at the same time', async () => {
    const store = await emptyStore();
    await admin.setbit('a', 100, 1);
    await store.byteLengths(['a']);
    proxy.commands.length = 0;
    expect(await hasId(complement(bitmap(store, 'a')), 99)).toBe(true);
    expect(proxy.commands).toEqual(['get']);
  });

  it('is asked anew by the next question', async () => {
    const store = await emptyStore();
    const both = combine('or', [bitmap(store, 'a'), bitmap(store, 'b')]);
    await admin.setbit('a', 7, 1);
    expect(await countIds([both])).toEqual([1]);
    await admin.setbit('b', 9, 1);
    expect(await countIds([both])).toEqual([2]);
  });

  it('takes marks that were to be one transaction', async () => {
    const store = await emptyStore();
    await store.write(
      [
        { key: 'a', ids: [1, 2], value: 1 },
        { key: 'b', ids: [3], value: 1 },
      ],
      { atomic: true },
    );
    expect(await Promise.all([admin.bitcount('a'), admin.bitcount('b')])).toEqual([2, 1]);
  });

  it('takes many bits of a key', async () => {
    const store = await emptyStore();
    await store.write([{ key: 'a', ids: Array.from({ length: 3000 }, (_, id) => id), value: 1 }]);
    expect(await admin.bitcount('a')).toBe(3000);
  });

  it('names the key that holds something else', async () => {
    const store = await emptyStore();
    await admin.rpush('bad', 'x');
    await expect(store.byteLengths(['bad'])).rejects.toThrow(WrongTypeError);
  });
});

describe('a server without transactions', () => {
  it.each([['multi', 'exec'], ['multi']])('refuses a consistent read (%s)', async (...refused) => {
    const proxy = await startProxy(server, refused);
    const client = new Redis(proxy.url);
    try {
      await expect(new RedisStore(client).snapshot(['a', 'b'])).rejects.toThrow(
        'expected a server with transactions for a consistent read, got one without',
      );
    } finally {
      client.disconnect();
      await proxy.stop();
    }
  });
});

describe('the read strategy', () => {
  it('is what the caller says', async () => {
    await admin.flushall();
    await admin.setbit('k', 3, 1);
    const store = new RedisStore(admin, { readStrategy: 'whole' });
    expect(store.readStrategy).toBe('whole');
    expect(await store.byteLengths(['k'])).toEqual([1]);

    const proxy = await startProxy(server, ['strlen']);
    const client = new Redis(proxy.url);
    try {
      const insisting = new RedisStore(client, { readStrategy: 'ranges' });
      const error = await insisting.byteLengths(['k']).catch((reason) => reason);
      expect(error).toBeInstanceOf(StoreError);
      expect(error.message).toContain("unknown command 'strlen'");
    } finally {
      client.disconnect();
      await proxy.stop();
    }
    expect(() => new RedisStore(admin, { readStrategy: 'dump' as 'whole' })).toThrow(RangeError);
  });
});
