import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StoreError } from '../../../src/base/errors.js';
import { bitmap, combine, complement, type Expression } from '../../../src/engine/expression.js';
import { hasId } from '../../../src/engine/membership.js';
import { CachedStore } from '../../../src/store/cache/cache.js';
import { MemoryStore } from '../../../src/store/memory.js';
import type { BitWrite, ByteRead, FingerprintKind, RequestOptions } from '../../../src/store/types.js';
import { countIds, idsOf } from '../../support/bitmaps.js';
import { CountingStore } from '../../support/store/counting.js';

const WINDOW = 16_384;

/** A store elsewhere, which tells whether bitmaps have changed; its replies can be held back. */
class FarStore extends CountingStore {
  readonly memory: MemoryStore;
  /** Per question what was asked. */
  asked: [FingerprintKind, string[]][] = [];
  /** Awaited before every read, and before fingerprints are told. */
  beforeRead = async (): Promise<unknown> => undefined;
  beforeTelling = async (): Promise<unknown> => undefined;

  constructor(memory = new MemoryStore()) {
    super(memory);
    this.memory = memory;
  }

  async fingerprints(keys: readonly string[], kind: FingerprintKind, options?: RequestOptions) {
    this.asked.push([kind, [...keys]]);
    const told = await this.memory.fingerprints(keys, kind, options);
    await this.beforeTelling();
    return told;
  }

  override async read(reads: readonly ByteRead[], options?: RequestOptions): Promise<void> {
    await this.beforeRead();
    return super.read(reads, options);
  }
}

function open(check: FingerprintKind) {
  const inner = new FarStore();
  const store = new CachedStore(inner, { isFinished: (key) => key !== 'today', maxBytes: 2 ** 24, check });
  const leaves = ['a', 'b', 'c', 'today'].map((key) => bitmap(store, key));
  const [a, b] = leaves as [Expression, Expression];
  const mark = (key: string, ...ids: number[]) => inner.memory.write([{ key, ids, value: 1 }]);
  const unmark = (key: string, ...ids: number[]) => inner.memory.write([{ key, ids, value: 0 }]);
  const count = async () => (await countIds([combine('or', [a, b])]))[0];
  return { inner, store, leaves, a, b, mark, unmark, count };
}

