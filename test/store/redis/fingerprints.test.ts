import { Cluster, Redis } from 'ioredis';
import { Cluster as Cluster5, Redis as Redis5 } from 'ioredis5';
import { Cluster as ClusterValkey, Redis as Valkey } from 'iovalkey';
import { createClient } from 'redis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { StoreError, WrongTypeError } from '../../../src/base/errors.js';
import type { RedisClient } from '../../../src/store/redis/client.js';
import { fromNodeRedis } from '../../../src/store/redis/node-redis.js';
import { RedisStore } from '../../../src/store/redis/redis.js';
import { allServers } from '../../support/servers/binary.js';
import { startCluster } from '../../support/servers/cluster.js';
import { digestsByScript } from '../../support/servers/digest.js';
import { startFake } from '../../support/servers/fake.js';
import { type RedisProxy, startProxy } from '../../support/servers/proxy.js';
import { type RedisServer, startRedis } from '../../support/servers/redis.js';

let server: RedisServer;
let proxy: RedisProxy;
let admin: Redis;

beforeAll(async () => {
  server = await startRedis();
  proxy = await startProxy(server);
  admin = new Redis(server.url);
});

afterAll(async () => {
  admin?.disconnect();
  await proxy?.stop();
  await server?.stop();
});

beforeEach(async () => {
  await admin.flushall();
  proxy.refusals.clear();
  digestsByScript(proxy);
});

const clients: Record<string, (keyPrefix: string) => Promise<{ client: RedisClient; close(): void }>> = {
  'ioredis 6': async (keyPrefix) => open(new Redis(proxy.url, { keyPrefix })),
  'ioredis 6 with RESP3 replies': async (keyPrefix) =>
    open(new Redis(proxy.url, { keyPrefix, replyMapping: 'resp3' })),
  'ioredis 6 with numbers as text': async (keyPrefix) =>
    open(new Redis(proxy.url, { keyPrefix, stringNumbers: true })),
  'ioredis 5, which does not know DIGEST': async (keyPrefix) => open(new Redis5(proxy.url, { keyPrefix })),
  'iovalkey, which does not know DIGEST': async (keyPrefix) => open(new Valkey(proxy.url, { keyPrefix })),
  'node-redis 6': async (keyPrefix) => {
    const client = createClient({ url: proxy.url, keyPrefix });
    await client.connect();
    return { client: fromNodeRedis(client), close: () => client.destroy() };
  },
  'node-redis 6 with replies of other types': async (keyPrefix) => {
    const typeMapping = { 36: Buffer, 43: Buffer, 58: String };
    const client = createClient({ url: proxy.url, keyPrefix, commandOptions: { typeMapping } });
    await client.connect();
    return { client: fromNodeRedis(client), close: () => client.destroy() };
  },
};

function open(client: RedisClient & { disconnect(): void }) {
  return { client, close: () => client.disconnect() };
}

describe.each(Object.entries(clients))('fingerprints through %s', (_, connect) => {
  it.each(['', 'app[1]*{:'])('are those of the keys behind the prefix %j', async (prefix) => {
    const { client, close } = await connect(prefix);
    try {
      const store = new RedisStore(client);
      await admin.setbit(`${prefix}a`, 7, 1);
      await admin.setbit(`${prefix}b`, 9, 1);
      await admin.setbit(`${prefix}b`, 10, 1);
      expect(await store.fingerprints(['b', 'missing', 'a'], 'count')).toEqual(['2', '0', '1']);
      const [b, missing, a, again] = await store.fingerprints(['b', 'missing', 'a', 'b'], 'digest');
      expect(new Set([b, missing, a]).size).toBe(3);
      expect(again).toBe(b);
      expect(missing).toBe('');
    } finally {
      close();
    }
  });
});

