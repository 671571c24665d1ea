import { describe, expect, it } from 'vitest';
import { trianglePairs } from '../../src/measures/triangle.js';

describe('the pairs of a triangle', () => {
  it('are those of each row with its own period and those after it', () => {
    expect(trianglePairs(2, 3)).toEqual([
      [0, 2],
      [0, 3],
      [0, 4],
      [1, 3],
      [1, 4],
      [1, 5],
    ]);
    expect(trianglePairs(2, 0)).toEqual([]);
    expect(trianglePairs(0, 3)).toEqual([]);
  });

  it('are the same array for the same shape, which nobody can change', () => {
    const pairs = trianglePairs(31, 13);
    expect(trianglePairs(31, 13)).toBe(pairs);
    expect(trianglePairs(13, 31)).not.toBe(pairs);
    expect(Object.isFrozen(pairs) && pairs.every(Object.isFrozen)).toBe(true);
  });

  it('are let go of once too many others were asked for, and made again', () => {
    const [small, large] = [trianglePairs(7, 3), trianglePairs(1000, 60)];
    expect(trianglePairs(7, 3)).toBe(small);
    expect(trianglePairs(1000, 60)).not.toBe(large);
    for (let rows = 1000; rows < 1010; rows += 1) trianglePairs(rows, 40);
    expect(trianglePairs(7, 3)).not.toBe(small);
    expect(trianglePairs(7, 3)).toEqual(small);
  });
});
