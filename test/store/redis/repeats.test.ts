import { Redis, type RedisOptions } from 'ioredis';
import { createClient } from 'redis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { StoreError } from '../../../src/base/errors.js';

import { bitmap, combine } from '../../../src/engine/expression.js';
import type { RedisClient } from '../../../src/store/redis/client.js';
import { fromNodeRedis } from '../../../src/store/redis/node-redis.js';
import type { RedisStoreOptions } from '../../../src/store/redis/options.js';
import { RedisStore } from '../../../src/store/redis/redis.js';
import { countIds } from '../../support/bitmaps.js';
import { type RedisProxy, startProxy } from '../../support/servers/proxy.js';
import { type RedisServer, startRedis } from '../../support/servers/redis.js';
import { namesOf } from '../../support/store/conformance.js';

const MANY = Array.from({ length: 500 }, (_, id) => id * 2);
const LOADING = 'LOADING Redis is loading the dataset in memory';

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
  await admin.set('a', Buffer.of(0x50, 0x01));
  await admin.set('b', Buffer.of(0x10));
  return async () => {
    client.disconnect();
    await proxy.stop();
  };
});

afterAll(async () => {
  admin?.disconnect();
  await server?.stop();
});

type Habits = Pick<RedisOptions, 'autoResendUnfulfilledCommands' | 'maxRetriesPerRequest' | 'retryStrategy'>;

function connect(options: Habits = {}): Redis {
  const made = new Redis(proxy.url, { enableReadyCheck: false, retryStrategy: () => 30, ...options });
  made.on('error', () => {});
  return made;
}

async function connectNodeRedis(reconnectStrategy: number | false) {
  const made = createClient({ url: proxy.url, socket: { reconnectStrategy } });
  made.on('error', () => {});
  await made.connect();
  return made;
}

interface Call {
  readonly name: string;
  /** Commands of which each may be the one that fails. */
  readonly commands: readonly string[];
  readonly options?: RedisStoreOptions;
  ask(store: RedisStore, signal?: AbortSignal): Promise<unknown>;
  readonly right: unknown;
}

const either = (store: RedisStore) => combine('or', [bitmap(store, 'a'), bitmap(store, 'b')]);

/** Writes, and then counts what is there. */
async function marked(written: Promise<void>): Promise<number> {
  await written;
  return admin.bitcount('c');
}

const calls: Call[] = [
  {
    name: 'a question',
    commands: ['getrange'],
    ask: (store, signal) => countIds([either(store)], { signal }),
    right: [3],
  },
  {
    name: 'a question with a budget',
    commands: ['strlen', 'getrange'],
    ask: (store, signal) => countIds([either(store)], { maxBytes: 100, signal }),
    right: [3],
  },
  {
    name: 'a question by whole values',
    commands: ['get'],
    options: { readStrategy: 'whole' },
    ask: (store, signal) => countIds([either(store)], { signal }),
    right: [3],
  },
  {
    name: 'a consistent question',
    commands: ['multi'],
    ask: (store, signal) => countIds([either(store)], { consistent: true, signal }),
    right: [3],
  },
  {
    name: 'a count',
    commands: ['bitcount', 'strlen'],
    ask: (store, signal) => store.count('a', { signal }),
    right: 3,
  },
  {
    name: 'one bit',
    commands: ['getrange', 'strlen'],
    ask: (store, signal) => store.has('a', 3, { signal }),
    right: true,
  },
  {
    name: 'the names of keys',
    commands: ['info', 'scan'],
    ask: (store, signal) => namesOf(store, '', undefined, signal),
    right: ['a', 'b'],
  },
  {
    name: 'expiries',
    commands: ['pttl'],
    ask: (store, signal) => store.expiries(['a', 'b'], { signal }),
    right: [undefined, undefined],
  },
  {
    name: 'deletions',
    commands: ['unlink'],
    ask: (store, signal) => store.delete(['a', 'b', 'missing'], { signal }),
    right: 2,
  },
  {
    name: 'marks',
    commands: ['setbit'],
    ask: (store, signal) => marked(store.write([{ key: 'c', ids: [1, 2], value: 1 }], { signal })),
    right: 2,
  },
  {
    name: 'many marks',
    commands: ['eval'],
    ask: (store, signal) => marked(store.write([{ key: 'c', ids: MANY, value: 1 }], { signal })),
    right: 500,
  },
  {
    name: 'marks of one moment',
    commands: ['multi'],
    ask: (store, signal) =>
      marked(store.write([{ key: 'c', ids: [1, 2], value: 1 }], { atomic: true, signal })),
    right: 2,
  },
  {
    name: 'a stored result',
    commands: ['set'],
    ask: (store, signal) => marked(store.put('c', Uint8Array.of(3), { signal })),
    right: 2,
  },
];

