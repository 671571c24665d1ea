import { createReadStream } from 'node:fs';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { BitmapistError } from '../../src/base/errors.js';
import { Bitmapist } from '../../src/bitmapist.js';
import { type RdbString, readRdb } from '../../src/formats/rdb/reader.js';
import { encodeRdb } from '../../src/formats/rdb/writer.js';
import { loadPeople, loadRdb, restoreRdb, writeRdb } from '../../src/store/dump.js';
import { MemoryStore } from '../../src/store/memory.js';
import { MemoryPeople } from '../../src/store/people/memory.js';
import { RedisStore } from '../../src/store/redis/redis.js';
import type { Store } from '../../src/store/types.js';
import { dump, expiresAtMs, text } from '../support/formats/rdb/dump.js';
import { goldenPath, hasGolden } from '../support/golden/files.js';
import { type RedisServer, startRedis } from '../support/servers/redis.js';
import { CountingStore } from '../support/store/counting.js';

let server: RedisServer;
let client: Redis;

beforeAll(async () => {
  server = await startRedis({ args: ['--enable-debug-command', 'yes'] });
  client = new Redis(server.url);
});

beforeEach(() => client.flushall());

afterAll(async () => {
  client?.disconnect();
  await server?.stop();
});

async function stringsOf(store: Store): Promise<RdbString[]> {
  const found: RdbString[] = [];
  for await (const string of readRdb(writeRdb(store))) found.push(string);
  return found.sort((a, b) => (a.key < b.key ? -1 : 1));
}

async function bytesOfDump(chunks: AsyncIterable<Uint8Array>): Promise<Blob> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for await (const chunk of chunks) parts.push(chunk.slice());
  return new Blob(parts);
}

async function fill(store: Store): Promise<void> {
  await store.write([
    { key: 'sparse', ids: [0, 40_000_000, 100_000_000], value: 1 },
    { key: 'users', ids: [2, 3, 7], value: 1 },
    { key: 'cleared', ids: [100], value: 0 },
  ]);
  for (let i = 0; i < 600; i++) await store.put(`daily ${i}`, new Uint8Array(i * 20).fill(i));
  await store.put(
    'dense',
    new Uint8Array(5_000_001).map((_, i) => Math.imul(i, 0x9e3779b1) >>> 9),
  );
  await store.put('expires', Uint8Array.of(1), { ttlSeconds: 1000 });
}

