import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BudgetError, WrongTypeError } from '../../../src/base/errors.js';
import { idsOf } from '../../../src/engine/contents.js';
import { bitmap, combine, complement, type Expression } from '../../../src/engine/expression.js';
import { CachedStore } from '../../../src/store/cache/cache.js';
import type { RedisClient } from '../../../src/store/redis/client.js';
import { fromNodeRedis } from '../../../src/store/redis/node-redis.js';
import { RedisStore } from '../../../src/store/redis/redis.js';
import type { Store } from '../../../src/store/types.js';
import { countIds, toBytes } from '../../support/bitmaps.js';
import { type RedisProxy, startProxy } from '../../support/servers/proxy.js';
import { type RedisServer, startRedis } from '../../support/servers/redis.js';

/** 80 Mb/s. */
const SLOW_BYTES_PER_MS = 10_000;
const BYTES = 512 * 1024;
const KEYS = ['a', 'b', 'c', 'd'];
/** 0.3 % of the ids, at random. */
const IDS = Object.fromEntries(KEYS.map((key, index) => [key, randomIds(BYTES * 8, 0.003, index)]));
const UNION = new Set(KEYS.flatMap((key) => IDS[key]!));

let server: RedisServer;
let admin: Redis;
let proxy: RedisProxy;
let client: Redis;

beforeAll(async () => {
  server = await startRedis();
  admin = new Redis(server.url);
  for (const key of KEYS) await admin.set(`dense ${key}`, Buffer.alloc(BYTES, 0x11));
});

beforeEach(async () => {
  for (const key of KEYS) await admin.set(key, Buffer.from(toBytes(IDS[key]!, BYTES)));
  proxy = await startProxy(server);
  client = new Redis(proxy.url);
  return async () => {
    client.disconnect();
    await proxy.stop();
  };
});

afterAll(async () => {
  admin?.disconnect();
  await server?.stop();
});

function randomIds(limit: number, density: number, seed: number): number[] {
  let state = seed + 1;
  const ids = new Set([limit - 1]);
  while (ids.size < limit * density) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    ids.add(Math.floor((state / 2 ** 32) * limit));
  }
  return [...ids].sort((a, b) => a - b);
}

const either = (store: Store, prefix = ''): Expression =>
  combine(
    'or',
    KEYS.map((key) => bitmap(store, prefix + key)),
  );

/** A store over a link that is known to be slow, since 1 MiB has been read over it. */
async function slowStore(over: RedisClient = client, store = new RedisStore(over)): Promise<RedisStore> {
  proxy.bytesPerMs = SLOW_BYTES_PER_MS;
  const keys = KEYS.slice(0, 2).map((key) => `dense ${key}`);
  await store.read(keys.map((key) => ({ key, byteOffset: 0, target: new Uint8Array(BYTES) })));
  proxy.commands.length = 0;
  proxy.sentBytes = 0;
  return store;
}

const sent = (command: string): number => proxy.commands.filter((name) => name === command).length;

