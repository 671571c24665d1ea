import { Cluster, Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { StoreError } from '../../../src/base/errors.js';
import { RedisStore } from '../../../src/store/redis/redis.js';
import { startCluster } from '../../support/servers/cluster.js';
import { type RedisProxy, startProxy } from '../../support/servers/proxy.js';
import { type RedisServer, startRedis } from '../../support/servers/redis.js';
import { bytesOf, idsOf } from '../../support/store/conformance.js';

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
  proxy.commands.length = 0;
});

afterAll(async () => {
  client?.disconnect();
  admin?.disconnect();
  await proxy?.stop();
  await server?.stop();
});

const scripts = (): number => proxy.commands.filter((name) => name === 'eval').length;

describe('erasing ids in Redis', () => {
  it('leaves what holds no bitmap as it is, and says so', async () => {
    await admin.rpush('list', 'a');
    await admin.setbit('k', 7, 1);
    expect(await store.erase(['list', 'k', 'list'], [7])).toEqual([undefined, 1, undefined]);
    expect(await admin.lrange('list', 0, -1)).toEqual(['a']);
    expect(await admin.exists('k')).toBe(0);
  });

  it('takes one script for as many keys and ids as keep a server for some milliseconds', async () => {
    const keys = Array.from({ length: 130 }, (_, index) => `k${index}`);
    await store.write(keys.map((key) => ({ key, ids: [5, 9], value: 1 })));
    proxy.commands.length = 0;
    const ids = Array.from({ length: 2000 }, (_, id) => id);
    expect(await store.erase(keys, ids)).toEqual(keys.map(() => 2));
    expect(scripts()).toBe(3 * 2);
    expect(await admin.dbsize()).toBe(0);
  });

  it('leaves keys for another script if they are long', async () => {
    const keys = Array.from({ length: 4 }, (_, index) => `k${index}`);
    const last = 8 * 3 * 2 ** 20 - 1;
    for (const key of keys) await store.write([{ key, ids: [1, last - 8, last], value: 1 }]);
    proxy.commands.length = 0;
    expect(await store.erase(keys, [last])).toEqual([1, 1, 1, 1]);
    expect(scripts()).toBe(2);
    expect(await store.byteLengths(keys)).toEqual(keys.map(() => 3 * 2 ** 20 - 1));
    expect(await store.erase(keys, [last - 8])).toEqual([1, 1, 1, 1]);
    expect(await store.byteLengths(keys)).toEqual([1, 1, 1, 1]);
  });

  it('reaches the largest id there is', async () => {
    const large = new RedisStore(client);
    await admin.setbit('k', 2 ** 32 - 1, 1);
    await admin.setbit('k', 2 ** 31 + 5, 1);
    expect(await large.erase(['k'], [2 ** 32 - 1, 3])).toEqual([1]);
    expect(await admin.strlen('k')).toBe(2 ** 28 + 1);
    expect(await large.erase(['k'], [2 ** 31 + 5])).toEqual([1]);
    expect(await admin.exists('k')).toBe(0);
  });

  it('loses no mark that others make meanwhile', async () => {
    const others = new RedisStore(admin);
    const erased = Array.from({ length: 1000 }, (_, at) => at * 2);
    await store.write([{ key: 'k', ids: erased, value: 1 }]);
    const marks = async (): Promise<void> => {
      for (let id = 1; id < 2400; id += 2) {
        await others.write([{ key: 'k', ids: [id], value: 1 }], { atomic: true });
      }
    };
    const erase = async (): Promise<void> => {
      for (let at = 0; at < 1000; at += 25) await store.erase(['k'], erased.slice(at, at + 25));
    };
    await Promise.all([marks(), erase()]);
    const odd = Array.from({ length: 1200 }, (_, at) => at * 2 + 1);
    expect(idsOf(await bytesOf(store, 'k'))).toEqual(odd);
  });

  it('finds what else a call has asked to be marked in the same tick', async () => {
    const marking = store.write([{ key: 'k', ids: [1, 2], value: 1 }], { atomic: true });
    expect(await store.erase(['k'], [2])).toEqual([1]);
    await marking;
    expect([...(await bytesOf(store, 'k'))]).toEqual([0x40]);
  });

  it('is refused without scripts, and changes nothing', async () => {
    const without = new RedisStore(client, { scripts: false });
    await admin.setbit('k', 7, 1);
    await expect(without.erase(['k'], [7])).rejects.toThrow(/^expected a Redis that runs scripts \(EVAL\)/);
    expect(await admin.getbit('k', 7)).toBe(1);
    expect(scripts()).toBe(0);
  });

  it('believes no answer that is none', async () => {
    for (const reply of [[], [1, 2], 'OK', [-2], [null], 5]) {
      const liar = { eval: async () => reply } as unknown as Redis;
      await expect(new RedisStore(liar).erase(['k'], [7]), JSON.stringify(reply)).rejects.toThrow(StoreError);
    }
  });
});

describe('erasing ids in a cluster', () => {
  it('does so in keys of every slot', async () => {
    const cluster = await startCluster();
    const nodes = cluster.nodes.map(({ host, port }) => ({ host, port }));
    const client = new Cluster(nodes);
    try {
      const store = new RedisStore(client);
      const keys = Array.from({ length: 200 }, (_, index) => `k${index}`);
      await store.write(keys.map((key, id) => ({ key, ids: [id, 500], value: 1 })));
      await client.rpush('list', 'a');
      expect(await store.erase([...keys, 'list'], [500, 3])).toEqual([
        ...keys.map((_, id) => (id === 3 ? 2 : 1)),
        undefined,
      ]);
      const byteLengths = keys.map((_, id) => (id === 3 ? 0 : Math.floor(id / 8) + 1));
      expect(await store.byteLengths(keys)).toEqual(byteLengths);
    } finally {
      client.disconnect();
      await cluster.stop();
    }
  });
});
