import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countIds, idsOf } from '../src/evaluate.js';
import { bitmap, combine, type Expression } from '../src/expression.js';
import { CachedStore } from '../src/store/cache.js';
import { MemoryStore } from '../src/store/memory.js';
import type { ByteRead, Store } from '../src/store/types.js';
import { CountingStore } from './store/counting.js';

const STRETCH = 65_536;

/** Says how many bytes were unpacked. */
class WatchedStore extends MemoryStore {
  bytesRead = 0;

  override read(reads: readonly ByteRead[]): Promise<void> {
    for (const { target } of reads) this.bytesRead += target.length;
    return super.read(reads);
  }
}

/** How a stretch of 65,536 ids is filled. */
const fills = fc.record({
  kind: fc.constantFrom('none', 'few', 'few', 'many', 'run', 'most'),
  seed: fc.nat({ max: 50 }),
});
type Fill = { readonly kind: string; readonly seed: number };

function idsFor({ kind, seed }: Fill, firstId: number): number[] {
  const strided = (count: number, step: number) =>
    Array.from({ length: count }, (_, index) => firstId + ((seed + index * step) % STRETCH));
  switch (kind) {
    case 'few':
      return strided(50 + seed, 7);
    case 'many':
      return strided(3000, 3);
    case 'run':
      return strided(500 + seed, 1);
    case 'most':
      return strided(40_000, 1);
    default:
      return [];
  }
}

async function storeOf(bitmaps: readonly (readonly Fill[])[], store: Store): Promise<Set<number>[]> {
  const sets: Set<number>[] = [];
  for (const [index, stretches] of bitmaps.entries()) {
    const ids = stretches.flatMap((fill, stretch) => idsFor(fill, stretch * STRETCH));
    await store.write([{ key: `k${index}`, ids, value: 1 }]);
    sets.push(new Set(ids));
  }
  return sets;
}

/** Every bitmap, and every pair of them. */
function questions(store: Store, bitmaps: number): { expressions: Expression[]; sets: number[][] } {
  const sets: number[][] = [];
  for (let a = 0; a < bitmaps; a += 1) {
    sets.push([a]);
    for (let b = a + 1; b < bitmaps; b += 1) sets.push([b, a]);
  }
  const expressions = sets.map((operands) =>
    combine(
      'and',
      operands.map((operand) => bitmap(store, `k${operand}`)),
    ),
  );
  return { expressions, sets };
}

function expectedCounts(sets: readonly Set<number>[], operands: readonly number[][]): number[] {
  return operands.map(
    ([first, ...others]) =>
      [...sets[first!]!].filter((id) => others.every((set) => sets[set]!.has(id))).length,
  );
}

