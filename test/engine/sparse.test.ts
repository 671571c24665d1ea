import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bitmap } from '../../src/bitmap/bitmap.js';
import { idsOf } from '../../src/engine/contents.js';
import { bitmap, combine, type Expression } from '../../src/engine/expression.js';
import { CachedStore } from '../../src/store/cache/cache.js';
import { MemoryStore } from '../../src/store/memory.js';
import type { ByteRead, Store } from '../../src/store/types.js';
import { countIds } from '../support/bitmaps.js';
import { CountingStore } from '../support/store/counting.js';

const STRETCH = 65_536;

/** Says how many bytes were unpacked. */
class WatchedStore extends MemoryStore {
  bytesRead = 0;

  override resident(key: string): Bitmap {
    const bitmap = super.resident(key);
    bitmap.readInto = (target, ...where) => {
      this.bytesRead += target.length;
      Bitmap.prototype.readInto.call(bitmap, target, ...where);
    };
    return bitmap;
  }
}

/** How a stretch of 65,536 ids is filled. */
const fills = fc.record({
  kind: fc.constantFrom(
    'none',
    'few',
    'few',
    'many',
    'run',
    'most',
    'half',
    'cluster',
    'runs',
    'solid',
    'ends',
  ),
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
    case 'half':
      return strided(30_000, 2);
    case 'cluster':
      // Some thousand neighbours, a third of them in pairs and longer runs.
      return strided(3000, 1)
        .map((id) => firstId + ((id - firstId + seed * 1200) % STRETCH))
        .filter((id) => (id * 2_654_435_761) % 2 ** 32 < 2 ** 31);
    case 'runs':
      return strided(5000, 1).map((id, index) => firstId + ((id - firstId + (index >> 9) * 6000) % STRETCH));
    case 'solid':
      return strided(STRETCH, 1);
    case 'ends':
      return [firstId, firstId + STRETCH - 1];
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
    { tags: 'long' },
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

  it('are read in windows only where most of a stretch is needed', async () => {
    const few: Fill = { kind: 'few', seed: 1 };
    for (const [kind, bytesRead] of [
      ['few', 0],
      ['cluster', 0],
      ['solid', 0],
      ['half', 3 * 8192],
    ] as const) {
      const store = new WatchedStore();
      const sets = await storeOf(
        [3, 20, 45].map((seed) => [few, { kind, seed }, few]),
        store,
      );
      const { expressions, sets: operands } = questions(store, 3);
      expect(await countIds(expressions)).toEqual(expectedCounts(sets, operands));
      expect(store.bytesRead).toBe(bytesRead);
    }
  });

  it.each([256, 257])(
    'are counted where %i of them take as much room as there is, and more',
    { tags: 'long' },
    async (bitmaps) => {
      const store = new WatchedStore();
      // Half a stretch each.
      const ids = Array.from({ length: 4096 }, (_, index) => index * 8);
      for (let index = 0; index < bitmaps; index += 1) {
        await store.write([{ key: `k${index}`, ids: [...ids, STRETCH + index], value: 1 }]);
      }
      // Windows would be twice as long.
      await store.write([{ key: 'last', ids: [STRETCH - 1], value: 1 }]);
      const pairs = Array.from({ length: bitmaps * 11 }, (_, cell) => {
        const a = cell % bitmaps;
        return [a, (a + 1 + Math.floor(cell / bitmaps)) % bitmaps] as const;
      });
      const expressions = pairs.map(([a, b]) =>
        combine('and', [bitmap(store, `k${a}`), bitmap(store, `k${b}`)]),
      );
      expect(await countIds([...expressions, bitmap(store, 'last')])).toEqual([...pairs.map(() => 4096), 1]);
      expect(store.bytesRead > 0).toBe(bitmaps > 256);
    },
  );

  it.each([1, 2, 3, 4, 5])(
    'are counted to the last stretch where %i of them have an id in each of all there are',
    { tags: 'long' },
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

  it.each([-1, 0, 1])(
    'are counted where %i ids more than there is room for are laid out',
    { tags: 'long' },
    async (more) => {
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
    },
  );

  it('take as long as their ids, not as the largest of them', async () => {
    const store = new WatchedStore();
    await store.write([
      { key: 'k0', ids: [3, 4_000_000_000], value: 1 },
      { key: 'k1', ids: [4_000_000_000, 4_294_967_295], value: 1 },
    ]);
    expect(await countIds(questions(store, 2).expressions)).toEqual([2, 1, 2]);
    expect(store.bytesRead).toBe(0);
  });

  it('are counted one by one, however dense, without a look at any of them, and with those that are fetched', async () => {
    const store = new WatchedStore();
    const kinds = ['few', 'many', 'run', 'most', 'none', 'few'];
    const sets = await storeOf(
      kinds.map((kind, seed) => [
        { kind, seed },
        { kind: 'most', seed },
      ]),
      store,
    );
    const other = new CountingStore(new MemoryStore());
    await other.write([{ key: 'o', ids: [1, 70_000], value: 1 }]);
    const leaves = [...kinds.keys()].map((index) => bitmap(store, `k${index}`));
    const expected = [...sets.map((set) => set.size), 2, 0, sets[3]!.size];
    const asked = [...leaves, bitmap(other, 'o'), bitmap(store, 'missing'), leaves[3]!];
    expect(await countIds(asked)).toEqual(expected);
    expect(store.bytesRead).toBe(0);
    expect(other.readsOf('o')).toBe(1);
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

  it('are counted with those of another store that are worth fetching: a quarter of all, up to 8 MiB', async () => {
    const few: Fill[] = [{ kind: 'few', seed: 1 }];
    const MIB = 2 ** 20;
    for (const [elsewhere, byteLength, isRead] of [
      [2, MIB, false],
      [3, MIB, true],
      [2, 4 * MIB, false],
      [2, 4 * MIB + 1, true],
    ] as const) {
      const store = new WatchedStore();
      await storeOf(
        Array.from({ length: 8 - elsewhere }, () => few),
        store,
      );
      const other = new CountingStore(new MemoryStore());
      const bytes = new Uint8Array(byteLength);
      bytes[byteLength - 1] = 1;
      bytes[0] = 0xff;
      for (let index = 0; index < elsewhere; index += 1) await other.put(`o${index}`, bytes);
      const leaves = [
        ...Array.from({ length: 8 - elsewhere }, (_, index) => bitmap(store, `k${index}`)),
        ...Array.from({ length: elsewhere }, (_, index) => bitmap(other, `o${index}`)),
      ];
      const [a, b] = [leaves[0]!, leaves.at(-1)!];
      // Of the first eight ids, the one has 1 and none besides.
      const counts = await countIds([combine('and', [a, b]), ...leaves]);
      expect(counts).toEqual([1, ...leaves.map((leaf) => (leaf.store === other ? 9 : 51))]);
      expect(store.bytesRead > 0).toBe(isRead);
    }
  });

  it('are counted with one of which only what is occupied is fetched, as a budget has it', async () => {
    class OccupiedStore extends CountingStore {
      async occupied(keys: readonly string[]) {
        return keys.map(() => [
          { byteOffset: 30_000, byteLength: 1 },
          { byteOffset: 30_009, byteLength: 1 },
        ]);
      }
    }
    const other = new OccupiedStore(new MemoryStore());
    const store = new WatchedStore();
    await other.write([{ key: 'o', ids: [240_000, 240_079, 300_000], value: 1 }]);
    await other.write([{ key: 'o', ids: [300_000], value: 0 }]);
    for (const key of ['k0', 'k1', 'k2']) await store.write([{ key, ids: [7, 240_000, 240_079], value: 1 }]);
    const pairs = ['k0', 'k1', 'k2'].map((key) => combine('and', [bitmap(store, key), bitmap(other, 'o')]));
    // Two bytes of the one, and what the others have up to there.
    const needed = 2 + 3 * (1 + 10);
    for (const options of [{}, { maxBytes: needed }]) {
      other.reset();
      expect(await countIds(pairs, options)).toEqual([2, 2, 2]);
      expect([store.bytesRead, other.bytesRead]).toEqual([0, 2]);
    }
  });

  it('are those of the moment a question opened, also if one is dropped while others are fetched', async () => {
    const store = new MemoryStore();
    await storeOf(
      Array.from({ length: 4 }, () => [{ kind: 'few', seed: 1 }]),
      store,
    );
    const memory = new MemoryStore();
    await memory.put('o', Uint8Array.of(0xff));
    const other = Object.assign(new CountingStore(memory), {
      read: async (reads: readonly ByteRead[]) => {
        await store.delete(['k0']);
        return memory.read(reads);
      },
    });
    const leaves = [0, 1, 2, 3].map((index) => bitmap(store, `k${index}`));
    expect(await countIds([...leaves, bitmap(other, 'o')])).toEqual([51, 51, 51, 51, 8]);
    expect(await countIds(leaves)).toEqual([0, 51, 51, 51]);
  });

  it('do not go on when the question is aborted', async () => {
    const store = new MemoryStore();
    await storeOf([[{ kind: 'few', seed: 1 }], [{ kind: 'few', seed: 2 }]], store);
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(countIds(questions(store, 2).expressions, { signal })).rejects.toThrow('enough');
    await expect(idsOf(bitmap(store, 'k0'), { signal })).rejects.toThrow('enough');
  });

  it('give all their ids at once however full and empty stretches lie beside each other', {
    tags: 'long',
  }, async () => {
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

  it('give all their ids at once as they give them in windows', { tags: 'long' }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fills, { maxLength: 4 }), async (stretches) => {
        const store = new WatchedStore();
        await storeOf([stretches], store);
        const leaf = bitmap(store, 'k0');
        const ids = await idsOf(leaf);
        expect(store.bytesRead).toBe(0);
        expect(ids).toEqual(await idsOf(leaf, { windowBytes: 8192 }));
        expect(store.bytesRead > 0).toBe(ids.length > 0);
      }),
      { seed: 2, numRuns: 40 },
    );
  });
});
