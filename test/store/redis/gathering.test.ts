import fc from 'fast-check';
import { Redis, type RedisOptions } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PartialWriteError, StoreError, WrongTypeError } from '../../../src/base/errors.js';
import type { RedisStoreOptions } from '../../../src/store/redis/options.js';
import { RedisStore } from '../../../src/store/redis/redis.js';
import type { BitWrite } from '../../../src/store/types.js';
import { type RedisProxy, startProxy } from '../../support/servers/proxy.js';
import { type RedisServer, startRedis } from '../../support/servers/redis.js';

let server: RedisServer;
let proxy: RedisProxy;
let admin: Redis;
let client: Redis;

beforeAll(async () => {
  server = await startRedis();
  admin = new Redis(server.url);
});

beforeEach(async () => {
  proxy = await startProxy(server);
  client = connect();
  await client.ping();
  await admin.flushall();
  proxy.commands.length = 0;
  return async () => {
    client.disconnect();
    await proxy.stop();
  };
});

afterAll(async () => {
  admin?.disconnect();
  await server?.stop();
});

type Habits = Pick<RedisOptions, 'username' | 'password' | 'retryStrategy'>;

function connect(options: Habits = {}): Redis {
  const made = new Redis(proxy.url, { enableReadyCheck: false, retryStrategy: () => 30, ...options });
  made.on('error', () => {});
  return made;
}

/** One call that sets a bit in each of some keys. */
function mark(store: RedisStore, id: number, keys: readonly string[], signal?: AbortSignal): Promise<void> {
  return store.write(
    keys.map((key) => ({ key, ids: [id], value: 1 })),
    { atomic: true, signal },
  );
}

/** What became of each call: what it was rejected with, or nothing. */
async function outcomesOf(calls: readonly Promise<void>[]): Promise<unknown[]> {
  const outcomes = await Promise.allSettled(calls);
  return outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason : undefined));
}

const writes = (keys: readonly string[]): fc.Arbitrary<BitWrite[]> =>
  fc.array(
    fc.record({
      key: fc.constantFrom(...keys),
      ids: fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 3 }),
      value: fc.constantFrom(0 as const, 1 as const),
    }),
    { maxLength: 4 },
  );

/** The ids of each key after writes in their order. */
function applyTo(model: Map<string, Set<number>>, writes: readonly BitWrite[]): void {
  for (const { key, ids, value } of writes) {
    const set = model.get(key) ?? new Set();
    model.set(key, set);
    for (const id of Array.from(ids)) value === 1 ? set.add(id) : set.delete(id);
  }
}

async function expectBits(keys: readonly string[], model: Map<string, Set<number>>): Promise<void> {
  for (const key of keys) {
    const bytes = (await admin.getBuffer(key)) ?? Buffer.alloc(0);
    const ids = Array.from({ length: bytes.length * 8 }, (_, id) => id);
    expect(ids.filter((id) => bytes[id >> 3]! & (0x80 >> (id & 7)))).toEqual(
      [...(model.get(key) ?? [])].sort((a, b) => a - b),
    );
  }
}

