import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StoreError, WrongTypeError } from '../../../src/base/errors.js';
import { Bitmapist } from '../../../src/bitmapist.js';
import { isPeopleKey } from '../../../src/names/people.js';
import { loadPeople, loadRdb, writeRdb } from '../../../src/store/dump.js';
import { MemoryPeople } from '../../../src/store/people/memory.js';
import { fromNodeRedis } from '../../../src/store/redis/node-redis.js';
import { RedisPeople } from '../../../src/store/redis/people.js';
import { RedisStore } from '../../../src/store/redis/redis.js';
import { startProxy } from '../../support/servers/proxy.js';
import { type RedisServer, startRedis } from '../../support/servers/redis.js';
import { describeCopies, describePeople, ODD_TEXTS, uuidOf } from '../../support/store/people.js';

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

describePeople('RedisPeople', () => noPeople(client), { runs: 40 });
describeCopies('RedisPeople', () => noPeople(client));

describe('with a key prefix in the client', () => {
  let prefixed: Redis;
  beforeAll(() => {
    prefixed = new Redis(server.url, { keyPrefix: 'app[1]*:' });
  });
  afterAll(() => prefixed?.disconnect());

  describePeople('RedisPeople', () => noPeople(prefixed), { runs: 10 });
  describeCopies('RedisPeople', () => noPeople(prefixed));

  it('keeps all of it under the prefix', async () => {
    const people = await noPeople(prefixed);
    await people.numbersFor(Array.from({ length: 500 }, (_, index) => `u_${index}`));
    const keys = await client.keys('*');
    expect(keys.length).toBeGreaterThan(8);
    expect(keys.filter((key) => !key.startsWith('app[1]*:{bitmapist:people}:'))).toEqual([]);
  });
});

describe('through node-redis', () => {
  const other = createClient();
  let people: ReturnType<typeof fromNodeRedis>;
  let node: typeof other;
  beforeAll(async () => {
    node = createClient({ url: server.url }) as typeof other;
    await node.connect();
    people = fromNodeRedis(node);
  });
  afterAll(() => node?.destroy());

  const empty = async () => {
    await client.flushall();
    return new RedisPeople(people);
  };
  describePeople('RedisPeople', empty, { runs: 10 });
  describeCopies('RedisPeople', empty);
});

