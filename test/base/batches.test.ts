import { describe, expect, it } from 'vitest';
import { inBatches } from '../../src/base/batches.js';

describe('batches', () => {
  it.each([
    [0, 2, []],
    [1, 2, [[0]]],
    [
      4,
      2,
      [
        [0, 1],
        [2, 3],
      ],
    ],
    [5, 2, [[0, 1], [2, 3], [4]]],
    [3, 1, [[0], [1], [2]]],
  ])('of %i items, %i at a time, are full but for the last', async (length, size, expected) => {
    const items = Array.from({ length }, (_, index) => index);
    async function* later() {
      yield* items;
    }
    for (const source of [items, later()]) {
      const batches: number[][] = [];
      for await (const batch of inBatches(source, size)) batches.push(batch);
      expect(batches).toEqual(expected);
    }
  });

  it('are drawn one at a time, and let go of their items when left', async () => {
    let drawn = 0;
    let isClosed = false;
    function* endless() {
      try {
        for (;;) yield drawn++;
      } finally {
        isClosed = true;
      }
    }
    for await (const batch of inBatches(endless(), 3)) {
      expect(batch).toEqual([0, 1, 2]);
      break;
    }
    expect([drawn, isClosed]).toEqual([3, true]);
  });
});
