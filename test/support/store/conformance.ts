/** What holds for every store. The oracle is a map of plain sets, with the length that Redis would report. */

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StoreError } from '../../../src/base/errors.js';
import type { BitWrite, FingerprintKind, Store } from '../../../src/store/types.js';

/** Gives a store without keys; called once per case. */
export type EmptyStore = () => Promise<Store>;

export interface ConformanceOptions {
  /** The largest id that random cases use: a real server pays for it with bytes (default 2^32 - 1). */
  readonly maxId?: number;
  readonly runs?: number;
  /** Whether a store that offers to erase ids can do so: not without scripts (default true). */
  readonly erases?: boolean;
}

export function describeConformance(
  name: string,
  emptyStore: EmptyStore,
  options: ConformanceOptions = {},
): void {
  const maxId = options.maxId ?? 0xffff_ffff;
  const runs = options.runs ?? 100;
  const erases = options.erases ?? true;

  describe(`${name} as a store`, () => {
    it('answers a missing key with zero bytes', async () => {
      const store = await emptyStore();
      const target = new Uint8Array(9).fill(255);
      await store.read([{ key: 'missing', byteOffset: 3, target }]);
      expect([...target]).toEqual(new Array(9).fill(0));
      expect(await store.byteLengths(['missing', 'missing'])).toEqual([0, 0]);
      expect((await store.count?.('missing')) ?? 0).toBe(0);
      expect(store.resident?.('missing')?.byteLength ?? 0).toBe(0);
      expect(await namesOf(store, '')).toEqual([]);
    });

    it('keeps bit n as bit 0x80 >> (n & 7) of byte n >> 3', async () => {
      const store = await emptyStore();
      await store.write([{ key: 'k', ids: [0, 9, 10, 31], value: 1 }]);
      expect([...(await bytesOf(store, 'k'))]).toEqual([0x80, 0x60, 0, 0x01]);
    });

    it('grows a key for a bit that is cleared, and creates it', async () => {
      const store = await emptyStore();
      await store.write([{ key: 'k', ids: [80], value: 0 }]);
      expect(await store.byteLengths(['k'])).toEqual([11]);
      expect(await namesOf(store, '')).toEqual(['k']);
      expect((await store.count?.('k')) ?? 0).toBe(0);
    });

    it('keeps its length when the last bit is cleared', async () => {
      const store = await emptyStore();
      await store.write([{ key: 'k', ids: [5, 1000], value: 1 }]);
      await store.write([{ key: 'k', ids: [1000, 5], value: 0 }]);
      expect(await store.byteLengths(['k'])).toEqual([126]);
      expect((await bytesOf(store, 'k')).every((byte) => byte === 0)).toBe(true);
    });

    it('creates no key for a write without ids, and takes an empty batch', async () => {
      const store = await emptyStore();
      await store.write([]);
      await store.write([{ key: 'k', ids: [], value: 1 }]);
      await store.read([]);
      expect(await store.byteLengths([])).toEqual([]);
      expect(await store.delete([])).toBe(0);
      expect(await namesOf(store, '')).toEqual([]);
    });

    it('applies the writes of one batch in their order', async () => {
      const store = await emptyStore();
      await store.write([
        { key: 'k', ids: [3, 4], value: 1 },
        { key: 'other', ids: Uint32Array.of(7), value: 1 },
        { key: 'k', ids: [3], value: 0 },
      ]);
      expect([...(await bytesOf(store, 'k'))]).toEqual([0x08]);
      expect([...(await bytesOf(store, 'other'))]).toEqual([0x01]);
    });

    it('fills the whole target, past the end with zeros', async () => {
      const store = await emptyStore();
      await store.put('k', Uint8Array.of(1, 2, 3));
      const [across, past, none] = [
        new Uint8Array(5).fill(255),
        new Uint8Array(2).fill(255),
        new Uint8Array(0),
      ];
      await store.read([
        { key: 'k', byteOffset: 1, target: across },
        { key: 'k', byteOffset: 100, target: past },
        { key: 'k', byteOffset: 0, target: none },
      ]);
      expect([...across]).toEqual([2, 3, 0, 0, 0]);
      expect([...past]).toEqual([0, 0]);
    });

    it('reads beginnings and lengths at once, if it offers that', async () => {
      const store = await emptyStore();
      await store.put('long', new Uint8Array(300).fill(7));
      await store.put('short', Uint8Array.of(1, 2));
      for (const round of ['first', 'again']) {
        const reader = store.reader?.() ?? store;
        const targets = [10, 10, 10, 0, 300].map((length) => new Uint8Array(length).fill(255));
        const keys = ['long', 'short', 'missing', 'short', 'long'];
        const reads = keys.map((key, index) => ({ key, byteOffset: 0, target: targets[index]! }));
        const byteLengths = await reader.readFirst?.(reads);
        if (byteLengths === undefined) return;
        expect(byteLengths, round).toEqual([300, 2, 0, 2, 300]);
        expect(
          targets.map((target) => target.reduce((sum, byte) => sum + byte, 0)),
          round,
        ).toEqual([70, 3, 0, 0, 2100]);
        reader.release?.();
      }
    });

    it('writes only to its target, not beside it', async () => {
      const store = await emptyStore();
      await store.put('k', new Uint8Array(20_000).fill(255));
      const memory = new Uint8Array(30_000).fill(7);
      await store.read([{ key: 'k', byteOffset: 100, target: memory.subarray(5, 18_000) }]);
      expect(memory.subarray(0, 5).every((byte) => byte === 7)).toBe(true);
      expect(memory.subarray(5, 18_000).every((byte) => byte === 255)).toBe(true);
      expect(memory.subarray(18_000).every((byte) => byte === 7)).toBe(true);
    });

    it('replaces a bitmap as a whole, also by one of zero bytes', async () => {
      const store = await emptyStore();
      await store.write([{ key: 'k', ids: [70_000], value: 1 }]);
      const bytes = Uint8Array.of(0, 255, 0);
      await store.put('k', bytes);
      bytes.fill(9);
      expect([...(await bytesOf(store, 'k'))]).toEqual([0, 255, 0]);
      await store.put('k', new Uint8Array(0));
      expect(await store.byteLengths(['k'])).toEqual([0]);
      expect(await store.delete(['k'])).toBe(1);
    });

    it('forgets a key after its time to live, not before; replacing it without one keeps it', {
      tags: 'long',
    }, async () => {
      const store = await emptyStore();
      await store.put('brief', Uint8Array.of(1), { ttlSeconds: 1 });
      await store.put('kept', Uint8Array.of(1), { ttlSeconds: 1 });
      await store.put('kept', Uint8Array.of(2));
      expect(await store.byteLengths(['brief', 'kept'])).toEqual([1, 1]);
      await new Promise((resolve) => setTimeout(resolve, 1100));
      expect(await store.byteLengths(['brief', 'kept'])).toEqual([0, 1]);
      expect(await namesOf(store, '')).toEqual(['kept']);
    });

    it('says when it forgets keys, where it can', async () => {
      const store = await emptyStore();
      if (store.expiries === undefined) return;
      await store.put('brief', Uint8Array.of(1), { ttlSeconds: 100 });
      await store.put('kept', Uint8Array.of(1));
      const [brief, kept, missing] = await store.expiries(['brief', 'kept', 'missing']);
      expect(Math.abs(brief! - Date.now() - 100_000)).toBeLessThan(5000);
      expect([kept, missing]).toEqual([undefined, undefined]);
    });

    it('takes a prefix literally', async () => {
      const store = await emptyStore();
      const names = ['a*b:1', 'axb:2', 'a?b', 'a[x]b', 'axb', 'a\\b', 'a^b', '[a-z]', 'ä:1', 'b'];
      await store.write(names.map((key) => ({ key, ids: [1], value: 1 })));
      for (const prefix of ['a*', 'a?', 'a[', 'a[x]', 'a\\', 'a^', '[a-z]', 'ä', 'a', '', 'nothing']) {
        const expected = names.filter((name) => name.startsWith(prefix)).sort();
        expect(await namesOf(store, prefix), prefix).toEqual(expected);
      }
    });

    it('names every key once, whatever the size of the batches', async () => {
      const store = await emptyStore();
      const names = Array.from({ length: 300 }, (_, index) => `n:${index}`);
      await store.write(names.map((key) => ({ key, ids: [1], value: 1 })));
      for (const batchSize of [1, 7, 10_000]) {
        expect(await namesOf(store, 'n:', batchSize)).toEqual([...names].sort());
      }
    });

    it('refuses batches that have no size', async () => {
      const store = await emptyStore();
      for (const batchSize of [0, -1, 1.5, Number.NaN, '10' as unknown as number]) {
        await expect(namesOf(store, 'n:', batchSize)).rejects.toThrow(RangeError);
      }
    });

    it('deletes keys and counts those that were there', async () => {
      const store = await emptyStore();
      const names = Array.from({ length: 1200 }, (_, index) => `n:${index}`);
      await store.write(names.map((key) => ({ key, ids: [1], value: 1 })));
      expect(await store.delete(['n:0', 'missing', 'n:1', 'n:0'])).toBe(2);
      expect(await store.delete(names)).toBe(1198);
      expect(await namesOf(store, '')).toEqual([]);
    });

    it('tells by a count whether a bitmap has changed, if it offers that, or says that it cannot', async () => {
      const store = await emptyStore();
      if (!(await tells(store, 'count'))) return;
      await store.write([
        { key: 'a', ids: [1, 9, 70_000], value: 1 },
        { key: 'b', ids: [3], value: 0 },
      ]);
      expect(await store.fingerprints!(['a', 'missing', 'b', 'a'], 'count')).toEqual(['3', '0', '0', '3']);
      await store.write([{ key: 'a', ids: [2], value: 1 }]);
      await store.delete(['b']);
      expect(await store.fingerprints!(['a', 'b'], 'count')).toEqual(['4', '0']);
      expect(await store.fingerprints!([], 'count')).toEqual([]);
      const signal = AbortSignal.abort(new Error('enough'));
      await expect(store.fingerprints!(['a'], 'count', { signal })).rejects.toThrow('enough');
    });

    it('tells by a digest whether a bitmap has changed, if it offers that, or says that it cannot', async () => {
      const store = await emptyStore();
      if (!(await tells(store, 'digest'))) return;
      const digestOf = async (key: string) => (await store.fingerprints!([key], 'digest'))[0];
      await store.write([{ key: 'a', ids: [70_000, 9, 1, 200_000], value: 1 }]);
      const first = await digestOf('a');
      const seen = new Set([first, await digestOf('missing')]);
      const changes: (() => Promise<unknown>)[] = [
        () => store.write([{ key: 'a', ids: [2], value: 1 }]),
        () => store.write([{ key: 'a', ids: [9], value: 0 }]),
        () => store.write([{ key: 'a', ids: [200_000], value: 0 }]),
        () => store.write([{ key: 'a', ids: [300_000], value: 0 }]),
        () => store.put('a', new Uint8Array(3)),
        () => store.put('a', new Uint8Array(4)),
        () => store.put('a', new Uint8Array(0)),
      ];
      for (const [index, change] of changes.entries()) {
        await change();
        expect(seen.size).toBe(index + 2);
        seen.add(await digestOf('a'));
      }
      expect(seen.size).toBe(changes.length + 2);
      // However it has come about, what is the same has the same digest.
      await store.put('a', new Uint8Array(25_001));
      await store.write([{ key: 'a', ids: [1, 9, 5, 200_000, 70_000], value: 1 }]);
      await store.write([{ key: 'a', ids: [5], value: 0 }]);
      expect(await store.fingerprints!(['a', 'missing', 'a'], 'digest')).toEqual([
        first,
        await digestOf('none'),
        first,
      ]);
      expect(await store.fingerprints!([], 'digest')).toEqual([]);
      const signal = AbortSignal.abort(new Error('enough'));
      await expect(store.fingerprints!(['a'], 'digest', { signal })).rejects.toThrow('enough');
    });

    it('erases ids as if they had never been there, if it offers that, or says that it cannot', async () => {
      const store = await emptyStore();
      if (store.erase === undefined) return;
      if (!erases) {
        await store.write([{ key: 'k', ids: [1000], value: 1 }]);
        await expect(store.erase(['k'], [1000])).rejects.toThrow(StoreError);
        expect(await store.byteLengths(['k'])).toEqual([126]);
        return;
      }
      await store.write([
        { key: 'both', ids: [3, 8, 1000], value: 1 },
        { key: 'first', ids: [3, 8], value: 1 },
        { key: 'only', ids: [1000, 200_000], value: 1 },
        { key: 'cleared', ids: [1000], value: 0 },
        { key: 'by others', ids: [2000], value: 0 },
        { key: 'by others', ids: [1000], value: 1 },
        { key: 'without', ids: [4], value: 1 },
      ]);
      const keys = ['both', 'first', 'only', 'cleared', 'by others', 'without', 'missing', 'both'];
      expect(await store.erase(keys, [1000, 8, 200_000, 8])).toEqual([2, 1, 2, 0, 1, 0, 0, 0]);
      expect(await namesOf(store, '')).toEqual(['both', 'by others', 'first', 'without']);
      expect([...(await bytesOf(store, 'both'))]).toEqual([0x10]);
      expect([...(await bytesOf(store, 'first'))]).toEqual([0x10]);
      expect([...(await bytesOf(store, 'by others'))]).toEqual(new Array(251).fill(0));
      expect([...(await bytesOf(store, 'without'))]).toEqual([0x08]);
      expect(await store.erase(keys, [])).toEqual(keys.map(() => 0));
      expect(await store.erase([], [1])).toEqual([]);
    });

    it('erases thousands of ids of hundreds of keys, and nothing else', async () => {
      const store = await emptyStore();
      if (store.erase === undefined || !erases) return;
      const idsOfKey = (index: number) =>
        Array.from({ length: 1 + ((index * 37) % 90) }, (_, at) => (at * 7919 * (index + 1)) % 400_000);
      const keys = Array.from({ length: 150 }, (_, index) => `k${index}`);
      await store.write(keys.map((key, index) => ({ key, ids: idsOfKey(index), value: 1 })));
      const erased = new Set(Array.from({ length: 3000 }, (_, at) => (at * 104_729) % 400_000));
      for (const key of keys) for (const id of idsOfKey(Number(key.slice(1))).slice(0, 3)) erased.add(id);
      const cleared = await store.erase(keys, [...erased]);
      for (const [index, key] of keys.entries()) {
        const before = new Set(idsOfKey(index));
        const left = [...before].filter((id) => !erased.has(id)).sort((a, b) => a - b);
        expect(cleared[index], key).toBe(before.size - left.length);
        expect(idsOf(await bytesOf(store, key)), key).toEqual(left);
        const byteLength = left.length === 0 ? 0 : Math.floor(left.at(-1)! / 8) + 1;
        expect(await store.byteLengths([key]), key).toEqual([byteLength]);
      }
    });

    it('keeps the time to live of a key that it erases ids of', async () => {
      const store = await emptyStore();
      if (store.erase === undefined || store.expiries === undefined || !erases) return;
      await store.put('brief', Uint8Array.of(0x80, 0x80), { ttlSeconds: 100 });
      await store.put('kept', Uint8Array.of(0x80, 0x80));
      const before = await store.expiries(['brief']);
      expect(await store.erase(['brief', 'kept'], [8])).toEqual([1, 1]);
      expect(await store.byteLengths(['brief', 'kept'])).toEqual([1, 1]);
      const [after, none] = await store.expiries(['brief', 'kept']);
      expect(Math.abs(after! - before[0]!)).toBeLessThan(5000);
      expect(none).toBeUndefined();
    });

    it('refuses to erase what is no id, and erases nothing then', async () => {
      const store = await emptyStore();
      if (store.erase === undefined) return;
      await store.write([{ key: 'k', ids: [1], value: 1 }]);
      for (const id of [-1, 1.5, 2 ** 32, Number.NaN]) {
        await expect(store.erase(['k'], [1, id])).rejects.toThrow(RangeError);
      }
      await expect(store.erase(['k'], ['1' as unknown as number])).rejects.toThrow(TypeError);
      expect(await bytesOf(store, 'k')).toEqual(Uint8Array.of(0x40));
    });

    it.each([
      ['-1', -1, RangeError],
      ['1.5', 1.5, RangeError],
      ['NaN', Number.NaN, RangeError],
      ['2^32', 2 ** 32, RangeError],
      ['text', '5', TypeError],
      ['a bigint', 5n, TypeError],
    ])('refuses the id %s and writes nothing of the batch', async (_, id, error) => {
      const store = await emptyStore();
      const writes = [
        { key: 'a', ids: [1], value: 1 },
        { key: 'b', ids: [2, id as number], value: 1 },
      ] satisfies BitWrite[];
      await expect(store.write(writes)).rejects.toThrow(error as ErrorConstructor);
      expect(await namesOf(store, '')).toEqual([]);
    });

    it.each([0, -1, 1.5, Number.NaN])('refuses a time to live of %s', async (ttlSeconds) => {
      const store = await emptyStore();
      await expect(store.put('k', Uint8Array.of(1), { ttlSeconds })).rejects.toThrow(RangeError);
      expect(await namesOf(store, '')).toEqual([]);
    });

    it('rejects with the reason of a signal that has fired, and does nothing', async () => {
      const store = await emptyStore();
      await store.put('k', Uint8Array.of(1));
      const signal = AbortSignal.abort(new Error('enough'));
      const target = Uint8Array.of(42);
      const calls: Promise<unknown>[] = [
        store.byteLengths(['k'], { signal }),
        store.read([{ key: 'k', byteOffset: 0, target }], { signal }),
        store.write([{ key: 'k', ids: [100], value: 1 }], { signal }),
        store.put('k', Uint8Array.of(1, 2), { signal }),
        store.delete(['k'], { signal }),
        namesOf(store, '', undefined, signal),
      ];
      if (store.count !== undefined) calls.push(store.count('k', { signal }));
      if (store.has !== undefined) calls.push(store.has('k', 1, { signal }));
      if (store.erase !== undefined) calls.push(store.erase(['k'], [7], { signal }));
      for (const call of calls) await expect(call).rejects.toThrow('enough');
      expect(await store.byteLengths(['k'])).toEqual([1]);
      expect([...target]).toEqual([42]);
    });

    it('behaves like sets under random writes, reads, counts and deletions', { tags: 'long' }, async () => {
      await fc.assert(
        fc.asyncProperty(commandsBelow(maxId), async (commands) => {
          const store = await emptyStore();
          const model = new Model();
          for (const command of commands) {
            if (command.kind === 'erase' && (store.erase === undefined || !erases)) continue;
            model.apply(command);
            await apply(store, command);
          }
          await expectSame(store, model);
        }),
        { numRuns: runs, seed: 20_260_101 },
      );
    });
  });
}

