import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FormatError } from '../../src/base/errors.js';
import { smallestContainer } from '../../src/bitmap/container.js';
import { containerIds } from '../../src/bitmap/ids.js';
import { decodeRoaring } from '../../src/formats/roaring/reader.js';
import { roaringByteLength } from '../../src/formats/roaring/writer.js';
import { MemoryStore } from '../../src/store/memory.js';
import { RedisStore } from '../../src/store/redis/redis.js';
import { exportRoaring, importRoaring } from '../../src/store/roaring.js';
import type { ByteRead, RequestOptions, Store } from '../../src/store/types.js';
import { type RedisServer, startRedis } from '../support/servers/redis.js';

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

it('a bitmap goes from memory through a Roaring file to Redis and back', async () => {
  const ids = Uint32Array.from({ length: 30_000 }, (_, i) => (i < 20_000 ? i + 5 : i * 1000));
  const memory = new MemoryStore();
  await memory.write([{ key: 'k', ids, value: 1 }]);
  const file = await exportRoaring(memory, 'k');
  const redis = new RedisStore(client);
  await importRoaring(redis, 'copy', file);
  expect(await client.bitcount('copy')).toBe(30_000);
  expect(await client.strlen('copy')).toBe((await memory.byteLengths(['k']))[0]);
  const back = await exportRoaring(redis, 'copy');
  expect(Buffer.compare(back, file)).toBe(0);
  await importRoaring(memory, 'back', back);
  const [a, b] = ['k', 'back'].map((key) => [...memory.resident(key).containers()]);
  expect(b).toEqual(a);
});

it('the same ids are the same file, however they were set', async () => {
  const redis = new RedisStore(client);
  const sets = [
    Array.from({ length: 60 }, (_, at) => at),
    [3, 7, ...Array.from({ length: 40 }, (_, at) => 65_530 + at)],
    Array.from({ length: 5000 }, (_, at) => at * 2),
    Array.from({ length: 9000 }, (_, at) => (at * 7919) % 65_536),
  ];
  for (const [at, ids] of sets.entries()) {
    const slow = new MemoryStore();
    for (const id of [...ids, 9, 131_072]) await slow.write([{ key: 'k', ids: [id], value: 1 }]);
    // Once more than a list, then fewer again; and a run that falls apart.
    for (const id of [131_072, ...(at === 0 ? ids.filter((id) => id % 2) : [])]) {
      await slow.write([{ key: 'k', ids: [id], value: 0 }]);
    }
    const bytes = new Uint8Array((await slow.byteLengths(['k']))[0]!);
    await slow.read([{ key: 'k', byteOffset: 0, target: bytes }]);
    await redis.put(`same ${at}`, bytes);
    const file = await exportRoaring(slow, 'k');
    expect(Buffer.compare(await exportRoaring(redis, `same ${at}`), file)).toBe(0);
    expect(roaringByteLength(Array.from(slow.resident('k').containers(), smallestContainer))).toBe(
      file.length,
    );
  }
});

it('the largest id takes no more memory than any other', async () => {
  const memory = new MemoryStore();
  await memory.write([{ key: 'k', ids: [4_294_967_295], value: 1 }]);
  const file = await exportRoaring(memory, 'k');
  expect(file.length).toBeLessThan(30);
  const before = process.memoryUsage().arrayBuffers;
  await importRoaring(memory, 'copy', file);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 20);
  expect(await memory.byteLengths(['copy'])).toEqual([2 ** 29]);
  expect(await memory.count('copy')).toBe(1);
});

it('a long bitmap is read from a store in pieces of a MiB', async () => {
  const redis = new RedisStore(client);
  await redis.write([{ key: 'long', ids: [5, 8 * 2 ** 20, 20_000_000], value: 1 }]);
  const lengths: number[] = [];
  const watched: Store = Object.create(redis, {
    byteLengths: { value: redis.byteLengths.bind(redis) },
    read: {
      value: (reads: readonly ByteRead[], options?: RequestOptions) => {
        lengths.push(...reads.map(({ target }) => target.length));
        return redis.read(reads, options);
      },
    },
  });
  const file = await exportRoaring(watched, 'long');
  expect(lengths).toEqual([2 ** 20, 2 ** 20, 20_000_000 / 8 + 1 - 2 ** 21]);
  expect(decodeRoaring(file).flatMap((container) => [...containerIds(container)])).toEqual([
    5, 8_388_608, 20_000_000,
  ]);
});

it('a missing key is an empty bitmap, and an empty bitmap an empty key', async () => {
  const memory = new MemoryStore();
  const file = await exportRoaring(memory, 'missing');
  expect(file.length).toBe(8);
  await importRoaring(memory, 'empty', file);
  expect(await memory.count('empty')).toBe(0);
  expect(await exportRoaring(new RedisStore(client), 'missing')).toEqual(file);
});

it('of a broken file nothing is stored', async () => {
  const memory = new MemoryStore();
  await memory.write([{ key: 'k', ids: [1, 2], value: 1 }]);
  const broken = (await exportRoaring(memory, 'k')).with(18, 1);
  await memory.write([{ key: 'other', ids: [7], value: 1 }]);
  await expect(importRoaring(memory, 'other', broken)).rejects.toThrow(FormatError);
  expect(await memory.count('other')).toBe(1);
});
