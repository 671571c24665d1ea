import { describe, expect, it } from 'vitest';
import { sortIds } from '../../src/bitmap/sort.js';
import { seededRandom } from '../support/kernel/bitmaps.js';

describe('sorting ids', () => {
  it.each([
    ['none', [], []],
    ['one', [7], [7]],
    ['in order already', [0, 1, 1, 2 ** 32 - 1], [0, 1, 1, 2 ** 32 - 1]],
    ['the first two the wrong way round', [2, 1, 3], [1, 2, 3]],
    ['the last two the wrong way round, by one', [1, 3, 2], [1, 2, 3]],
    ['from the largest down', [2 ** 32 - 1, 2 ** 31, 9, 0], [0, 9, 2 ** 31, 2 ** 32 - 1]],
  ])('brings %s into ascending order', (_, ids, sorted) => {
    expect([...sortIds(ids)]).toEqual(sorted);
  });

  it.each([
    ['anywhere', (random: number) => random * 2 ** 32],
    ['of one container', (random: number) => 7 * 65_536 + random * 65_536],
    ['that differ in their highest bits alone', (random: number) => Math.floor(random * 8) * 2 ** 29],
    ['often equal', (random: number) => random * 10],
  ])('brings many into ascending order: ids %s', (_, idOf) => {
    for (const length of [4095, 4096, 20_000]) {
      const random = seededRandom(length);
      const ids = Array.from({ length }, () => Math.floor(idOf(random())));
      expect(sortIds(ids)).toEqual(Uint32Array.from(ids.sort((a, b) => a - b)));
    }
  });

  it('leaves what it was given as it was', () => {
    const ids = Uint32Array.of(3, 1, 2);
    expect(sortIds(ids)).not.toBe(ids);
    expect([...ids]).toEqual([3, 1, 2]);
    const ascending = Uint32Array.of(1, 2);
    expect(sortIds(ascending)).not.toBe(ascending);
  });
});
