import * as fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ByteRange } from '../../../src/bitmap/types.js';
import { pagesOf } from '../../../src/engine/contents.js';
import { bitmap, combine } from '../../../src/engine/expression.js';
import { hasId } from '../../../src/engine/membership.js';
import { CachedStore } from '../../../src/store/cache/cache.js';
import { RedisStore } from '../../../src/store/redis/redis.js';
import { countIds } from '../../support/bitmaps.js';
import { startProxy } from '../../support/servers/proxy.js';
import { type RedisServer, startRedis } from '../../support/servers/redis.js';

const MIB = 1024 * 1024;

let server: RedisServer;
let client: Redis;
let store: RedisStore;

beforeAll(async () => {
  server = await startRedis();
  client = new Redis(server.url);
  store = new RedisStore(client);
});

afterAll(async () => {
  client?.disconnect();
  await server?.stop();
});

describe('a key of 512 MiB with 1,000 spread ids', () => {
  const ids = Array.from({ length: 999 }, (_, index) => (index * 2_654_435_761) % 2 ** 32);
  ids.push(2 ** 32 - 1);

  beforeAll(async () => {
    await client.setbit('huge', 2 ** 32 - 1, 1);
    await store.write([
      { key: 'huge', ids, value: 1 },
      { key: 'small', ids: [0, 5, ids[3]! % 1_000_000], value: 1 },
    ]);
  });

  const both = () => combine('and', [bitmap(store, 'huge'), bitmap(store, 'small')]);
  const sorted = Uint32Array.from(ids).sort();

  it.each<[string, () => Promise<void>]>([
    ['count', async () => expect(await countIds([bitmap(store, 'huge')])).toEqual([1000])],
    [
      'ids',
      async () => {
        const found: number[] = [];
        for await (const page of pagesOf(bitmap(store, 'huge'))) found.push(...page);
        expect(found).toEqual([...sorted]);
      },
    ],
    ['AND with a small key', async () => expect(await countIds([both()])).toEqual([1])],
    [
      'AND with a small key through a cache',
      async () => {
        const cached = new CachedStore(store, { isFinished: () => true, maxBytes: 64 * MIB });
        const both = combine('and', [bitmap(cached, 'huge'), bitmap(cached, 'small')]);
        expect(await countIds([both])).toEqual([1]);
        expect(await countIds([both])).toEqual([1]);
      },
    ],
    [
      'OR with a small key',
      async () => {
        const either = combine('or', [bitmap(store, 'huge'), bitmap(store, 'small')]);
        expect(await countIds([either])).toEqual([1002]);
      },
    ],
    [
      'one id',
      async () => {
        expect(await hasId(bitmap(store, 'huge'), sorted[500]!)).toBe(true);
        expect(await hasId(bitmap(store, 'huge'), sorted[500]! + 1)).toBe(false);
      },
    ],
  ])('answers %s with less than a hundredth of its bytes, in little memory', async (_, ask) => {
    const bytesBefore = await netOutput();
    const memoryBefore = process.memoryUsage().rss;
    await ask();
    expect((await netOutput()) - bytesBefore).toBeLessThan(512 * MIB * 0.01);
    expect(process.memoryUsage().rss - memoryBefore).toBeLessThan(100 * MIB);
  });

  it('stops asking when the signal fires', async () => {
    const controller = new AbortController();
    const asked = store.occupied(['huge'], [512 * MIB], { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(asked).rejects.toThrow('enough');
  });
});

describe('regions', () => {
  it('are not asked for where keys are short', async () => {
    await client.setbit('short', 4 * MIB * 8 - 9, 1);
    const calls = await commandCalls();
    expect(await store.occupied(['short'], [4 * MIB - 1])).toEqual([undefined]);
    expect(await commandCalls()).toBe(calls + 1);
  });

  it.each([
    ['filled', () => Buffer.alloc(8 * MIB, 0x11)],
    ['thinly filled', () => filledEvery(8 * MIB, 1000)],
  ])('are given up after a few looks where a key is %s', async (_, bytes) => {
    await client.set('k', bytes());
    const calls = await commandCalls();
    expect(await store.occupied(['k'], [8 * MIB])).toEqual([undefined]);
    expect((await commandCalls()) - calls).toBeLessThan(12);
  });

  it('of a key without a bit are none', async () => {
    await client.set('k', Buffer.alloc(8 * MIB));
    expect(await store.occupied(['k'], [8 * MIB])).toEqual([[]]);
  });

  it('hold every bit, wherever bits lie', async () => {
    const byteLength = 6 * MIB + 77;
    const cluster = fc.record({
      start: fc.nat(byteLength - 1),
      length: fc.oneof(fc.constant(1), fc.nat(300), fc.nat(300_000)),
      step: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 5000 })),
    });
    let found = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(cluster, { maxLength: 12 }), async (clusters) => {
        const bytes = Buffer.alloc(byteLength);
        for (const { start, length, step } of clusters) {
          for (let at = start; at < Math.min(start + length, byteLength); at += step)
            bytes[at] = 1 << (at % 8);
        }
        await client.set('k', bytes);
        const [ranges] = await store.occupied(['k'], [byteLength]);
        if (ranges === undefined) return;
        found++;
        expectCovers(ranges, bytes);
      }),
      { numRuns: 60, seed: 7 },
    );
    expect(found).toBeGreaterThan(50);
  });

  it('leave out the gaps between dense stretches', async () => {
    const bytes = Buffer.alloc(32 * MIB);
    for (const start of [0, 9_999_999, 20_000_000, 33_000_000]) bytes.fill(0x55, start, start + 50_000);
    await client.set('k', bytes);
    const [ranges] = await store.occupied(['k'], [bytes.length]);
    expectCovers(ranges!, bytes);
    expect(sizeOf(ranges!)).toBeLessThan(4 * 130_000);
  });

  it('are refused of a key that is gone since it was measured, and would look empty', async () => {
    await client.setbit('gone', 8 * MIB * 8 - 1, 1);
    const reader = store.reader();
    const byteLengths = await reader.byteLengths(['gone']);
    await client.del('gone');
    await expect(reader.occupied(['gone'], byteLengths)).rejects.toThrow(
      'expected key "gone" to stay while it is read, got one that is shorter than before',
    );
  });

  it('are unknown where the server cannot count ranges', async () => {
    const proxy = await startProxy(server, ['bitpos']);
    const limited = new Redis(proxy.url);
    try {
      await client.set('k', Buffer.alloc(8 * MIB));
      expect(await new RedisStore(limited).reader().occupied(['k'], [8 * MIB])).toEqual([undefined]);
    } finally {
      limited.disconnect();
      await proxy.stop();
    }
  });
});

function filledEvery(byteLength: number, step: number): Buffer {
  const bytes = Buffer.alloc(byteLength);
  for (let at = 0; at < byteLength; at += step) bytes[at] = 1;
  return bytes;
}

function expectCovers(ranges: readonly ByteRange[], bytes: Buffer): void {
  const outside = Buffer.from(bytes);
  let end = -1;
  for (const { byteOffset, byteLength } of ranges) {
    expect(byteOffset).toBeGreaterThan(end);
    expect(byteLength).toBeGreaterThan(0);
    end = byteOffset + byteLength;
    outside.fill(0, byteOffset, end);
  }
  expect(end).toBeLessThanOrEqual(bytes.length);
  expect(outside.equals(Buffer.alloc(bytes.length))).toBe(true);
}

function sizeOf(ranges: readonly ByteRange[]): number {
  return ranges.reduce((sum, { byteLength }) => sum + byteLength, 0);
}

async function netOutput(): Promise<number> {
  return Number(/total_net_output_bytes:(\d+)/.exec(await client.info('stats'))![1]);
}

async function commandCalls(): Promise<number> {
  return Number(/total_commands_processed:(\d+)/.exec(await client.info('stats'))![1]);
}