/** Whether a store tells fingerprints of a kind; if it only seems to, it says what it lacks. */
async function tells(store: Store, kind: FingerprintKind): Promise<boolean> {
  if (store.fingerprints === undefined) return false;
  const [told] = await store.fingerprints(['missing'], kind).catch((error) => [error]);
  if (typeof told === 'string') return true;
  expect(told).toBeInstanceOf(StoreError);
  expect(told.message).toMatch(/^expected .*(BITCOUNT|DIGEST).*, got /);
  return false;
}

type Command =
  | { readonly kind: 'write'; readonly writes: readonly BitWrite[] }
  | { readonly kind: 'put'; readonly key: string; readonly bytes: Uint8Array }
  | { readonly kind: 'delete'; readonly keys: readonly string[] }
  | { readonly kind: 'erase'; readonly keys: readonly string[]; readonly ids: readonly number[] };

const KEYS = ['a', 'b', 'c'];

/** Ids are skewed towards a few neighbourhoods, the edges of bytes, windows and containers among them, so that they meet. */
function commandsBelow(maxId: number): fc.Arbitrary<Command[]> {
  const edges = [0, 7, 8, 127, 524_287, 524_288, 65_535, 65_536, 131_071, maxId - 1, maxId];
  const id = fc.oneof(
    fc.nat(64),
    fc.constantFrom(...edges.filter((edge) => edge <= maxId)),
    fc.integer({ min: 65_000, max: 66_000 }),
    fc.integer({ min: 0, max: maxId }),
  );
  const stretch = fc
    .tuple(id, fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 3 }))
    .map(([first, length, step]) =>
      Array.from({ length }, (_, index) => Math.min(first + index * step, maxId)),
    );
  const ids = fc.oneof(fc.array(id, { maxLength: 20 }), stretch);
  const key = fc.constantFrom(...KEYS);
  const write = fc.record({
    key,
    ids: fc.oneof(
      ids,
      ids.map((list) => Uint32Array.from(list)),
    ),
    value: fc.constantFrom<0 | 1>(1, 1, 0),
  });
  return fc.array(
    fc.oneof(
      {
        weight: 8,
        arbitrary: fc.array(write, { maxLength: 4 }).map((writes) => ({ kind: 'write' as const, writes })),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constant('put' as const),
          key,
          bytes: fc.uint8Array({ maxLength: 300 }),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ kind: fc.constant('delete' as const), keys: fc.array(key, { maxLength: 2 }) }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          kind: fc.constant('erase' as const),
          keys: fc.array(key, { maxLength: 3 }),
          ids,
        }),
      },
    ),
    { maxLength: 12 },
  );
}