describe('marks of one tick', () => {
  it('leave in one transaction, and those of the next in another', async () => {
    const store = new RedisStore(client);
    await Promise.all([1, 2, 3].map((id) => mark(store, id, ['a', 'b'])));
    expect(proxy.commands).toEqual(['multi', 'bitfield', 'bitfield', 'exec']);
    await mark(store, 4, ['a', 'b']);
    expect(proxy.commands.slice(4)).toEqual(['multi', 'setbit', 'setbit', 'exec']);
    expect(await Promise.all([admin.bitcount('a'), admin.bitcount('b')])).toEqual([4, 4]);
  });

  it.each(['with transactions', 'without'])(
    'come out as if sent one after the other, and each call is told of its own keys, %s',
    async (how) => {
      const keys = ['a', 'b', 'c'];
      if (how === 'without')
        for (const name of ['multi', 'exec']) proxy.refusals.set(name, 'ERR unknown command');
      await fc.assert(
        fc.asyncProperty(
          fc.array(writes([...keys, 'bad']), { minLength: 1, maxLength: 8 }),
          async (calls) => {
            await admin.flushall();
            await admin.rpush('bad', 'x');
            const store = new RedisStore(client);
            await mark(store, 1, ['tried']);
            const outcomes = await outcomesOf(calls.map((call) => store.write(call, { atomic: true })));
            const model = new Map<string, Set<number>>();
            for (const [index, call] of calls.entries()) {
              applyTo(model, call);
              const bits = (isBad: boolean) =>
                call.reduce((sum, { key, ids }) => sum + ((key === 'bad') === isBad ? ids.length : 0), 0);
              if (bits(true) === 0) expect(outcomes[index]).toBeUndefined();
              else if (bits(false) === 0) expect(outcomes[index]).toBeInstanceOf(WrongTypeError);
              else {
                expect(outcomes[index]).toBeInstanceOf(PartialWriteError);
                expect(outcomes[index]).toMatchObject({ failedKeys: ['bad'] });
                expect((outcomes[index] as Error).message).toMatch(
                  `expected to write ${bits(true) + bits(false)} bits, got ${bits(false)} confirmed`,
                );
              }
            }
            await expectBits(keys, model);
          },
        ),
        { seed: 16, numRuns: 80 },
      );
    },
  );

  it('are made although others of them may not be, which are all or none', async () => {
    await admin.call('ACL', 'SETUSER', 'half', 'on', '>secret', '~ok*', '+@all');
    const half = connect({ username: 'half', password: 'secret' });
    const keys = ['ok1', 'ok2', 'forbidden'];
    try {
      await fc.assert(
        fc.asyncProperty(fc.array(writes(keys), { minLength: 1, maxLength: 8 }), async (calls) => {
          await admin.flushall();
          const store = new RedisStore(half);
          const outcomes = await outcomesOf(calls.map((call) => store.write(call, { atomic: true })));
          const model = new Map<string, Set<number>>();
          for (const [index, call] of calls.entries()) {
            if (call.some(({ key, ids }) => key === 'forbidden' && ids.length > 0)) {
              expect(outcomes[index]).toBeInstanceOf(StoreError);
              expect((outcomes[index] as Error).message).toMatch(/NOPERM/);
            } else {
              expect(outcomes[index]).toBeUndefined();
              applyTo(model, call);
            }
          }
          await expectBits(keys, model);
        }),
        { seed: 16, numRuns: 60 },
      );
    } finally {
      half.disconnect();
      await admin.call('ACL', 'DELUSER', 'half');
    }
  });

  it('are overtaken by no other write of the tick', async () => {
    const many = Uint32Array.from({ length: 12_000 }, (_, id) => id);
    const others: ((store: RedisStore) => Promise<unknown>)[] = [
      (store) => store.write([{ key: 'a', ids: many, value: 0 }], { atomic: true }),
      (store) => store.write([{ key: 'a', ids: [7], value: 0 }]),
      (store) => store.put('a', new Uint8Array(1)),
      (store) => store.delete(['a']),
    ];
    for (const other of others) {
      const store = new RedisStore(client);
      await Promise.all([mark(store, 7, ['a']), other(store), mark(store, 9, ['a'])]);
      expect(await admin.getbit('a', 7)).toBe(0);
    }
  });

  it('are overtaken by no read of the tick', async () => {
    const isSet = async (store: RedisStore) => {
      const target = new Uint8Array(1);
      await store.read([{ key: 'a', byteOffset: 0, target }]);
      return target[0] === 1;
    };
    const reads: ((store: RedisStore) => Promise<unknown>)[] = [
      async (store) => (await store.count('a')) === 1,
      (store) => store.has('a', 7),
      isSet,
      async (store) => (await store.byteLengths(['b', 'a']))[1] === 1,
      async (store) => (await (await store.snapshot(['a'])).byteLengths(['a']))[0] === 1,
      async (store) => (await store.keys('').next()).value === 'a',
    ];
    for (const read of reads) {
      await admin.flushall();
      const store = new RedisStore(client);
      await store.count('a');
      const [, isSeen] = await Promise.all([mark(store, 7, ['a']), read(store)]);
      expect(isSeen).toBe(true);
    }
  });

  it('still leave together if what is read meanwhile are other keys', async () => {
    const store = new RedisStore(client);
    await Promise.all([mark(store, 1, ['a']), store.has('b', 1), mark(store, 2, ['a']), store.count('b')]);
    expect(proxy.commands.filter((name) => name === 'exec')).toHaveLength(1);
  });

  it('are told what the server says to all of them, each with its own key', async () => {
    for (const text of [
      "OOM command not allowed when used memory > 'maxmemory'.",
      'NOAUTH Authentication required.',
    ]) {
      for (const command of ['setbit', 'bitfield']) proxy.refusals.set(command, text);
      const store = new RedisStore(client);
      const outcomes = await outcomesOf(['a', 'b'].map((key) => mark(store, 1, [key])));
      for (const outcome of outcomes) expect(outcome).toBeInstanceOf(StoreError);
      if (text.startsWith('OOM')) {
        expect(
          outcomes.map((outcome) => /for key "(.)", got "OOM /.exec((outcome as Error).message)?.[1]),
        ).toEqual(['a', 'b']);
      }
    }
    expect(await admin.exists('a', 'b')).toBe(0);
  });

  it('are refused by a server that is out of memory, each of them', async () => {
    await admin.config('SET', 'maxmemory', '1');
    try {
      const store = new RedisStore(client);
      for (const outcome of await outcomesOf([1, 2, 3].map((id) => mark(store, id, ['a', 'b'])))) {
        expect(outcome).toBeInstanceOf(StoreError);
        expect((outcome as Error).message).toMatch(/^expected an answer from Redis for key "a", got "OOM /);
      }
    } finally {
      await admin.config('SET', 'maxmemory', '0');
    }
    expect(await admin.exists('a', 'b')).toBe(0);
  });

  it('are made by single commands if transactions are not allowed, which is remembered', async () => {
    await admin.call('ACL', 'SETUSER', 'plain', 'on', '>secret', '~*', '+@all', '-multi');
    const plain = connect({ username: 'plain', password: 'secret' });
    try {
      await plain.ping();
      await admin.rpush('bad', 'x');
      const store = new RedisStore(plain);
      for (const first of [1, 11]) {
        proxy.commands.length = 0;
        const outcomes = await outcomesOf([
          mark(store, first, ['a', 'b']),
          mark(store, first + 1, ['bad']),
          mark(store, first + 2, ['a', 'b']),
        ]);
        expect(outcomes).toEqual([undefined, expect.any(WrongTypeError), undefined]);
        expect(proxy.commands.includes('multi')).toBe(first === 1);
      }
      expect(await Promise.all([admin.bitcount('a'), admin.bitcount('b')])).toEqual([4, 4]);
    } finally {
      plain.disconnect();
      await admin.call('ACL', 'DELUSER', 'plain');
    }
  });
});

describe('several bits of a key', () => {
  it('are a command each if BITFIELD is not allowed, which is remembered', async () => {
    for (const text of [
      "NOPERM User service has no permissions to run the 'bitfield' command",
      "ERR unknown command 'bitfield'",
      'invalid request',
    ]) {
      await admin.flushall();
      proxy.refusals.set('bitfield', text);
      const store = new RedisStore(client);
      await Promise.all([1, 2].map((id) => mark(store, id, ['a', 'b'])));
      proxy.commands.length = 0;
      await Promise.all([3, 4].map((id) => mark(store, id, ['a', 'b'])));
      expect(proxy.commands).toEqual(['multi', 'setbit', 'setbit', 'setbit', 'setbit', 'exec']);
      expect(await Promise.all([admin.bitcount('a'), admin.bitcount('b')])).toEqual([4, 4]);
    }
  });

  it('are a command each if BITFIELD is not permitted, and transactions stay', async () => {
    await admin.call('ACL', 'SETUSER', 'service', 'on', '>secret', '~*', '+@all', '-bitfield');
    const service = connect({ username: 'service', password: 'secret' });
    try {
      await service.ping();
      const store = new RedisStore(service);
      await Promise.all([1, 2].map((id) => mark(store, id, ['a', 'b'])));
      await store.write([{ key: 'a', ids: [3, 4], value: 1 }], { atomic: true });
      proxy.commands.length = 0;
      await Promise.all([3, 4].map((id) => mark(store, id, ['a', 'b'])));
      expect(proxy.commands).toEqual(['multi', 'setbit', 'setbit', 'setbit', 'setbit', 'exec']);
      expect(await Promise.all([admin.bitcount('a'), admin.bitcount('b')])).toEqual([4, 4]);
    } finally {
      service.disconnect();
      await admin.call('ACL', 'DELUSER', 'service');
    }
  });

  it('are a command each for a client without BITFIELD', async () => {
    const without: ProxyHandler<Redis> = {
      get: (target, name) => {
        if (name === 'multi') return () => Object.assign(target.multi(), { bitfield: undefined });
        const value = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    };
    const store = new RedisStore(new Proxy(client, without));
    await store.write([{ key: 'a', ids: [1, 2], value: 1 }], { atomic: true });
    expect(proxy.commands).toEqual(['multi', 'setbit', 'setbit', 'exec']);
  });

  it('are not stopped by one that the server does not take', async () => {
    await admin.config('SET', 'proto-max-bulk-len', '1mb');
    try {
      const store = new RedisStore(client);
      const calls = [mark(store, 1, ['a']), mark(store, 2 ** 24, ['a', 'b']), mark(store, 3, ['a', 'b'])];
      const refused = expect.objectContaining({ message: expect.stringContaining('bit offset') });
      expect(await outcomesOf(calls)).toEqual([undefined, refused, undefined]);
      expect(await Promise.all([admin.bitcount('a'), admin.bitcount('b')])).toEqual([2, 1]);
    } finally {
      await admin.config('SET', 'proto-max-bulk-len', '512mb');
    }
  });

  it('come out in their order although some are refused for a while', async () => {
    let calls = 0;
    const loading = Object.assign(new Error('LOADING for a while'), { name: 'ReplyError' });
    const stumbling = new Proxy(client, {
      get: (target, name) => {
        const value = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        if (name !== 'bitfield') return value.bind(target);
        return (...args: unknown[]) => (calls++ === 0 ? Promise.reject(loading) : value.apply(target, args));
      },
    });
    for (const name of ['multi', 'exec']) proxy.refusals.set(name, 'ERR unknown command');
    const store = new RedisStore(stumbling);
    await mark(store, 1, ['tried']);
    await Promise.all([
      ...Array.from({ length: 1000 }, (_, id) => mark(store, id, ['a'])),
      store.write([{ key: 'a', ids: [0], value: 0 }], { atomic: true }),
    ]);
    expect(calls).toBe(3);
    expect(await Promise.all([admin.getbit('a', 0), admin.bitcount('a')])).toEqual([0, 999]);
  });

  it('come out in their order although one of them is not taken', async () => {
    await admin.config('SET', 'proto-max-bulk-len', '1mb');
    try {
      for (const refused of [[], ['multi', 'exec']]) {
        await admin.flushall();
        for (const name of refused) proxy.refusals.set(name, 'ERR unknown command');
        const store = new RedisStore(client);
        await mark(store, 1, ['tried']);
        const outcomes = await outcomesOf([
          ...Array.from({ length: 999 }, (_, id) => mark(store, id, ['a'])),
          mark(store, 2 ** 24, ['a']),
          store.write([{ key: 'a', ids: [0, 1], value: 0 }], { atomic: true }),
        ]);
        expect(outcomes.map((outcome) => outcome === undefined).indexOf(false)).toBe(999);
        expect(outcomes[1000]).toBeUndefined();
        expect(await Promise.all([admin.getbit('a', 0), admin.bitcount('a')])).toEqual([0, 997]);
      }
    } finally {
      await admin.config('SET', 'proto-max-bulk-len', '512mb');
    }
  });

  it('are not believed to be written after a reply that is no reply to them', async () => {
    for (const reply of [[], [0], [0, 2], [0, 0, 0], 'QUEUED', null]) {
      const bits: string[] = [];
      const transaction = {
        getBuffer: () => {},
        setbit: () => {},
        bitfield: (key: string) => void bits.push(key),
        exec: async () => bits.map((key): [null, unknown] => [null, key === 'a' ? reply : [0]]),
      };
      const lying = new Proxy(client, {
        get: (target, name) => (name === 'multi' ? () => transaction : Reflect.get(target, name)),
      });
      const store = new RedisStore(lying as unknown as Redis);
      const outcomes = await outcomesOf([
        mark(store, 1, ['a']),
        mark(store, 2, ['a']),
        mark(store, 3, ['b']),
      ]);
      for (const outcome of outcomes.slice(0, 2)) {
        expect((outcome as Error).message).toMatch(
          /^expected BITFIELD to answer with .*"a".*; no bit is confirmed as written$/,
        );
      }
      expect(outcomes[2]).toBeUndefined();
    }
  });
});

describe('transactions of many marks', () => {
  it('take 10,000 bits at most, a thousand of a key at once', async () => {
    const store = new RedisStore(client);
    await Promise.all(Array.from({ length: 9001 }, (_, id) => mark(store, id, ['a', 'b'])));
    const [first, second] = proxy.commands.join(' ').split('exec');
    expect(first!.match(/bitfield/g)).toHaveLength(10);
    expect(second!.match(/bitfield/g)).toHaveLength(10);
    expect(await Promise.all([admin.bitcount('a'), admin.bitcount('b')])).toEqual([9001, 9001]);
  });

  it.each<[RedisStoreOptions, number]>([
    [{ maxInFlight: 1 }, 1],
    [{ maxInFlight: 2 }, 2],
    [{}, 3],
  ])('are under way as many as allowed, %j: %i', async (options, most) => {
    const store = new RedisStore(client, options);
    proxy.delayMs = 50;
    const calls: Promise<void>[] = [];
    for (let tick = 0; tick < 3; tick++) {
      calls.push(mark(store, tick, ['a']), mark(store, tick, ['b']));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await expect.poll(() => proxy.commands.length).toBeGreaterThanOrEqual(4 * most);
    expect(proxy.commands.filter((name) => name === 'exec')).toHaveLength(most);
    await Promise.all(calls);
    // What had to wait left together.
    expect(proxy.commands.filter((name) => name === 'exec')).toHaveLength(most === 1 ? 2 : 3);
    expect(await Promise.all([admin.bitcount('a'), admin.bitcount('b')])).toEqual([3, 3]);
  });
});

describe('a mark whose signal aborts', () => {
  it('is not sent any more if it has not left, and others are', async () => {
    const store = new RedisStore(client);
    const controller = new AbortController();
    const calls = [mark(store, 1, ['a']), mark(store, 2, ['a'], controller.signal), mark(store, 3, ['a'])];
    controller.abort(new Error('enough'));
    expect(await outcomesOf(calls)).toEqual([
      undefined,
      expect.objectContaining({ message: 'enough' }),
      undefined,
    ]);
    expect(await admin.getbit('a', 2)).toBe(0);
    expect(await admin.bitcount('a')).toBe(2);
    await expect(mark(store, 4, ['a'], controller.signal)).rejects.toThrow('enough');
  });

  it('is told at once if it is under way, and others when they are made', async () => {
    const store = new RedisStore(client);
    const controller = new AbortController();
    proxy.delayMs = 100;
    const calls = [mark(store, 1, ['a']), mark(store, 2, ['a'], controller.signal)];
    await expect.poll(() => proxy.commands).toContain('exec');
    const other = calls[0]!.then(() => 'made');
    controller.abort(new Error('enough'));
    await expect(Promise.race([other, calls[1]])).rejects.toThrow('enough');
    expect(await other).toBe('made');
  });

  it('ends no repeats of others, and is no longer part of them', async () => {
    const store = new RedisStore(client);
    const controller = new AbortController();
    proxy.refusals.set('multi', 'LOADING Redis is loading the dataset in memory');
    const calls = [mark(store, 1, ['a']), mark(store, 2, ['a'], controller.signal)];
    await expect.poll(() => proxy.commands.filter((name) => name === 'multi').length).toBeGreaterThan(1);
    controller.abort(new Error('enough'));
    await expect(calls[1]).rejects.toThrow('enough');
    await admin.del('a');
    proxy.refusals.clear();
    await calls[0];
    expect(await admin.getbit('a', 1)).toBe(1);
    expect(await admin.getbit('a', 2)).toBe(0);
  });

  it('ends the repeats if it was the last one that waited', async () => {
    const store = new RedisStore(client);
    const controllers = [new AbortController(), new AbortController()];
    proxy.refusals.set('multi', 'LOADING Redis is loading the dataset in memory');
    const calls = controllers.map(({ signal }, id) => mark(store, id, ['a'], signal));
    await expect.poll(() => proxy.commands.filter((name) => name === 'multi').length).toBeGreaterThan(1);
    for (const controller of controllers) controller.abort(new Error('enough'));
    for (const call of calls) await expect(call).rejects.toThrow('enough');
    await client.ping();
    const sent = proxy.commands.length;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(proxy.commands.length).toBe(sent);
  });
});

describe('a server that is gone while marks are under way', () => {
  it('leaves each of them unconfirmed if the client gives up', async () => {
    const own = connect({ retryStrategy: () => null });
    await own.ping();
    proxy.delayMs = 100;
    const calls = [1, 2, 3].map((id) => mark(new RedisStore(own), id, ['a', 'b']));
    const outcomes = outcomesOf(calls);
    await expect.poll(() => proxy.commands).toContain('exec');
    proxy.cut();
    for (const outcome of await outcomes) {
      expect(outcome).toBeInstanceOf(StoreError);
      expect((outcome as Error).message).toMatch(
        /^expected an answer from Redis, got none: .*; no bit is confirmed as written$/,
      );
    }
  });

  it('makes all of them once it is back', async () => {
    const own = await startRedis();
    const its = new Redis(own.url, { retryStrategy: () => 30 });
    its.on('error', () => {});
    try {
      await its.ping();
      const store = new RedisStore(its);
      await own.kill();
      const calls = [1, 2, 3].map((id) => mark(store, id, ['a', 'b']));
      await own.restart();
      await Promise.all(calls);
      expect(await Promise.all([its.bitcount('a'), its.bitcount('b')])).toEqual([3, 3]);
    } finally {
      its.disconnect();
      await own.stop();
    }
  });
});
