import { describe, expect, it } from 'vitest';
import type { ByteRange } from '../../../src/bitmap/types.js';
import { bytesOf, idsOf, pagesOf } from '../../../src/engine/contents.js';
import { bitmap, combine, complement, type Expression } from '../../../src/engine/expression.js';
import { hasId, hasIds } from '../../../src/engine/membership.js';
import { CachedStore } from '../../../src/store/cache/cache.js';
import { writeRdb } from '../../../src/store/dump.js';
import { MemoryStore } from '../../../src/store/memory.js';
import type { BitmapReader, ByteRead, RequestOptions } from '../../../src/store/types.js';
import { countIds } from '../../support/bitmaps.js';
import { CountingStore } from '../../support/store/counting.js';
import { HeldStore } from '../../support/store/held.js';

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
    ['bytes', (nobody, signal, onProgress) => bytesOf(nobody, { ...windowed, signal, onProgress })],
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
    await drain(pagesOf(either, windowed), 1);
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
    const pages = pagesOf(combine('or', [bitmap(store, 'long'), bitmap(store, 'k')]), windowed);
    await pages.next();
    const letGo = inner.hold('read');
    await pages.next();
    await pages.return(0);
    letGo();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(store.statistics).toMatchObject({ bitmaps: 1, partial: 0 });
  });
});