describe.each(['count', 'digest'] as const)('a cache that checks by %s', (check) => {
  it('asks once about all bitmaps of a question, and fetches none that is the same', async () => {
    const { inner, leaves, mark, store } = open(check);
    for (const key of ['a', 'b', 'today']) await mark(key, 1, 2, 70_000);
    const ask = () => countIds([combine('or', leaves), combine('and', leaves.slice(0, 2))]);
    expect(await ask()).toEqual([3, 3]);
    // In the second question counts confirm what digests say.
    await ask();
    inner.asked = [];
    inner.reset();
    expect(await ask()).toEqual([3, 3]);
    expect(inner.asked).toEqual([[check, ['a', 'b', 'c']]]);
    expect(inner.keysRead).toEqual(['today']);
    expect(store.statistics).toMatchObject({ bitmaps: 3, misses: 3, hits: 6, checked: 6, changed: 0 });
  });

  it('sees what others mark, unmark, delete and put, in the next question', async () => {
    const { inner, mark, unmark, count, store } = open(check);
    await mark('a', 1, 2, 700_000);
    await mark('b', 5);
    expect(await count()).toBe(4);
    await mark('a', 3);
    expect(await count()).toBe(5);
    await unmark('a', 700_000);
    expect(await count()).toBe(4);
    await inner.memory.delete(['b']);
    expect(await count()).toBe(3);
    await mark('b', 9);
    expect(await count()).toBe(4);
    await inner.memory.put('a', Uint8Array.of(0));
    expect(await count()).toBe(1);
    expect(store.statistics.changed).toBe(5);
  });

  it('fetches what has changed alone', async () => {
    const { inner, mark, count } = open(check);
    await mark('a', 1);
    await mark('b', 2);
    await count();
    await mark('b', 3);
    inner.reset();
    expect(await count()).toBe(3);
    expect(inner.keysRead).toEqual(['b']);
  });

  it('answers in every way by what has been checked', async () => {
    const { store, mark, a, b } = open(check);
    await mark('a', 1, 9);
    const both = combine('or', [a, b]);
    await countIds([both]);
    await mark('a', 12);
    expect(await store.byteLengths(['a'])).toEqual([2]);
    await countIds([both]);
    await mark('a', 100);
    const target = new Uint8Array(14);
    await store.read([{ key: 'a', byteOffset: 0, target }]);
    expect([target[0], target[1], target[12]]).toEqual([0x40, 0x48, 0x08]);
    await countIds([both]);
    await mark('a', 3);
    expect(await hasId(complement(both), 3)).toBe(false);
    await countIds([both]);
    await mark('a', 4);
    expect(await idsOf(both, {})).toEqual([1, 3, 4, 9, 12, 100]);
    await mark('a', 5);
    expect(await store.count('a')).toBe(7);
    expect(store.resident('a')).toBeUndefined();
  });

  it('does not take from another question what that one has read before', async () => {
    const { inner, mark, count, store } = open(check);
    await mark('a', 1);
    await inner.memory.write([{ key: 'b', ids: [8 * 3 * WINDOW], value: 1 }]);
    let letGo = () => {};
    let reads = 0;
    inner.beforeRead = () => {
      reads += 1;
      // The first window of both has come; the second one takes its time.
      return reads === 2
        ? new Promise<void>((resolve) => {
            letGo = resolve;
          })
        : Promise.resolve();
    };
    const early = countIds([combine('or', [bitmap(store, 'a'), bitmap(store, 'b')])], {
      windowBytes: WINDOW,
    });
    while (reads < 2) await new Promise((resolve) => setTimeout(resolve, 1));
    await mark('a', 2);
    await mark('b', 3);
    const late = count();
    await new Promise((resolve) => setTimeout(resolve, 5));
    letGo();
    expect(await late).toBe(4);
    const [first] = await early;
    expect(first).toBeGreaterThanOrEqual(2);
    expect(await count()).toBe(4);
  });

  it('does not forget what another question has renewed meanwhile', async () => {
    const { inner, mark, count, store } = open(check);
    await mark('a', 1);
    await count();
    await mark('a', 2);
    let letGo = () => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    let holds = 0;
    inner.beforeTelling = () => {
      holds += 1;
      return held;
    };
    const slow = count();
    while (holds === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    inner.beforeTelling = async () => undefined;
    expect(await count()).toBe(2);
    letGo();
    expect(await slow).toBe(2);
    expect(store.statistics.bitmaps).toBe(2);
    inner.reset();
    expect(await count()).toBe(2);
    expect(inner.keysRead).toEqual([]);
  });

  it('fails with the question that cannot be checked, and keeps what it has for the next', async () => {
    const { inner, mark, count } = open(check);
    await mark('a', 1);
    await count();
    inner.beforeTelling = () => Promise.reject(new StoreError('gone'));
    await expect(count()).rejects.toThrow('gone');
    inner.beforeTelling = async () => undefined;
    inner.reset();
    expect(await count()).toBe(1);
    expect(inner.keysRead).toEqual([]);
  });

  it('ends with the signal of its question', async () => {
    const { inner, mark, store, a, b } = open(check);
    await mark('a', 1);
    await countIds([combine('or', [a, b])]);
    const controller = new AbortController();
    inner.beforeTelling = async () => controller.abort(new Error('enough'));
    const asked = countIds([combine('or', [a, b])], { signal: controller.signal });
    await expect(asked).rejects.toThrow('enough');
    expect(store.statistics).toMatchObject({ partial: 0 });
  });

  it('forgets what is counted with what has changed', async () => {
    const { inner, mark, store, a, b } = open(check);
    await mark('a', 1, 2);
    await mark('b', 2, 3);
    const ask = () => countIds([combine('and', [a, b]), combine('or', [a, b])]);
    await ask();
    expect(await ask()).toEqual([1, 3]);
    await mark('b', 1);
    expect(await ask()).toEqual([2, 3]);
    expect(await ask()).toEqual([2, 3]);
    await inner.memory.delete(['b']);
    expect(await ask()).toEqual([0, 2]);
    expect(store.statistics.changed).toBe(2);
  });

  it('finds no count of what has changed since, whoever has counted it, and when', async () => {
    const { inner, mark, store, leaves, a, b } = open(check);
    await mark('a', 1, 2);
    await mark('b', 2, 3);
    await mark('today', 4);
    await countIds([combine('and', [a, b])]);
    let letGo = () => {};
    let isHeld = false;
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    inner.beforeRead = () => {
      isHeld = true;
      return held;
    };
    // Has compared what is kept, and waits for a running period before it counts.
    const late = countIds([combine('xor', [a, b]), combine('andNot', [a, b]), leaves[3]!]);
    while (!isHeld) await new Promise((resolve) => setTimeout(resolve, 1));
    inner.beforeRead = async () => undefined;
    await mark('a', 3, 9);
    const all = () => countIds([combine('and', [a, b]), combine('xor', [a, b]), combine('andNot', [a, b])]);
    expect(await countIds([combine('and', [a, b])])).toEqual([2]);
    letGo();
    await late;
    for (let ask = 0; ask < 2; ask += 1) expect(await all()).toEqual([2, 2, 2]);
    expect(store.statistics.countsFound).toBeGreaterThan(0);
    await mark('b', 9);
    for (let ask = 0; ask < 2; ask += 1) expect(await all()).toEqual([3, 1, 1]);
  });

  it('keeps apart what several questions have read at once while others marked', {
    tags: 'long',
  }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), steps, async (scheduler, commands) => {
        const { inner, store, leaves } = open(check);
        inner.beforeRead = () => scheduler.schedule(Promise.resolve());
        inner.beforeTelling = () => scheduler.schedule(Promise.resolve());
        const sets = new Map<string, Set<number>>();
        const truth = () => new Set([...sets.values()].flatMap((set) => [...set])).size;
        const expression = combine('or', leaves.slice(0, 3));
        const questions = commands.map(({ key, ids, isAsked }, at) =>
          scheduler.schedule(Promise.resolve(), `step ${at}`).then(async () => {
            const set = sets.get(key) ?? new Set();
            sets.set(key, set);
            for (const id of ids) set.add(id);
            await inner.memory.write([{ key, ids, value: 1 } satisfies BitWrite]);
            if (!isAsked) return;
            const least = truth();
            const [found] = await countIds([expression], { windowBytes: WINDOW });
            expect(found).toBeGreaterThanOrEqual(least);
            expect(found).toBeLessThanOrEqual(truth());
          }),
        );
        await scheduler.waitFor(Promise.all(questions));
        const last = countIds([expression, ...leaves.slice(0, 3)]);
        const found = await scheduler.waitFor(last);
        expect(found).toEqual([truth(), ...['a', 'b', 'c'].map((key) => sets.get(key)?.size ?? 0)]);
        expect(store.statistics.partial).toBe(0);
      }),
      { numRuns: 60, seed: 20_261_129 },
    );
  });

  it('answers as plain sets do, whatever others do between questions', { tags: 'long' }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 15 }), async (changes) => {
        const { inner, leaves } = open(check);
        const sets = new Map(['a', 'b', 'c', 'today'].map((key) => [key, new Set<number>()]));
        const seen = new Map<string, Map<number, string>>();
        for (const { key, ids, value, deletes } of changes) {
          const next = new Set(deletes ? [] : sets.get(key));
          if (!deletes) for (const id of ids) next[value === 1 ? 'add' : 'delete'](id);
          // What a count cannot show is left out: another content with as many ids as one before.
          const contents = seen.get(key) ?? new Map<number, string>();
          const content = [...next].sort((a, b) => a - b).join();
          if (check === 'count' && (contents.get(next.size) ?? content) !== content) continue;
          seen.set(key, contents.set(next.size, content));
          sets.set(key, next);
          if (deletes) await inner.memory.delete([key]);
          else await inner.memory.write([{ key, ids, value }]);
          const [a, b, , today] = leaves as [Expression, Expression, Expression, Expression];
          const [sa, sb, , st] = [...sets.values()] as [Set<number>, Set<number>, Set<number>, Set<number>];
          const asked = [combine('and', [a, b]), combine('or', leaves), combine('andNot', [a, b, today])];
          expect(await countIds(asked)).toEqual([
            [...sa].filter((id) => sb.has(id)).length,
            new Set([...sets.values()].flatMap((set) => [...set])).size,
            [...sa].filter((id) => !sb.has(id) && !st.has(id)).length,
          ]);
        }
      }),
      { numRuns: 60, seed: 20_261_129 },
    );
  });
});

