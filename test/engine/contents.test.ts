import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { idsOf, pagesOf } from '../../src/engine/contents.js';
import { bitmap, combine, complement, type Expression } from '../../src/engine/expression.js';
import { cached } from '../../src/events/cached.js';
import { MemoryStore } from '../../src/store/memory.js';

const STRETCH = 65_536;

async function storeOf(sets: Readonly<Record<string, ArrayLike<number>>>): Promise<MemoryStore> {
  const store = new MemoryStore();
  await store.write(Object.entries(sets).map(([key, ids]) => ({ key, ids, value: 1 as const })));
  return store;
}

async function drain(expression: Expression, options?: Parameters<typeof pagesOf>[1]) {
  const pages: Uint32Array[] = [];
  const stream = pagesOf(expression, options);
  let next = await stream.next();
  for (; !next.done; next = await stream.next()) pages.push(next.value);
  return { pages, byteLength: next.value };
}

const every = (step: number, from: number, to: number) =>
  Uint32Array.from({ length: Math.ceil((to - from) / step) }, (_, index) => from + index * step);

describe('pages', () => {
  /** Runs of ids, dense and sparse ones: some of them fill stretches, some meet in one. */
  const stretches = fc.array(
    fc.tuple(fc.nat(5 * STRETCH), fc.constantFrom(1, 2, 9, 1000), fc.constantFrom(1, 50, 5000, 70_000)),
    { maxLength: 5 },
  );

  it('of one bitmap in memory, and of several combined, are what plain sets have', {
    tags: 'long',
  }, async () => {
    await fc.assert(
      fc.asyncProperty(stretches, stretches, fc.constantFrom('wasm', 'js'), async (one, two, kernel) => {
        const [a, b] = [one, two].map(
          (runs) =>
            new Set(runs.flatMap(([first, step, count]) => [...every(step, first, first + step * count)])),
        ) as [Set<number>, Set<number>];
        const store = await storeOf({ a: [...a], b: [...b] });
        const [left, right] = [bitmap(store, 'a'), bitmap(store, 'b')];
        const answers: [Expression, number[]][] = [
          [left, [...a]],
          [bitmap(cached(store), 'a'), [...a]],
          [combine('and', [left, right]), [...a].filter((id) => b.has(id))],
          [combine('or', [left, right]), [...new Set([...a, ...b])]],
        ];
        const bytes = (ids: Iterable<number>) =>
          [...ids].reduce((most, id) => Math.max(most, (id >> 3) + 1), 0);
        for (const [expression, ids] of answers) {
          const expected = Uint32Array.from(ids).sort().join();
          const { pages, byteLength } = await drain(expression, { kernel });
          expect(pages.map((page) => page.join()).join()).toBe(expected);
          expect(pages.every(({ length }) => length > 0 && length <= STRETCH)).toBe(true);
          expect(byteLength).toBe(
            ids === answers[0]![1] || expression === answers[1]![0] ? bytes(a) : Math.max(bytes(a), bytes(b)),
          );
          expect((await idsOf(expression, { kernel })).join()).toBe(expected);
        }
      }),
      { numRuns: 15 },
    );
  });

  it('are the caller’s to keep and to change', async () => {
    const store = await storeOf({ a: every(1, 0, 3 * STRETCH), b: every(7, 0, 3 * STRETCH) });
    for (const expression of [
      bitmap(store, 'a'),
      combine('and', [bitmap(store, 'a'), bitmap(store, 'a')]),
      combine('or', [bitmap(store, 'a'), bitmap(store, 'b')]),
    ]) {
      const pages: Uint32Array[] = [];
      for await (const page of pagesOf(expression)) {
        expect(page.buffer.byteLength).toBe(page.byteLength);
        pages.push(page.slice());
        page.fill(0);
      }
      expect(pages.map(({ length }) => length)).toEqual([STRETCH, STRETCH, STRETCH]);
      expect(pages.map((page) => page.join()).join()).toBe(every(1, 0, 3 * STRETCH).join());
    }
  });

  it('go on behind the last one if the bitmap changes while one is looked at', async () => {
    const store = await storeOf({ a: every(1, 0, 3 * STRETCH) });
    const seen: [number, number, number][] = [];
    for await (const page of pagesOf(bitmap(store, 'a'))) {
      seen.push([page[0]!, page.at(-1)!, page.length]);
      if (seen.length > 1) continue;
      // Blocks before and behind are split, joined and gone.
      await store.write([
        { key: 'a', ids: every(1, 0, STRETCH), value: 0 },
        { key: 'a', ids: every(3, STRETCH, 2 * STRETCH), value: 0 },
        { key: 'a', ids: [20 * STRETCH], value: 1 },
      ]);
    }
    expect(seen).toEqual(
      [
        [0, STRETCH - 1, STRETCH],
        [STRETCH + 1, 2 * STRETCH - 2, 43_690],
        [2 * STRETCH, 20 * STRETCH, STRETCH + 1],
      ].flatMap(([first, last, length]) =>
        length! > STRETCH
          ? [
              [first, 3 * STRETCH - 1, STRETCH],
              [last, last, 1],
            ]
          : [[first, last, length]],
      ),
    );
  });

  it('end with the reason of the signal, and say how long the bitmap is', async () => {
    const store = await storeOf({ a: every(1, 0, 2 * STRETCH) });
    await store.write([{ key: 'a', ids: [800_000], value: 0 }]);
    const controller = new AbortController();
    const pages = pagesOf(bitmap(store, 'a'), { signal: controller.signal });
    await pages.next();
    controller.abort(new Error('enough'));
    await expect(pages.next()).rejects.toThrow('enough');
    await expect(drain(bitmap(store, 'a'), { signal: controller.signal })).rejects.toThrow('enough');
    expect((await drain(bitmap(store, 'a'))).byteLength).toBe(100_001);
    expect(await drain(bitmap(store, 'none'))).toEqual({ pages: [], byteLength: 0 });
  });

  it('keep to budgets, tell how far they are, and refuse options as all questions do', async () => {
    const store = await storeOf({ a: every(9, 0, STRETCH) });
    const a = bitmap(store, 'a');
    await expect(drain(a, { maxBytes: 100 })).rejects.toThrow('expected to read at most 100 bytes');
    expect((await drain(a, { maxBytes: 8192 })).pages).toEqual([every(9, 0, STRETCH)]);
    expect((await drain(a, { consistent: true })).pages).toEqual([every(9, 0, STRETCH)]);
    const seen: number[] = [];
    await drain(a, { onProgress: ({ windows }) => seen.push(windows) });
    expect(seen).toEqual([1]);
    await expect(drain(a, { memoryBytes: -1 })).rejects.toThrow('expected memoryBytes');
    await expect(drain(complement(a), { kernel: 'other' as 'js' })).rejects.toThrow('expected the kernel');
    await expect(drain(a, { kernel: 'other' as 'js' })).rejects.toThrow('expected the kernel');
  });
});