describe('a cached store, before another', () => {
  it('asks where bitmaps hold bits, and reads those whole that are to be kept, unless they are huge', async () => {
    const HUGE = 4 * 2 ** 20;
    const asked: string[][] = [];
    const memory = new MemoryStore();
    const inner = Object.assign(new CountingStore(memory), {
      occupied: async (keys: readonly string[]) => {
        asked.push([...keys]);
        return keys.map((key) => (key === 'full' ? undefined : [{ byteOffset: 9, byteLength: 1 }]));
      },
    });
    const isFinished = (key: string) => key !== 'running';
    const store = new CachedStore(inner, { isFinished, maxBytes: 2 ** 24 });
    const keys = ['short', 'huge', 'full', 'running', 'kept'];
    const lengths = [HUGE - 1, HUGE, HUGE, 100, 100];
    for (const [index, key] of keys.entries())
      await memory.put(key, new Uint8Array(lengths[index]!).fill(1, 9, 10));
    const reader = store.reader();
    await reader.byteLengths(['kept']);
    await reader.read([{ key: 'kept', byteOffset: 0, target: new Uint8Array(100) }]);
    const found = [{ byteOffset: 9, byteLength: 1 }];
    expect(await reader.byteLengths(keys)).toEqual(lengths);
    expect(store.statistics).toMatchObject({ bitmaps: 1, partial: 3 });
    expect(await reader.occupied(keys, lengths)).toEqual([undefined, found, undefined, found, found]);
    expect(asked).toEqual([['short', 'huge', 'full', 'running']]);
    // A bitmap of which only a part is read is not kept; the others still may be.
    expect(store.statistics).toMatchObject({ bitmaps: 1, partial: 2 });
    expect(await store.occupied(['running'], [100])).toEqual([found]);
  });

  it.each([
    ['keeps what a reader has fetched whole for its question', false, { bitmaps: 1, partial: 0 }],
    ['but not if it was written to meanwhile', true, { bitmaps: 0, partial: 0 }],
  ])('%s', async (_, isWritten, kept) => {
    const memory = new MemoryStore();
    await memory.put('k', new Uint8Array(100).fill(1));
    const bitmap = memory.resident('k').copy();
    let isFetched = false;
    const inner = Object.assign(new CountingStore(memory), {
      reader: () => ({
        byteLengths: (keys: readonly string[]) => memory.byteLengths(keys),
        read: (reads: readonly ByteRead[]) => memory.read(reads),
        occupied: async (keys: readonly string[]) => {
          isFetched = true;
          if (isWritten) await store.write([{ key: 'k', ids: [0], value: 1 }]);
          return keys.map(() => undefined);
        },
        resident: () => (isFetched ? bitmap : undefined),
      }),
    });
    const store: CachedStore = new CachedStore(inner, { isFinished: () => true, maxBytes: 2 ** 24 });
    const reader = store.reader();
    await reader.occupied(['k'], await reader.byteLengths(['k']));
    expect(store.statistics).toMatchObject({ ...kept, hits: 0, misses: 1 });
    expect(reader.resident('k')).toBe(bitmap);
    reader.release();
    expect(store.statistics).toMatchObject(kept);
  });

  it('counts a bitmap once per question, also if it becomes whole while that is answered', async () => {
    const memory = new MemoryStore();
    await memory.put('k', new Uint8Array(100).fill(1));
    const store = new CachedStore(memory, { isFinished: () => true, maxBytes: 2 ** 24 });
    const readAll = async (reader: BitmapReader) => {
      const [byteLength] = await reader.byteLengths(['k']);
      await reader.read([{ key: 'k', byteOffset: 0, target: new Uint8Array(byteLength!) }]);
    };
    const [first, second, third] = [store.reader(), store.reader(), store.reader()];
    await first.byteLengths(['k']);
    await second.byteLengths(['k']);
    await readAll(first);
    expect(store.statistics).toMatchObject({ bitmaps: 1, hits: 0, misses: 2 });
    // The second has missed it, the third finds it.
    for (const reader of [second, third, third]) expect(reader.resident('k')?.byteLength).toBe(100);
    await readAll(third);
    expect(store.statistics).toMatchObject({ hits: 1, misses: 2 });
    for (const reader of [first, second, third]) reader.release();
  });

  it('does not drop a bitmap that another question has read meanwhile', async () => {
    const memory = new MemoryStore();
    await memory.put('k', new Uint8Array(5 * 2 ** 20).fill(1, 0, 1));
    let answer: () => void = () => {};
    const inner = Object.assign(new CountingStore(memory), {
      occupied: () =>
        new Promise<ByteRange[][]>((resolve) => {
          answer = () => resolve([[{ byteOffset: 0, byteLength: 1 }]]);
        }),
    });
    const store = new CachedStore(inner, { isFinished: () => true, maxBytes: 2 ** 24 });
    const reader = store.reader();
    const byteLengths = await reader.byteLengths(['k']);
    const occupied = reader.occupied(['k'], byteLengths);
    await store.read([{ key: 'k', byteOffset: 0, target: new Uint8Array(byteLengths[0]!) }]);
    answer();
    expect(await occupied).toEqual([[{ byteOffset: 0, byteLength: 1 }]]);
    expect(store.statistics.bitmaps).toBe(1);
  });

  it('does not answer from what it has while a write is under way', async () => {
    const inner = new HeldStore(new MemoryStore());
    await inner.put('k', denseBytes(100));
    const store = new CachedStore(inner, { isFinished: () => true, maxBytes: MAX_BYTES });
    const read = async () => {
      const target = new Uint8Array(1);
      await store.read([{ key: 'k', byteOffset: 0, target }]);
      return target[0];
    };
    await store.byteLengths(['k']);
    await store.read([{ key: 'k', byteOffset: 0, target: new Uint8Array(100) }]);
    expect(await read()).toBe(0x5a);
    const letGo = inner.hold('write');
    const writing = store.write([{ key: 'k', ids: [0], value: 1 }]);
    expect(await read()).toBe(0xda);
    letGo();
    await writing;
  });

  it('counts, lists and hands out what it has, and leaves the rest to the other', async () => {
    const memory = new MemoryStore();
    await memory.write([{ key: 'k', ids: [1, 70_000], value: 1 }]);
    await memory.put('brief', Uint8Array.of(1), { ttlSeconds: 100 });
    const inner = new CountingStore(memory);
    const store = new CachedStore(inner, { isFinished: () => true, maxBytes: MAX_BYTES });
    expect([store.resident('k'), store.snapshot]).toEqual([undefined, undefined]);
    expect(await store.count('k')).toBe(2);
    expect(store.statistics).toMatchObject({ bitmaps: 1, partial: 0, hits: 0, misses: 1 });
    inner.reset();
    expect(await store.count('k')).toBe(2);
    expect([...store.resident('k')!.ids()]).toEqual([1, 70_000]);
    expect(inner.calls).toMatchObject({ byteLengths: 0, read: 0 });
    expect(store.statistics).toMatchObject({ hits: 2, misses: 1 });
    expect(await store.expiries(['k', 'brief'])).toEqual([undefined, undefined]);
    const able = new CachedStore(memory, { isFinished: () => true, maxBytes: MAX_BYTES });
    const [none, brief] = await able.expiries(['k', 'brief']);
    expect([none, Math.round((brief! - Date.now()) / 100_000)]).toEqual([undefined, 1]);
    expect([...able.resident('k')!.ids()]).toEqual([1, 70_000]);
    const snapshot = await able.snapshot!(['k']);
    await memory.write([{ key: 'k', ids: [900_000], value: 1 }]);
    expect(await snapshot.byteLengths(['k'])).toEqual([8751]);
    expect(await able.count('k')).toBe(3);
    // What it has is counted as it is, whatever others have made of it.
    const [byteLength] = await able.byteLengths(['k']);
    await able.read([{ key: 'k', byteOffset: 0, target: new Uint8Array(byteLength!) }]);
    await memory.write([{ key: 'k', ids: [5], value: 1 }]);
    expect(await able.count('k')).toBe(3);
    able.clear();
    expect(await able.count('k')).toBe(4);
  });

  it('tells of one bit by what it has, and leaves the rest to the other if that can tell', async () => {
    const memory = new MemoryStore();
    await memory.write([{ key: 'k', ids: [1, 70_000], value: 1 }]);
    const store = new CachedStore(memory, { isFinished: () => true, maxBytes: MAX_BYTES });
    expect([await store.has!('k', 70_000), await store.has!('k', 5)]).toEqual([true, false]);
    expect(store.statistics).toMatchObject({ bitmaps: 0, partial: 0, hits: 0 });
    const [byteLength] = await store.byteLengths(['k']);
    await store.read([{ key: 'k', byteOffset: 0, target: new Uint8Array(byteLength!) }]);
    await memory.write([{ key: 'k', ids: [5], value: 1 }]);
    // What it has is taken as it is, whatever others have made of it.
    expect([await store.has!('k', 70_000), await store.has!('k', 5)]).toEqual([true, false]);
    await expect(store.has!('k', -1)).rejects.toThrow(RangeError);
    await store.write([{ key: 'k', ids: [6], value: 1 }]);
    expect([await store.has!('k', 5), await store.has!('k', 6)]).toEqual([true, true]);
    expect(new CachedStore(new CountingStore(memory), { isFinished: () => true, maxBytes: 1 }).has).toBe(
      undefined,
    );
  });

  it('leaves nothing under way where counting fails', async () => {
    const { inner, store } = await open();
    inner.failsFrom = 0;
    await expect(store.count('k1')).rejects.toThrow('gone');
    expect(store.statistics).toMatchObject({ partial: 0, bytes: 0 });
  });

  it('opens a reader of the other for each question, and tells it of the end', async () => {
    let [opened, closed] = [0, 0];
    const memory = new MemoryStore();
    await memory.put('k', denseBytes(10));
    const inner = Object.assign(new CountingStore(memory), {
      reader: () => {
        opened += 1;
        return {
          byteLengths: memory.byteLengths.bind(memory),
          read: memory.read.bind(memory),
          release: () => {
            closed += 1;
          },
        };
      },
    });
    const store = new CachedStore(inner, { isFinished: () => false, maxBytes: MAX_BYTES });
    const either = combine('or', [bitmap(store, 'k'), bitmap(store, 'none')]);
    expect(await countIds([either])).toEqual([40]);
    expect(await hasId(either, 1)).toBe(true);
    expect([opened, closed, inner.calls.read]).toEqual([2, 2, 0]);
  });

  it('forgets what is replaced or deleted through it', async () => {
    const { inner, store } = await open();
    const leaf = (key: string) => combine('or', [bitmap(store, key), bitmap(store, 'none')]);
    expect(await countIds([leaf('k0'), leaf('k1'), leaf('k2')])).toEqual([BYTES * 4, BYTES * 4, BYTES * 4]);
    await store.put('k0', Uint8Array.of(1));
    expect(await store.delete(['k1'])).toBe(1);
    await inner.put('k2', Uint8Array.of(3));
    expect(await countIds([leaf('k0'), leaf('k1'), leaf('k2')])).toEqual([1, 0, BYTES * 4]);
    store.invalidate(['k2']);
    expect(await countIds([leaf('k2')])).toEqual([2]);
  });
});