describe('RedisPeople', () => {
  it('keeps what the embedded map is saved as, byte for byte, whatever the batches were', async () => {
    const people = await noPeople(client);
    const memory = new MemoryPeople();
    const texts = [...ODD_TEXTS, ...Array.from({ length: 4000 }, (_, index) => uuidOf(index))];
    for (let from = 0, step = 1; from < texts.length; from += step, step = (step * 3) % 701) {
      for (const each of [people, memory]) await each.numbersFor(texts.slice(from, from + step));
    }
    const gone = texts.filter((_, index) => index % 13 === 5);
    for (const each of [people, memory]) await each.remove(gone);
    const kept = new Map<string, string>();
    for (const key of await client.keys('*')) kept.set(key, (await client.getBuffer(key))!.toString('hex'));
    const saved = new Map<string, string>();
    for await (const { key, bytes } of memory.entries()) saved.set(key, Buffer.from(bytes).toString('hex'));
    expect([...kept.keys()].every(isPeopleKey)).toBe(true);
    expect(Object.fromEntries(kept)).toEqual(Object.fromEntries(saved));
  });

  it('is read from a dump that has its keys as they are', async () => {
    const people = await noPeople(client);
    await people.numbersFor(ODD_TEXTS);
    const copy = await loadPeople(writeRdb(new RedisStore(client)));
    expect(await copy.numbersOf(ODD_TEXTS)).toEqual([...ODD_TEXTS.keys()]);
  });

  it('is copied with the bitmaps, and while others write', async () => {
    const people = await noPeople(client);
    const bitmapist = new Bitmapist({ store: new RedisStore(client), people });
    const texts = Array.from({ length: 3000 }, (_, index) => `u_${index}`);
    await bitmapist.markUnique('pro', texts);
    const more = (async () => {
      for (let at = 0; at < 30; at++) await bitmapist.markUnique('pro', `new_${at}`);
    })();
    const copy = new MemoryPeople();
    const store = await loadRdb(writeRdb(bitmapist.store, { people, prefix: 'trackist_' }), { people: copy });
    await more;
    const known = new Set<unknown>([...texts, ...Array.from({ length: 30 }, (_, at) => `new_${at}`)]);
    let count = 0;
    for await (const page of new Bitmapist({ store, people: copy }).unique('pro').people()) {
      count += page.length;
      expect(page.every((person) => known.has(person))).toBe(true);
    }
    expect(count).toBeGreaterThanOrEqual(3000);
  });

  it('outlives the deletion of all events, also with no prefix', async () => {
    const people = await noPeople(client);
    const bitmapist = new Bitmapist({ store: new RedisStore(client), people, prefix: '' });
    await bitmapist.markUnique('pro', ['ann', 'bob']);
    expect((await bitmapist.catalog()).others.count).toBe(0);
    expect(await bitmapist.deleteAllEvents()).toBe(1);
    expect(await people.numbersOf(['ann', 'bob'])).toEqual([0, 1]);
  });

  it('keeps several maps apart by their prefixes', async () => {
    await client.flushall();
    const [one, two] = ['one:', 'two:'].map((prefix) => new RedisPeople(client, { prefix }));
    await one!.numbersFor(['ann', 'bob']);
    await two!.numbersFor(['bob']);
    expect(await one!.numbersOf(['bob', 'ann'])).toEqual([1, 0]);
    expect(await two!.numbersOf(['bob', 'ann'])).toEqual([0, undefined]);
  });

  it('refuses a map of which keys are missing or of another kind, and changes nothing', async () => {
    const people = await noPeople(client);
    const texts = Array.from({ length: 150 }, (_, index) => `u_${index}`);
    await people.numbersFor(texts);
    const whole = 'expected a map of people that is whole, got one that is damaged: ';
    const damages: [damage: () => Promise<unknown>, message: string][] = [
      [() => client.del(`${BASE}n`), `expected ${BASE}n, which is missing, beside its pages`],
      [() => client.set(`${BASE}n`, 'x'), `expected a number under ${BASE}n`],
      [() => client.del(`${BASE}t:0`), 'expected a page of texts with 0'],
      [() => client.set(`${BASE}t:0`, ''), 'expected a page of texts with 0'],
    ];
    for (const [damage, message] of damages) {
      const before = await dumpOf(`${BASE}*`);
      await damage();
      const damaged = await dumpOf(`${BASE}*`);
      const failure = await people.numbersFor(['u_0', 'new']).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(StoreError);
      expect((failure as Error).message).toBe(whole + message);
      await expect(people.numbersOf(['u_0'])).rejects.toThrow(message);
      await expect(people.remove(['u_0'])).rejects.toThrow(message);
      expect(await dumpOf(`${BASE}*`)).toEqual(damaged);
      for (const [key, value] of before) await client.set(key, Buffer.from(value, 'hex'));
    }
    await client.del(`${BASE}t:1`);
    await expect(people.numbersFor(['new'])).rejects.toThrow(`expected a page of texts under ${BASE}t:1`);
    await client.set(`${BASE}t:1`, 'x');
    await expect(people.textsOf([120])).rejects.toThrow(`expected a page of texts under ${BASE}t:1`);
    await client.del(`${BASE}n`);
    await client.hset(`${BASE}n`, 'a', 'b');
    await expect(people.numbersFor(['new'])).rejects.toThrow(WrongTypeError);
    await expect(people.size()).rejects.toThrow(WrongTypeError);
  });

  it('gives out every number there is, and no more', async () => {
    const people = await noPeople(client);
    await client.set(`${BASE}n`, String(2 ** 32 - 16));
    const texts = Array.from({ length: 16 }, (_, index) => `u_${index}`);
    await expect(people.numbersFor([...texts, 'one more'])).rejects.toThrow(
      'expected at most 2^32 people in all, got more than that',
    );
    const expected = texts.map((_, index) => 2 ** 32 - 16 + index);
    expect([...(await people.numbersFor(texts))]).toEqual(expected);
    await expect(people.numbersFor(['one more'])).rejects.toThrow(StoreError);
    expect(await people.numbersOf([...texts, 'one more'])).toEqual([...expected, undefined]);
    expect(await people.textsOf(expected)).toEqual(texts);
    expect(await people.size()).toBe(2 ** 32);
  });

  it('says plainly that it needs scripts, if the server refuses them', async () => {
    await client.flushall();
    await client.call('ACL', 'SETUSER', 'app', 'on', '>pw', '~*', '+@all', '-eval');
    const limited = new Redis(server.url, { username: 'app', password: 'pw' });
    try {
      const people = new RedisPeople(limited);
      const sentence = 'expected a Redis that runs scripts (EVAL), which a map of people needs, got "NOPERM ';
      await expect(people.numbersFor(['ann'])).rejects.toThrow(sentence);
      await expect(people.numbersOf(['ann'])).rejects.toThrow(sentence);
      const other = new MemoryPeople();
      await other.numbersFor(['ann']);
      await expect(people.restore(other.entries())).rejects.toThrow(sentence);
      expect(await client.dbsize()).toBe(0);
    } finally {
      limited.disconnect();
    }
  });

  it('does all of its work for the user that the docs name, and for no other key', async () => {
    const page = readFileSync(new URL('../../../docs/people.md', import.meta.url), 'utf8');
    const [, rules] = /^ACL SETUSER (names .*)$/m.exec(page)!;
    const [name, ...rest] = rules!.split(' ');
    await client.flushall();
    await client.acl('SETUSER', name!, ...rest);
    const limited = new Redis(server.url, { username: name!, password: 'secret', enableReadyCheck: false });
    try {
      const people = new RedisPeople(limited);
      expect([...(await people.numbersFor(['ann', 'bob']))]).toEqual([0, 1]);
      expect(await people.numbersOf(['bob', 'zoe'])).toEqual([1, undefined]);
      expect(await people.textsOf([1])).toEqual(['bob']);
      expect(await people.remove(['ann', 'bob'])).toBe(2);
      expect(await people.size()).toBe(2);
      await client.flushall();
      const other = new MemoryPeople();
      await other.numbersFor(['ann']);
      expect(await people.restore(other.entries())).toBe(1);
      await expect(new RedisPeople(limited, { prefix: 'x:' }).numbersFor(['ann'])).rejects.toThrow(
        StoreError,
      );
    } finally {
      limited.disconnect();
    }
  });

  it('gives the same numbers again if a connection broke before the answer came', async () => {
    await noPeople(client);
    const proxy = await startProxy(server);
    const shaky = new Redis(proxy.url, { retryStrategy: () => 20 });
    shaky.on('error', () => {});
    try {
      const people = new RedisPeople(shaky);
      proxy.cutAfterBytes = 30_000;
      const texts = Array.from({ length: 20_000 }, (_, index) => `u_${index}`);
      const numbers = people.numbersFor(texts);
      const given = await numbers;
      expect(new Set(given).size).toBe(texts.length);
      expect(await new RedisPeople(client).numbersOf(texts)).toEqual([...given]);
      expect(await people.size()).toBe(texts.length);
    } finally {
      shaky.disconnect();
      await proxy.stop();
    }
  });

  it('is refused half restored, and is not restored by two at once', async () => {
    const other = new MemoryPeople();
    await other.numbersFor(Array.from({ length: 50_000 }, (_, index) => `u_${index}`));
    const people = await noPeople(client);
    const outcomes = await Promise.allSettled([people, people].map((each) => each.restore(other.entries())));
    expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBe(1);
    expect(await people.numbersOf(['u_49999', 'new'])).toEqual([49_999, undefined]);
    await client.flushall();
    const stop = new AbortController();
    const restoring = people.restore(other.entries(), { signal: stop.signal });
    while ((await client.dbsize()) === 0);
    const writing = people.numbersFor(['new']);
    stop.abort(new Error('enough'));
    await expect(restoring).rejects.toThrow('enough');
    await expect(writing).rejects.toThrow('which is missing, beside its pages');
    await expect(people.restore(other.entries())).rejects.toThrow('was restoring it interrupted?');
  });
});

const BASE = '{bitmapist:people}:';

async function noPeople(client: Redis): Promise<RedisPeople> {
  await client.flushall();
  return new RedisPeople(client);
}

async function dumpOf(pattern: string): Promise<[key: string, value: string][]> {
  const keys = (await client.keys(pattern)).sort();
  return Promise.all(
    keys.map(async (key): Promise<[string, string]> => [key, (await client.getBuffer(key))!.toString('hex')]),
  );
}