class Model {
  readonly sets = new Map<string, Set<number>>();
  readonly byteLengths = new Map<string, number>();

  apply(command: Command): void {
    if (command.kind === 'write') {
      for (const { key, ids, value } of command.writes) {
        for (const id of Array.from(ids)) this.change(key, id, value);
      }
    } else if (command.kind === 'put') {
      this.forget(command.key);
      this.sets.set(command.key, new Set(idsOf(command.bytes)));
      this.byteLengths.set(command.key, command.bytes.length);
    } else {
      for (const key of command.keys) {
        if (command.kind === 'delete') this.forget(key);
        else this.erase(key, new Set(command.ids));
      }
    }
  }

  private erase(key: string, ids: ReadonlySet<number>): void {
    const left = new Set([...(this.sets.get(key) ?? [])].filter((id) => !ids.has(id)));
    const byteLength = this.byteLengths.get(key) ?? 0;
    const isLast = [...ids].some((id) => Math.floor(id / 8) === byteLength - 1);
    const needed = left.size === 0 ? 0 : Math.floor(Math.max(...left) / 8) + 1;
    if (isLast && needed === 0) this.forget(key);
    else if (this.sets.has(key)) {
      this.sets.set(key, left);
      this.byteLengths.set(key, isLast ? needed : byteLength);
    }
  }

