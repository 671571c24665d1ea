import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PartialWriteError, StoreError, WrongTypeError } from '../../../src/base/errors.js';
import { MemoryStore } from '../../../src/store/memory.js';
import { RedisStore } from '../../../src/store/redis/redis.js';
import { startProxy } from '../../support/servers/proxy.js';
import { type RedisServer, startRedis } from '../../support/servers/redis.js';
import { bytesOf, describeConformance, namesOf } from '../../support/store/conformance.js';

let server: RedisServer;
let client: Redis;

beforeAll(async () => {
  server = await startRedis();
  client = new Redis(server.url);
});

afterAll(async () => {
  client?.disconnect();
  await server?.stop();
});

/** A real server pays for the largest id with 512 MiB, so random cases stay below. */
const options = { maxId: 3_000_000, runs: 60 };

describeConformance('RedisStore', () => emptyStore(client), options);

describe('with a key prefix in the client', () => {
  let prefixed: Redis;
  beforeAll(() => {
    prefixed = new Redis(server.url, { keyPrefix: 'app[1]*:' });
  });
  afterAll(() => prefixed?.disconnect());

  describeConformance('RedisStore', () => emptyStore(prefixed), { ...options, runs: 20 });

  it('leaves keys outside of the prefix alone', async () => {
    const store = await emptyStore(prefixed);
    await client.set('app1x:a', '1');
    await client.set('outside', '1');
    await store.write([{ key: 'a', ids: [1], value: 1 }]);
    expect(await namesOf(store, '')).toEqual(['a']);
    expect(await store.delete(['outside', 'a'])).toBe(1);
    expect((await client.keys('*')).sort()).toEqual(['app1x:a', 'outside']);
  });
});

