import { beforeEach, describe, expect, it } from 'vitest';
import { BudgetError } from '../../src/base/errors.js';
import { bitmap, complement, type Expression } from '../../src/engine/expression.js';
import type { EvaluateProgress } from '../../src/engine/question.js';
import { ALL_IDS, countIn, endsOf, pageIn } from '../../src/engine/ranks.js';
import { borrowKernel, returnKernel } from '../../src/kernel/pool.js';
import { MemoryStore } from '../../src/store/memory.js';
import { BeginningStore } from '../support/store/beginning.js';
import { CountingStore } from '../support/store/counting.js';

const MIB = 2 ** 20;
const KIB = 1024;
const MAX_ID = 2 ** 32 - 1;

/** Every fourth id below 33.5 million. */
const memory = new MemoryStore();
let store: CountingStore;
let set: Expression;

beforeEach(async () => {
  await memory.put('a', new Uint8Array(4 * MIB).fill(0x88));
  store = new CountingStore(memory);
  set = bitmap(store, 'a');
});

describe('a part of a set', () => {
  it('near its beginning is read without the rest', async () => {
    const page = await pageIn(set, { range: ALL_IDS, offset: 0, limit: 100 }, {});
    expect([...page.ids]).toEqual(Array.from({ length: 100 }, (_, place) => place * 4));
    expect(store.bytesRead).toBe(16 * KIB);
    expect(store.calls).toMatchObject({ byteLengths: 1, read: 1 });
  });

  it('that comes with the length is not read again', async () => {
    const beginning = new BeginningStore(memory);
    const found = await pageIn(bitmap(beginning, 'a'), { range: ALL_IDS, offset: 10, limit: 100 }, {});
    expect([found.ids[0], found.ids.length, found.hasMore]).toEqual([40, 100, true]);
    expect(beginning.bytesRead).toBe(16 * KIB);
    expect(beginning.calls).toMatchObject({ byteLengths: 0, read: 1 });
  });

  it('behind an id is read alone, in the container of that id and those after it', async () => {
    const id = 20_000_000;
    const page = await pageIn(set, { range: { first: id + 1, last: MAX_ID }, offset: 0, limit: 3 }, {});
    expect([...page.ids]).toEqual([id + 4, id + 8, id + 12]);
    expect(store.bytesRead).toBeLessThanOrEqual(24 * KIB);
    store.reset();
    const other = pageIn(
      complement(set),
      { range: { first: id + 1, last: MAX_ID }, offset: 0, limit: 3 },
      {},
    );
    expect([...(await other).ids]).toEqual([id + 1, id + 2, id + 3]);
    expect(store.bytesRead).toBeLessThanOrEqual(24 * KIB);
  });

  it('in a range is read up to its end', async () => {
    const range = { first: 10 * 65_536, last: 20 * 65_536 - 1 };
    expect(await countIn(set, range, {})).toBe((10 * 65_536) / 4);
    expect(store.bytesRead).toBe(10 * 8 * KIB);
  });

  it('at an offset is read in few round trips, and little behind it', async () => {
    const page = await pageIn(set, { range: ALL_IDS, offset: 4_000_000, limit: 1 }, {});
    expect([...page.ids]).toEqual([16_000_000]);
    // 2 MB lie before it.
    expect(store.bytesRead).toBeLessThan(3 * MIB);
    expect(store.calls.read).toBeLessThan(8);
  });

  it('at its ends is read from both of them', async () => {
    expect(await endsOf(set, {})).toEqual({ first: 0, last: 4 * MIB * 8 - 4 });
    expect(store.bytesRead).toBeLessThanOrEqual(32 * KIB);
    await memory.put('a', new Uint8Array(4 * MIB));
    await memory.write([{ key: 'a', ids: [9_000_000], value: 1 }]);
    expect(await endsOf(set, {})).toEqual({ first: 9_000_000, last: 9_000_000 });
  });

  it('tells how far it is of all that it may read, stretch by stretch', async () => {
    const seen: EvaluateProgress[] = [];
    await pageIn(
      set,
      { range: ALL_IDS, offset: 400_000, limit: 1 },
      { onProgress: (progress) => seen.push(progress) },
    );
    expect(seen.length).toBeGreaterThan(1);
    for (const [place, { bytes, windows, totalBytes }] of seen.entries()) {
      expect({ windows, totalBytes }).toEqual({ windows: place + 1, totalBytes: 4 * MIB });
      expect(bytes).toBeGreaterThan(seen[place - 1]?.bytes ?? 0);
    }
  });

  it('is refused if all that it may read is more than its budget', async () => {
    const whole = pageIn(set, { range: ALL_IDS, offset: 0, limit: 1 }, { maxBytes: MIB });
    await expect(whole).rejects.toThrow(BudgetError);
    const range = { first: 0, last: 8 * MIB - 1 };
    expect((await pageIn(set, { range, offset: 0, limit: 1 }, { maxBytes: MIB })).ids.length).toBe(1);
    expect(store.bytesRead).toBe(16 * KIB);
  });

  it('gives its kernel back, also if it was left while more was being read', async () => {
    const kernel = borrowKernel('js');
    returnKernel(kernel);
    for (const offset of [0, 1_000_000, 4_000_000]) {
      await pageIn(set, { range: ALL_IDS, offset, limit: 1 }, { kernel: 'js' });
      // The read ahead may end a little later.
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect(borrowKernel('js')).toBe(kernel);
      returnKernel(kernel);
    }
  });
});