  private change(key: string, id: number, value: 0 | 1): void {
    const set = this.sets.get(key) ?? new Set();
    if (value === 1) set.add(id);
    else set.delete(id);
    this.sets.set(key, set);
    this.byteLengths.set(key, Math.max(this.byteLengths.get(key) ?? 0, Math.floor(id / 8) + 1));
  }

  private forget(key: string): void {
    this.sets.delete(key);
    this.byteLengths.delete(key);
  }
}

async function apply(store: Store, command: Command): Promise<void> {
  if (command.kind === 'write') await store.write(command.writes);
  else if (command.kind === 'put') await store.put(command.key, command.bytes);
  else if (command.kind === 'erase') await store.erase!(command.keys, command.ids);
  else await store.delete(command.keys);
}

async function expectSame(store: Store, model: Model): Promise<void> {
  expect(await namesOf(store, '')).toEqual([...model.sets.keys()].sort());
  const byteLengths = await store.byteLengths(KEYS);
  expect(byteLengths).toEqual(KEYS.map((key) => model.byteLengths.get(key) ?? 0));
  const occupied = await store.occupied?.(KEYS, byteLengths);
  for (const [index, key] of KEYS.entries()) {
    const expected = [...(model.sets.get(key) ?? [])].sort((a, b) => a - b);
    if (store.count !== undefined) expect(await store.count(key)).toBe(expected.length);
    const some = expected.slice(0, 3);
    for (const id of [0, 7, 2 ** 32 - 1, ...some, ...some.map((id) => Math.max(id - 1, 0))]) {
      if (store.has !== undefined) expect(await store.has(key, id)).toBe(expected.includes(id));
    }
    const resident = store.resident?.(key);
    if (resident !== undefined) {
      expect(resident.byteLength).toBe(byteLengths[index]);
      expect(resident.cardinality).toBe(expected.length);
      expect([...resident.ids()]).toEqual(expected);
    }
    const ranges = occupied?.[index];
    if (ranges !== undefined) expectRangesHold(ranges, expected, byteLengths[index]!);
    for (const { byteOffset, byteLength } of windowsAround(expected, byteLengths[index]!)) {
      const target = new Uint8Array(byteLength).fill(255);
      await store.read([{ key, byteOffset, target }]);
      const first = byteOffset * 8;
      const inside = expected.filter((id) => id >= first && id < first + byteLength * 8);
      expect(idsOf(target).map((id) => id + first)).toEqual(inside);
    }
  }
}

