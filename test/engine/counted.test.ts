import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countSets } from '../../src/engine/answers.js';
import {
  atLeast,
  bitmap,
  type Combination,
  combine,
  complement,
  type Expression,
} from '../../src/engine/expression.js';
import type { Pair } from '../../src/engine/parts.js';
import { CachedStore } from '../../src/store/cache/cache.js';
import { MemoryStore } from '../../src/store/memory.js';
import type { BitmapReader } from '../../src/store/types.js';
import { CountingStore } from '../support/store/counting.js';
import { HeldStore } from '../support/store/held.js';

const MAX_BYTES = 2 ** 20;
/** Keys of finished periods, and of running ones. */
const FINISHED = ['a', 'b', 'c', 'd', 'e'];
const RUNNING = ['x', 'y'];
const KEYS = [...FINISHED, ...RUNNING];
const isFinished = (key: string) => FINISHED.includes(key);

async function countsOf(store: CachedStore, ...names: string[]): Promise<number[]> {
  const sets = names.map((name) =>
    combine(
      'and',
      [...name].map((key) => bitmap(store, key)),
    ),
  );
  return (await countSets({ sets, pairs: [] })).sets;
}

async function open(maxCounts?: number) {
  const inner = new CountingStore(new MemoryStore());
  const store = new CachedStore(inner, { isFinished, maxBytes: MAX_BYTES, maxCounts });
  await inner.write(KEYS.map((key, index) => ({ key, ids: [1, 2, 3, 104 + index], value: 1 as const })));
  inner.reset();
  return { inner, store };
}

