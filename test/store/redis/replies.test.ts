import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { StoreError } from '../../../src/base/errors.js';
import { idsOf } from '../../../src/engine/contents.js';
import { bitmap, combine } from '../../../src/engine/expression.js';
import type { RedisClient, RedisTransaction } from '../../../src/store/redis/client.js';
import { fromNodeRedis, type NodeRedisClient } from '../../../src/store/redis/node-redis.js';
import type { RedisStoreOptions } from '../../../src/store/redis/options.js';
import { RedisStore } from '../../../src/store/redis/redis.js';
import { countIds } from '../../support/bitmaps.js';
import { namesOf } from '../../support/store/conformance.js';

/** Clients are received by their shape, and shapes lie: whatever one answers, the number is right or there is none. */

const KEY = 'k';
const BYTES = Uint8Array.of(0x50, 0x01, 0x80);
const IDS = [1, 3, 15, 16];
/** Long enough to be searched for regions. */
const HUGE = new Uint8Array(4 * 1024 * 1024).fill(0x01, 77, 90);

/** Replies in place of those of one command. */
type Lies = Readonly<Record<string, (truth: unknown) => unknown>>;

/** A client that knows one server: its keys, what it answers in place of the truth, and what it does not know. */
function clientOf(values: Map<string, Uint8Array>, lies: Lies, unknown: readonly string[] = []): RedisClient {
  const bytesOf = (key: string): Uint8Array => values.get(key) ?? new Uint8Array(0);
  const store = (key: string, bytes: Uint8Array): Uint8Array => {
    values.set(key, bytes);
    return bytes;
  };
  const bitsOf = (bytes: Uint8Array): number[] =>
    [...bytes].flatMap((byte, at) =>
      [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => byte & (0x80 >> bit)).map((bit) => at * 8 + bit),
    );
  const commands = {
    strlen: (key: string) => bytesOf(key).length,
    getrangeBuffer: (key: string, start: number, end: number) =>
      Buffer.from(bytesOf(key).slice(start, end + 1)),
    getBuffer: (key: string) => (values.has(key) ? Buffer.from(bytesOf(key)) : null),
    bitcount: (key: string, start = 0, end = Number.POSITIVE_INFINITY) =>
      bitsOf(bytesOf(key).subarray(start, end + 1)).length,
    bitpos: (key: string, _: number, start: number, end: number) => {
      const [first] = bitsOf(bytesOf(key).subarray(start, end + 1));
      return first === undefined ? -1 : start * 8 + first;
    },
    setbit: (key: string, offset: number, value: 0 | 1) => {
      const bytes = new Uint8Array(Math.max(bytesOf(key).length, (offset >> 3) + 1));
      bytes.set(bytesOf(key));
      const mask = 0x80 >> (offset & 7);
      const old = (bytes[offset >> 3]! & mask) === 0 ? 0 : 1;
      bytes[offset >> 3] = value === 1 ? bytes[offset >> 3]! | mask : bytes[offset >> 3]! & ~mask;
      store(key, bytes);
      return old;
    },
    set: (key: string, value: Buffer) => {
      store(key, Uint8Array.from(value));
      return 'OK';
    },
    eval: (_: string, __: number, key: string, _a: string, _b: string, offset: string, bytes: Buffer) => {
      const merged = new Uint8Array(Math.max(bytesOf(key).length, Number(offset) + bytes.length));
      merged.set(bytesOf(key));
      for (const [at, byte] of bytes.entries()) merged[Number(offset) + at]! |= byte;
      return bytes.length === 0 ? bytesOf(key).length : store(key, merged).length;
    },
    pttl: (key: string) => (values.has(key) ? 5000 : -2),
    type: (key: string) => (values.has(key) ? 'string' : 'none'),
    unlink: (...keys: string[]) => keys.filter((key) => values.delete(key)).length,
    del: (...keys: string[]) => keys.filter((key) => values.delete(key)).length,
    scan: () => ['0', [...values.keys()]],
    info: () => '# Cluster\r\ncluster_enabled:0\r\n',
  };
  const answer = async (name: string, truth: unknown): Promise<unknown> => {
    const reply = lies[name] === undefined ? truth : lies[name](truth);
    if (reply instanceof Error) throw reply;
    return reply;
  };
  const promising = Object.fromEntries(
    Object.entries(commands).map(([name, command]) => [
      name,
      async (...args: never[]) => {
        if (unknown.includes(name)) throw refusal(`ERR unknown command '${name}'`);
        return answer(name, (command as (...args: never[]) => unknown)(...args));
      },
    ]),
  );
  const multi = (): RedisTransaction => {
    const replies: [null, unknown][] = [];
    return {
      getBuffer: (key) => replies.push([null, commands.getBuffer(key)]),
      setbit: (key, offset, value) => replies.push([null, commands.setbit(key, offset, value)]),
      exec: () => answer('exec', replies) as ReturnType<RedisTransaction['exec']>,
    };
  };
  return { ...promising, multi } as unknown as RedisClient;
}