describe('a dump and a store', () => {
  it('of memory: everything comes back, lengths and expiries included', async () => {
    const store = new MemoryStore();
    await fill(store);
    const back = await loadRdb(writeRdb(store));
    const before = await stringsOf(store);
    expect(before.length).toBe(605);
    const after = await stringsOf(back);
    expect(after.map(({ key }) => key)).toEqual(before.map(({ key }) => key));
    for (const [at, { bytes, expiresAtMs: expiry = 0 }] of after.entries()) {
      expect(Buffer.compare(bytes, before[at]!.bytes)).toBe(0);
      expect(Math.abs(expiry - (before[at]!.expiresAtMs ?? 0))).toBeLessThan(1500);
    }
    expect((await back.expiries(['expires', 'users', 'missing'])).map((each) => each !== undefined)).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('of Redis and of memory give each other what they hold', async () => {
    const redis = new RedisStore(client);
    await fill(redis);
    const digest = await client.call('DEBUG', 'DIGEST');
    const store = await loadRdb(writeRdb(redis));
    await client.flushall();
    await restoreRdb(writeRdb(store), redis);
    expect(await client.call('DEBUG', 'DIGEST')).toBe(digest);
    expect(await client.pttl('expires')).toBeGreaterThan(900_000);
  });

  it('holds the keys of one prefix in the database that was asked for', async () => {
    const store = new MemoryStore();
    await fill(store);
    const counts: number[] = [];
    const file = writeRdb(store, { prefix: 'daily 1', db: 5, onProgress: (keys) => counts.push(keys) });
    const found = await loadRdb(file, { db: 5, prefix: 'daily 12' });
    const keys: string[] = [];
    for await (const key of found.keys('')) keys.push(key);
    expect(keys.sort()).toEqual(['daily 12', ...Array.from({ length: 10 }, (_, i) => `daily 12${i}`)]);
    expect(counts).toEqual(Array.from({ length: 111 }, (_, i) => i + 1));
  });

  it('of several databases asks which one', async () => {
    const file = dump([0xfe, 0, 0, text('a'), text('0'), 0xfe, 3, 0, text('b'), text('3')]);
    await expect(loadRdb(file)).rejects.toThrow(BitmapistError);
    await expect(loadRdb(file)).rejects.toThrow(
      'expected the bitmaps of one database, got some of database 0 and of database 3; choose one with the option db',
    );
    expect(await (await loadRdb(file, { db: 3 })).byteLengths(['a', 'b'])).toEqual([0, 1]);
    expect(await (await loadRdb(file, { prefix: 'a' })).byteLengths(['a', 'b'])).toEqual([1, 0]);
  });

  it('leaves expired keys out, or keeps them for ever', async () => {
    const file = dump([expiresAtMs(1000), 0, text('old'), text('x')]);
    expect(await (await loadRdb(file)).byteLengths(['old'])).toEqual([0]);
    const kept = await loadRdb(file, { keepExpired: true });
    expect(await kept.byteLengths(['old'])).toEqual([1]);
    expect(await kept.expiries(['old'])).toEqual([undefined]);
    expect(await restoreRdb(file, new MemoryStore())).toMatchObject({ keys: 1, strings: 0, expired: 1 });
  });

  it('keeps keys that are no UTF-8 in memory, and out of stores that would change them', async () => {
    const file = dump([0, text(Uint8Array.of(0xff)), text('x'), 0, text(Uint8Array.of(0xfe)), text('y')]);
    const store = await loadRdb(file);
    expect((await stringsOf(store)).map(({ key }) => key)).toEqual(['\udcfe', '\udcff']);
    await expect(restoreRdb(file, new RedisStore(client))).rejects.toThrow(
      'expected keys that are UTF-8, got "\\udcff"',
    );
  });

  it('are put some at a time: no more keys and bytes are under way than were promised', async () => {
    const store = new MemoryStore();
    let [keys, bytes, mostKeys, mostBytes] = [0, 0, 0, 0];
    store.put = async (_, value) => {
      keys++;
      bytes += value.length;
      mostKeys = Math.max(mostKeys, keys);
      mostBytes = Math.max(mostBytes, bytes);
      await new Promise((resolve) => setTimeout(resolve, 1));
      keys--;
      bytes -= value.length;
    };
    const strings = (count: number, length: number) =>
      Array.from({ length: count }, (_, i) => [0, text(`k${i}`), text(new Uint8Array(length))]);
    await restoreRdb(dump(strings(1000, 1)), store);
    expect(mostKeys).toBe(256);
    await restoreRdb(dump(strings(20, 2 ** 20)), store);
    expect(mostBytes).toBe(2 ** 22);
  });

  it('hands the signal on to the store with every string, whether it expires or not', async () => {
    const store = new MemoryStore();
    const put = vi.spyOn(store, 'put');
    const { signal } = new AbortController();
    const file = dump([expiresAtMs(Date.now() + 60_000), 0, text('a'), text('x'), 0, text('b'), text('y')]);
    await restoreRdb(file, store, { signal });
    expect(put.mock.calls.map(([key, , options]) => [key, options?.signal === signal])).toEqual([
      ['a', true],
      ['b', true],
    ]);
  });

  it('that is broken, or a store that fails, ends in the error, all puts awaited', async () => {
    const strings = Array.from({ length: 10 }, (_, i) => [0, text(`k${i}`), text('v')]);
    await expect(loadRdb(dump([strings, 200]))).rejects.toThrow('expected a value of a known type');
    const failing = new MemoryStore();
    failing.put = (key) => (key === 'k3' ? Promise.reject(new Error('no more')) : Promise.resolve());
    await expect(restoreRdb(dump(strings), failing)).rejects.toThrow('no more');
  });

  it.skipIf(!hasGolden)(
    'of real events loads into memory that is smaller than the file of bytes',
    async () => {
      const store = await loadRdb(createReadStream(goldenPath('rdb/onlineretail.rdb.gz')), {
        prefix: 'trackist_',
      });
      let keys = 0;
      let bytes = 0;
      for await (const key of store.keys('')) {
        keys++;
        bytes += (await store.byteLengths([key]))[0]!;
      }
      expect(keys).toBe(18_219);
      expect(store.byteSize).toBeLessThan(bytes / 2);
    },
  );
});

describe('a dump with a map of people', () => {
  const open = async () => {
    const people = new MemoryPeople();
    const bitmapist = new Bitmapist({ people });
    await bitmapist.markUnique('pro', ['ann', 'bob', 'cleo']);
    await people.remove(['bob']);
    return { people, bitmapist };
  };

  it('brings it back beside the bitmaps, whatever keys are wanted', async () => {
    const { people, bitmapist } = await open();
    const dump = await bytesOfDump(writeRdb(bitmapist.store, { people }));
    for (const options of [{}, { prefix: 'trackist_' }, { filter: (key: string) => key.endsWith('_u') }]) {
      const copy = new MemoryPeople();
      const store = await loadRdb(dump, { ...options, people: copy });
      const again = new Bitmapist({ store, people: copy });
      const pages: unknown[] = [];
      for await (const page of again.unique('pro').people()) pages.push(...page);
      expect(pages).toEqual(['ann', 1, 'cleo']);
      expect([...(await copy.numbersFor(['bob']))]).toEqual([3]);
    }
    expect(await (await loadPeople(dump)).numbersOf(['ann', 'bob', 'cleo'])).toEqual([0, undefined, 2]);
    expect(await (await loadPeople(dump, { prefix: 'other:' })).size()).toBe(0);
  });

  it('keeps maps of other prefixes apart', async () => {
    const maps = ['', 'a:', 'b:'].map((prefix) => new MemoryPeople({ prefix }));
    for (const [index, people] of maps.entries()) await people.numbersFor([`u_${index}`]);
    const entries = async function* () {
      for (const people of maps) yield* people.entries();
    };
    const dump = await bytesOfDump(encodeRdb(entries()));
    for (const [index, { prefix }] of maps.entries()) {
      expect(await (await loadPeople(dump, { prefix })).textsOf([0, 1])).toEqual([`u_${index}`, undefined]);
    }
  });

  it('is not restored over others, before anything is written, nor as bitmaps', async () => {
    const { people, bitmapist } = await open();
    const dump = await bytesOfDump(writeRdb(bitmapist.store, { people }));
    const store = new MemoryStore();
    await expect(restoreRdb(dump, store, { people })).rejects.toThrow(
      'expected a map of nobody to restore one into, got one that has given out 3 numbers',
    );
    for await (const key of store.keys('')) expect(key).toBe('none');
    await expect(restoreRdb(dump, new CountingStore(store))).rejects.toThrow(
      'expected the option people for a map of people, got "{bitmapist:people}:t:0" without it',
    );
    const copy = new MemoryPeople();
    await restoreRdb(dump, new CountingStore(new MemoryStore()), { people: copy });
    expect(await copy.size()).toBe(3);
    // What is kept in memory may be written again as it is.
    const whole = await loadRdb(dump);
    expect(await (await loadPeople(writeRdb(whole))).size()).toBe(3);
  });
});
