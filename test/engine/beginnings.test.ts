import { describe, expect, it } from 'vitest';
import { countSets } from '../../src/engine/answers.js';
import { Beginnings } from '../../src/engine/beginnings.js';
import { bytesOf, idsOf } from '../../src/engine/contents.js';
import { bitmap, combine } from '../../src/engine/expression.js';
import { hasIds } from '../../src/engine/membership.js';
import { borrowKernel, returnKernel } from '../../src/kernel/pool.js';
import { MemoryStore } from '../../src/store/memory.js';
import { BeginningStore } from '../support/store/beginning.js';

const KIB = 1024;

async function open(byteLengths: readonly number[]) {
  const store = new BeginningStore(new MemoryStore());
  for (const [index, byteLength] of byteLengths.entries()) {
    await store.put(String(index), new Uint8Array(byteLength).fill(0x81));
  }
  store.reset();
  return { store, sets: byteLengths.map((_, index) => bitmap(store, String(index))) };
}

describe('beginnings of bitmaps', () => {
  it('are all that is asked for where no bitmap is longer, lengths included', async () => {
    const { store, sets } = await open([16 * KIB, 5, 0, 12_500]);
    const pairs = [
      [0, 1],
      [3, 0],
      [2, 3],
    ] as const;
    expect(await countSets({ sets, pairs })).toEqual({
      sets: [32 * KIB, 10, 0, 25_000],
      pairs: [10, 25_000, 0],
    });
    expect(store.firstReads).toBe(1);
    expect(store.calls).toMatchObject({ byteLengths: 0, read: 1 });
  });

  it('are read once, and only the rest is read later', async () => {
    const { store, sets } = await open([40 * KIB, 100]);
    expect(await countSets({ sets })).toEqual({ sets: [80 * KIB, 200], pairs: [] });
    // The beginnings of both, and one window of the longer one.
    expect(store.bytesRead).toBe(2 * 16 * KIB + 24 * KIB);
    store.reset();
    expect((await bytesOf(combine('or', sets))).length).toBe(40 * KIB);
    expect(store.bytesRead).toBe(2 * 16 * KIB + 24 * KIB);
    store.reset();
    expect((await idsOf(combine('and', sets))).length).toBe(200);
    expect(store.bytesRead).toBe(2 * 16 * KIB);
    expect(await hasIds(combine('xor', sets))).toBe(true);
  });

  it('are not read where a budget is to be kept: what is needed is not known yet', async () => {
    const { store, sets } = await open([40 * KIB, 100]);
    const asked = countSets({ sets: [combine('and', sets)] }, { maxBytes: 199 });
    await expect(asked).rejects.toThrow(
      'expected to read at most 199 bytes, got a question that needs 200 bytes of 2 bitmaps',
    );
    expect(store.bytesRead).toBe(0);
    expect(await countSets({ sets: [combine('and', sets)] }, { maxBytes: 200 })).toMatchObject({
      sets: [200],
    });
    expect(store.bytesRead).toBe(200);
  });

  it('are as long as windows if those are shorter', () => {
    const lengths = [undefined, 64, 100, 2 ** 20].map((windowBytes) => {
      const beginnings = new Beginnings('js', 2, windowBytes);
      beginnings.close();
      return [beginnings.byteLength, beginnings.of(1).length];
    });
    expect(lengths).toEqual([16_384, 64, 128, 16_384].map((length) => [length, length]));
  });

  it('are not read of very many bitmaps: each would take room, however short it is', async () => {
    for (const [operands, firstReads] of [
      [2048, 1],
      [2049, 0],
    ] as const) {
      const { store, sets } = await open(new Array(operands).fill(1));
      expect(await countSets({ sets: [combine('or', sets)] })).toMatchObject({ sets: [2] });
      expect(store.firstReads).toBe(firstReads);
    }
  });

  it('give their kernel back, also where nothing is left to count', async () => {
    const { sets } = await open([0, 0]);
    const kernel = borrowKernel('js');
    returnKernel(kernel);
    expect(await countSets({ sets }, { kernel: 'js' })).toEqual({ sets: [0, 0], pairs: [] });
    const { sets: others } = await open([100, 40 * KIB]);
    expect(await countSets({ sets: others }, { kernel: 'js' })).toMatchObject({ sets: [200, 80 * KIB] });
    expect(borrowKernel('js')).toBe(kernel);
    returnKernel(kernel);
  });
});