function refusal(message: string): Error {
  return Object.assign(new Error(message), { name: 'ReplyError' });
}

/** What a command is needed for, and what it comes to if all replies are right. */
interface Use {
  readonly name: string;
  /** As Redis calls it. */
  readonly command: string;
  readonly options?: RedisStoreOptions;
  readonly value?: Uint8Array;
  readonly unknown?: readonly string[];
  ask(store: RedisStore): Promise<unknown>;
  readonly right: unknown;
}

async function readBytes(store: RedisStore): Promise<number[]> {
  const target = new Uint8Array(4).fill(9);
  await store.read([{ key: KEY, byteOffset: 0, target }]);
  return [...target];
}

const uses: Use[] = [
  {
    name: 'strlen',
    command: 'STRLEN',
    ask: (store) => store.byteLengths([KEY, 'missing']).then(([length]) => length),
    right: 3,
  },
  { name: 'getrangeBuffer', command: 'GETRANGE', ask: readBytes, right: [0x50, 0x01, 0x80, 0] },
  {
    name: 'getBuffer',
    command: 'GET',
    options: { readStrategy: 'whole' },
    ask: readBytes,
    right: [0x50, 0x01, 0x80, 0],
  },
  { name: 'bitcount', command: 'BITCOUNT', ask: (store) => store.count(KEY), right: 4 },
  {
    name: 'bitpos',
    command: 'BITPOS',
    value: HUGE,
    ask: async (store) => [...(await idsOf(bitmap(store, KEY)))],
    right: Array.from({ length: 13 }, (_, at) => (77 + at) * 8 + 7),
  },
  {
    name: 'setbit',
    command: 'SETBIT',
    ask: (store) => store.write([{ key: KEY, ids: [2], value: 1 }]),
    right: undefined,
  },
  { name: 'set', command: 'SET', ask: (store) => store.put(KEY, BYTES), right: undefined },
  {
    name: 'eval',
    command: 'EVAL',
    ask: (store) => store.write([{ key: KEY, ids: Array.from({ length: 50 }, (_, id) => id), value: 1 }]),
    right: undefined,
  },
  {
    name: 'pttl',
    command: 'PTTL',
    ask: async (store) => Math.round(((await store.expiries([KEY]))[0]! - Date.now()) / 1000),
    right: 5,
  },
  { name: 'unlink', command: 'UNLINK', ask: (store) => store.delete([KEY, 'missing']), right: 1 },
  {
    name: 'del',
    command: 'DEL',
    unknown: ['unlink'],
    ask: (store) => store.delete([KEY, 'missing']),
    right: 1,
  },
  { name: 'scan', command: 'SCAN', ask: (store) => namesOf(store, ''), right: [KEY] },
  {
    name: 'exec',
    command: 'EXEC',
    ask: (store) => store.write([{ key: KEY, ids: [2, 3], value: 1 }], { atomic: true }),
    right: undefined,
  },
  {
    name: 'exec',
    command: 'EXEC',
    ask: async (store) => {
      const target = new Uint8Array(4);
      await (await store.snapshot([KEY])).read([{ key: KEY, byteOffset: 0, target }]);
      return [...target];
    },
    right: [0x50, 0x01, 0x80, 0],
  },
  { name: 'info', command: 'INFO', ask: (store) => namesOf(store, ''), right: [KEY] },
];

const isNumber = (truth: unknown): truth is number => typeof truth === 'number';
const isBytes = (truth: unknown): truth is Uint8Array => truth instanceof Uint8Array;

