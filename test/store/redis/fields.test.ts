import { describe, expect, it } from 'vitest';
import { groupByKey, roundsOf } from '../../../src/store/redis/fields.js';

describe('groups of the bits of a key', () => {
  it('are of one key, in the order of its bits, and know their places among all', () => {
    const groups = groupByKey(
      [
        { key: 'a', ids: [1, 2], value: 1 },
        { key: 'b', ids: [1], value: 0 },
        { key: 'a', ids: [2, 3], value: 0 },
      ],
      3,
    );
    expect(groups).toEqual([
      { key: 'a', ids: [1, 2, 2], values: [1, 1, 0], places: [0, 1, 3] },
      { key: 'b', ids: [1], values: [0], places: [2] },
      { key: 'a', ids: [3], values: [0], places: [4] },
    ]);
  });

  it('go in one round as long as they do not undo each other', () => {
    const write = (key: string, value: 0 | 1, ...ids: number[]) => ({ key, ids, value });
    const roundsOfIds = (maxBits: number, ...writes: ReturnType<typeof write>[]) =>
      roundsOf(groupByKey(writes, maxBits)).map((groups) => groups.map(({ key, ids }) => [key, ...ids]));
    expect(roundsOfIds(1)).toEqual([]);
    expect(roundsOfIds(1, write('a', 1, 1, 2), write('b', 0, 1), write('a', 1, 3))).toEqual([
      [
        ['a', 1],
        ['a', 2],
        ['b', 1],
        ['a', 3],
      ],
    ]);
    expect(
      roundsOfIds(
        1,
        write('a', 1, 1),
        write('a', 0, 1),
        write('b', 0, 7),
        write('a', 0, 2),
        write('a', 1, 1),
      ),
    ).toEqual([
      [
        ['a', 1],
        ['b', 7],
      ],
      [
        ['a', 1],
        ['a', 2],
      ],
      [['a', 1]],
    ]);
    // What both sets and clears agrees with nothing, not even with its like.
    expect(
      roundsOfIds(
        2,
        write('a', 1, 1),
        write('a', 0, 2),
        write('a', 0, 1, 3),
        write('a', 0, 4),
        write('a', 1, 4),
      ),
    ).toEqual([[['a', 1, 2]], [['a', 1, 3]], [['a', 4, 4]]]);
  });
});
