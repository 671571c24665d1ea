import { describe, expect, it } from 'vitest';
import {
  atLeast,
  bitmap,
  checkBitmaps,
  combine,
  complement,
  type Expression,
  exactly,
  MAX_BITMAPS,
} from '../../src/engine/expression.js';
import { MemoryStore } from '../../src/store/memory.js';

const here = new MemoryStore();
const leaf = (key: string): Expression => bitmap(here, key);

describe('an expression', () => {
  it('is frozen, and keeps its operands when those it was made of change', () => {
    const operands = [leaf('a'), leaf('b')];
    const both = combine('and', operands);
    operands.push(leaf('c'));
    expect(both).toEqual({ kind: 'and', operands: [leaf('a'), leaf('b')] });
    if (both.kind !== 'and') throw new Error('expected an and');
    expect([both, both.operands, complement(both), leaf('a')].every(Object.isFrozen)).toBe(true);
  });

  it('of one operand is the operand, and of none is refused', () => {
    const a = leaf('a');
    expect(combine('xor', [a])).toBe(a);
    expect(() => combine('xor', [])).toThrow('expected at least one operand of xor, got none');
  });

  it('of at least some of its operands is any of one, and all of all', () => {
    const operands = ['a', 'b', 'b', 'c'].map(leaf);
    expect(atLeast(2, operands)).toEqual({ kind: 'atLeast', k: 2, operands });
    expect(Object.isFrozen(atLeast(2, operands))).toBe(true);
    expect(atLeast(1, operands)).toEqual(combine('or', operands));
    expect(atLeast(4, operands)).toEqual(combine('and', operands));
    expect(atLeast(1, [operands[0]!])).toBe(operands[0]);
    for (const k of [0, 5, 1.5, -1, Number.NaN]) {
      expect(() => atLeast(k, operands)).toThrow(
        new RangeError(`expected a whole number of sets from 1 to 4, those that are given, got ${k}`),
      );
    }
    expect(() => exactly('2' as unknown as number, operands)).toThrow('those that are given, got "2"');
    expect(() => atLeast(1, [])).toThrow('from 1 to 0');
  });

  it('of exactly some of its operands is at least so many and not one more', () => {
    const operands = ['a', 'b', 'c'].map(leaf);
    expect(exactly(2, operands)).toEqual(combine('andNot', [atLeast(2, operands), combine('and', operands)]));
    expect(exactly(1, operands)).toEqual(combine('andNot', [combine('or', operands), atLeast(2, operands)]));
    expect(exactly(3, operands)).toEqual(combine('and', operands));
    expect(() => exactly(0, operands)).toThrow('from 1 to 3, those that are given, got 0');
  });

  it('may have ten thousand bitmaps and no more', () => {
    expect(checkBitmaps(MAX_BITMAPS)).toBe(10_000);
    expect(() => checkBitmaps(MAX_BITMAPS + 1)).toThrow(RangeError);
  });
});