function expectRangesHold(
  ranges: readonly { byteOffset: number; byteLength: number }[],
  ids: readonly number[],
  byteLength: number,
): void {
  let end = -1;
  for (const range of ranges) {
    expect(range.byteLength).toBeGreaterThan(0);
    expect(range.byteOffset).toBeGreaterThan(end);
    end = range.byteOffset + range.byteLength;
  }
  expect(end).toBeLessThanOrEqual(byteLength);
  const covered = (byte: number): boolean =>
    ranges.some((range) => byte >= range.byteOffset && byte < range.byteOffset + range.byteLength);
  expect(ids.filter((id) => !covered(Math.floor(id / 8)))).toEqual([]);
}

/** The head of the bitmap, the surroundings of its ids with odd offsets and lengths, and its end. */
function windowsAround(
  ids: readonly number[],
  byteLength: number,
): { byteOffset: number; byteLength: number }[] {
  const windows = [
    { byteOffset: 0, byteLength: Math.min(byteLength + 3, 20_000) },
    { byteOffset: Math.max(0, byteLength - 17), byteLength: 31 },
  ];
  const seen = new Set<number>();
  for (const id of ids) {
    const byteOffset = Math.max(0, Math.floor(id / 65_536 / 2) * 16_384 - 13);
    if (seen.size < 12 && !seen.has(byteOffset)) {
      seen.add(byteOffset);
      windows.push({ byteOffset, byteLength: 16_384 + 31 });
    }
  }
  return windows;
}

export function idsOf(bytes: Uint8Array): number[] {
  const ids: number[] = [];
  for (const [index, byte] of bytes.entries()) {
    for (let bit = 0; bit < 8; bit++) {
      if ((byte & (0x80 >> bit)) !== 0) ids.push(index * 8 + bit);
    }
  }
  return ids;
}

export async function bytesOf(store: Store, key: string): Promise<Uint8Array> {
  const [byteLength] = await store.byteLengths([key]);
  const target = new Uint8Array(byteLength!);
  await store.read([{ key, byteOffset: 0, target }]);
  return target;
}

export async function namesOf(
  store: Store,
  prefix: string,
  batchSize?: number,
  signal?: AbortSignal,
): Promise<string[]> {
  const names: string[] = [];
  for await (const name of store.keys(prefix, { batchSize, signal })) names.push(name);
  return names.sort();
}
