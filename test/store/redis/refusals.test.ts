import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { StoreError, WrongTypeError } from '../../../src/base/errors.js';
import { idsOf as idsOfExpression } from '../../../src/engine/contents.js';
import { bitmap } from '../../../src/engine/expression.js';
import type { RedisStoreOptions } from '../../../src/store/redis/options.js';
import { RedisStore } from '../../../src/store/redis/redis.js';
import { type RedisProxy, startProxy } from '../../support/servers/proxy.js';
import { type RedisServer, startRedis } from '../../support/servers/redis.js';
import { namesOf } from '../../support/store/conformance.js';

/** Servers, and what stands before them, refuse commands in many words. What did nothing is done in another way. */

/** What is answered to a command that is not known or not allowed. */
const refusals: [string, (command: string) => string][] = [
  ['Redis 4', (command) => `ERR unknown command '${command}'`],
  [
    'Redis 5 and 6, which repeat the key',
    (command) =>
      `ERR unknown command \`${command}\`, with args beginning with: \`connection closed: too many\`, `,
  ],
  ['Redis 7 and Valkey', (command) => `ERR unknown command '${command}', with args beginning with: 'k' `],
  [
    'the permissions of Redis 6 and KeyDB',
    (command) => `NOPERM this user has no permissions to run the '${command}' command or its subcommand`,
  ],
  [
    'the permissions of Redis 7 and Valkey',
    (command) => `NOPERM User reports has no permissions to run the '${command}' command`,
  ],
  ['a database of Alibaba', (command) => `ERR command ${command} not support for normal user`],
  ['a newer one', (command) => `ERR command '${command.toUpperCase()}' not support for normal user`],
  ['one by account', (command) => `ERR command ${command} not support for your account`],
  ['a proxy of Tencent', (command) => `ERR unsupported command '${command.toUpperCase()}'`],
  ['a proxy without names', () => 'ERR unsupported command'],
  ['Garnet', () => 'ERR command not supported in RESP2'],
  ['Envoy', (command) => `unsupported command '${command}'`],
  ['an earlier Envoy', () => 'invalid request'],
  ['Codis', (command) => `ERR command '${command.toUpperCase()}' is not allowed`],
  ['a proxy that cannot read it', () => 'ERR Proxy fail to parse command'],
  ['a proxy of a cluster', () => 'ERR Cross-slot queries are disabled. They can be enabled by an option.'],
  ['a server with fewer arguments', (command) => `ERR wrong number of arguments for '${command}' command`],
  ['a server with another syntax', () => 'ERR syntax error'],
];

/** What is answered to scripts besides. */
const scriptRefusals: typeof refusals = [
  ['Redis 7', () => 'ERR Unknown Redis command called from script script: 6b1bf486c81c, on @user_script:2.'],
  ['Redis 6', () => '@user_script: 2: Unknown Redis command called from Lua script'],
  [
    'an earlier Redis',
    () =>
      'ERR Error running script (call to f_6b1bf486c81c): @user_script:4: @user_script: 4: Unknown Redis command called from Lua script',
  ],
  [
    'the permissions of Redis 6',
    () =>
      "ERR Error running script (call to f_6b1bf486c81c): @user_script:4: @user_script: 4: The user executing the script can't run this command or subcommand",
  ],
  ['the permissions of keys', () => 'NOPERM No permissions to access a key'],
  [
    'Dragonfly',
    () =>
      'ERR Error running script (call to 5c4d62f4e30c): @user_script:3: script tried accessing undeclared key, key: connection closed',
  ],
  [
    'a cluster of Alibaba',
    () =>
      'ERR bad lua script for redis cluster, all the keys that the script uses should be passed using the KEYS array',
  ],
];

/** What says that the server cannot serve now, or this key never: no reason to do anything else. */
const notNow: string[] = [
  "OOM command not allowed when used memory > 'maxmemory'.",
  "READONLY You can't write against a read only replica.",
  "READONLY You can't write against a read only replica. script: 6b1bf486c81c, on @user_script:4.",
  "ERR Error running script (call to f_6b1bf486c81c): @user_script:4: @user_script: 4: -READONLY You can't write against a read only replica.",
  "ERR Error running script (call to f_6b1bf486c81c): @user_script:6: OOM command not allowed when used memory > 'maxmemory'.",
  'LOADING Redis is loading the dataset in memory',
  'MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to no.',
  'MISCONF Redis is configured to save RDB snapshots, but it is currently unable to persist to disk.',
  'NOREPLICAS Not enough good replicas to write.',
  'CLUSTERDOWN The cluster is down',
  'TRYAGAIN Multiple keys request during rehashing of slot',
  'BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.',
  'NOAUTH Authentication required.',
  'WRONGPASS invalid username-password pair or user is disabled.',
  'WRONGTYPE Operation against a key holding the wrong kind of value',
  'MOVED 3999 127.0.0.1:6381',
  'ERR Attempted to access a non local key in a cluster node script: on @user_script:4.',
  "CROSSSLOT Keys in request don't hash to the same slot",
  'ERR max number of clients reached',
  'ERR upstream failure',
  'no upstream host',
  'ERR Connection timed out',
];

