import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bitmapist } from '../../src/bitmapist.js';
import { cached } from '../../src/events/cached.js';
import { CachedStore } from '../../src/store/cache/cache.js';
import { MemoryStore } from '../../src/store/memory.js';
import { describeConformance } from '../support/store/conformance.js';
import { CountingStore } from '../support/store/counting.js';

const NOW = new Date('2026-03-15T12:00:00Z');

describeConformance('CachedStore that caches everything', async () => {
  return new CachedStore(new MemoryStore(), { isFinished: () => true, maxBytes: 1e6 });
});
describeConformance('CachedStore that has hardly any room', async () => {
  return new CachedStore(new MemoryStore(), { isFinished: () => true, maxBytes: 2000 });
});

async function open(options: Parameters<typeof cached>[1] = {}) {
  const inner = new CountingStore(new MemoryStore());
  const store = cached(inner, { clock: () => NOW, ...options });
  const analytics = new Bitmapist({ store, clock: () => NOW });
  const at = (day: number): Date => new Date(Date.UTC(2026, 2, day));
  await analytics.markEvents(
    Array.from({ length: 15 }, (_, day) =>
      [1, 2, 100_000 + day, 700_000].map((id) => ({ event: 'a', id, at: at(day + 1) })),
    ),
  );
  inner.reset();
  const table = () =>
    analytics.cohort({ select1: 'a', select2: 'a', startDate: '2026-03-01', numResults: 15, numOfRows: 5 });
  return { inner, store, analytics, table };
}