/** The truth in other clothes. */
const disguises: Record<string, (truth: unknown) => unknown> = {
  text: (truth) => (isNumber(truth) ? String(truth) : isBytes(truth) ? Buffer.from(truth).toString() : truth),
  bytes: (truth) => (isNumber(truth) || typeof truth === 'string' ? Buffer.from(String(truth)) : truth),
  'plain bytes': (truth) => (isBytes(truth) ? Uint8Array.from(truth) : truth),
  'a bigint': (truth) => (isNumber(truth) ? BigInt(truth) : truth),
  'a number': (truth) => (Array.isArray(truth) && truth[0] === '0' ? [0, truth[1]] : truth),
  'a bigint cursor': (truth) => (Array.isArray(truth) && truth[0] === '0' ? [0n, truth[1]] : truth),
  'keys as bytes': (truth) =>
    Array.isArray(truth) && truth[0] === '0'
      ? [Buffer.from('0'), (truth[1] as string[]).map((key) => Buffer.from(key))]
      : truth,
  'numbers as text in a transaction': (truth) =>
    Array.isArray(truth) && Array.isArray(truth[0])
      ? (truth as [null, unknown][]).map(([, reply]) => [null, isNumber(reply) ? String(reply) : reply])
      : truth,
};

/** What is no answer to any of the commands. */
const nonsense: [string, unknown][] = [
  ['null', null],
  ['undefined', undefined],
  ['NaN', Number.NaN],
  ['infinity', Number.POSITIVE_INFINITY],
  ['a fraction', 1.5],
  ['a negative number', -3],
  ['a negative bigint', -3n],
  ['a number that is too large', 2 ** 60],
  ['a bigint that is too large', 2n ** 70n],
  ['text', 'QUEUED'],
  ['no text', ''],
  ['a number in other words', '0x3'],
  ['a number with a blank', ' 3'],
  ['bytes that are too many', Buffer.alloc(5000, 0xff)],
  ['an empty list', []],
  ['a list of lists', [[], []]],
  ['a list in which nothing is right', [null, null]],
  ['a list of too much text', ['0', 'k']],
  ['a list of undefined keys', ['0', [undefined]]],
  ['a list without a cursor', [undefined, ['k']]],
  ['a list with an empty cursor', ['', ['k']]],
  ['a list with a fraction for a cursor', [0.5, ['k']]],
  ['an object', {}],
  ['true', true],
  ['a cursor that never ends', ['7', [KEY]]],
  ['replies that are no pairs', [0, 0]],
  ['errors that are none', [['oops', 0]]],
  ['too few replies', [[null, 0]]],
  ['too many replies', Array.from({ length: 9 }, () => [null, 0])],
];

async function outcomeOf({ name, command, options, value, unknown, ask, right }: Use, lie: Lies[string]) {
  const values = new Map([[KEY, value ?? BYTES]]);
  const client = clientOf(values, { [name]: lie }, unknown);
  const outcome = await ask(new RedisStore(client, options)).catch((error) => error);
  if (!(outcome instanceof Error)) return outcome === right || equals(outcome, right) ? 'right' : outcome;
  expect(outcome).toBeInstanceOf(StoreError);
  const isNamed = outcome.message.startsWith(`expected ${command} to `);
  // Replies within that of EXEC are those of other commands.
  const isInside = command === 'EXEC' && /^expected (GET|SETBIT) to answer with /.test(outcome.message);
  return isNamed || isInside ? 'refused by name' : outcome.message;
}