/** Skewed, so that sets meet. */
const id = fc.oneof(fc.nat(12), fc.integer({ min: 65_530, max: 65_540 }), fc.nat(800_000));
const key = fc.constantFrom('a', 'b', 'c');
const steps = fc.array(fc.record({ key, ids: fc.array(id, { maxLength: 4 }), isAsked: fc.boolean() }), {
  minLength: 2,
  maxLength: 10,
});
const change = fc.record({
  key: fc.constantFrom('a', 'b', 'c', 'today'),
  ids: fc.array(id, { minLength: 1, maxLength: 6 }),
  value: fc.constantFrom<0 | 1>(1, 1, 0),
  deletes: fc.nat(5).map((number) => number === 0),
});

describe('a cache that checks by digest', () => {
  it('sees changes that leave the count as it was, which one that counts does not', async () => {
    for (const [check, expected] of [
      ['digest', [2, 9]],
      ['count', [1, 2]],
    ] as const) {
      const { mark, unmark, a, b } = open(check);
      await mark('a', 1, 2);
      const both = combine('or', [a, b]);
      await countIds([both]);
      await unmark('a', 1);
      await mark('a', 9);
      expect(await idsOf(both, {})).toEqual(expected);
    }
  });

  it('does not believe what was read during a change that was taken back', async () => {
    const { inner, mark, unmark, count } = open('digest');
    await mark('a', 1);
    inner.beforeRead = () => mark('a', 2);
    await count();
    inner.beforeRead = async () => undefined;
    await unmark('a', 2);
    expect(await count()).toBe(1);
    expect(await count()).toBe(1);
  });

  it('sees an empty bitmap come and go, whose length complements tell', async () => {
    const { inner, unmark, a, b } = open('digest');
    const nobody = complement(combine('or', [a, b]));
    expect(await countIds([nobody])).toEqual([0]);
    await unmark('a', 15);
    expect(await countIds([nobody])).toEqual([16]);
    await inner.memory.delete(['a']);
    expect(await countIds([nobody])).toEqual([0]);
  });

  it('tells at the first question that the store has no digests', async () => {
    const { inner, mark, count } = open('digest');
    await mark('a', 1);
    inner.beforeTelling = () => Promise.reject(new StoreError('expected DIGEST'));
    await expect(count()).rejects.toThrow('expected DIGEST');
    expect(inner.keysRead).toEqual([]);
  });
});