interface Fallback {
  readonly name: string;
  /** Commands that are refused, and the one among them that is tried first. */
  readonly refused: readonly [first: string, ...others: string[]];
  /** What is sent in its place, if anything. */
  readonly instead?: string;
  ask(store: RedisStore): Promise<unknown>;
  readonly right: unknown;
}

const MANY = Array.from({ length: 40 }, (_, id) => id);
const HUGE_BYTES = 4 * 1024 * 1024;

const fallbacks: Fallback[] = [
  {
    name: 'EVAL → SETBIT',
    refused: ['eval'],
    instead: 'setbit',
    ask: async (store) => {
      await store.write([{ key: 'marked', ids: MANY, value: 1 }]);
      return admin.bitcount('marked');
    },
    right: 40,
  },
  {
    name: 'MULTI → single commands',
    refused: ['multi', 'exec'],
    instead: 'bitfield',
    ask: async (store) => {
      await store.write([{ key: 'marked', ids: [1, 2], value: 1 }], { atomic: true });
      return admin.bitcount('marked');
    },
    right: 2,
  },
  {
    name: 'STRLEN → GET',
    refused: ['strlen'],
    instead: 'get',
    ask: (store) => store.byteLengths(['k', 'missing']),
    right: [3, 0],
  },
  {
    name: 'GETRANGE → GET',
    refused: ['getrange'],
    instead: 'get',
    ask: async (store) => {
      const target = new Uint8Array(4);
      await store.read([{ key: 'k', byteOffset: 1, target }]);
      return [...target];
    },
    right: [0x01, 0x80, 0, 0],
  },
  {
    name: 'GETRANGE of one bit → GET',
    refused: ['getrange'],
    instead: 'get',
    ask: async (store) => [await store.has('k', 15), await store.has('k', 14), await store.has('k', 99)],
    right: [true, false, false],
  },
  {
    name: 'BITCOUNT → GET',
    refused: ['bitcount'],
    instead: 'get',
    ask: (store) => store.count('k'),
    right: 4,
  },
  {
    name: 'STRLEN → BITCOUNT alone',
    refused: ['strlen'],
    instead: 'bitcount',
    ask: (store) => store.count('k'),
    right: 4,
  },
  {
    name: 'BITPOS → all of the key',
    refused: ['bitpos'],
    instead: 'getrange',
    ask: async (store) => [...(await idsOfExpression(bitmap(store, 'huge')))],
    right: [5, HUGE_BYTES * 8 - 1],
  },
  {
    name: 'BITCOUNT of ranges → all of the key',
    refused: ['bitcount'],
    instead: 'getrange',
    ask: async (store) => [...(await idsOfExpression(bitmap(store, 'huge')))],
    right: [5, HUGE_BYTES * 8 - 1],
  },
  {
    name: 'UNLINK → DEL',
    refused: ['unlink'],
    instead: 'del',
    ask: async (store) => {
      await admin.mset('gone1', '1', 'gone2', '1');
      return store.delete(['gone1', 'gone2', 'missing']);
    },
    right: 2,
  },
  {
    name: 'PTTL → no expiries',
    refused: ['pttl'],
    ask: (store) => store.expiries(['k']),
    right: [undefined],
  },
];

let server: RedisServer;
let proxy: RedisProxy;
let admin: Redis;
let client: Redis;

beforeAll(async () => {
  server = await startRedis();
  proxy = await startProxy(server);
  admin = new Redis(server.url);
  client = new Redis(proxy.url);
  await client.ping();
});

beforeEach(async () => {
  proxy.refusals.clear();
  await admin.flushall();
  await admin.set('k', Buffer.of(0x50, 0x01, 0x80));
  await admin.setbit('huge', 5, 1);
  await admin.setbit('huge', HUGE_BYTES * 8 - 1, 1);
});

afterAll(async () => {
  client?.disconnect();
  admin?.disconnect();
  await proxy?.stop();
  await server?.stop();
});

