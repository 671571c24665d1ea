import * as fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PartialWriteError, WrongTypeError } from '../../../src/base/errors.js';
import { RedisStore } from '../../../src/store/redis/redis.js';
import type { BitWrite } from '../../../src/store/types.js';
import { type RedisProxy, startProxy } from '../../support/servers/proxy.js';
import { type RedisServer, startRedis } from '../../support/servers/redis.js';
import { idsOf } from '../../support/store/conformance.js';

let server: RedisServer;
let proxy: RedisProxy;
let admin: Redis;
let client: Redis;
let store: RedisStore;

beforeAll(async () => {
  server = await startRedis();
  proxy = await startProxy(server);
  admin = new Redis(server.url);
  client = new Redis(proxy.url);
});

beforeEach(async () => {
  await admin.flushall();
  store = new RedisStore(client);
});

afterEach(() => {
  proxy.commands.length = 0;
});

afterAll(async () => {
  client?.disconnect();
  admin?.disconnect();
  await proxy?.stop();
  await server?.stop();
});

const sent = (name: string): number => proxy.commands.filter((command) => command === name).length;

describe('writing many bits of a key', () => {
  it('leaves the bytes that a command per bit leaves, whatever was there before', async () => {
    const stretch = fc
      .record({
        first: fc.oneof(fc.nat(2_000_000), fc.constantFrom(0, 131_071, 131_072, 262_143)),
        length: fc.integer({ min: 1, max: 600 }),
        step: fc.constantFrom(1, 2, 8, 300),
      })
      .map(({ first, length, step }) => Array.from({ length }, (_, index) => first + index * step));
    const write = fc.record({
      key: fc.constantFrom('a', 'b'),
      ids: stretch,
      value: fc.constantFrom<0 | 1>(1, 1, 0),
    });
    const bits = new RedisStore(admin, { scripts: false });
    await fc.assert(
      fc.asyncProperty(fc.array(write, { minLength: 1, maxLength: 5 }), async (writes) => {
        await admin.flushall();
        await bits.write(writes);
        const expected = await valuesOf('a', 'b');
        await admin.flushall();
        await store.write(writes);
        expect((await valuesOf('a', 'b')) === expected).toBe(true);
      }),
      { numRuns: 40, seed: 11 },
    );
    expect(sent('eval')).toBeGreaterThan(40);
    expect(sent('setbit')).toBeGreaterThan(100);
  });

  it('takes a few requests, the first time one more', async () => {
    const ids = range(0, 262_144, 2);
    await store.write([{ key: 'k', ids, value: 1 }]);
    expect(proxy.commands.filter((name) => name === 'eval' || name === 'setbit')).toHaveLength(3);
    proxy.commands.length = 0;
    await store.write([{ key: 'k', ids, value: 1 }]);
    expect(proxy.commands).toEqual(['eval', 'eval']);
    expect(await admin.bitcount('k')).toBe(131_072);
  });

  it('sends single commands where bits are few or far apart', async () => {
    await store.write([{ key: 'k', ids: [1, 2, 3], value: 1 }]);
    await store.write([{ key: 'k', ids: range(0, 8_000_000, 400_000), value: 1 }]);
    expect(sent('setbit')).toBe(23);
  });

  it('keeps the time to live of the key', async () => {
    await admin.setbit('k', 1, 1);
    await admin.expire('k', 1000);
    await store.write([{ key: 'k', ids: range(0, 1000), value: 1 }]);
    expect(await admin.bitcount('k')).toBe(1000);
    expect(await admin.ttl('k')).toBeGreaterThan(900);
  });

  it('loses no mark that another client makes meanwhile', async () => {
    const mine = range(0, 200_000, 2);
    const writing = Promise.all([0, 1, 2].map(() => store.write([{ key: 'k', ids: mine, value: 1 }])));
    const theirs = range(1, 6001, 2);
    await Promise.all([writing, ...theirs.map((id) => admin.setbit('k', id, 1))]);
    const found = idsOf((await admin.getBuffer('k'))!);
    expect(found).toEqual([...mine, ...theirs].sort((a, b) => a - b));
  });

  it('leaves no other key behind, in the order of the batch', async () => {
    await store.write([
      { key: 'k', ids: range(0, 5000), value: 1 },
      { key: 'k', ids: range(100, 200), value: 0 },
      { key: 'k', ids: range(150, 160), value: 1 },
    ]);
    expect(await admin.bitcount('k')).toBe(4910);
    expect(await admin.keys('*')).toEqual(['k']);
  });

  it('says how far it came where a key holds something else', async () => {
    await admin.rpush('bad', 'x');
    const writes: BitWrite[] = ['good', 'bad'].map((key) => ({ key, ids: range(0, 1000), value: 1 }));
    const error = await store.write(writes).catch((reason) => reason);
    expect(error).toBeInstanceOf(PartialWriteError);
    expect(error.failedKeys).toEqual(['bad']);
    expect(error.message).toContain('2000 bits, got 1000 confirmed');
    expect(error.cause).toBeInstanceOf(WrongTypeError);
    await expect(store.write([{ key: 'bad', ids: range(0, 1000), value: 1 }])).rejects.toThrow(
      WrongTypeError,
    );
    expect(await admin.keys('*')).toHaveLength(2);
  });

  it.each([
    ['the user may not run any', ['~*', '+@all', '-@scripting']],
    ['the user may not run all of one', ['~*', '+@all', '-bitop']],
    ['the user may not write beside the marks', ['~k', '+@all']],
  ])('does without scripts where %s', async (_, rules) => {
    await admin.call('ACL', 'SETUSER', 'marker', 'on', '>secret', ...rules);
    const marker = new Redis(server.url, { username: 'marker', password: 'secret' });
    try {
      await new RedisStore(marker).write([{ key: 'k', ids: range(0, 3000), value: 1 }]);
      expect(await admin.bitcount('k')).toBe(3000);
      expect(await admin.keys('*')).toEqual(['k']);
    } finally {
      marker.disconnect();
      await admin.call('ACL', 'DELUSER', 'marker');
    }
  });

  it('writes a million ids in bounded memory', async () => {
    const ids = Uint32Array.from({ length: 1_000_000 }, (_, index) => (index * 2_654_435_761) % 50_000_000);
    const before = process.memoryUsage().rss;
    await store.write([{ key: 'k', ids, value: 1 }]);
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024);
    expect(await admin.bitcount('k')).toBe(new Set(ids).size);
  });
});

async function valuesOf(...keys: string[]): Promise<string> {
  const values = await Promise.all(keys.map((key) => admin.getBuffer(key)));
  return values.map((value) => value?.toString('hex')).join();
}

function range(from: number, to: number, step = 1): number[] {
  return Array.from({ length: Math.ceil((to - from) / step) }, (_, index) => from + index * step);
}