describe('a cache', () => {
  it('refuses checks of a store that cannot tell, and unknown ones', () => {
    const isFinished = () => true;
    const inner = new CountingStore(new MemoryStore());
    expect(() => new CachedStore(inner, { isFinished, maxBytes: 1, check: 'count' })).toThrow(
      'expected a store that tells whether bitmaps have changed, for a cache with the check count, got one that cannot',
    );
    expect(() => new CachedStore(inner, { isFinished, maxBytes: 1, check: 'always' as 'never' })).toThrow(
      'expected check to be never, count or digest, got "always"',
    );
    expect(new CachedStore(inner, { isFinished, maxBytes: 1 }).fingerprints).toBeUndefined();
  });

  it('checks nothing of a store that holds its bitmaps in memory', async () => {
    const inner = new MemoryStore();
    let asked = 0;
    const telling = Object.assign(inner, {
      fingerprints: async (keys: readonly string[]) => {
        asked += keys.length;
        return keys.map(() => '0');
      },
    });
    const store = new CachedStore(telling, { isFinished: () => true, maxBytes: 1e6, check: 'digest' });
    await inner.write([{ key: 'k', ids: [1], value: 1 }]);
    const both = combine('or', [bitmap(store, 'k'), bitmap(store, 'none')]);
    expect(await countIds([both])).toEqual([1]);
    await inner.write([{ key: 'k', ids: [2], value: 1 }]);
    expect(await countIds([both])).toEqual([2]);
    expect(asked).toBe(0);
  });
});