function refuse(commands: readonly string[], text: (command: string) => string): void {
  for (const command of commands) proxy.refusals.set(command, text(command));
}

async function sentBy(call: () => Promise<unknown>): Promise<{ answer: unknown; commands: string[] }> {
  proxy.commands.length = 0;
  const answer = await call();
  return { answer, commands: [...proxy.commands] };
}

describe.each(fallbacks)('$name', ({ refused, instead, ask, right }) => {
  const wordings = refused[0] === 'eval' ? [...refusals, ...scriptRefusals] : refusals;

  it.each(wordings)('serves in the words of %s, and is remembered', async (_, text) => {
    refuse(refused, text);
    const store = new RedisStore(client);
    const first = await sentBy(() => ask(store));
    expect(first.answer).toEqual(right);
    expect(first.commands).toContain(refused[0]);
    const second = await sentBy(() => ask(store));
    expect(second.answer).toEqual(right);
    expect(second.commands).not.toContain(refused[0]);
    if (instead !== undefined) expect(second.commands).toContain(instead);
  });

  it.each(notNow)('does not serve after %j, and what was refused is tried again', async (text) => {
    refuse(refused, () => text);
    const store = new RedisStore(client, { retryMs: 0 });
    const error = await ask(store).catch((reason) => reason);
    expect(error).toBeInstanceOf(StoreError);
    proxy.refusals.clear();
    await admin.del('marked');
    const { answer, commands } = await sentBy(() => ask(store));
    if (refused[0] !== 'pttl') expect(answer).toEqual(right);
    expect(commands).toContain(refused[0]);
  });
});

describe('what servers refuse', () => {
  it.each(refusals)('is said of INFO in the words of %s, and of transactions', async (_, text) => {
    refuse(['info', 'multi', 'exec'], text);
    expect(await namesOf(new RedisStore(client), '')).toEqual(['huge', 'k']);
  });

  it.each(refusals)('is said of TYPE in the words of %s, and leaves the type unknown', async (_, text) => {
    refuse(['type'], text);
    await admin.rpush('bad', 'x');
    const error = await new RedisStore(client).byteLengths(['bad']).catch((reason) => reason);
    expect(error).toBeInstanceOf(WrongTypeError);
    expect(error.message).toContain('got a value of type unknown');
  });

  it('is said if there is no other way, in its first words', async () => {
    refuse(
      ['strlen', 'get'],
      (command) => `NOPERM User reports has no permissions to run the '${command}' command`,
    );
    const store = new RedisStore(client);
    for (let time = 0; time < 2; time++) {
      await expect(store.byteLengths(['k'])).rejects.toThrow("run the 'strlen' command");
      expect(store.readStrategy).toBe('ranges');
    }
  });

  it('is not tried at all without scripts', async () => {
    const options: RedisStoreOptions = { scripts: false };
    const { commands } = await sentBy(() =>
      new RedisStore(client, options).write([{ key: 'marked', ids: MANY, value: 1 }]),
    );
    expect(new Set(commands)).toEqual(new Set(['setbit']));
    expect(await admin.bitcount('marked')).toBe(40);
  });

  it('keeps marks of one call all or none: a key that may not be marked is no reason for single commands', async () => {
    await admin.call('ACL', 'SETUSER', 'half', 'on', '>secret', '~a', '+@all');
    const half = new Redis(server.url, { username: 'half', password: 'secret' });
    try {
      const writes = ['a', 'b'].map((key) => ({ key, ids: [1], value: 1 as const }));
      const error = await new RedisStore(half).write(writes, { atomic: true }).catch((reason) => reason);
      expect(error).toBeInstanceOf(StoreError);
      expect(error.message).toContain('NOPERM');
      expect(await admin.exists('a', 'b')).toBe(0);
    } finally {
      half.disconnect();
      await admin.call('ACL', 'DELUSER', 'half');
    }
  });

  it('may be EXEC alone, which leaves no transaction open', async () => {
    await admin.call('ACL', 'SETUSER', 'beginner', 'on', '>secret', '~*', '+@all', '-exec');
    const beginner = new Redis(server.url, { username: 'beginner', password: 'secret' });
    try {
      const store = new RedisStore(beginner);
      await store.write([{ key: 'a', ids: [1, 2], value: 1 }], { atomic: true });
      expect(await store.count('a')).toBe(2);
      await expect(store.snapshot(['a'])).rejects.toThrow('expected a server with transactions');
      expect(await beginner.strlen('a')).toBe(1);
    } finally {
      beginner.disconnect();
      await admin.call('ACL', 'DELUSER', 'beginner');
    }
  });
});
