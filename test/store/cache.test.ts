import { describe, expect, it } from 'vitest';
import { countIds, hasId, hasIds, idsOf, pagesOf, windowsOf } from '../../src/evaluate.js';
import { bitmap, combine, complement, type Expression } from '../../src/expression.js';
import { writeRdb } from '../../src/formats/rdb/store.js';
import { CachedStore } from '../../src/store/cache.js';
import { MemoryStore } from '../../src/store/memory.js';
import type { ByteRead, RequestOptions } from '../../src/store/types.js';
import { CountingStore } from './counting.js';
import { HeldStore } from './held.js';

const WINDOW = 16_384;
const BITMAPS = 20;
/** Six windows, of bits that no compression helps with. */
const BYTES = 6 * WINDOW;
const MAX_BYTES = 4 * BYTES;
const windowed = { windowBytes: WINDOW };

/** Fails the reads from some byte on. */
class FailingStore extends CountingStore {
  failsFrom = Number.POSITIVE_INFINITY;

  override async read(reads: readonly ByteRead[], options?: RequestOptions): Promise<void> {
    if (reads.some(({ byteOffset }) => byteOffset >= this.failsFrom)) throw new Error('gone');
    return super.read(reads, options);
  }
}

async function open(maxBytes = MAX_BYTES) {
  const inner = new FailingStore(new MemoryStore());
  for (let index = 0; index < BITMAPS; index += 1) await inner.put(`k${index}`, denseBytes(BYTES));
  await inner.put('others', new Uint8Array(BYTES).fill(0xa5));
  inner.reset();
  const store = new CachedStore(inner, { isFinished: () => true, maxBytes });
  const every = combine('or', leavesOf(store));
  /** Whether anybody is there takes all windows to tell. */
  const nobody = combine('and', [every, bitmap(store, 'others')]);
  return { inner, store, every, nobody };
}

function denseBytes(byteLength: number): Uint8Array {
  return new Uint8Array(byteLength).fill(0x5a);
}

function leavesOf(store: CachedStore, bitmaps = BITMAPS): Expression[] {
  return Array.from({ length: bitmaps }, (_, index) => bitmap(store, `k${index}`));
}

async function drain(parts: AsyncIterable<unknown>, most = Number.POSITIVE_INFINITY): Promise<void> {
  let seen = 0;
  for await (const _ of parts) if (++seen >= most) break;
}

