import { describe, expect, it } from 'vitest';
import { Patience } from '../../src/base/patience.js';

describe('repeats', () => {
  it('come after pauses that double up to a second, and fill the limit', () => {
    const pausesOf = (limitMs: number): number[] => {
      const patience = new Patience(limitMs);
      const pauses: number[] = [];
      for (let next = patience.next(); next !== undefined; next = patience.next()) pauses.push(next);
      return pauses;
    };
    expect(pausesOf(0)).toEqual([]);
    expect(pausesOf(50)).toEqual([20, 30]);
    expect(pausesOf(4000)).toEqual([20, 40, 80, 160, 320, 640, 1000, 1000, 740]);
  });
});