describe('what a cache has counted', () => {
  it('is not counted again, and what is left is asked for alone', async () => {
    const { inner, store } = await open();
    const sets = KEYS.map((key) => bitmap(store, key));
    const pairs: Pair[] = sets.flatMap((_, a) => sets.map((__, b): Pair => [a, b]));
    const first = await countSets({ sets, pairs });
    expect(store.statistics).toMatchObject({ counts: 20, countsFound: 0, countsComputed: 30 });
    await store.write([{ key: 'x', ids: [106], value: 1 }]);
    inner.reset();
    const again = await countSets({ sets, pairs });
    expect(inner.keysRead.toSorted()).toEqual(RUNNING);
    const isChanged = (a: number, b: number) => [KEYS[a], KEYS[b]].join().match(/x.*[xc]|c,x/);
    expect(again.sets).toEqual(first.sets.map((count, at) => (KEYS[at] === 'x' ? count + 1 : count)));
    for (const [at, [a, b]] of pairs.entries()) {
      expect(again.pairs[at]).toBe(first.pairs[at]! + (isChanged(a, b) ? 1 : 0));
    }
    expect(store.statistics).toMatchObject({ counts: 20, countsFound: 30 });
  });

  it('is found whoever asks for it, in whichever order, and needs no bitmap if that is all', async () => {
    const { inner, store } = await open();
    expect(await countsOf(store, 'ab', 'abc')).toEqual([3, 3]);
    inner.reset();
    expect(await countsOf(store, 'ba', 'cab', 'ab')).toEqual([3, 3, 3]);
    expect(inner.calls).toMatchObject({ byteLengths: 0, read: 0 });
    expect(store.statistics.countsFound).toBe(3);
  });

  it('belongs to its expression and to no other of the same bitmaps', async () => {
    const { inner, store } = await open();
    for (const [index, key] of FINISHED.entries()) {
      await inner.write([{ key, ids: Array.from({ length: 3 ** index }, (_, id) => 11 * id), value: 1 }]);
    }
    const sets = (of: CachedStore): Expression[] => {
      const leaves = FINISHED.map((key) => bitmap(of, key));
      const turned = leaves.toReversed();
      const kinds = ['and', 'or', 'xor', 'andNot'] as const;
      const combined = [leaves, turned, leaves.slice(0, 2), turned.slice(3)].flatMap((some) =>
        kinds.map((kind) => combine(kind, some)),
      );
      const enough = [2, 3, 4].map((k) => atLeast(k, leaves));
      const nested = combine('or', [
        combine('and', leaves.slice(0, 2)),
        combine('andNot', leaves.slice(1, 3)),
      ]);
      const all = [...leaves, ...combined, ...enough, nested];
      return [...all, ...all.map(complement), combine('and', [complement(leaves[0]!), leaves[4]!])];
    };
    const { sets: expected } = await countSets({
      sets: sets(new CachedStore(inner, { isFinished, maxBytes: MAX_BYTES, maxCounts: 0 })),
    });
    for (let ask = 0; ask < 2; ask += 1)
      expect((await countSets({ sets: sets(store) })).sets).toEqual(expected);
    expect(store.statistics.countsFound).toBe(expected.length);
    // One by one, and each among others than before.
    for (const [at, set] of sets(store).entries()) {
      const asked = [combine('xor', [bitmap(store, 'x'), set]), set];
      expect((await countSets({ sets: asked })).sets[1]).toBe(expected[at]);
    }
    expect(store.statistics.countsFound).toBe(2 * expected.length);
  });

  it('is gone with its bitmaps: by marks, by invalidation, and when all is cleared', async () => {
    const { inner, store } = await open();
    expect(await countsOf(store, 'ab', 'cd')).toEqual([3, 3]);
    await store.write([
      { key: 'a', ids: [50], value: 1 },
      { key: 'b', ids: [50], value: 1 },
    ]);
    expect(await countsOf(store, 'ab', 'cd')).toEqual([4, 3]);
    await inner.write([
      { key: 'a', ids: [51], value: 1 },
      { key: 'b', ids: [51], value: 1 },
    ]);
    // Others' marks are heard of only so.
    expect(await countsOf(store, 'ab', 'cd')).toEqual([4, 3]);
    store.invalidate(['a', 'b']);
    expect(await countsOf(store, 'ab', 'cd')).toEqual([5, 3]);
    store.clear();
    expect(store.statistics.counts).toBe(0);
    inner.reset();
    expect(await countsOf(store, 'cd')).toEqual([3]);
    expect(inner.keysRead.toSorted()).toEqual(['c', 'd']);
  });

  it('is found although its bitmaps had to make room, until somebody changes them', async () => {
    const inner = new CountingStore(new MemoryStore());
    // Room for two of three.
    const store = new CachedStore(inner, { isFinished, maxBytes: 40_000 });
    const keys = ['a', 'b', 'c'];
    for (const key of keys) await inner.put(key, new Uint8Array(16_384).fill(0x55));
    const names = ['ab', 'bc', 'ac'];
    const counts = [65_536, 65_536, 65_536];
    expect(await countsOf(store, ...names)).toEqual(counts);
    expect(store.statistics.bitmaps).toBeLessThan(3);
    inner.reset();
    expect(await countsOf(store, ...names)).toEqual(counts);
    expect(inner.keysRead).toEqual([]);
    for (const key of keys) await inner.put(key, new Uint8Array(8192).fill(0x55));
    store.invalidate(['a']);
    expect(await countsOf(store, 'ab')).toEqual([32_768]);
    for (const key of keys) await store.write([{ key, ids: [0], value: 1 }]);
    expect(await countsOf(store, ...names)).toEqual([32_769, 32_769, 32_769]);
  });

  it('is not told to a question that has been aborted', async () => {
    const { store } = await open();
    expect(await countsOf(store, 'ab')).toEqual([3]);
    const signal = AbortSignal.abort(new Error('enough'));
    const sets = [combine('and', [bitmap(store, 'a'), bitmap(store, 'b')])];
    await expect(countSets({ sets }, { signal })).rejects.toThrow('enough');
  });

  it('is not kept if none may be', async () => {
    const { store } = await open(0);
    expect(await countsOf(store, 'ab', 'cd')).toEqual([3, 3]);
    expect(await countsOf(store, 'ab', 'cd')).toEqual([3, 3]);
    expect(store.statistics).toMatchObject({ counts: 0, countsFound: 0, countsComputed: 0, hits: 4 });
  });

  it('is not kept of what was written to while it was counted', async () => {
    const memory = new MemoryStore();
    const inner = new HeldStore(memory);
    const store = new CachedStore(inner, { isFinished, maxBytes: MAX_BYTES });
    await memory.write([
      { key: 'a', ids: [1, 2], value: 1 },
      { key: 'b', ids: [1, 2, 3], value: 1 },
    ]);
    const letGo = inner.hold('read');
    const early = countsOf(store, 'ab');
    while (inner.calls.read === 0) await Promise.resolve();
    await store.write([{ key: 'a', ids: [3], value: 1 }]);
    letGo();
    await early;
    expect(store.statistics.counts).toBe(0);
    expect(await countsOf(store, 'ab')).toEqual([3]);
    expect(await countsOf(store, 'ab')).toEqual([3]);
  });

  it('is not kept if another question has read a part of the bitmap', async () => {
    const inner = new CountingStore(new MemoryStore());
    const store = new CachedStore(inner, { isFinished: () => true, maxBytes: MAX_BYTES });
    await inner.put('k', new Uint8Array(3 * 8192).fill(1));
    const read = (reader: BitmapReader, block: number) =>
      reader.read([{ key: 'k', byteOffset: block * 8192, target: new Uint8Array(8192) }]);
    const [first, second] = [store.reader(), store.reader()];
    for (const reader of [first, second]) await reader.byteLengths(['k']);
    await read(first, 0);
    await read(second, 1);
    await read(first, 1);
    await read(first, 2);
    const stamps = (reader: ReturnType<CachedStore['reader']>) =>
      reader.counted!.stampsOf(['k'], [undefined]);
    expect([stamps(first), stamps(second), store.statistics.bitmaps]).toEqual([[undefined], [undefined], 1]);
    const third = store.reader();
    expect(third.counted!.stampsOf(['k'], [third.resident('k')])).toEqual(await third.counted!.stamps(['k']));
    for (const reader of [first, second, third]) reader.release();
  });

  it('is what plain sets say, whatever is marked, forgotten and asked in between', {
    tags: 'long',
  }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 4, maxLength: 20 }),
        fc.constantFrom(700, 2500, MAX_BYTES),
        fc.constantFrom(8, 1000),
        async (steps, maxBytes, maxCounts) => {
          const inner = new CountingStore(new MemoryStore());
          const store = new CachedStore(inner, { isFinished, maxBytes, maxCounts });
          const model = new Map<string, Set<number>>();
          const lengths = new Map<string, number>();
          for (const [number, action] of steps.entries())
            await act(action, number, store, inner, model, lengths);
        },
      ),
      { numRuns: 300 },
    );
  });
});

