import { Redis } from 'ioredis';
import { Redis as Redis5 } from 'ioredis5';
import { Redis as Valkey } from 'iovalkey';
import { createClient, createClientPool } from 'redis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WrongTypeError } from '../../../src/base/errors.js';
import type { RedisClient } from '../../../src/store/redis/client.js';
import { fromNodeRedis } from '../../../src/store/redis/node-redis.js';
import { RedisStore } from '../../../src/store/redis/redis.js';
import { type RedisServer, startRedis } from '../../support/servers/redis.js';
import { bytesOf, describeConformance, namesOf } from '../../support/store/conformance.js';

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

interface Connection {
  readonly client: RedisClient;
  close(): void;
}

const connections: Record<string, (keyPrefix: string) => Promise<Connection>> = {
  'ioredis 6': async (keyPrefix) => open(new Redis(server.url, { keyPrefix })),
  'ioredis 6 with RESP3 replies': async (keyPrefix) =>
    open(new Redis(server.url, { keyPrefix, replyMapping: 'resp3' })),
  'ioredis 5': async (keyPrefix) => open(new Redis5(server.url, { keyPrefix })),
  iovalkey: async (keyPrefix) => open(new Valkey(server.url, { keyPrefix })),
  'ioredis 6 with numbers as text': async (keyPrefix) =>
    open(new Redis(server.url, { keyPrefix, stringNumbers: true })),
  'node-redis 6': async (keyPrefix) => {
    const client = createClient({ url: server.url, keyPrefix });
    await client.connect();
    return { client: fromNodeRedis(client), close: () => client.destroy() };
  },
  'node-redis 6 with replies of other types': async (keyPrefix) => {
    // By the first byte of each: bulk strings, simple strings and numbers.
    const typeMapping = { 36: Buffer, 43: Buffer, 58: String };
    const client = createClient({ url: server.url, keyPrefix, commandOptions: { typeMapping } });
    await client.connect();
    return { client: fromNodeRedis(client), close: () => client.destroy() };
  },
};

function open(client: RedisClient & { disconnect(): void }): Connection {
  return { client, close: () => client.disconnect() };
}

describe.each(Object.entries(connections))('with %s', (_, connect) => {
  let plain: Connection;
  let prefixed: Connection;
  beforeAll(async () => {
    plain = await connect('');
    prefixed = await connect('app[1]*{:');
  });
  afterAll(() => {
    plain?.close();
    prefixed?.close();
  });

  const emptyStore = async ({ client }: Connection): Promise<RedisStore> => {
    await admin.flushall();
    return new RedisStore(client);
  };

  /** A real server pays for the largest id with 512 MiB, so random cases stay below. */
  const options = { maxId: 3_000_000, runs: 15 };
  describeConformance('RedisStore', () => emptyStore(plain), options);
  describeConformance('RedisStore behind a key prefix', () => emptyStore(prefixed), options);

  it('leaves keys outside of the prefix alone', async () => {
    const store = await emptyStore(prefixed);
    await admin.set('app1x:a', '1');
    await admin.set('outside', '1');
    await store.write([{ key: 'a', ids: [1], value: 1 }]);
    expect(await namesOf(store, '')).toEqual(['a']);
    expect(await store.delete(['outside', 'a'])).toBe(1);
    expect((await admin.keys('*')).sort()).toEqual(['app1x:a', 'outside']);
  });

  it('merges many bits of a key and leaves nothing else behind', async () => {
    for (const connection of [plain, prefixed]) {
      const store = await emptyStore(connection);
      const ids = Array.from({ length: 5000 }, (_, index) => index * 7);
      await store.write([{ key: 'k', ids, value: 1 }]);
      expect(await store.count('k')).toBe(5000);
      expect(await namesOf(store, '')).toEqual(['k']);
      expect(await admin.dbsize()).toBe(1);
    }
  });

  it('reads several keys as of one moment', async () => {
    for (const connection of [plain, prefixed]) {
      const store = await emptyStore(connection);
      await store.put('a', Uint8Array.of(1, 255, 128));
      await store.put('b', Uint8Array.of(200));
      const snapshot = await store.snapshot(['a', 'b', 'missing', 'a']);
      await store.put('a', Uint8Array.of(7));
      await store.delete(['b']);
      expect(await snapshot.byteLengths(['a', 'b', 'missing'])).toEqual([3, 1, 0]);
      const targets = [new Uint8Array(4), new Uint8Array(1)];
      await snapshot.read(targets.map((target, index) => ({ key: 'ab'[index]!, byteOffset: 0, target })));
      expect(targets.map((target) => [...target])).toEqual([[1, 255, 128, 0], [200]]);
      expect([...(await bytesOf(store, 'a'))]).toEqual([7]);
    }
  });

  it('names the key of another type, in transactions too', async () => {
    const store = await emptyStore(plain);
    await admin.rpush('bad', 'x');
    await store.put('good', Uint8Array.of(1));
    const many = Array.from({ length: 1000 }, (_, id) => id);
    const calls = [
      () => store.byteLengths(['good', 'bad']),
      () => store.count('bad'),
      () => store.snapshot(['good', 'bad']),
      () => store.write([{ key: 'bad', ids: [1], value: 1 }]),
      () => store.write([{ key: 'bad', ids: [1], value: 1 }], { atomic: true }),
      () => store.write([{ key: 'bad', ids: many, value: 1 }]),
    ];
    for (const call of calls) {
      const error = await call().catch((reason) => reason);
      expect(error).toBeInstanceOf(WrongTypeError);
      expect(error).toMatchObject({ key: 'bad' });
    }
  });
});

describe('a pool of node-redis', () => {
  it('is refused, since the commands of a transaction would go over several connections', async () => {
    const pool = createClientPool({ url: server.url });
    await pool.connect();
    try {
      expect(() => fromNodeRedis(pool)).toThrow(/^expected a client made by createClient .* got a pool/);
    } finally {
      pool.destroy();
    }
  });
});