describe('a cached store, of questions that end before their time', () => {
  const NOTHING = { bitmaps: 0, partial: 0, bytes: 0 };
  type Ask = (nobody: Expression, signal: AbortSignal, onProgress: () => void) => Promise<unknown>;
  const questions: [string, Ask][] = [
    ['a count', (nobody, signal, onProgress) => countIds([nobody], { ...windowed, signal, onProgress })],
    ['whether any', (nobody, signal, onProgress) => hasIds(nobody, { ...windowed, signal, onProgress })],
    ['ids', (nobody, signal, onProgress) => idsOf(nobody, { ...windowed, signal, onProgress })],
    ['pages', (nobody, signal, onProgress) => drain(pagesOf(nobody, { ...windowed, signal, onProgress }))],
    ['bytes', (nobody, signal, onProgress) => drain(windowsOf(nobody, { ...windowed, signal, onProgress }))],
  ];
  it.each(questions)('keeps nothing of %s that is aborted half way', async (_, ask) => {
    const { store, nobody } = await open();
    const controller = new AbortController();
    let partial = 0;
    const onProgress = () => {
      partial = store.statistics.partial;
      controller.abort(new Error('enough'));
    };
    await expect(ask(nobody, controller.signal, onProgress)).rejects.toThrow('enough');
    expect(partial).toBeGreaterThan(0);
    expect(store.statistics).toMatchObject(NOTHING);
  });

  it.each(questions)('keeps nothing of %s that fails half way', async (_, ask) => {
    const { inner, store, nobody } = await open();
    inner.failsFrom = 2 * WINDOW;
    const { signal } = new AbortController();
    await expect(ask(nobody, signal, () => {})).rejects.toThrow('gone');
    expect(store.statistics).toMatchObject(NOTHING);
  });

  it('keeps nothing of what needs but a part of the bitmaps', async () => {
    const { store, every } = await open();
    expect(await hasIds(every, windowed)).toBe(true);
    expect(await hasId(complement(every), 0)).toBe(true);
    await drain(pagesOf(every, windowed), 1);
    await drain(windowsOf(every, windowed), 1);
    await expect(countIds([every], { maxBytes: 10 })).rejects.toThrow('expected to read at most 10 bytes');
    expect(store.statistics).toMatchObject(NOTHING);
    expect(await countIds([every], windowed)).toEqual([BYTES * 4]);
  });

  it('keeps nothing of a dump that cannot be written to its end', async () => {
    const { inner, store } = await open();
    inner.failsFrom = 0;
    await expect(drain(writeRdb(store))).rejects.toThrow('gone');
    expect(store.statistics).toMatchObject(NOTHING);
  });

  it('keeps what such a question has read whole, and hands it to the next', async () => {
    const { inner, store } = await open();
    await inner.put('long', denseBytes(2 * BYTES));
    await inner.put('short', denseBytes(WINDOW));
    const either = combine('or', [bitmap(store, 'long'), bitmap(store, 'short')]);
    await drain(windowsOf(either, windowed), 2);
    expect(store.statistics).toMatchObject({ bitmaps: 1, partial: 0 });
    inner.reset();
    await countIds([either], windowed);
    expect([inner.readsOf('long'), inner.readsOf('short')]).toEqual([12, 0]);
  });

  it('counts what a question holds that nobody goes on with, and takes it for room', async () => {
    const { store, every } = await open();
    const left = pagesOf(every, windowed);
    await left.next();
    const { partial, bytes } = store.statistics;
    expect(partial).toBeGreaterThan(0);
    expect(bytes).toBeGreaterThan(partial * WINDOW);
    expect(bytes).toBeLessThanOrEqual(MAX_BYTES);
    await countIds([combine('or', leavesOf(store, 3))], windowed);
    expect(store.statistics.bitmaps).toBe(3);
    expect(store.statistics.bytes).toBeLessThanOrEqual(MAX_BYTES);
    // Whoever goes on nevertheless has the right ids.
    let length = 0;
    for await (const page of left) length += page.length;
    expect(length).toBeGreaterThan(0);
    expect(store.statistics).toMatchObject({ partial: 0 });
  });
});

describe('a cached store, while a question is under way', () => {
  it('never holds more than its bytes, and ends with as many bitmaps as they have room for', async () => {
    const { store, every } = await open();
    let most = 0;
    const onProgress = () => {
      expect(store.statistics.bytes).toBeLessThanOrEqual(MAX_BYTES);
      most = Math.max(most, store.statistics.partial);
    };
    expect(await countIds([every], { ...windowed, onProgress })).toEqual([BYTES * 4]);
    expect(most).toBeGreaterThan(3);
    expect(store.statistics).toMatchObject({ bitmaps: 3, partial: 0 });
    expect(store.statistics.bytes).toBeGreaterThan(3 * BYTES);
  });

  it('goes on when a bitmap that it has in memory is dropped while others are fetched', async () => {
    const { inner, store } = await open();
    await countIds([combine('or', leavesOf(store, 2))], windowed);
    inner.reset();
    for (const drop of [() => store.invalidate(['k0']), () => store.clear()]) {
      let dropped = false;
      const onProgress = () => {
        if (!dropped) drop();
        dropped = true;
      };
      const both = [bitmap(store, 'k0'), bitmap(store, 'k5')];
      const asked = [combine('and', both), combine('xor', both), combine('or', both)];
      expect(await countIds(asked, { ...windowed, onProgress })).toEqual([BYTES * 4, 0, BYTES * 4]);
    }
    expect(inner.readsOf('k0')).toBeGreaterThan(0);
  });

  it('counts by lists when a bitmap that it has in memory is dropped while another is fetched', async () => {
    const inner = new HeldStore(new MemoryStore());
    const isFinished = (key: string) => key !== 'k7';
    const store = new CachedStore(inner, { isFinished, maxBytes: MAX_BYTES });
    for (let index = 0; index < 8; index += 1)
      await inner.write([{ key: `k${index}`, ids: [1, 2], value: 1 }]);
    const leaves = leavesOf(store, 8);
    const pairs = leaves.map((leaf) => combine('and', [leaf, bitmap(store, 'k7')]));
    await countIds(leaves);
    const letGo = inner.hold('read');
    const counting = countIds(pairs.slice(0, 7));
    while (inner.readsOf('k7') < 2) await new Promise((resolve) => setTimeout(resolve, 1));
    store.invalidate(['k3']);
    letGo();
    expect(await counting).toEqual([2, 2, 2, 2, 2, 2, 2]);
  });

  it('does not let a bitmap that is too large push the others out each time it is read', async () => {
    const { inner, store } = await open();
    await inner.put('large', denseBytes(2 * MAX_BYTES));
    const large = () => countIds([combine('or', [bitmap(store, 'large'), bitmap(store, 'none')])], windowed);
    const small = () => countIds([combine('or', leavesOf(store, 2))], windowed);
    await large();
    await small();
    inner.reset();
    await large();
    await small();
    expect(inner.keysRead).toEqual(['large']);
    expect(store.statistics.bytes).toBeLessThanOrEqual(MAX_BYTES);
    // Replaced by one that fits, it is kept.
    await store.put('large', denseBytes(WINDOW));
    await large();
    inner.reset();
    await large();
    expect(inner.keysRead).toEqual([]);
  });
});