describe('bitmaps in memory', () => {
  it.each(['js', 'wasm'] as const)(
    'are counted as sets are, from lists, from bitmaps and from both, by the %s kernel',
    async (kernel) => {
      const stretches = fc.array(fills, { minLength: 0, maxLength: 3 });
      await fc.assert(
        fc.asyncProperty(fc.array(stretches, { minLength: 1, maxLength: 6 }), async (bitmaps) => {
          const store = new MemoryStore();
          const sets = await storeOf(bitmaps, store);
          const asked = questions(store, bitmaps.length);
          expect(await countIds(asked.expressions, { kernel })).toEqual(expectedCounts(sets, asked.sets));
        }),
        { seed: 1, numRuns: 40 },
      );
    },
  );

  it('are not unpacked where they are sparse', async () => {
    const store = new WatchedStore();
    const few: Fill = { kind: 'few', seed: 1 };
    const most: Fill = { kind: 'most', seed: 1 };
    const sets = await storeOf(
      [
        [few, few, few],
        [few, most, few],
        [few, most, few],
      ],
      store,
    );
    const { expressions, sets: operands } = questions(store, 3);
    expect(await countIds(expressions)).toEqual(expectedCounts(sets, operands));
    // The stretch in the middle, of all three.
    expect(store.bytesRead).toBeGreaterThan(2 * 4096);
    expect(store.bytesRead).toBeLessThanOrEqual(3 * 8192);
  });

  it.each([1, 2, 3, 4, 5])(
    'are counted to the last stretch where %i of them have an id in each of all there are',
    async (bitmaps) => {
      // Four of them fill the table of where lists begin, but for its end.
      const STRETCHES = 65_536;
      const store = new WatchedStore();
      for (let index = 0; index < bitmaps; index += 1) {
        const ids = Uint32Array.from({ length: STRETCHES }, (_, stretch) => stretch * STRETCH + index);
        // One that all have, in the last stretch of all.
        await store.write([{ key: `k${index}`, ids: [2 ** 32 - 1], value: 1 }]);
        await store.write([{ key: `k${index}`, ids, value: 1 }]);
      }
      const { expressions, sets } = questions(store, bitmaps);
      expect(await countIds(expressions)).toEqual(
        sets.map(({ length }) => (length === 1 ? STRETCHES + 1 : 1)),
      );
      expect(store.bytesRead).toBe(0);
    },
  );

  it.each([-1, 0, 1])('are counted where %i ids more than there is room for are laid out', async (more) => {
    // 1,024 stretches of 512 and 512 ids fill it to the last.
    const store = new WatchedStore();
    const idsOfStretch = (stretch: number, index: number) =>
      Array.from({ length: 512 }, (_, id) => stretch * STRETCH + id * 2 + index);
    const stretches = Array.from({ length: 1024 }, (_, stretch) => stretch);
    for (const index of [0, 1]) {
      const ids = stretches.flatMap((stretch) => idsOfStretch(stretch, index));
      if (index === 1 && more < 0) ids.pop();
      if (index === 1 && more > 0) ids.push(1023 * STRETCH);
      await store.write([{ key: `k${index}`, ids, value: 1 }]);
    }
    const total = 1024 * 512;
    const { expressions } = questions(store, 2);
    expect(await countIds(expressions)).toEqual([total, Number(more > 0), total + more]);
    expect(store.bytesRead).toBe(0);
  });

  it('take as long as their ids, not as the largest of them', async () => {
    const store = new WatchedStore();
    await store.write([
      { key: 'k0', ids: [3, 4_000_000_000], value: 1 },
      { key: 'k1', ids: [4_000_000_000, 4_294_967_295], value: 1 },
    ]);
    expect(await countIds(questions(store, 2).expressions)).toEqual([2, 1, 2]);
    expect(store.bytesRead).toBe(0);
  });

  it('are read in windows where a window is asked for, or more than pairs is to be counted', async () => {
    const store = new WatchedStore();
    await storeOf([[{ kind: 'few', seed: 1 }], [{ kind: 'few', seed: 2 }]], store);
    const [a, b] = [bitmap(store, 'k0'), bitmap(store, 'k1')];
    const both = await countIds([combine('and', [a, b])], { windowBytes: 64 });
    expect(store.bytesRead).toBeGreaterThan(0);
    store.bytesRead = 0;
    const [either] = await countIds([combine('or', [a, b])]);
    expect(store.bytesRead).toBeGreaterThan(0);
    expect(either).toBe(51 + 52 - both[0]!);
  });

  it('are counted with the few that have to be fetched, each once', async () => {
    const inner = new CountingStore(new MemoryStore());
    const few: Fill[] = [{ kind: 'few', seed: 1 }];
    const sets = await storeOf(
      Array.from({ length: 8 }, () => few),
      inner,
    );
    const cache = new CachedStore(inner, { isFinished: (key) => key !== 'k7', maxBytes: 2 ** 20 });
    const { expressions, sets: operands } = questions(cache, 8);
    for (let run = 0; run < 2; run += 1) {
      inner.reset();
      expect(await countIds(expressions)).toEqual(expectedCounts(sets, operands));
    }
    expect(inner.keysRead).toEqual(['k7']);
    expect(inner.readsOf('k7')).toBe(1);
  });

  it('do not go on when the question is aborted', async () => {
    const store = new MemoryStore();
    await storeOf([[{ kind: 'few', seed: 1 }], [{ kind: 'few', seed: 2 }]], store);
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(countIds(questions(store, 2).expressions, { signal })).rejects.toThrow('enough');
    await expect(idsOf(bitmap(store, 'k0'), { signal })).rejects.toThrow('enough');
  });

  it('give all their ids at once however full and empty stretches lie beside each other', async () => {
    const store = new MemoryStore();
    const expected = new Set<number>();
    let random = 1;
    for (let step = 0; step < 3000; step += 1) {
      random = (random * 48_271) % 2_147_483_647;
      const firstId = (random % 200) * STRETCH;
      // Most changes add a few ids, some fill a list to the brim in one step.
      const count = random % 17 === 0 ? 4096 : 1 + (random % 90);
      const ids = Array.from({ length: count }, (_, index) => firstId + ((random + index * 11) % STRETCH));
      await store.write([{ key: 'k', ids, value: 1 }]);
      for (const id of ids) expected.add(id);
      if (step % 100 === 0) expect((await idsOf(bitmap(store, 'k'))).length).toBe(expected.size);
    }
    expect(await idsOf(bitmap(store, 'k'))).toEqual(Uint32Array.from(expected).sort());
  });

  it('give all their ids at once as they give them in windows', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fills, { maxLength: 4 }), async (stretches) => {
        const store = new WatchedStore();
        await storeOf([stretches], store);
        const leaf = bitmap(store, 'k0');
        const ids = await idsOf(leaf);
        expect(store.bytesRead).toBe(0);
        expect(ids).toEqual(await idsOf(leaf, { windowBytes: 8192 }));
      }),
      { seed: 2, numRuns: 40 },
    );
  });
});