describe('RedisStore', () => {
  it('writes the same bytes as the embedded store', async () => {
    const redis = await emptyStore(client);
    const memory = new MemoryStore();
    const ids = Uint32Array.from({ length: 5000 }, (_, index) => (index * 2_654_435_761) % 1_000_003);
    for (const store of [redis, memory]) {
      await store.write([
        { key: 'k', ids, value: 1 },
        { key: 'k', ids: ids.subarray(0, 100), value: 0 },
      ]);
    }
    expect((await client.getBuffer('k'))?.equals(await bytesOf(memory, 'k'))).toBe(true);
  });

  it('reads what Redis keeps as an integer', async () => {
    const store = await emptyStore(client);
    await client.set('k', '12345');
    expect(Buffer.from(await bytesOf(store, 'k')).toString()).toBe('12345');
  });

  it('sends the bits of a small batch in one round trip', async () => {
    const store = await emptyStore(client);
    const done = store.write(['a', 'b', 'c', 'd'].map((key) => ({ key, ids: [5], value: 1 })));
    expect(inFlight(client)).toBe(4);
    await done;
  });

  it('has no more requests under way than allowed', async () => {
    await emptyStore(client);
    const store = new RedisStore(client, { maxInFlight: 3 });
    let done = false;
    const ids = Array.from({ length: 500 }, (_, index) => index * 1000);
    const write = store.write([{ key: 'k', ids, value: 1 }]);
    const finished = write.then(() => {
      done = true;
    });
    let most = 0;
    while (!done) {
      most = Math.max(most, inFlight(client));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await finished;
    expect(most).toBe(3);
    expect(await store.count('k')).toBe(500);
    expect(() => new RedisStore(client, { maxInFlight: 0 })).toThrow(RangeError);
  });

  it.each([
    ['list', () => client.rpush('bad', 'x')],
    ['set', () => client.sadd('bad', 'x')],
    ['hash', () => client.hset('bad', 'x', '1')],
  ])('names the key that holds a %s', async (type, create) => {
    const store = await emptyStore(client);
    await create();
    await store.write([{ key: 'good', ids: [1], value: 1 }]);
    const calls = [
      store.byteLengths(['good', 'bad']),
      store.read([{ key: 'bad', byteOffset: 0, target: new Uint8Array(1) }]),
      store.count('bad'),
      store.write([{ key: 'bad', ids: [1, 2], value: 1 }]),
    ];
    for (const call of calls) {
      const error = await call.catch((reason) => reason);
      expect(error).toBeInstanceOf(WrongTypeError);
      expect(error).toMatchObject({ key: 'bad' });
      expect(error.message).toContain(`type ${type}`);
    }
  });

  it('says which keys of a batch were not written', async () => {
    const store = await emptyStore(client);
    await client.rpush('bad', 'x');
    const error = await store
      .write([
        { key: 'good', ids: [1, 2], value: 1 },
        { key: 'bad', ids: [1, 2], value: 1 },
      ])
      .catch((reason) => reason);
    expect(error).toBeInstanceOf(PartialWriteError);
    expect(error.failedKeys).toEqual(['bad']);
    expect(error.cause).toBeInstanceOf(WrongTypeError);
    expect(await store.count('good')).toBe(2);
  });

  it('says that bits may be written when one key was refused and another had no answer', async () => {
    await client.flushall();
    await client.rpush('bad', 'x');
    const proxy = await startProxy(server);
    const fragile = new Redis(proxy.url, { maxRetriesPerRequest: 0, retryStrategy: () => 10 });
    fragile.on('error', () => {});
    try {
      await fragile.ping();
      // The refusal passes, the answer after it does not.
      proxy.cutAfterBytes = '-WRONGTYPE Operation against a key holding the wrong kind of value\r\n'.length;
      const error = await new RedisStore(fragile, { maxInFlight: 1, retryMs: 0 })
        .write([
          { key: 'bad', ids: [1], value: 1 },
          { key: 'good', ids: [1], value: 1 },
        ])
        .catch((reason) => reason);
      expect(error).not.toBeInstanceOf(WrongTypeError);
      expect(error.message).toMatch(/key "bad".*; no bit is confirmed as written$/);
      expect(await client.getbit('good', 1)).toBe(1);
    } finally {
      fragile.disconnect();
      await proxy.stop();
    }
  });

  it('ends a call early when its signal fires, and leaves the target alone from then on', async () => {
    const store = await emptyStore(client);
    await store.put('k', new Uint8Array(1000).fill(255));
    const controller = new AbortController();
    const target = new Uint8Array(1000);
    const read = store.read([{ key: 'k', byteOffset: 0, target }], { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(read).rejects.toThrow('enough');
    await client.ping();
    expect(target.every((byte) => byte === 0)).toBe(true);
  });

  it('rejects where no server answers', async () => {
    const gone = await startRedis();
    await gone.stop();
    const lost = new Redis(gone.url, { maxRetriesPerRequest: 1, retryStrategy: () => 10 });
    lost.on('error', () => {});
    try {
      await expectStoreErrors(new RedisStore(lost), /none/);
    } finally {
      lost.disconnect();
    }
  });

  it('rejects where the password is wrong or missing', async () => {
    const locked = await startRedis({ password: 'right' });
    const wrong = new Redis(locked.url.replace('right', 'wrong'), {
      maxRetriesPerRequest: 1,
      retryStrategy: () => 10,
    });
    const missing = new Redis(locked.port, locked.host, { enableReadyCheck: false });
    const right = new Redis(locked.url);
    for (const each of [wrong, missing]) each.on('error', () => {});
    try {
      await expectStoreErrors(new RedisStore(wrong), /password|none/);
      await expectStoreErrors(new RedisStore(missing), /password/);
      expect(await new RedisStore(right).byteLengths(['k'])).toEqual([0]);
    } finally {
      for (const each of [wrong, missing, right]) each.disconnect();
      await locked.stop();
    }
  });
});

async function expectStoreErrors(store: RedisStore, message: RegExp): Promise<void> {
  const calls = [
    () => store.byteLengths(['k', 'l']),
    () => store.read([{ key: 'k', byteOffset: 0, target: new Uint8Array(4) }]),
    () => store.write([{ key: 'k', ids: [1, 2, 3], value: 1 }]),
    () => store.put('k', Uint8Array.of(1)),
    () => store.delete(['k']),
    () => store.count('k'),
    () => namesOf(store, ''),
  ];
  for (const call of calls) {
    const error = await call().catch((reason) => reason);
    expect(error).toBeInstanceOf(StoreError);
    expect(error.message).toMatch(message);
    expect(error.cause).toBeDefined();
  }
}

/** Requests sent and not answered, from the client's own books. */
function inFlight(target: Redis): number {
  return (target as unknown as { commandQueue: { length: number } }).commandQueue.length;
}

async function emptyStore(target: Redis): Promise<RedisStore> {
  await client.flushall();
  return new RedisStore(target);
}
