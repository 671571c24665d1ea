import { describe, expect, it } from 'vitest';
import { bitmap, type Expression } from '../../src/engine/expression.js';
import { takeApart } from '../../src/engine/taking.js';
import { slidingUnions } from '../../src/measures/sliding.js';
import { MemoryStore } from '../../src/store/memory.js';

const store = new MemoryStore();
const sets = (count: number): Expression[] =>
  Array.from({ length: count }, (_, at) => bitmap(store, `${at}`));

function keysOf(expression: Expression): string[] {
  return takeApart([expression])
    .bitmaps.map(({ key }) => key)
    .sort((a, b) => Number(a) - Number(b));
}

describe('unions of consecutive sets', () => {
  it.each([1, 2, 3, 4, 7])('hold %i sets each, from each of the first on', (size) => {
    const unions = slidingUnions(sets(9), size);
    expect(unions.map(keysOf)).toEqual(
      Array.from({ length: 10 - size }, (_, first) =>
        Array.from({ length: size }, (_, at) => `${first + at}`),
      ),
    );
  });

  it('are none of more sets than there are', () => {
    expect(slidingUnions(sets(3), 4)).toEqual([]);
    expect(slidingUnions([], 1)).toEqual([]);
  });

  it.each([2, 28, 365])('cost three ORs at most, of %i sets too', (size) => {
    const given = sets(1000);
    const { parts } = takeApart(slidingUnions(given, size));
    expect(parts.length - given.length).toBeLessThanOrEqual(3 * given.length);
  });
});
