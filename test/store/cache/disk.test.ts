import { readdirSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bitmap, combine } from '../../../src/engine/expression.js';
import { CachedStore, type CacheOptions } from '../../../src/store/cache/cache.js';
import { HttpStore } from '../../../src/store/http/http.js';
import { MemoryStore } from '../../../src/store/memory.js';
import { countIds } from '../../support/bitmaps.js';
import { CountingStore } from '../../support/store/counting.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bitmapist-disk-'));
});
afterEach(async () => {
  await Promise.allSettled(opened.splice(0).map((store) => store.settle()));
  await rm(folder, { recursive: true, force: true });
});

const opened: CachedStore[] = [];

class Server extends CountingStore {
  readonly memory: MemoryStore;

  constructor(memory: MemoryStore) {
    super(memory);
    this.memory = memory;
  }

  count(key: string): Promise<number> {
    return this.memory.count(key);
  }
}

async function serverOf(ids: Record<string, number[]>): Promise<Server> {
  const memory = new MemoryStore();
  for (const [key, all] of Object.entries(ids)) await memory.write([{ key, ids: all, value: 1 }]);
  return new Server(memory);
}

/** A cache of another process, as far as the folder can tell. */
function open(server: Server, options: Partial<CacheOptions> = {}): CachedStore {
  server.reset();
  const store = new CachedStore(server, {
    isFinished: () => true,
    maxBytes: 2 ** 20,
    disk: { folder, identity: 'server', prefix: '', maxBytes: 2 ** 20 },
    ...options,
  });
  opened.push(store);
  return store;
}

const both = (store: CachedStore) => combine('and', [bitmap(store, 'a'), bitmap(store, 'b')]);
const IDS = { a: [1, 2, 3, 70_000], b: [2, 3, 5, 70_000] };

