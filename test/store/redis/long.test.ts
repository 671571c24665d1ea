import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StoreError } from '../../../src/base/errors.js';
import { MAX_BYTES } from '../../../src/base/limits.js';
import { Bitmapist } from '../../../src/bitmapist.js';
import { cached } from '../../../src/events/cached.js';
import { writeRdb } from '../../../src/rdb.js';
import { HttpStore } from '../../../src/store/http/http.js';
import { MemoryStore } from '../../../src/store/memory.js';
import type { RedisClient } from '../../../src/store/redis/client.js';
import { RedisStore } from '../../../src/store/redis/redis.js';
import type { Store } from '../../../src/store/types.js';
import { type RedisServer, startRedis } from '../../support/servers/redis.js';

/** Ids end at 2^32 - 1. Servers can be told to keep longer strings, and what lies beyond is no id: one answer everywhere. */

const MOMENT = '2026-11-22';
const KEY = 'trackist_long_2026-11-22';
const REFUSAL = `expected 0 to ${MAX_BYTES} bytes under key "${KEY}" (ids are below 2^32), got ${MAX_BYTES + 1}`;

/** Every question over a store in which the day of `long` is too long, and a path to it. */
const questions: [string, (analytics: Bitmapist) => Promise<unknown>][] = [
  ['a count of two', (analytics) => long(analytics).and(analytics.day('short', MOMENT)).count()],
  ['ids', (analytics) => long(analytics).ids()],
  ['ids one by one', (analytics) => drain(long(analytics))],
  ['a load', (analytics) => long(analytics).load()],
  [
    'whether there is any',
    (analytics) => long(analytics).or(analytics.day('short', MOMENT)).hasEventsMarked(),
  ],
  ['an id and a complement', (analytics) => long(analytics).not().has(1)],
  [
    'a cohort',
    (analytics) => analytics.cohort({ select1: 'long', select2: 'short', numResults: 1, now: MOMENT }),
  ],
];
/** What stores answer themselves. */
const others: typeof questions = [
  ['a count', (analytics) => long(analytics).count()],
  ['an id', (analytics) => long(analytics).has(1)],
  ['its length', (analytics) => analytics.store.byteLengths([KEY])],
];

const long = (analytics: Bitmapist) => analytics.day('long', MOMENT);

/** What a promise rejects with; without that there is none. */
async function failureOf(promise: Promise<unknown>): Promise<Error | undefined> {
  return promise.then(
    () => undefined,
    (error) => error,
  );
}

async function drain(items: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of items);
}

describe('a key that is longer than ids go', () => {
  let server: RedisServer;
  let client: Redis;
  beforeAll(async () => {
    server = await startRedis({ args: ['--proto-max-bulk-len', '1gb'] });
    client = new Redis(server.url);
    await client.setrange(KEY, MAX_BYTES, Buffer.of(0x80));
    await client.setbit('trackist_short_2026-11-22', 0, 1);
  });
  afterAll(async () => {
    client?.disconnect();
    await server?.stop();
  });

  it.each([...questions, ...others])('is refused by Redis, asked for %s', async (_, ask) => {
    for (const store of [new RedisStore(client), cached(new RedisStore(client))]) {
      const error = await failureOf(ask(new Bitmapist({ store })));
      expect(error).toBeInstanceOf(StoreError);
      expect(error?.message).toBe(REFUSAL);
    }
  });

  it('is written to no dump', async () => {
    await expect(drain(writeRdb(new RedisStore(client)))).rejects.toThrow(REFUSAL);
  });

  it('takes no round trip more to be counted', async () => {
    await client.ping();
    const store = new RedisStore(client);
    const counted = store.count('trackist_short_2026-11-22');
    const { length } = (client as unknown as { commandQueue: { length: number } }).commandQueue;
    expect(length).toBe(2);
    expect(await counted).toBe(1);
  });

  it('takes marks and deletions', async () => {
    const analytics = new Bitmapist({ store: new RedisStore(client) });
    await analytics.markEvent('long', [1, 2, 3], { now: MOMENT });
    expect(await client.getbit(KEY, 2)).toBe(1);
    expect(await client.strlen(KEY)).toBe(MAX_BYTES + 1);
  });

  it.each(['whole', 'auto'] as const)('is refused if whole values are fetched (%s)', async (readStrategy) => {
    const bytes = Buffer.alloc(MAX_BYTES + 1);
    const unknown = () => Promise.reject(new Error("ERR unknown command 'STRLEN'"));
    const whole = {
      strlen: unknown,
      getrangeBuffer: unknown,
      bitcount: unknown,
      getBuffer: async () => bytes,
    } as unknown as RedisClient;
    const store = new RedisStore(whole, { readStrategy });
    await expect(store.byteLengths([KEY])).rejects.toThrow(REFUSAL);
    await expect(store.count(KEY)).rejects.toThrow(REFUSAL);
    await expect(long(new Bitmapist({ store })).has(1)).rejects.toThrow(REFUSAL);
  });
});

describe('a store of somebody else with a key that is longer than ids go', () => {
  const store: Store = {
    byteLengths: async (keys) => keys.map((key) => (key === KEY ? MAX_BYTES + 1 : 1)),
    read: async (reads) => {
      for (const { target } of reads) target.fill(1);
    },
    write: async () => {},
    put: async () => {},
    delete: async () => 0,
    async *keys() {},
  };

  it.each(questions)('is refused for %s', async (_, ask) => {
    for (const each of [store, cached(store)]) {
      const error = await failureOf(ask(new Bitmapist({ store: each })));
      expect(error).toBeInstanceOf(StoreError);
      expect(error?.message).toBe(REFUSAL);
    }
  });

  it.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
    'is refused if its length is %s',
    async (length) => {
      const odd: Store = { ...store, byteLengths: async (keys) => keys.map(() => length) };
      await expect(long(new Bitmapist({ store: odd })).ids()).rejects.toThrow(StoreError);
    },
  );
});

describe('a file that is longer than ids go', () => {
  const fetch = async (url: string, { headers }: RequestInit): Promise<Response> => {
    if (!url.includes('long')) return new Response(null, { status: 404 });
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(new Headers(headers).get('Range')!)!;
    return new Response(new Uint8Array(Number(last) - Number(first) + 1), {
      status: 206,
      headers: { 'Content-Range': `bytes ${first}-${last}/${MAX_BYTES + 1}` },
    });
  };

  it.each([...questions, ...others])('is refused over HTTP, asked for %s', async (_, ask) => {
    const store = new HttpStore('http://127.0.0.1/', { urlOf: (key) => key, fetch });
    await expect(ask(new Bitmapist({ store }))).rejects.toThrow(REFUSAL);
  });

  it('is refused in an index, by its name', async () => {
    const fetch = async () => new Response(JSON.stringify({ short: 1, [KEY]: MAX_BYTES + 1 }));
    const store = new HttpStore('http://127.0.0.1/', { index: 'index.json', fetch });
    await expect(store.byteLengths(['short'])).rejects.toThrow(
      `expected the length of "${KEY}" in bytes in http://127.0.0.1/index.json, got ${MAX_BYTES + 1}`,
    );
  });
});

it('a bitmap that is longer than ids go is put nowhere', async () => {
  const bytes = new Uint8Array(MAX_BYTES + 1);
  for (const store of [new MemoryStore(), new RedisStore({} as RedisClient)]) {
    await expect(store.put(KEY, bytes)).rejects.toThrow(
      `expected a bitmap of at most ${MAX_BYTES} bytes for key "${KEY}", got ${MAX_BYTES + 1}`,
    );
  }
});
