import { describe, expect, it } from 'vitest';
import { sortIds } from '../../src/bitmap/sort.js';

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

  it('leaves what it was given as it was', () => {
    const ids = Uint32Array.of(3, 1, 2);
    expect(sortIds(ids)).not.toBe(ids);
    expect([...ids]).toEqual([3, 1, 2]);
    const ascending = Uint32Array.of(1, 2);
    expect(sortIds(ascending)).not.toBe(ascending);
  });
});