describe('a cache with a folder', () => {
  it('keeps small files of a published folder, which come whole when their length is asked for', async () => {
    let requests = 0;
    const fetchFile = async () => {
      requests += 1;
      return new Response(Uint8Array.of(0x41), { headers: { 'content-type': 'application/octet-stream' } });
    };
    for (const expected of [2, 0]) {
      requests = 0;
      const store = new CachedStore(new HttpStore('http://localhost/', { fetch: fetchFile }), {
        isFinished: () => true,
        maxBytes: 2 ** 20,
        disk: { folder, identity: 'published', prefix: '', maxBytes: 2 ** 20 },
      });
      opened.push(store);
      expect(await countIds([both(store), bitmap(store, 'a')])).toEqual([2, 2]);
      await store.settle();
      expect(requests).toBe(expected);
    }
  });

  it('reads nothing of the store that an earlier process has read', async () => {
    const server = await serverOf(IDS);
    const first = open(server);
    expect(await countIds([both(first)])).toEqual([3]);
    await first.settle();
    const second = open(server);
    expect(await countIds([both(second), bitmap(second, 'a')])).toEqual([3, 4]);
    expect(server.keysRead).toEqual([]);
    expect(second.statistics).toMatchObject({ misses: 0, loaded: 1, unsound: 0, countsFound: 1 });
  });

  it('answers what an earlier process has counted without a bitmap, and has no more than four counted for it', async () => {
    const keys = Array.from({ length: 12 }, (_, day) => `day ${day}`);
    const server = await serverOf(Object.fromEntries(keys.map((key, day) => [key, [1, 2, day + 3, 70_000]])));
    // Rows by columns, and a total of each row.
    const table = (store: CachedStore) =>
      keys.flatMap((row, first) => [
        bitmap(store, row),
        ...keys.slice(first + 1).map((day) => combine('and', [bitmap(store, row), bitmap(store, day)])),
        combine('andNot', [bitmap(store, row), bitmap(store, 'day 0')]),
      ]);
    const yesterday = open(server);
    const counts = await countIds(table(yesterday));
    await yesterday.settle();
    const counted: string[] = [];
    const count = server.count.bind(server);
    server.count = (key) => {
      counted.push(key);
      return count(key);
    };
    const today = open(server);
    expect(await countIds(table(today))).toEqual(counts);
    expect(server.keysRead).toEqual([]);
    expect(counted).toHaveLength(4);
    expect(today.statistics).toMatchObject({ loaded: 0, bitmaps: 0, misses: 0, countsComputed: 0 });
    expect(today.statistics.countsFound).toBe(counts.length);
  });

  it('believes nothing of it if the address leads to other data', async () => {
    const first = open(await serverOf(IDS));
    await countIds([both(first)]);
    await first.settle();
    const other = open(await serverOf({ a: [7, 8], b: [8, 9, 10] }));
    expect(await countIds([both(other)])).toEqual([1]);
    await other.settle();
    const next = open(await serverOf({ a: [7, 8], b: [8, 9, 10] }));
    expect(await countIds([both(next)])).toEqual([1]);
    expect(next.statistics).toMatchObject({ loaded: 0, misses: 0, countsFound: 1 });
  });

  it('forgets in it what is written through it, for processes that come later too', async () => {
    const server = await serverOf(IDS);
    const first = open(server);
    await countIds([both(first)]);
    await first.settle();
    await first.write([{ key: 'a', ids: [5], value: 1 }]);
    expect(await countIds([both(first)])).toEqual([4]);
    await first.settle();
    expect(await countIds([both(open(server))])).toEqual([4]);
  });

  it.each<[string, (store: CachedStore) => void]>([
    ['invalidated', (store) => store.invalidate(['a'])],
    ['cleared', (store) => store.clear()],
  ])('forgets in it what is %s', async (_, forget) => {
    const server = await serverOf(IDS);
    const first = open(server);
    await countIds([both(first)]);
    await first.settle();
    await server.memory.write([{ key: 'a', ids: [5], value: 1 }]);
    const second = open(server);
    forget(second);
    expect(await countIds([both(second)])).toEqual([4]);
    await second.settle();
    expect(await countIds([both(open(server))])).toEqual([4]);
  });

  it.each<[string, (store: CachedStore) => void]>([
    ['invalidated', (store) => store.invalidate(['a', 'b'])],
    ['cleared', (store) => store.clear()],
  ])('waits until others cannot find what was %s, when asked to settle', async (_, forget) => {
    const first = open(await serverOf(IDS));
    await countIds([both(first)]);
    await first.settle();
    const kinds = () => readdirSync(folder).map((name) => extname(name));
    expect(kinds()).not.toContain('.gone');
    forget(first);
    await first.settle();
    // What is not believed any more may stay until somebody comes by.
    expect(kinds()).toContain('.gone');
  });

  it('refuses questions and writes with a sentence if the folder cannot be opened', async () => {
    await writeFile(join(folder, 'file'), '');
    const server = await serverOf(IDS);
    const disk = { folder: join(folder, 'file'), identity: 'server', prefix: '', maxBytes: 1000 };
    const store = open(server, { disk });
    const sentence = `expected a folder for cached bitmaps at ${disk.folder}, got EEXIST`;
    await expect(countIds([both(store)])).rejects.toThrow(sentence);
    await expect(store.write([{ key: 'a', ids: [5], value: 1 }])).rejects.toThrow(sentence);
    expect(await server.count('a')).toBe(4);
    store.invalidate(['a']);
    await expect(store.settle()).rejects.toThrow(sentence);
  });

  it('answers if nothing can be written into it, and says so when asked', async () => {
    const server = await serverOf(IDS);
    const store = open(server);
    expect(await countIds([combine('and', [bitmap(store, 'c'), bitmap(store, 'd')])])).toEqual([0]);
    await store.settle();
    // Not even root can write where a file is.
    await rm(folder, { recursive: true });
    await writeFile(folder, '');
    expect(await countIds([both(store)])).toEqual([3]);
    await expect(store.settle()).rejects.toThrow(
      `expected a folder for cached bitmaps at ${folder}, got ENOTDIR`,
    );
    await store.settle();
  });

  it('takes no more from it than memory has room for', async () => {
    const ids = Array.from({ length: 5000 }, (_, index) => index * 3);
    const server = await serverOf(
      Object.fromEntries(Array.from({ length: 10 }, (_, key) => [`k${key}`, ids])),
    );
    const all = (store: CachedStore) =>
      combine(
        'and',
        Array.from({ length: 10 }, (_, key) => bitmap(store, `k${key}`)),
      );
    const first = open(server);
    expect(await countIds([all(first)])).toEqual([5000]);
    await first.settle();
    expect(await readdir(folder)).not.toEqual([]);
    const small = open(server, { maxBytes: 20_000, maxCounts: 0 });
    expect(await countIds([all(small)])).toEqual([5000]);
    expect(small.statistics.bytes).toBeLessThanOrEqual(20_000);
    expect(small.statistics.loaded).toBeLessThan(10);
  });
});
