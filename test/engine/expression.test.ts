import { describe, expect, it } from 'vitest';
import {
  atLeast,
  bitmap,
  bitmapsOf,
  checkBitmaps,
  combine,
  complement,
  complementedOf,
  type Expression,
  exactly,
  foldExpression,
  indexBitmaps,
  MAX_BITMAPS,
  sameExpression,
} from '../../src/engine/expression.js';
import { MemoryStore } from '../../src/store/memory.js';

const [here, there] = [new MemoryStore(), new MemoryStore()];
const leaf = (key: string): Expression => bitmap(here, key);
const keysOf = (expressions: readonly Expression[]) => bitmapsOf(expressions).map(({ key }) => key);

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
    expect(keysOf([atLeast(3, operands)])).toEqual(['a', 'b', 'c']);
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

  it('has its bitmaps in the order in which they appear, each key of a store once, the first of its kind', () => {
    const first = leaf('b');
    const expressions = [
      combine('or', [leaf('a'), complement(combine('andNot', [first, leaf('a')]))]),
      combine('and', [bitmap(there, 'a'), leaf('b'), leaf('c')]),
    ];
    expect(keysOf(expressions)).toEqual(['a', 'b', 'c', 'a']);
    const bitmaps = bitmapsOf(expressions);
    expect(bitmaps[1]).toBe(first);
    expect(bitmaps.map(({ store }) => store === here)).toEqual([true, true, true, false]);
    const indexOf = indexBitmaps(bitmaps);
    expect(bitmaps.map(indexOf)).toEqual([0, 1, 2, 3]);
    expect(indexOf(bitmap(there, 'a'))).toBe(3);
  });

  it('is complemented if a complement stands anywhere in it', () => {
    const deep = combine('or', [leaf('a'), combine('and', [leaf('b'), complement(leaf('c'))])]);
    const plain = combine('xor', [leaf('a'), leaf('b')]);
    expect([...complementedOf([deep, plain, leaf('c')])]).toEqual([deep]);
  });

  it('is folded from its bitmaps up, each part once, operands in order', () => {
    const shared = combine('or', [leaf('a'), leaf('b')]);
    const root = combine('andNot', [shared, complement(shared), leaf('c')]);
    const seen: string[] = [];
    const text = foldExpression<string>(root, (part, operands) => {
      seen.push(part.kind);
      return part.kind === 'bitmap' ? part.key : `${part.kind}(${operands})`;
    });
    expect(text).toBe('andNot(or(a,b),not(or(a,b)),c)');
    expect(seen).toEqual(['bitmap', 'bitmap', 'or', 'not', 'bitmap', 'andNot']);
  });

  it('equals what has the same shape over the same bitmaps', () => {
    const [a, b] = [leaf('a'), leaf('b')];
    const either = combine('or', [a, b]);
    expect(sameExpression(either, combine('or', [leaf('a'), leaf('b')]))).toBe(true);
    expect(sameExpression(complement(either), complement(combine('or', [leaf('a'), leaf('b')])))).toBe(true);
    for (const other of [
      combine('or', [b, a]),
      combine('and', [a, b]),
      combine('or', [a, bitmap(there, 'b')]),
      combine('or', [a, b, b]),
      atLeast(2, [a, b, b]),
      combine('or', [a, combine('or', [b, b])]),
      complement(either),
      a,
    ]) {
      expect(sameExpression(either, other)).toBe(false);
      expect(sameExpression(other, either)).toBe(false);
    }
    expect(sameExpression(combine('and', [either, a]), combine('and', [a, either]))).toBe(false);
    const two = atLeast(2, [a, b, b, a]);
    expect(sameExpression(two, atLeast(2, [a, b, b, a]))).toBe(true);
    expect(sameExpression(two, atLeast(3, [a, b, b, a]))).toBe(false);
    expect(sameExpression(leaf('0 a'), leaf('a'))).toBe(false);
  });

  it('may have ten thousand bitmaps and no more', () => {
    expect(checkBitmaps(MAX_BITMAPS)).toBe(10_000);
    expect(() => checkBitmaps(MAX_BITMAPS + 1)).toThrow(RangeError);
  });
});