describe('over a slow link', () => {
  it.each<[string, (store: Store) => Promise<unknown>, () => unknown]>([
    ['a union', async (store) => (await countIds([either(store)]))[0], () => UNION.size],
    [
      'pairs',
      async (store) =>
        countIds([combine('and', [bitmap(store, 'a'), bitmap(store, 'b')]), bitmap(store, 'c')]),
      () => [IDS.a!.filter((id) => IDS.b!.includes(id)).length, IDS.c!.length],
    ],
    [
      'a complement',
      async (store) => (await countIds([combine('and', [either(store), complement(bitmap(store, 'a'))])]))[0],
      () => UNION.size - IDS.a!.length,
    ],
    ['ids', async (store) => [...(await idsOf(either(store)))], () => [...UNION].sort((a, b) => a - b)],
  ])('%s of sparse keys come by DUMP, with a fraction of the bytes', async (_, ask, right) => {
    const store = await slowStore();
    expect(await ask(store)).toEqual(right());
    expect(sent('dump')).toBeGreaterThan(2);
    expect(proxy.sentBytes).toBeLessThan((KEYS.length * BYTES) / 4);
  });

  it('they do through node-redis', async () => {
    const other = await createClient({ url: proxy.url, socket: { reconnectStrategy: false } }).connect();
    const store = await slowStore(fromNodeRedis(other));
    expect(await countIds([either(store)])).toEqual([UNION.size]);
    expect(sent('dump')).toBe(KEYS.length);
    other.destroy();
  });

  it("they do beside a connection of the store's own", async () => {
    await using store = await slowStore(client, await RedisStore.open(proxy.url));
    expect(await countIds([either(store)])).toEqual([UNION.size]);
    expect(sent('dump')).toBe(KEYS.length);
  });

  it('keys of all kinds are read, each in its way', async () => {
    const reader = (await slowStore()).reader();
    const keys = ['a', 'dense a', 'short', 'missing', 'b', 'c', 'd'];
    await admin.set('short', Buffer.of(1, 2, 3));
    const byteLengths = await reader.byteLengths(keys);
    expect(byteLengths).toEqual([BYTES, BYTES, 3, 0, BYTES, BYTES, BYTES]);
    await reader.occupied(keys, byteLengths);
    const reads = keys.map((key) => ({ key, byteOffset: 1, target: new Uint8Array(BYTES).fill(9) }));
    await reader.read(reads);
    for (const { key, target } of reads) {
      const bytes = Buffer.alloc(BYTES);
      (await admin.getBuffer(key))?.copy(bytes, 0, 1);
      expect(bytes.equals(target)).toBe(true);
    }
    expect(sent('dump')).toBe(KEYS.length);
    expect(sent('getrange')).toBe(3);
    expect(await reader.byteLengths(keys)).toEqual(byteLengths);
  });

  it('dense keys are read as they are', async () => {
    const store = await slowStore();
    await countIds([either(store, 'dense ')]);
    expect(sent('dump')).toBe(0);
  });

  it('little is read as it is', async () => {
    const store = await slowStore();
    await admin.set('little', Buffer.alloc(BYTES / 4).fill(1, 0, 9));
    expect((await idsOf(bitmap(store, 'little'))).length).toBeGreaterThan(0);
    expect(sent('bitcount')).toBe(0);
  });

  it.each([
    ["ERR unknown command 'dump'"],
    ["NOPERM this user has no permissions to run the 'dump' command"],
  ])('keys are read as they are if the server says %s, and DUMP is tried once', async (refusal) => {
    const store = await slowStore();
    proxy.refusals.set('dump', refusal);
    expect(await countIds([either(store)])).toEqual([UNION.size]);
    expect(sent('dump')).toBeGreaterThan(0);
    proxy.commands.length = 0;
    expect(await countIds([either(store)])).toEqual([UNION.size]);
    expect(sent('dump')).toBe(0);
  });

  it('keys are read as they are through a client that knows no DUMP', async () => {
    const store = await slowStore(replacing(client, 'dumpBuffer', undefined));
    expect(await countIds([either(store)])).toEqual([UNION.size]);
    expect(sent('dump')).toBe(0);
  });

  it.each<[string, (payload: Buffer) => Buffer]>([
    ['has a wrong bit', (payload) => Buffer.from(payload.map((byte, at) => (at === 5000 ? byte ^ 1 : byte)))],
    ['is cut off', (payload) => payload.subarray(0, 5000)],
    ['is empty', () => Buffer.alloc(0)],
    ['is of another make', () => Buffer.from('2.0 zstd and so on and so forth')],
  ])('keys are read as they are if a payload %s', async (_, lie) => {
    const dumpBuffer = async (key: string) => lie((await client.dumpBuffer(key)) as Buffer);
    const store = await slowStore(replacing(client, 'dumpBuffer', dumpBuffer));
    expect(await countIds([either(store)])).toEqual([UNION.size]);
  });

  it('a reply that is no bytes is refused', async () => {
    const store = await slowStore(replacing(client, 'dumpBuffer', async () => 'text'));
    await expect(countIds([either(store)])).rejects.toThrow('expected DUMP to answer with bytes for key');
  });

  it.each<[string, () => Promise<unknown>]>([
    ['is gone', () => admin.del('b')],
    ['is shorter', () => admin.set('b', Buffer.from(toBytes([7], BYTES - 1)))],
  ])('a key that %s when it is fetched ends the question', async (_, change) => {
    const reader = (await slowStore()).reader();
    const byteLengths = await reader.byteLengths(KEYS);
    await change();
    await expect(reader.occupied(KEYS, byteLengths)).rejects.toThrow(
      'expected key "b" to stay while it is read',
    );
  });

  it('a key that became something else ends the question', async () => {
    const reader = (await slowStore()).reader();
    const byteLengths = await reader.byteLengths(KEYS);
    await admin.del('b');
    await admin.lpush('b', 'text');
    await expect(reader.occupied(KEYS, byteLengths)).rejects.toThrow(WrongTypeError);
  });

  it('a key that has grown is as long as the question knows it to be', async () => {
    const reader = (await slowStore()).reader();
    const byteLengths = await reader.byteLengths(KEYS);
    await admin.setbit('b', BYTES * 16, 1);
    await admin.setbit('b', 1, 1);
    await reader.occupied(KEYS, byteLengths);
    expect(reader.resident!('b')!.byteLength).toBe(BYTES);
    expect(reader.resident!('b')!.ids().at(-1)).toBe(BYTES * 8 - 1);
    expect(reader.resident!('b')!.ids()).toContain(1);
  });

  it('a budget counts the bytes of keys, and nothing is fetched beyond it', async () => {
    const store = await slowStore();
    const maxBytes = KEYS.length * BYTES;
    await expect(countIds([either(store)], { maxBytes: maxBytes - 1 })).rejects.toThrow(BudgetError);
    expect(sent('dump')).toBe(0);
    expect(await countIds([either(store)], { maxBytes })).toEqual([UNION.size]);
    expect(sent('dump')).toBe(KEYS.length);
  });

  it('a signal ends the question', async () => {
    const store = await slowStore();
    const controller = new AbortController();
    proxy.silentFrom = 'dump';
    const asked = countIds([either(store)], { signal: controller.signal });
    const watched = setInterval(() => sent('dump') > 0 && controller.abort(new Error('enough')), 5);
    await expect(asked).rejects.toThrow('enough');
    clearInterval(watched);
  });

  it('a cache keeps what came by DUMP', async () => {
    const cached = new CachedStore(await slowStore(), { isFinished: () => true, maxBytes: 2 ** 24 });
    expect(await countIds([either(cached)])).toEqual([UNION.size]);
    expect(cached.statistics).toMatchObject({
      bitmaps: KEYS.length,
      partial: 0,
      hits: 0,
      misses: KEYS.length,
    });
    proxy.commands.length = 0;
    expect(await countIds([either(cached)])).toEqual([UNION.size]);
    expect(proxy.commands).toEqual([]);
  });
});

describe('over a fast link', () => {
  it('nothing is asked by DUMP, however often', async () => {
    const store = new RedisStore(admin);
    const before = await dumpsServed();
    for (let round = 0; round < 5; round++) expect(await countIds([either(store)])).toEqual([UNION.size]);
    expect(await dumpsServed()).toBe(before);
  });
});

async function dumpsServed(): Promise<number> {
  return Number(/cmdstat_dump:calls=(\d+)/.exec(await admin.info('commandstats'))?.[1] ?? 0);
}

/** The client, one method of which is another. */
function replacing(over: Redis, method: 'dumpBuffer', another: unknown): RedisClient {
  return new Proxy(over, {
    get: (target, name) => {
      if (name === method) return another;
      const value = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  }) as unknown as RedisClient;
}