describe('a cached store, of replies that come late', () => {
  async function openHeld() {
    const memory = new MemoryStore();
    await memory.write([{ key: 'k', ids: [1, 100], value: 1 }]);
    const inner = new HeldStore(memory);
    const store = new CachedStore(inner, { isFinished: () => true, maxBytes: MAX_BYTES });
    const count = async () =>
      (await countIds([combine('or', [bitmap(store, 'k'), bitmap(store, 'none')])]))[0];
    return { memory, inner, store, count };
  }

  it('forgets bytes that arrive when a write is over', async () => {
    const { inner, store, count } = await openHeld();
    const letGo = inner.hold('read');
    const early = count();
    while (inner.calls.read === 0) await Promise.resolve();
    await store.write([{ key: 'k', ids: [7], value: 1 }]);
    letGo();
    await early;
    expect(await count()).toBe(3);
    expect(await count()).toBe(3);
  });

  it('forgets bytes that arrive when a write is over and another question has begun', async () => {
    const { inner, store, count } = await openHeld();
    const letGo = inner.hold('read');
    const early = count();
    while (inner.calls.read === 0) await Promise.resolve();
    await store.write([{ key: 'k', ids: [7], value: 1 }]);
    const later = count();
    while (inner.calls.read === 1) await Promise.resolve();
    letGo();
    await early;
    expect(await later).toBe(3);
    expect(await count()).toBe(3);
  });

  it('forgets lengths that arrive when a write is over, of keys that were missing too', async () => {
    const { inner, store, count } = await openHeld();
    const letGo = inner.hold('byteLengths');
    const early = count();
    while (inner.calls.byteLengths === 0) await Promise.resolve();
    await store.write([
      { key: 'k', ids: [70_000], value: 1 },
      { key: 'none', ids: [8], value: 1 },
    ]);
    letGo();
    await early;
    expect(await count()).toBe(4);
    expect(await count()).toBe(4);
  });

  it('forgets what was read while a write was under way', async () => {
    const { memory, inner, store, count } = await openHeld();
    const letGo = inner.hold('write');
    const writing = store.write([{ key: 'k', ids: [7], value: 1 }]);
    await count();
    await memory.write([{ key: 'k', ids: [8], value: 1 }]);
    letGo();
    await writing;
    expect(await count()).toBe(4);
  });

  it('keeps nothing of reads that come back when their question has ended', async () => {
    const { inner, store } = await openHeld();
    await inner.put('long', denseBytes(BYTES));
    const windows = windowsOf(combine('or', [bitmap(store, 'long'), bitmap(store, 'k')]), windowed);
    await windows.next();
    const letGo = inner.hold('read');
    await windows.next();
    await windows.return(0);
    letGo();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(store.statistics).toMatchObject({ bitmaps: 1, partial: 0 });
  });
});