const each = calls.flatMap((call) => call.commands.map((command) => ({ ...call, command })));

const passing = [
  LOADING,
  "READONLY You can't write against a read only replica.",
  "READONLY You can't write against a read only replica. script: 6b1bf486c81c, on @user_script:4.",
  "ERR Error running script (call to f_6b1bf486c81c): @user_script:4: @user_script: 4: -READONLY You can't write against a read only replica.",
  "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
  'CLUSTERDOWN The cluster is down',
  'TRYAGAIN Multiple keys request during rehashing of slot',
  'BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.',
  'NOREPLICAS Not enough good replicas to write.',
];

const lasting = [
  "OOM command not allowed when used memory > 'maxmemory'.",
  'NOAUTH Authentication required.',
  'WRONGTYPE Operation against a key holding the wrong kind of value',
  'MISCONF Redis is configured to save RDB snapshots, but it is currently unable to persist to disk.',
  'MOVED 3999 127.0.0.1:6381',
  'ERR something else is wrong: a connection timed out',
];

describe.each(each)('$name, whose $command fails', ({ command, options, ask, right }) => {
  it.each(passing)('is answered once it is over: %s', async (text) => {
    proxy.refusals.set(command, text);
    const asked = ask(new RedisStore(client, options));
    await until(() => proxy.commands.filter((name) => name === command).length > 1);
    proxy.refusals.clear();
    expect(await asked).toEqual(right);
  });

  it('is refused after a while, as it was refused', async () => {
    proxy.refusals.set(command, LOADING);
    const store = new RedisStore(client, { ...options, retryMs: 150 });
    const started = performance.now();
    const error = await failureOf(ask(store));
    expect(performance.now() - started).toBeGreaterThan(140);
    expect(error).toBeInstanceOf(StoreError);
    expect(error?.message).toMatch(/^expected an answer from Redis.*, got "LOADING Redis is loading/);
  });

  it.each(lasting)('is refused at once if it will not pass: %s', async (text) => {
    proxy.refusals.set(command, text);
    const error = await ask(new RedisStore(client, options)).catch((reason) => reason);
    expect(error).toBeInstanceOf(StoreError);
    // As often as it is asked of a key each, or for a length besides.
    expect(proxy.commands.filter((name) => name === command).length).toBeLessThan(4);
  });

  it('ends when the signal fires, during a pause too, and sends nothing more', async () => {
    proxy.refusals.set(command, LOADING);
    const controller = new AbortController();
    const asked = ask(new RedisStore(client, options), controller.signal);
    await until(() => proxy.commands.filter((name) => name === command).length > 2);
    controller.abort(new Error('enough'));
    await expect(asked).rejects.toThrow('enough');
    await client.ping();
    const sent = proxy.commands.length;
    await sleep(300);
    expect(proxy.commands.length).toBe(sent);
  });
});

describe('a connection that is lost', () => {
  /** Replies are held back for so long that none is there before the cut, however slow the machine is. */
  const TOO_LATE_MS = 60_000;
  /** ioredis repeats by itself what was under way; node-redis leaves that to others. */
  const clients: [string, () => Promise<{ client: RedisClient; close(): void }>][] = [
    [
      'ioredis',
      async () => {
        const own = connect();
        return { client: own, close: () => own.disconnect() };
      },
    ],
    [
      'node-redis',
      async () => {
        const own = await connectNodeRedis(30);
        return { client: fromNodeRedis(own), close: () => own.destroy() };
      },
    ],
  ];

  /** Cuts the connection while something is under way. */
  async function cutDuring<T>(asked: Promise<T>): Promise<T> {
    await sleep(50);
    proxy.delayMs = 0;
    proxy.cut();
    return asked;
  }

  describe.each(clients)('and made anew by %s', (_, open) => {
    it.each(calls.filter(({ name }) => name !== 'deletions'))(
      'does not end $name',
      async ({ options, ask, right }) => {
        const own = await open();
        try {
          await own.client.strlen('a');
          proxy.delayMs = TOO_LATE_MS;
          expect(await cutDuring(ask(new RedisStore(own.client, options)))).toEqual(right);
        } finally {
          own.close();
        }
      },
    );
  });

  it('ends deletions, since nobody knows how many keys were deleted before', async () => {
    const own = await connectNodeRedis(30);
    try {
      proxy.delayMs = TOO_LATE_MS;
      const asked = new RedisStore(fromNodeRedis(own)).delete(['a', 'b']);
      await expect(cutDuring(asked)).rejects.toThrow('got none: Socket closed unexpectedly');
    } finally {
      own.destroy();
    }
  });

  it.each(calls)('and not made anew ends $name at once', async ({ options, ask }) => {
    const clients = [
      async () => connect({ retryStrategy: () => null }),
      async () => fromNodeRedis(await connectNodeRedis(false)),
    ];
    for (const open of clients) {
      const own = await open();
      await own.strlen('a');
      proxy.delayMs = TOO_LATE_MS;
      const asked = failureOf(ask(new RedisStore(own, options)));
      const started = performance.now();
      expect(await cutDuring(asked)).toBeInstanceOf(StoreError);
      expect(performance.now() - started).toBeLessThan(2000);
    }
  });
});

describe('a server that is a replica for a while', () => {
  it.each(['marks', 'many marks', 'marks of one moment', 'a stored result', 'deletions'])(
    'takes %s once it is a master again',
    async (name) => {
      const { ask, right } = calls.find((call) => call.name === name)!;
      await admin.replicaof('127.0.0.1', 1);
      try {
        const asked = ask(new RedisStore(client));
        await sleep(150);
        await admin.replicaof('NO', 'ONE');
        expect(await asked).toEqual(right);
      } finally {
        await admin.replicaof('NO', 'ONE');
      }
    },
  );

  it('is told of if it stays one', async () => {
    await admin.replicaof('127.0.0.1', 1);
    try {
      for (const atomic of [true, false]) {
        const written = new RedisStore(client, { retryMs: 100 }).write([{ key: 'c', ids: [1], value: 1 }], {
          atomic,
        });
        await expect(written).rejects.toThrow('READONLY');
      }
    } finally {
      await admin.replicaof('NO', 'ONE');
    }
  });
});

describe('repeats', () => {
  it('keep the order of marks that are set and taken back', async () => {
    // Of marks that are sent together, the first are refused and the others are not.
    let refused = 0;
    const setbit = (key: string, offset: number, value: 0 | 1) =>
      refused++ < 50 ? Promise.reject(new Error(LOADING)) : client.setbit(key, offset, value);
    const passingOn: ProxyHandler<Redis> = {
      get: (target, name) => {
        const value = name === 'setbit' ? setbit : Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    };
    await new RedisStore(new Proxy(client, passingOn), { scripts: false }).write([
      { key: 'c', ids: MANY, value: 1 },
      { key: 'd', ids: [7], value: 1 },
      { key: 'c', ids: MANY.slice(0, 400), value: 0 },
      { key: 'c', ids: [0], value: 1 },
    ]);
    expect(await admin.bitcount('c')).toBe(101);
    expect(await admin.getbit('c', 0)).toBe(1);
    expect(await admin.bitcount('d')).toBe(1);
  });

  it('of a list begin anew, and name every key once', async () => {
    const names = Array.from({ length: 500 }, (_, index) => `n${index}`);
    await admin.mset(Object.fromEntries(names.map((name) => [name, '1'])));
    const found: string[] = [];
    for await (const name of new RedisStore(client).keys('n', { batchSize: 20 })) {
      found.push(name);
      if (found.length !== 200) continue;
      proxy.refusals.set('scan', LOADING);
      setTimeout(() => proxy.refusals.clear(), 100);
    }
    expect(found.sort()).toEqual([...names].sort());
  });

  it('are spared by retryMs: 0, which is in milliseconds', async () => {
    proxy.refusals.set('strlen', LOADING);
    await expect(new RedisStore(client, { retryMs: 0 }).byteLengths(['a'])).rejects.toThrow(StoreError);
    expect(proxy.commands.filter((name) => name === 'strlen')).toHaveLength(1);
    for (const retryMs of [-1, Number.NaN, Number.POSITIVE_INFINITY, '5' as unknown as number]) {
      expect(() => new RedisStore(client, { retryMs })).toThrow(/^expected retryMs to be 0 or more/);
    }
  });
});

/** What a promise rejects with; without that there is none. */
async function failureOf(promise: Promise<unknown>): Promise<Error | undefined> {
  return promise.then(
    () => undefined,
    (error) => error,
  );
}

async function until(holds: () => boolean): Promise<void> {
  await expect.poll(holds, { interval: 1, timeout: 5000 }).toBe(true);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