function equals(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

describe.each(uses)('the reply of $name', (use) => {
  it('is taken as it is', { tags: 'long' }, async () => {
    expect(await outcomeOf(use, (truth) => truth)).toBe('right');
  });

  it.each(Object.entries(disguises))(
    'is understood or refused by name if it comes as %s',
    { tags: 'long' },
    async (_, lie) => {
      expect(['right', 'refused by name']).toContain(await outcomeOf(use, lie));
    },
  );

  it.each(nonsense)('is refused by name if it is %s', { tags: 'long', timeout: 5000 }, async (_, reply) => {
    // A key may be missing, or hold other bytes, and servers may say of themselves what they like.
    const mayBe =
      (use.command === 'GET' && (reply === null || reply instanceof Uint8Array)) ||
      (use.command === 'INFO' && (typeof reply === 'string' || reply instanceof Uint8Array));
    const outcome = await outcomeOf(use, () => reply);
    if (use.command === 'GET' && mayBe)
      expect(outcome).toEqual(reply === null ? [0, 0, 0, 0] : [255, 255, 255, 255]);
    else expect(outcome).toBe(mayBe ? 'right' : 'refused by name');
  });
});

describe('replies', () => {
  it('are shown where they are refused', async () => {
    const client = clientOf(new Map([[KEY, BYTES]]), { strlen: () => 'three' });
    await expect(new RedisStore(client).byteLengths([KEY])).rejects.toThrow(
      'expected STRLEN to answer with a whole number from 0 to 9007199254740991 for key "k", got the text "three"',
    );
  });

  it.each(['text', 'bytes', 'a bigint'])('that are numbers may come as %s', async (disguise) => {
    const lie = disguises[disguise]!;
    const lies = Object.fromEntries(
      ['strlen', 'bitcount', 'bitpos', 'setbit', 'eval', 'pttl', 'unlink'].map((name) => [name, lie]),
    );
    const store = new RedisStore(clientOf(new Map([[KEY, BYTES]]), lies));
    expect(await store.count(KEY)).toBe(4);
    const either = combine('or', [bitmap(store, KEY), bitmap(store, 'missing')]);
    expect(await countIds([either])).toEqual([4]);
    expect([...(await idsOf(either))]).toEqual(IDS);
    await store.write([{ key: KEY, ids: Array.from({ length: 100 }, (_, id) => id), value: 1 }]);
    await store.write([{ key: KEY, ids: [200], value: 1 }]);
    expect(await store.count(KEY)).toBe(101);
    expect(await store.delete([KEY])).toBe(1);
  });

  it('of GETRANGE that are longer than was asked for, or shorter than the key, are refused', async () => {
    const ask = (bytes: Uint8Array, lie: (truth: Buffer) => Buffer) => {
      const getrangeBuffer = (truth: unknown) => lie(truth as Buffer);
      const store = new RedisStore(clientOf(new Map([[KEY, bytes]]), { getrangeBuffer }));
      return countIds([combine('or', [bitmap(store, KEY), bitmap(store, 'missing')])]);
    };
    await expect(ask(BYTES, () => Buffer.alloc(20_000))).rejects.toThrow(StoreError);
    // The first reply says by its length that there is more to come.
    const shrinking = (truth: Buffer) => (truth.length % 16_384 === 0 ? truth : Buffer.alloc(1));
    await expect(ask(Buffer.alloc(20_000), shrinking)).rejects.toThrow('shorter than before');
  });

  it('of SCAN that turn in a circle end the list', async () => {
    let calls = 0;
    const scan = () => [String([5, 9, 5][calls++ % 3]), [KEY]];
    const store = new RedisStore(clientOf(new Map(), { scan }));
    await expect(namesOf(store, '')).rejects.toThrow(
      'expected SCAN to come to an end, got the cursor "5" again',
    );
  });

  it('of TYPE that are nonsense leave the type unknown', async () => {
    const wrongType = () => refusal('WRONGTYPE Operation against a key');
    const store = new RedisStore(clientOf(new Map(), { strlen: wrongType, type: () => 7 }));
    await expect(store.byteLengths([KEY])).rejects.toThrow('got a value of type unknown');
  });

  it('are not asked for of a client that lacks the command', async () => {
    const { multi: _, ...client } = clientOf(new Map(), {});
    const store = new RedisStore(client as RedisClient);
    await expect(store.write([{ key: KEY, ids: [1], value: 1 }], { atomic: true })).rejects.toThrow(
      'expected a client of ioredis or iovalkey, or one of node-redis in fromNodeRedis, got one without multi',
    );
  });
});

describe('node-redis', () => {
  const sendCommand = async () => null;

  it.each([
    ['a pool', { isOpen: true, totalClients: 3, withTypeMapping: sendCommand }],
    ['one of a cluster or of sentinels', { isOpen: true, getRandomNode: sendCommand }],
    ['one of a cluster or of sentinels', { isOpen: true, getMasterNode: sendCommand }],
    ['one of an earlier version', { isOpen: true }],
  ])('is refused as %s', (what, shape) => {
    expect(() => fromNodeRedis({ sendCommand, ...shape } as NodeRedisClient)).toThrow(
      `expected a client made by createClient of node-redis, version 5 or later, got ${what}`,
    );
  });

  it.each([null, undefined, {}, 'redis://localhost'])('is not %s', (client) => {
    expect(() => fromNodeRedis(client as NodeRedisClient)).toThrow(TypeError);
  });
});
