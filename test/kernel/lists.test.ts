import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONTAINER_IDS } from '../../src/base/limits.js';
import { borrowKernel, returnKernel } from '../../src/kernel/pool.js';
import type { Kernel } from '../../src/kernel/types.js';
import { seededRandom } from '../support/kernel/bitmaps.js';
import { idsOf, tableOf } from '../support/kernel/model.js';

type Pair = readonly [a: number, b: number];

/** `stretches` of `lists` ascending lists, of up to `longest` ids; small ids are likelier, so that lists share some. */
function makeLists(seed: number, lists: number, stretches: number, longest: number): number[][][] {
  const random = seededRandom(seed);
  const makeList = (): number[] => {
    const length = random() < 0.2 ? 0 : Math.floor(random() * longest);
    const ids = Array.from({ length }, () => Math.floor(random() ** 3 * CONTAINER_IDS));
    return [...new Set(ids)].sort((a, b) => a - b);
  };
  return Array.from({ length: stretches }, () => Array.from({ length: lists }, makeList));
}

function countCommon(stretches: readonly number[][][], [a, b]: Pair): number {
  return stretches.reduce((sum, lists) => {
    const other = new Set(lists[b]);
    return sum + lists[a]!.filter((id) => other.has(id)).length;
  }, 0);
}

function countByKernel(kernel: Kernel, stretches: readonly number[][][], pairs: readonly Pair[]): number[] {
  const all = stretches.flat();
  const idsOffset = Math.ceil(((all.length + 1) * 4) / 64) * 64;
  const total = all.reduce((sum, ids) => sum + ids.length, 0);
  const { buffer, byteOffset } = kernel.reserve(idsOffset + total * 2).fill(0xa5);
  const bounds = new Uint32Array(buffer, byteOffset, all.length + 1);
  const ids = new Uint16Array(buffer, byteOffset + idsOffset, total);
  bounds[0] = 0;
  for (const [index, list] of all.entries()) {
    ids.set(list, bounds[index]);
    bounds[index + 1] = bounds[index]! + list.length;
  }
  const counters = new Float64Array(pairs.length).fill(1000);
  const layout = { lists: stretches[0]!.length, stretches: stretches.length, boundsOffset: 0, idsOffset };
  kernel.countLists(Int32Array.from(tableOfPairs(pairs)), layout, counters);
  return [...counters].map((count) => count - 1000);
}

/** Rows are the first lists of pairs, in the order they come in. */
function tableOfPairs(pairs: readonly Pair[]): number[] {
  const rows = [...new Set(pairs.map(([a]) => a))];
  const columns = [...new Set(pairs.map(([, b]) => b))];
  const cells = pairs.map(([a, b], index) => [rows.indexOf(a), columns.indexOf(b), index] as const);
  return tableOf(
    rows,
    columns,
    cells.toSorted((one, other) => one[0] - other[0] || one[1] - other[1]),
  );
}

/** A table: row i meets columns i, i + 1, … */
function bandOf(rows: number, columns: number, firstColumn: number): Pair[] {
  return Array.from({ length: rows * columns }, (_, cell) => {
    const row = Math.floor(cell / columns);
    return [row, firstColumn + row + (cell % columns)];
  });
}

describe.each(['js', 'wasm'] as const)('lists of ids in the %s kernel', (name) => {
  let kernel: Kernel;
  beforeAll(() => {
    kernel = borrowKernel(name);
  });
  afterAll(() => returnKernel(kernel));

  function expectModel(stretches: readonly number[][][], pairs: readonly Pair[]): void {
    expect(countByKernel(kernel, stretches, pairs)).toEqual(
      pairs.map((pair) => countCommon(stretches, pair)),
    );
  }

  it('have in common what sets have, whichever pairs are asked for, in any order, more than once', () => {
    const list = fc.nat({ max: 11 });
    const pairs = fc.array(fc.tuple(list, list), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 3 }), fc.constantFrom(3, 300), pairs, (...drawn) => {
        const [seed, stretches, longest, asked] = drawn;
        expectModel(makeLists(seed, 12, stretches, longest), asked);
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  it('have in common what sets have in a table of one event', () => {
    expectModel(makeLists(2, 43, 3, 400), bandOf(31, 13, 0));
  });

  it('have in common what sets have in a table of two events', () => {
    expectModel(makeLists(3, 74, 2, 400), bandOf(31, 13, 31));
  });

  it('have in common what sets have where there are more of them than a pass takes', () => {
    expectModel(makeLists(4, 300, 1, 60), bandOf(100, 30, 0));
    const star = Array.from({ length: 299 }, (_, other): Pair => [0, other + 1]);
    expectModel(makeLists(5, 300, 2, 60), star);
    expectModel(
      makeLists(6, 300, 1, 60),
      star.map(([a, b]) => [b, a]),
    );
  });

  it('leave nothing behind for the next question, however many ids they had', () => {
    const long = makeLists(7, 24, 2, 4096);
    for (let run = 0; run < 2; run++) expectModel(long, bandOf(18, 6, 0));
    expectModel(makeLists(8, 24, 1, 50), bandOf(18, 6, 0));
  });

  it('leave nothing behind at either end of a stretch, whether few or many ids are to be forgotten', () => {
    const ends = [0, 65_535];
    for (const count of [1, 4095]) {
      const long = (step: number) => Array.from({ length: count }, (_, index) => 1 + index * step);
      // The first has both ends, and more than 16,384 ids are in all of them together.
      const first = [[0, ...long(2), 65_535], long(3), long(5), long(7), long(11)];
      const pairs = bandOf(5, 1, 0);
      expectModel([first, [[], ends, ends, [], []]], [...pairs, [0, 1], [0, 2], [1, 2]]);
      expectModel(
        [[[], ends, ends, [], []]],
        [
          [0, 1],
          [1, 2],
          [0, 3],
        ],
      );
    }
  });

  it('may hold the first and the last id there is', () => {
    const ends = [[[0, 65_535], [65_535], [0]]];
    expect(
      countByKernel(kernel, ends, [
        [0, 1],
        [0, 2],
        [1, 2],
        [0, 0],
      ]),
    ).toEqual([1, 1, 0, 2]);
  });

  it('become bits beside those that are there, and nothing behind them', () => {
    const random = seededRandom(10);
    for (const length of [0, 1, 3, 4, 5, 100, 4096]) {
      const list = Array.from({ length }, () => Math.floor(random() * CONTAINER_IDS));
      const memory = kernel.reserve(8192 + 64 + 8192).fill(0xa5);
      memory.fill(0, 0, 8192);
      memory[1] = 0x81;
      new Uint16Array(memory.buffer, memory.byteOffset + 8192 + 64, length).set(list);
      kernel.unpack(0, 8192 + 64, length);
      expect(idsOf(memory.slice(0, 8192))).toEqual([...new Set([8, 15, ...list])].sort((a, b) => a - b));
      expect(memory.subarray(8192, 8192 + 64).every((byte) => byte === 0xa5)).toBe(true);
    }
  });

  it('are none where nothing is asked', () => {
    expect(countByKernel(kernel, [[[1], [1]]], [])).toEqual([]);
  });
});
