import { describe, expect, it } from 'vitest';
import { bitmap } from '../../src/engine/expression.js';
import type { Ask, Counts } from '../../src/measures/measure.js';
import { together } from '../../src/measures/together.js';
import type { Store } from '../../src/store/types.js';

const nowhere = {} as Store;

function asking(keys: string, pairs?: Ask['pairs']): Ask<Counts> {
  return { sets: [...keys].map((key) => bitmap(nowhere, key)), pairs, table: (counts) => counts };
}

describe('asks together', () => {
  it('are one ask, and each has the counts of its own sets and pairs', () => {
    const all = together([
      asking('ab', [[0, 1]]),
      asking('c'),
      asking('def', [
        [0, 2],
        [1, 2],
      ]),
    ]);
    expect(all.sets.map((set) => 'key' in set && set.key)).toEqual([...'abcdef']);
    expect(all.pairs).toEqual([
      [0, 1],
      [3, 5],
      [4, 5],
    ]);
    expect(all.table({ sets: [1, 2, 3, 4, 5, 6], pairs: [7, 8, 9] })).toEqual([
      { sets: [1, 2], pairs: [7] },
      { sets: [3], pairs: [] },
      { sets: [4, 5, 6], pairs: [8, 9] },
    ]);
  });

  it('are nothing if there is none', () => {
    expect(together([]).table({ sets: [], pairs: [] })).toEqual([]);
  });
});
