import { tracingChannel } from 'node:diagnostics_channel';
import { describe, expect, it } from 'vitest';
import { Bitmapist } from '../../src/bitmapist.js';
import { countSets } from '../../src/engine/answers.js';
import { idsOf as allIdsOf, bytesOf, pagesOf } from '../../src/engine/contents.js';
import {
  type BitmapExpression,
  bitmap,
  combine,
  complement,
  type Expression,
} from '../../src/engine/expression.js';
import { hasId, hasIds } from '../../src/engine/membership.js';
import { MemoryStore } from '../../src/store/memory.js';
import type { Store } from '../../src/store/types.js';
import { countIds, idsOf, storeOf } from '../support/bitmaps.js';
import { CountingStore } from '../support/store/counting.js';
import { TellingStore } from '../support/store/telling.js';

describe('evaluation', () => {
  it('reads each distinct bitmap once per window, however many questions need it, and writes nothing', async () => {
    const store = new CountingStore(new MemoryStore());
    const keys = ['a', 'b', 'c'];
    for (const key of keys) await store.put(key, new Uint8Array(1000).fill(0x5a));
    store.reset();
    const leaves = keys.map((key) => bitmap(store, key));
    const pairs = leaves.flatMap((a) => leaves.map((b) => combine('and', [a, b])));
    await countIds([...leaves, ...pairs, ...pairs], { windowBytes: 128 });
    expect(store.calls).toEqual({ byteLengths: 1, read: 8, write: 0, put: 0, keys: 0, delete: 0 });
    expect(store.readsOf('a')).toBe(8);
    expect(store.readsOf('b')).toBe(8);
    expect(store.bytesRead).toBe(3000);
  });

  it('counts sets and pairs of them in one question', async () => {
    const store = new CountingStore(new MemoryStore());
    await store.write([
      { key: 'a', ids: [1, 2, 3], value: 1 },
      { key: 'b', ids: [2, 3, 4, 500], value: 1 },
      { key: 'c', ids: [3], value: 1 },
    ]);
    store.reset();
    const [a, b, c] = ['a', 'b', 'c'].map((key) => bitmap(store, key)) as [
      Expression,
      Expression,
      Expression,
    ];
    const sets = [a, b, combine('or', [b, c]), complement(c), complement(a)];
    const pairs = [
      [0, 1],
      [1, 0],
      [2, 2],
      [3, 1],
      [3, 4],
    ] as const;
    // A complement reaches to the end of the longer set of a pair: 504 ids with b, 8 with another complement.
    expect(await countSets({ sets, pairs })).toEqual({ sets: [3, 4, 4, 7, 5], pairs: [2, 2, 4, 3, 5] });
    expect(store.keysRead).toEqual(['a', 'b', 'c']);
    expect(store.calls).toMatchObject({ byteLengths: 1, read: 1 });
    expect(await countSets({ sets })).toEqual({ sets: [3, 4, 4, 7, 5], pairs: [] });
    expect(await countSets({ sets: [] })).toEqual({ sets: [], pairs: [] });
    await expect(countSets({ sets, pairs: [[0, 5]] })).rejects.toThrow(
      new RangeError('expected pairs of sets from 0 to 4, got set 5'),
    );
  });

  it('lets a store count sets that works with sets itself, if they are of that store alone', async () => {
    const store = new TellingStore();
    await store.write([
      { key: 'a', ids: [1, 2, 3], value: 1 },
      { key: 'b', ids: [2, 3, 4, 500], value: 1 },
    ]);
    const [a, b] = [bitmap(store, 'a'), bitmap(store, 'b')];
    const signal = new AbortController().signal;
    expect(await countSets({ sets: [a, complement(b)], pairs: [[0, 1]] }, { signal, maxBytes: 9 })).toEqual({
      sets: [3, 500],
      pairs: [1],
    });
    expect(store.questions).toMatchObject([
      {
        keys: ['a', 'b'],
        parts: [
          { kind: 'bitmap', number: 0, operands: [] },
          { kind: 'bitmap', number: 1, operands: [] },
          { kind: 'not', number: 0, operands: [1] },
          { kind: 'not', number: 0, operands: [1] },
          { kind: 'and', number: 0, operands: [0, 3] },
        ],
        roots: [0, 2, 4],
      },
    ]);
    expect(store.options).toEqual({ signal, maxBytes: 9 });
    expect(store.calls.read).toBe(0);
    const elsewhere = bitmap(await storeOf([{ ids: new Set([3]), byteLength: 1 }]), '0');
    expect((await countSets({ sets: [combine('and', [a, elsewhere])] })).sets).toEqual([1]);
    expect(store.questions).toHaveLength(1);
    expect(store.calls.read).toBe(1);
  });

  it('reads what such a store would rather have read, and one moment of what it can freeze', async () => {
    class FreezingStore extends TellingStore {
      readonly snapshot = async () => new MemoryStore();
    }
    const store = new FreezingStore();
    await store.write([{ key: 'a', ids: [1, 2, 3], value: 1 }]);
    const both = combine('or', [bitmap(store, 'a'), bitmap(store, 'b')]);
    store.isSilent = true;
    expect(await countIds([both])).toEqual([3]);
    expect(store.questions).toHaveLength(1);
    expect(await countIds([both], { consistent: true })).toEqual([0]);
    expect(store.questions).toHaveLength(1);
  });

  it('reads no further than an answer can reach', async () => {
    const store = new CountingStore(new MemoryStore());
    await store.put('long', new Uint8Array(100_000).fill(1));
    await store.put('short', new Uint8Array(10).fill(1));
    store.reset();
    const both = combine('and', [bitmap(store, 'long'), bitmap(store, 'short')]);
    expect(await countIds([both], { windowBytes: 1024 })).toEqual([10]);
    expect(store.bytesRead).toBe(20);
  });

  it('asks a store that is far away for more at a time', { tags: 'long' }, async () => {
    class DistantStore extends CountingStore {
      override async byteLengths(keys: readonly string[]): Promise<number[]> {
        await new Promise((resolve) => setTimeout(resolve, 60));
        return super.byteLengths(keys);
      }
    }
    const near = new CountingStore(new MemoryStore());
    const far = new DistantStore(new MemoryStore());
    for (const store of [near, far]) {
      const leaves = Array.from({ length: 64 }, (_, index) => bitmap(store, `k${index}`));
      for (const { key } of leaves) await store.put(key, new Uint8Array(2 ** 20).fill(1));
      store.reset();
      expect(await countIds([combine('or', leaves)], near === store ? { memoryBytes: 2 ** 23 } : {})).toEqual(
        [2 ** 20],
      );
      expect(store.bytesRead).toBe(64 * 2 ** 20);
    }
    expect(far.calls.read).toBeLessThanOrEqual(near.calls.read / 4);
  });

  it('asks a store however far away for no more than 64 MiB at a time', { tags: 'long' }, async () => {
    class DistantStore extends CountingStore {
      override async byteLengths(keys: readonly string[]): Promise<number[]> {
        await new Promise((resolve) => setTimeout(resolve, 150));
        return super.byteLengths(keys);
      }
    }
    const far = new DistantStore(new MemoryStore());
    const leaves = Array.from({ length: 64 }, (_, index) => bitmap(far, `k${index}`));
    for (const { key } of leaves) await far.put(key, new Uint8Array(2 ** 20).fill(1));
    far.reset();
    // 129 slots of a quarter of a mebibyte: half of one each would be too much.
    expect(await countIds([combine('or', leaves)])).toEqual([2 ** 20]);
    expect(far.calls.read).toBe(4);
  });

  it('says that there is somebody where there is one alone', async () => {
    const store = await storeOf([
      { ids: new Set([70]), byteLength: 9 },
      { ids: new Set([70, 71]), byteLength: 9 },
    ]);
    const [one, two] = [bitmap(store, '0'), bitmap(store, '1')];
    expect([await hasIds(one), await hasIds(combine('and', [one, two]))]).toEqual([true, true]);
    expect(await hasIds(combine('andNot', [one, two]))).toBe(false);
    expect(await idsOf(combine('and', [one, two]), {})).toEqual([70]);
  });

  it('stops at the first window that has an id', async () => {
    const store = new CountingStore(new MemoryStore());
    await store.put('a', new Uint8Array(100_000).fill(1));
    await store.put('b', new Uint8Array(100_000).fill(3));
    store.reset();
    const some = combine('and', [bitmap(store, 'a'), bitmap(store, 'b')]);
    expect(await hasIds(some, { windowBytes: 1024 })).toBe(true);
    expect(store.bytesRead).toBeLessThanOrEqual(3 * 2 * 1024);
  });

  it('asks for one byte per bitmap to say whether an id belongs', async () => {
    const store = new CountingStore(new MemoryStore());
    await store.write([{ key: 'a', ids: [4_000_000_000], value: 1 }]);
    store.reset();
    const either = combine('or', [bitmap(store, 'a'), bitmap(store, 'b')]);
    expect(await hasId(either, 4_000_000_000)).toBe(true);
    expect(store.bytesRead).toBe(2);
    expect(store.calls.byteLengths).toBe(0);
  });

  it('mixes bitmaps of several stores', async () => {
    const [one, two] = [new MemoryStore(), new MemoryStore()];
    await one.write([{ key: 'a', ids: [1, 2, 3], value: 1 }]);
    await two.write([{ key: 'a', ids: [2, 3, 4], value: 1 }]);
    const both = combine('and', [bitmap(one, 'a'), bitmap(two, 'a')]);
    expect(await idsOf(both, {})).toEqual([2, 3]);
    await expect(countIds([both], { consistent: true })).rejects.toThrow('a consistent read from one store');
  });

  it('asks the embedded store as of one moment, and refuses where a store cannot', async () => {
    const store = new MemoryStore();
    await store.write([{ key: 'a', ids: [1, 2], value: 1 }]);
    await store.write([{ key: 'b', ids: [2, 3], value: 1 }]);
    const both = (of: Store) => combine('and', [bitmap(of, 'a'), bitmap(of, 'b')]);
    expect(await countIds([both(store)], { consistent: true })).toEqual([1]);
    await expect(countIds([both(new CountingStore(store))], { consistent: true })).rejects.toThrow(
      'expected a store that can read several bitmaps as of one moment, got one that cannot',
    );
  });

  it('refuses a question over its byte budget before reading', async () => {
    const store = new CountingStore(new MemoryStore());
    await store.put('a', new Uint8Array(1000).fill(1));
    await store.put('b', new Uint8Array(1000).fill(1));
    store.reset();
    const either = combine('or', [bitmap(store, 'a'), bitmap(store, 'b')]);
    await expect(countIds([either], { maxBytes: 1999 })).rejects.toThrow(
      'expected to read at most 1999 bytes, got a question that needs 2000 bytes of 2 bitmaps',
    );
    expect(store.calls.read).toBe(0);
    expect(await countIds([either], { maxBytes: 2000 })).toEqual([1000]);
  });

  it('refuses a consistent question over its byte budget before any bitmap is frozen', async () => {
    const memory = new MemoryStore();
    await memory.put('a', new Uint8Array(1000).fill(1));
    await memory.put('b', new Uint8Array(1000).fill(1));
    let snapshots = 0;
    const store = Object.assign(new CountingStore(memory), {
      snapshot: async () => {
        snapshots += 1;
        return memory;
      },
    });
    const both = combine('and', [bitmap(store, 'a'), bitmap(store, 'b')]);
    for (const ask of [
      (maxBytes: number) => countIds([both], { maxBytes, consistent: true }),
      (maxBytes: number) => hasId(both, 7, { maxBytes, consistent: true }),
    ]) {
      await expect(ask(1999)).rejects.toThrow(
        'expected to read at most 1999 bytes, got a question that needs 2000 bytes of 2 bitmaps',
      );
      expect(snapshots).toBe(0);
      await ask(2000);
      expect(snapshots).toBe(1);
      snapshots = 0;
    }
  });

  it('ends with the reason of its signal, between windows', async () => {
    const store = await storeOf([{ ids: new Set([1]), byteLength: 100_000 }]);
    const controller = new AbortController();
    const pages = pagesOf(complement(bitmap(store, '0')), { windowBytes: 64, signal: controller.signal });
    await pages.next();
    controller.abort(new Error('enough'));
    await expect(async () => {
      for await (const _ of pages) {
        // Pages already computed may still come.
      }
    }).rejects.toThrow('enough');
  });

  it('reports progress in bytes and windows', async () => {
    const store = new MemoryStore();
    await store.put('a', new Uint8Array(1000).fill(1));
    const seen: object[] = [];
    await countIds([combine('or', [bitmap(store, 'a'), bitmap(store, 'b')])], {
      windowBytes: 512,
      onProgress: (progress) => seen.push(progress),
    });
    expect(seen).toEqual([
      { bytes: 512, totalBytes: 1000, windows: 1 },
      { bytes: 1000, totalBytes: 1000, windows: 2 },
    ]);
  });

  it('hands ids out in full pages, however sparse they are', async () => {
    const store = new MemoryStore();
    const ids = Uint32Array.from({ length: 100_000 }, (_, index) => index * 1000);
    await store.write([{ key: 'a', ids, value: 1 }]);
    const pages: Uint32Array[] = [];
    for await (const page of pagesOf(bitmap(store, 'a'))) pages.push(page);
    expect(pages.map(({ length }) => length)).toEqual([65_536, 34_464]);
    expect(pages.flatMap((page) => [...page])).toEqual([...ids]);
  });

  it('tells tracing channels of questions and fetches while they are asked', async () => {
    const store = new CountingStore(new MemoryStore());
    await store.write([{ key: 'a', ids: [1, 2], value: 1 }]);
    const seen: [string, unknown][] = [];
    const watch = (name: string) => {
      const channel = tracingChannel<unknown, object>(name);
      const subscribers = {
        start: (context: object) => seen.push([name, { ...context }]),
        asyncEnd: () => seen.push([name, 'end']),
        end: () => {},
        asyncStart: () => {},
        error: () => {},
      };
      channel.subscribe(subscribers);
      return () => channel.unsubscribe(subscribers);
    };
    const unwatch = [watch('bitmapist-wasm:question'), watch('bitmapist-wasm:fetch')];
    await countIds([combine('or', [bitmap(store, 'a'), bitmap(store, 'b')])], { windowBytes: 64 });
    await idsOf(bitmap(store, 'a'), {});
    for (const stop of unwatch) stop();
    await countIds([bitmap(store, 'a')]);
    const fetch = { keys: ['a'], bytes: 1 };
    expect(seen).toEqual([
      ['bitmapist-wasm:question', { question: 'count', expressions: 1 }],
      ['bitmapist-wasm:fetch', fetch],
      ['bitmapist-wasm:fetch', 'end'],
      ['bitmapist-wasm:question', 'end'],
      ['bitmapist-wasm:question', { question: 'ids', expressions: 1 }],
      ['bitmapist-wasm:fetch', fetch],
      ['bitmapist-wasm:fetch', 'end'],
      ['bitmapist-wasm:question', 'end'],
    ]);
  });

  it('counts beyond 2^32 bits without losing any', async () => {
    const store = new MemoryStore();
    await store.write([{ key: 'a', ids: [2 ** 32 - 1], value: 1 }]);
    expect(await countIds([complement(bitmap(store, 'a'))], { windowBytes: 16 * 1024 * 1024 })).toEqual([
      2 ** 32 - 1,
    ]);
  });

  it('survives chains of ten thousand operands', async () => {
    const store = await storeOf([{ ids: new Set([1, 9]), byteLength: 2 }]);
    const leaf = bitmap(store, '0');
    let chain: Expression = leaf;
    for (let index = 0; index < 10_000; index += 1)
      chain = combine(index % 2 === 0 ? 'or' : 'and', [chain, leaf]);
    expect(await countIds([chain])).toEqual([2]);
    expect(await hasId(complement(chain), 9)).toBe(false);
  });

  it('looks at each of ten thousand bitmaps a few times to tell whether one holds an id', async () => {
    const store = new MemoryStore();
    await store.write([{ key: 'k9999', ids: [9], value: 1 }]);
    let looks = 0;
    const leaves = Array.from(
      { length: 10_000 },
      (_, index): BitmapExpression => ({
        kind: 'bitmap',
        store,
        get key() {
          looks += 1;
          return `k${index}`;
        },
      }),
    );
    const either = combine('or', leaves);
    expect([await hasId(either, 9), await hasId(either, 8)]).toEqual([true, false]);
    expect(looks).toBeLessThan(40 * leaves.length);
  });

  it('combines any number of bitmaps in code', async () => {
    const store = new MemoryStore();
    await store.write([{ key: 'k19999', ids: [3, 9], value: 1 }]);
    const leaves = Array.from({ length: 20_000 }, (_, index) => bitmap(store, `k${index}`));
    const either = combine('or', leaves);
    expect(await countIds([either, combine('and', [either, leaves[0]!])])).toEqual([2, 0]);
    expect(await hasIds(either)).toBe(true);
    expect([...(await allIdsOf(either))]).toEqual([3, 9]);
  });

  it('counts more sets at a time than a call takes arguments', { tags: 'long' }, async () => {
    const store = await storeOf([{ ids: new Set([1, 9]), byteLength: 2 }]);
    const sets = Array.from({ length: 200_000 }, () => complement(bitmap(store, '0')));
    expect(new Set(await countIds(sets))).toEqual(new Set([14]));
    expect(await countIds([combine('or', sets)])).toEqual([14]);
  });

  it.each([
    [{ maxBytes: Number.NaN }, 'expected maxBytes to be a whole number of at least 0, got NaN'],
    [{ maxBytes: '12' }, 'expected maxBytes to be a whole number of at least 0, got "12"'],
    [{ memoryBytes: -1 }, 'expected memoryBytes to be a whole number of at least 1, got -1'],
    [{ windowBytes: 0 }, 'expected windowBytes to be a whole number of at least 1, got 0'],
    [{ windowBytes: 1.5 }, 'expected windowBytes to be a whole number of at least 1, got 1.5'],
    [{ kernel: 'c' }, 'expected the kernel auto, wasm or js, got "c"'],
  ] as [object, string][])('refuses %o before anything is read', async (options, message) => {
    const store = new CountingStore(new MemoryStore());
    const leaf = bitmap(store, 'a');
    const pages = pagesOf(leaf, options);
    const questions = [
      () => countIds([leaf], options),
      () => hasIds(leaf, options),
      () => hasId(leaf, 1, options),
      () => allIdsOf(leaf, options),
      () => pages.next(),
      () => bytesOf(leaf, options),
    ];
    for (const ask of questions) await expect(ask()).rejects.toThrow(new RangeError(message));
    expect(() => new Bitmapist({ evaluate: options })).toThrow(new RangeError(message));
    expect(store.calls).toMatchObject({ byteLengths: 0, read: 0 });
  });

  it('takes a budget without bounds', async () => {
    const store = await storeOf([{ ids: new Set([1, 70_000]), byteLength: 9000 }]);
    expect(await countIds([bitmap(store, '0')], { maxBytes: Number.POSITIVE_INFINITY })).toEqual([2]);
  });
});
