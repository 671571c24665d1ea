import { describe, expect, it, vi } from 'vitest';
import { Bitmap } from '../../src/bitmap/bitmap.js';
import { MemoryStore } from '../../src/store/memory.js';
import { bytesOf, describeConformance, idsOf, namesOf } from '../support/store/conformance.js';

describeConformance('MemoryStore', async () => new MemoryStore(), { runs: 300 });

describe('MemoryStore', () => {
  it('keeps the largest id in kilobytes', async () => {
    const store = new MemoryStore();
    await store.write([{ key: 'k', ids: [0xffff_ffff], value: 1 }]);
    expect(await store.byteLengths(['k'])).toEqual([2 ** 29]);
    expect(store.byteSize).toBeLessThan(4096);
    const target = new Uint8Array(2);
    await store.read([{ key: 'k', byteOffset: 2 ** 29 - 2, target }]);
    expect([...target]).toEqual([0, 1]);
    expect(await store.occupied(['k'], [2 ** 29])).toEqual([[{ byteOffset: 2 ** 29 - 1, byteLength: 1 }]]);
  });

  it('says that a dense bitmap is better read as a whole', async () => {
    const store = new MemoryStore();
    await store.put('k', new Uint8Array(100_000).fill(0x55));
    expect(await store.occupied(['k'], [100_000])).toEqual([undefined]);
  });

  it('answers for one moment, whatever is written afterwards', async () => {
    const store = new MemoryStore();
    await store.write([
      { key: 'a', ids: [1, 70_000], value: 1 },
      { key: 'a', ids: [200_000], value: 0 },
      { key: 'zeros', ids: [90], value: 0 },
    ]);
    const before = await bytesOf(store, 'a');
    const snapshot = await store.snapshot(['a', 'zeros', 'missing', 'a']);
    await store.write([{ key: 'a', ids: [2, 300_000], value: 1 }]);
    await store.delete(['zeros']);
    expect(await snapshot.byteLengths(['a', 'zeros', 'missing'])).toEqual([before.length, 12, 0]);
    const target = new Uint8Array(before.length);
    await snapshot.read([{ key: 'a', byteOffset: 0, target }]);
    expect(target).toEqual(before);
  });

  it('has a key to the last millisecond of its time, and in no list after that', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      const store = new MemoryStore();
      await store.put('brief', Uint8Array.of(1), { ttlSeconds: 2 });
      await store.put('kept', Uint8Array.of(1), { ttlSeconds: 2 });
      store.putBitmap('kept', new Bitmap());
      vi.advanceTimersByTime(1999);
      expect(await store.byteLengths(['brief', 'kept'])).toEqual([1, 0]);
      const keys = store.keys('');
      expect(await keys.next()).toMatchObject({ value: 'brief' });
      await store.put('brief2', Uint8Array.of(1), { ttlSeconds: 1 });
      const later = store.keys('');
      expect(await later.next()).toMatchObject({ value: 'brief' });
      vi.advanceTimersByTime(1);
      // Those that are gone meanwhile are not named any more.
      expect(await later.next()).toMatchObject({ value: 'kept' });
      vi.advanceTimersByTime(1000);
      expect(await later.next()).toMatchObject({ done: true });
      expect(await store.byteLengths(['brief', 'brief2', 'kept'])).toEqual([0, 0, 0]);
      expect(await namesOf(store, '')).toEqual(['kept']);
      // A new bitmap under the name of one that is gone has no end.
      await store.write([{ key: 'brief', ids: [1], value: 1 }]);
      vi.advanceTimersByTime(10_000);
      expect(await store.count('brief')).toBe(1);
    } finally {
      vi.useRealTimers();
    }
  });

  it('reads and tells what is occupied for a store that extends it and hides what is resident', async () => {
    class Hidden extends MemoryStore {
      override resident = undefined as never;
    }
    const store = new Hidden();
    await store.put('key', Uint8Array.of(0x41));
    const target = new Uint8Array(1);
    await store.read([{ key: 'key', byteOffset: 0, target }]);
    expect(target).toEqual(Uint8Array.of(0x41));
    expect(await store.occupied(['key'], [1])).toEqual([undefined]);
  });

  it('occupies nothing under a missing key', async () => {
    expect(await new MemoryStore().occupied(['missing'], [0])).toEqual([[]]);
  });

  it('forgets when a deleted key was to end', async () => {
    const store = new MemoryStore();
    await store.put('k', Uint8Array.of(1), { ttlSeconds: 100 });
    expect(await store.delete(['k', 'k', 'missing'])).toBe(1);
    await store.write([{ key: 'k', ids: [1], value: 1 }]);
    expect(await store.expiries(['k'])).toEqual([undefined]);
  });

  it('gives its containers in order, each in the smallest shape', async () => {
    const store = new MemoryStore();
    const even = Array.from({ length: 10_000 }, (_, index) => 65_536 + index * 2);
    const run = Array.from({ length: 5000 }, (_, index) => 200_000 + index);
    await store.write([{ key: 'k', ids: [...run, ...even, 3, 1], value: 1 }]);
    const containers = [...store.resident('k').containers()];
    expect(containers.map(({ firstId, kind, cardinality }) => [firstId, kind, cardinality])).toEqual([
      [0, 'array', 2],
      [65_536, 'bitmap', 10_000],
      [196_608, 'run', 5000],
    ]);
    expect([...containers[0]!.words]).toEqual([1, 3]);
    expect([...containers[2]!.words]).toEqual([200_000 - 196_608, 4999]);
    expect(containers[1]!.words.byteLength).toBe(8192);
    expect([...store.resident('missing').containers()]).toEqual([]);
  });

  it('changes shape as a container fills and empties, one id at a time', { tags: 'long' }, async () => {
    const store = new MemoryStore();
    const shape = (): string | undefined => [...store.resident('k').containers()][0]?.kind;
    const change = (id: number, value: 0 | 1): Promise<void> => store.write([{ key: 'k', ids: [id], value }]);
    const order = shuffled(65_536);
    const shapes = new Set<string | undefined>();
    for (const [index, id] of order.entries()) {
      await change(id, 1);
      if (index === 4095) expect(shape()).toBe('array');
      if (index === 4096) expect(shape()).toBe('bitmap');
    }
    expect(shape()).toBe('run');
    expect(store.byteSize).toBeLessThan(2048);
    for (const [index, id] of order.entries()) {
      await change(id, 0);
      if (index % 1024 === 0) shapes.add(shape());
      if (index === 65_534) expect(await store.count('k')).toBe(1);
    }
    expect([...shapes]).toEqual(['run', 'bitmap', 'array']);
    expect(shape()).toBeUndefined();
    expect(await store.byteLengths(['k'])).toEqual([8192]);
  });

  it('joins, extends and splits runs', async () => {
    const store = new MemoryStore();
    await store.write([{ key: 'k', ids: range(1000, 2000), value: 1 }]);
    const expected = new Set(range(1000, 2000));
    const steps: [number, 0 | 1][] = [
      [2000, 1],
      [999, 1],
      [3000, 1],
      [3001, 1],
      [2001, 1],
      [500, 1],
      [2002, 1],
      [1500, 0],
      [1500, 1],
      [999, 0],
      [65_535, 1],
      [0, 1],
      [1200, 1],
    ];
    for (const [id, value] of steps) {
      await store.write([{ key: 'k', ids: [id], value }]);
      if (value === 1) expected.add(id);
      else expected.delete(id);
      expect([...store.resident('k').containers()][0]?.kind).toBe('run');
      expect(idsOf(await bytesOf(store, 'k'))).toEqual([...expected].sort((a, b) => a - b));
    }
    for (const id of range(2003, 3000)) await store.write([{ key: 'k', ids: [id], value: 1 }]);
    expect([...store.resident('k').containers()][0]?.words.length).toBe(8);
  });

  it('gives up runs that have become too many', async () => {
    const store = new MemoryStore();
    await store.write([{ key: 'k', ids: range(0, 100), value: 1 }]);
    for (const id of range(0, 300)) await store.write([{ key: 'k', ids: [200 + id * 3], value: 1 }]);
    expect([...store.resident('k').containers()][0]?.kind).toBe('array');
    expect(await store.count('k')).toBe(400);
  });

  it.each([
    ['one id at a time, in random order', 1],
    ['in batches', 5000],
  ])('keeps 2,000 ids below 50 million in less than Roaring files take, written %s', async (_, batch) => {
    const store = new MemoryStore();
    const ids = shuffled(2000).map((id) => id * 25_000 + (id % 977));
    for (let at = 0; at < ids.length; at += batch) {
      await store.write([{ key: 'k', ids: ids.slice(at, at + batch), value: 1 }]);
    }
    const containers = [...store.resident('k').containers()];
    const portableBytes = 8 + containers.length * 8 + ids.length * 2;
    expect(await store.count('k')).toBe(2000);
    expect(store.byteSize).toBeLessThan(1.15 * portableBytes);
    expect(containers.flatMap(({ firstId, words }) => [...words].map((low) => firstId + low))).toEqual(
      ids.sort((a, b) => a - b),
    );
  });

  it('gives memory back when bits are cleared and keys deleted', { tags: 'long' }, async () => {
    const store = new MemoryStore();
    const ids = range(0, 1_000_000).map((index) => index * 3);
    await store.write([{ key: 'k', ids, value: 1 }]);
    expect(store.byteSize).toBeGreaterThan(370_000);
    await store.write([{ key: 'k', ids: ids.slice(1000), value: 0 }]);
    expect(store.byteSize).toBeLessThan(3500);
    await store.delete(['k']);
    expect(store.byteSize).toBe(0);
  });
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

/** 0..length-1 in an order that is the same in every run. */
function shuffled(length: number): number[] {
  const list = range(0, length);
  let seed = 12_345;
  for (let at = length - 1; at > 0; at--) {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    const other = seed % (at + 1);
    [list[at], list[other]] = [list[other]!, list[at]!];
  }
  return list;
}