type Shape =
  | { readonly key: string }
  | { readonly kind: Combination; readonly of: readonly Shape[] }
  | { readonly not: Shape }
  | { readonly k: number; readonly of: readonly Shape[] };

/** Ids that sets share often, some of them far away. */
const id = fc.oneof(fc.nat(20), fc.nat(100), fc.integer({ min: 600, max: 610 }));

const { shape } = fc.letrec<{ shape: Shape }>((tie) => ({
  shape: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ key: fc.constantFrom(...KEYS) }),
    fc.record({
      kind: fc.constantFrom<Combination>('and', 'or', 'xor', 'andNot'),
      of: fc.array(tie('shape'), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({ not: tie('shape') }),
    fc.record({
      k: fc.integer({ min: 1, max: 3 }),
      of: fc.array(tie('shape'), { minLength: 3, maxLength: 4 }),
    }),
  ),
}));

const marks = fc.record({
  key: fc.constantFrom(...KEYS),
  ids: fc.array(id, { minLength: 1, maxLength: 5 }),
  value: fc.constantFrom(0 as const, 1 as const),
});
const question = fc.record({
  shapes: fc.array(shape, { minLength: 1, maxLength: 5 }),
  pairs: fc.array(fc.tuple(fc.nat(4), fc.nat(4)), { maxLength: 6 }),
});
/** `again` asks the same as the question so many before. */
const step = fc.oneof(
  fc.record({ marks }),
  fc.record({ others: marks }),
  fc.record({ invalidate: fc.subarray(FINISHED) }),
  fc.record({ clear: fc.constant(true) }),
  { arbitrary: fc.record({ question }), weight: 4 },
  { arbitrary: fc.record({ again: fc.nat(3) }), weight: 4 },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Questions asked so far, by the model that they were asked of: a step is checked by itself. */
const asked = new WeakMap<Map<string, Set<number>>, Parameters<typeof check>[3][]>();

async function act(
  action: Step,
  number: number,
  store: CachedStore,
  inner: CountingStore,
  model: Map<string, Set<number>>,
  lengths: Map<string, number>,
): Promise<void> {
  const before = asked.get(model) ?? [];
  asked.set(model, before);
  if ('clear' in action) store.clear();
  else if ('invalidate' in action) store.invalidate(action.invalidate);
  else if ('marks' in action || 'others' in action) {
    const { key, ids, value } = 'marks' in action ? action.marks : action.others;
    await ('marks' in action ? store : inner).write([{ key, ids, value }]);
    if ('others' in action) store.invalidate([key]);
    const set = model.get(key) ?? new Set();
    model.set(key, set);
    for (const each of ids) {
      if (value === 1) set.add(each);
      else set.delete(each);
      lengths.set(key, Math.max(lengths.get(key) ?? 0, Math.floor(each / 8) + 1));
    }
  } else if ('again' in action) {
    const earlier = before.at(-1 - action.again);
    if (earlier !== undefined) await check(store, model, lengths, earlier);
  } else {
    before.push(action.question);
    // Two at a time share what they read.
    const twice = number % 3 === 0 ? [action.question, action.question] : [action.question];
    await Promise.all(twice.map((each) => check(store, model, lengths, each)));
  }
}

async function check(
  store: CachedStore,
  model: ReadonlyMap<string, Set<number>>,
  lengths: ReadonlyMap<string, number>,
  {
    shapes,
    pairs,
  }: { readonly shapes: readonly Shape[]; readonly pairs: readonly (readonly [number, number])[] },
): Promise<void> {
  const places = pairs.map(([a, b]): Pair => [a % shapes.length, b % shapes.length]);
  const both = places.map(([a, b]): Shape => ({ kind: 'and', of: [shapes[a]!, shapes[b]!] }));
  const expected = [...shapes, ...both].map((root) => {
    const bytes = Math.max(0, ...keysOf(root).map((key) => lengths.get(key) ?? 0));
    return membersOf(root, model, bytes * 8).size;
  });
  const sets = shapes.map((each) => expressionOf(each, store));
  const counts = await countSets({ sets, pairs: places });
  expect([...counts.sets, ...counts.pairs]).toEqual(expected);
}

function expressionOf(root: Shape, store: CachedStore): Expression {
  if ('key' in root) return bitmap(store, root.key);
  if ('not' in root) return complement(expressionOf(root.not, store));
  const operands = root.of.map((each) => expressionOf(each, store));
  return 'k' in root ? atLeast(root.k, operands) : combine(root.kind, operands);
}

function keysOf(root: Shape): string[] {
  if ('key' in root) return [root.key];
  return 'not' in root ? keysOf(root.not) : root.of.flatMap(keysOf);
}

function membersOf(root: Shape, model: ReadonlyMap<string, Set<number>>, end: number): Set<number> {
  if ('key' in root) return new Set(model.get(root.key) ?? []);
  if ('not' in root) {
    const inner = membersOf(root.not, model, end);
    const outside = new Set<number>();
    for (let each = 0; each < end; each += 1) if (!inner.has(each)) outside.add(each);
    return outside;
  }
  const operands = root.of.map((each) => membersOf(each, model, end));
  const times = new Map<number, number>();
  for (const operand of operands) for (const each of operand) times.set(each, (times.get(each) ?? 0) + 1);
  const isMember = (each: number, number: number): boolean => {
    if ('k' in root) return number >= root.k;
    if (root.kind === 'and') return number === operands.length;
    if (root.kind === 'xor') return number % 2 === 1;
    return root.kind === 'or' || (operands[0]!.has(each) && number === 1);
  };
  return new Set([...times].filter(([each, number]) => isMember(each, number)).map(([each]) => each));
}