describe('fingerprints', () => {
  let client: Redis;
  let store: RedisStore;
  beforeEach(async () => {
    client = new Redis(proxy.url, { retryStrategy: () => 10 });
    await client.ping();
    store = new RedisStore(client, { retryMs: 0 });
    return () => client.disconnect();
  });

  it.each(['count', 'digest'] as const)('by %s of many keys leave in one write', async (kind) => {
    const keys = Array.from({ length: 40 }, (_, index) => `k${index}`);
    const done = store.fingerprints(keys, kind);
    expect((client as unknown as { commandQueue: { length: number } }).commandQueue).toHaveLength(40);
    await done;
  });

  it.each(['count', 'digest'] as const)('by %s see what this store writes in the same tick', async (kind) => {
    const [before] = await store.fingerprints(['k'], kind);
    const written = store.write([{ key: 'k', ids: [1], value: 1 }], { atomic: true });
    const [after] = await store.fingerprints(['k'], kind);
    await written;
    expect(after).not.toBe(before);
  });

  it.each([
    ['does not know the command', "ERR unknown command 'X', with args beginning with: 'k'"],
    ['does not allow it', "NOPERM User default has no permissions to run the 'x' command"],
    ['puts it in its own words', 'ERR command x not support for normal user'],
  ])('of a server that %s are refused, with what it says', async (_, text) => {
    for (const [kind, command] of [
      ['count', 'bitcount'],
      ['digest', 'digest'],
    ] as const) {
      proxy.refusals.set(command, text);
      const error = await store.fingerprints(['k'], kind).catch((reason) => reason);
      expect(error).toBeInstanceOf(StoreError);
      expect(error.message).toBe(
        `expected a server that tells by ${kind === 'count' ? 'BITCOUNT' : 'DIGEST (Redis 8.4 or later)'} whether bitmaps have changed, got ${JSON.stringify(text)}`,
      );
      expect(error.cause).toBeDefined();
    }
  });

  it('name a key of another type', async () => {
    await admin.rpush('bad', 'x');
    await admin.setbit('good', 1, 1);
    const error = await store.fingerprints(['good', 'bad'], 'count').catch((reason) => reason);
    expect(error).toBeInstanceOf(WrongTypeError);
    expect(error).toMatchObject({ key: 'bad' });
  });

  it('are not told if the server is gone', async () => {
    const gone = await startRedis();
    const lost = new Redis(gone.url, { maxRetriesPerRequest: 0, retryStrategy: () => 10 });
    lost.on('error', () => {});
    try {
      await lost.ping();
      await gone.kill();
      for (const kind of ['count', 'digest'] as const) {
        const telling = new RedisStore(lost, { retryMs: 0 }).fingerprints(['k'], kind);
        await expect(telling).rejects.toThrow(StoreError);
      }
    } finally {
      lost.disconnect();
      await gone.stop();
    }
  });

  it.each([
    ['a number', ':7\r\n'],
    ['text that is no digest', '+QUEUED\r\n'],
    ['a list', '*0\r\n'],
  ])('are not believed if the server answers with %s', async (_, reply) => {
    const fake = await startFake(([command]) => (command?.toLowerCase() === 'digest' ? reply : '+OK\r\n'));
    const odd = new Redis(fake.url, { enableReadyCheck: false });
    try {
      const telling = new RedisStore(odd).fingerprints(['k'], 'digest');
      await expect(telling).rejects.toThrow('expected DIGEST to answer with');
    } finally {
      odd.disconnect();
      await fake.stop();
    }
  });

  it('need a client that can ask for them', async () => {
    const bare = { bitcount: async () => 1 } as unknown as RedisClient;
    const bareStore = new RedisStore(bare);
    expect(await bareStore.fingerprints(['k'], 'count')).toEqual(['1']);
    await expect(bareStore.fingerprints(['k'], 'digest')).rejects.toThrow('got one without call');
  });
});

describe('fingerprints of every server there is', () => {
  it('are told by count, and by digest from Redis 8.4 on', async () => {
    for (const program of await allServers()) {
      const each = await startRedis({ program });
      const store = await RedisStore.open(each.url);
      try {
        await store.write([{ key: 'k', ids: [1, 2], value: 1 }]);
        expect(await store.fingerprints(['k', 'missing'], 'count')).toEqual(['2', '0']);
        const isKnown = await knowsDigest(each);
        const digests = await store.fingerprints(['k', 'missing'], 'digest').catch((error) => error);
        if (isKnown) expect(digests).toEqual([expect.stringMatching(/^[0-9a-f]{16}$/), '']);
        else
          expect(digests).toMatchObject({
            message: expect.stringMatching(/DIGEST .* got "ERR unknown command/),
          });
      } finally {
        await store.close();
        await each.stop();
      }
    }
  });
});

/** Valkey has no digests in any version. */
async function knowsDigest({ url }: RedisServer): Promise<boolean> {
  const client = new Redis(url);
  const info = await client.info('server');
  client.disconnect();
  const [, major = 0, minor = 0] = /^redis_version:(\d+)\.(\d+)/m.exec(info)?.map(Number) ?? [];
  return !info.includes('valkey_version') && (major > 8 || (major === 8 && minor >= 4));
}

describe('fingerprints on a cluster', () => {
  it('are told by every master of its own keys, whatever the client knows', { tags: 'long' }, async () => {
    const cluster = await startCluster();
    const nodes = cluster.nodes.map(({ host, port }) => ({ host, port }));
    const isKnown = await knowsDigest(cluster.nodes[0]!);
    try {
      for (const Client of [Cluster, Cluster5, ClusterValkey]) {
        const client = new Client(nodes, { keyPrefix: 'app:' });
        const store = new RedisStore(client);
        const keys = Array.from({ length: 60 }, (_, index) => `k${index}`);
        await store.write(keys.map((key, index) => ({ key, ids: [index, 1000 + index], value: 1 })));
        await store.delete(['k0']);
        expect(await store.fingerprints(keys, 'count')).toEqual(['0', ...new Array(59).fill('2')]);
        const digests = await store.fingerprints(keys, 'digest').catch((error) => error);
        if (isKnown) expect(new Set(digests).size).toBe(60);
        else expect(digests).toMatchObject({ message: expect.stringMatching(/DIGEST .*unknown command/) });
        client.disconnect();
      }
    } finally {
      await cluster.stop();
    }
  });
});