describe('a cached store', () => {
  it('has dense bitmaps read as a whole, not in the pieces between their small gaps', async () => {
    const store = new CachedStore(new MemoryStore(), { isFinished: () => true, maxBytes: 1e6 });
    // The first and the last byte of every 8 KiB are zero.
    const bytes = Uint8Array.from({ length: 65_536 }, (_, index) => Number((index + 1) % 8192 > 1));
    await store.put('k', bytes);
    await store.byteLengths(['k']);
    await store.read([{ key: 'k', byteOffset: 0, target: new Uint8Array(bytes.length) }]);
    expect(store.statistics.bitmaps).toBe(1);
    expect(await store.occupied(['k'], [bytes.length])).toEqual([undefined]);
  });

  it('reads finished periods once and running ones every time, with the same answers', async () => {
    const { inner, store, table } = await open();
    const cold = await table();
    expect(inner.keysRead).toHaveLength(15);
    inner.reset();
    const warm = await table();
    expect(warm).toEqual(cold);
    // The 13th ended a day and half ago, the 14th within the grace time; the five days to come are not finished either.
    expect(inner.keysRead.sort()).toEqual(['trackist_a_2026-3-14', 'trackist_a_2026-3-15']);
    expect(store.statistics).toMatchObject({ misses: 13, hits: 13, bitmaps: 13 });
    expect(store.statistics.bytes).toBeGreaterThan(0);
  });

  it('counts finished periods once, unless it is told to keep no counts', async () => {
    const { store, table } = await open();
    const first = await table();
    const { countsComputed } = store.statistics;
    expect(await table()).toEqual(first);
    expect(countsComputed).toBeGreaterThan(0);
    expect(store.statistics).toMatchObject({ countsComputed, countsFound: countsComputed });
    const without = await open({ maxCounts: 0 });
    expect([await without.table(), await without.table()]).toEqual([first, first]);
    expect(without.store.statistics).toMatchObject({ counts: 0, countsComputed: 0, countsFound: 0 });
    const few = await open({ maxCounts: 10 });
    expect([await few.table(), await few.table()]).toEqual([first, first]);
    expect(few.store.statistics.counts).toBeLessThanOrEqual(10);
  });

  it('refuses a number of counts that is none', () => {
    for (const maxCounts of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, '9' as never, null as never]) {
      expect(() => cached(new MemoryStore(), { maxCounts })).toThrow(
        /^expected maxCounts to be a whole number from 0 on, got /,
      );
    }
  });

  it.each([null, '', 5, {}])('refuses %j as a folder', (folder) => {
    expect(() => cached(new MemoryStore(), { folder: folder as string, identity: 'data' })).toThrow(
      /^expected folder to be a path or a FileSystemDirectoryHandle, got /,
    );
  });

  it.each([0, -1, Number.NaN, '1'])('refuses %j bytes of a folder', (bytes) => {
    const options = { folder: 'cache', identity: 'data', maxFolderBytes: bytes as number };
    expect(() => cached(new MemoryStore(), options)).toThrow(
      /^expected maxFolderBytes to be a positive number, got /,
    );
  });

  it('sees marks made through it at once', async () => {
    const { analytics, table } = await open();
    await table();
    await analytics.markEvent('a', 5, { now: '2026-03-02' });
    expect((await table()).rows[1]?.size).toBe(5);
    await analytics.day('a', '2026-03-02').delete();
    expect((await table()).rows[1]?.size).toBe(0);
  });

  it('does not see marks that others make in finished periods until told', async () => {
    const { inner, store, table } = await open();
    await table();
    await inner.write([{ key: 'trackist_a_2026-3-2', ids: [5], value: 1 }]);
    expect((await table()).rows[1]?.size).toBe(4);
    store.invalidate(['trackist_a_2026-3-2']);
    expect((await table()).rows[1]?.size).toBe(5);
    store.clear();
    expect(store.statistics.bitmaps).toBe(0);
  });

  it('forgets what was on its way while it was written', async () => {
    const { inner, store, analytics } = await open();
    const key = 'trackist_a_2026-3-2';
    const [byteLength] = await store.byteLengths([key]);
    const reading = store.read([{ key, byteOffset: 0, target: new Uint8Array(byteLength!) }]);
    const writing = analytics.markEvent('a', 5, { now: '2026-03-02' });
    await Promise.all([reading, writing]);
    inner.reset();
    expect(await analytics.day('a', '2026-03-02').or(analytics.unique('x')).count()).toBe(5);
    expect(inner.readsOf(key)).toBe(1);
  });

  it('remembers that a finished period has no key', async () => {
    const { inner, analytics } = await open();
    const either = analytics.day('nobody', '2026-03-01').or(analytics.day('nobody', '2026-03-02'));
    expect(await either.count()).toBe(0);
    inner.reset();
    expect(await either.count()).toBe(0);
    expect(inner.calls).toMatchObject({ byteLengths: 0, read: 0 });
  });

  it('stays within its bytes, least recently used out first', async () => {
    const { inner, store, analytics } = await open({ maxBytes: 2500 });
    const count = (day: number) => analytics.day('a', `2026-03-0${day}`).or(analytics.unique('x')).count();
    for (const day of [1, 2, 3, 4, 5, 6]) {
      await count(day);
      expect(store.statistics.bytes).toBeLessThanOrEqual(2500);
    }
    inner.reset();
    await count(6);
    expect(inner.readsOf('trackist_a_2026-3-6')).toBe(0);
    await count(1);
    expect(inner.readsOf('trackist_a_2026-3-1')).toBe(1);
  });

  it('caches in any zone and under any prefix, and refuses a budget of nothing', async () => {
    const inner = new CountingStore(new MemoryStore());
    const clock = () => new Date('2026-01-02T12:00:00Z');
    const store = cached(inner, { clock, timeZone: 'Asia/Tokyo', prefix: 'p_', graceMs: 0 });
    const analytics = new Bitmapist({ store, clock, timeZone: 'Asia/Tokyo', prefix: 'p_' });
    await analytics.markEvent('a', 1, { now: '2026-01-01' });
    const count = () => analytics.day('a', '2026-01-01').or(analytics.day('a', '2026-01-02')).count();
    await count();
    inner.reset();
    expect(await count()).toBe(1);
    expect(inner.readsOf('p_a_2026-1-1')).toBe(0);
    expect(() => cached(inner, { maxBytes: 0 })).toThrow('expected maxBytes to be a positive number, got 0');
  });

  it('takes a period for over when its grace is, in its own time zone, and flags for never', async () => {
    const inner = new MemoryStore();
    const keysKeptAt = async (now: string, options: Parameters<typeof cached>[1]) => {
      const store = cached(inner, { clock: () => new Date(now), ...options });
      const keys = ['trackist_a_2026-3-14', 'trackist_a_2026-3-14-23', 'trackist_a_u', 'other'];
      await store.byteLengths(keys);
      return store.statistics.bitmaps;
    };
    // The day and its last hour end in the last millisecond of it.
    expect(await keysKeptAt('2026-03-14T23:59:59.999Z', { graceMs: 0 })).toBe(0);
    expect(await keysKeptAt('2026-03-15T00:00:00.000Z', { graceMs: 0 })).toBe(2);
    expect(await keysKeptAt('2026-03-15T00:00:00.099Z', { graceMs: 100 })).toBe(0);
    expect(await keysKeptAt('2026-03-15T00:00:00.100Z', { graceMs: 100 })).toBe(2);
    expect(await keysKeptAt('2026-03-15T23:59:59.999Z', {})).toBe(0);
    expect(await keysKeptAt('2026-03-16T00:00:00.000Z', {})).toBe(2);
    expect(await keysKeptAt('2026-03-14T14:59:59.999Z', { graceMs: 0, timeZone: 'Asia/Tokyo' })).toBe(0);
    expect(await keysKeptAt('2026-03-14T15:00:00.000Z', { graceMs: 0, timeZone: 'Asia/Tokyo' })).toBe(2);
  });

  it('notices that a period has ended since it was asked last', async () => {
    let now = new Date('2026-03-14T12:00:00Z');
    const store = cached(new MemoryStore(), { clock: () => now, graceMs: 0 });
    await store.byteLengths(['trackist_a_2026-3-14']);
    expect(store.statistics.bitmaps).toBe(0);
    now = new Date('2026-03-15T00:00:00Z');
    await store.byteLengths(['trackist_a_2026-3-14']);
    expect(store.statistics.bitmaps).toBe(1);
  });

  it('has 64 MiB of room unless told otherwise', { tags: 'long' }, async () => {
    const MIB = 2 ** 20;
    const inner = new MemoryStore();
    const bytes = new Uint8Array(15 * MIB).fill(0x5a);
    const keys = [1, 2, 3, 4, 5].map((day) => `trackist_a_2026-3-${day}`);
    for (const key of keys) await inner.put(key, bytes);
    const bitmapsOf = async (maxBytes?: number) => {
      const store = cached(new CountingStore(inner), { clock: () => NOW, maxBytes });
      await store.byteLengths(keys);
      const target = new Uint8Array(bytes.length);
      for (const key of keys) await store.read([{ key, byteOffset: 0, target }]);
      expect(store.statistics.bytes).toBeLessThanOrEqual(maxBytes ?? 64 * MIB);
      return store.statistics.bitmaps;
    };
    expect(await bitmapsOf()).toBe(4);
    expect(await bitmapsOf(32 * MIB)).toBe(2);
  });

  it('answers any sequence of marks and questions as the plain store does', { tags: 'long' }, async () => {
    const step = fc.record({
      day: fc.integer({ min: 1, max: 14 }),
      other: fc.integer({ min: 1, max: 14 }),
      id: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constantFrom(65_535, 65_536, 300_000)),
      act: fc.constantFrom('mark', 'unmark', 'count', 'count', 'count'),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 40 }),
        fc.integer({ min: 500, max: 10_000 }),
        async (steps, maxBytes) => {
          const plain = new Bitmapist();
          const caching = new Bitmapist({ store: cached(new MemoryStore(), { clock: () => NOW, maxBytes }) });
          for (const { day, other, id, act } of steps) {
            const now = `2026-03-${String(day).padStart(2, '0')}`;
            const then = `2026-03-${String(other).padStart(2, '0')}`;
            const answers = [plain, caching].map(async (analytics) => {
              if (act === 'mark') return analytics.markEvent('a', id, { now });
              if (act === 'unmark') return analytics.unmarkEvent('a', id, { now });
              return analytics.day('a', now).xor(analytics.day('a', then)).count({ memoryBytes: 1 });
            });
            const [expected, got] = await Promise.all(answers);
            expect(got).toBe(expected);
          }
        },
      ),
      { numRuns: 100, seed: 3 },
    );
  });
});
