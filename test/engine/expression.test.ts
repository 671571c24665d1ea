import { describe, expect, it } from 'vitest';
import {
  bitmap,
  bitmapsOf,
  checkBitmaps,
  combine,
  complement,
  complementedOf,
  type Expression,
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
      combine('or', [a, combine('or', [b, b])]),
      complement(either),
      a,
    ]) {
      expect(sameExpression(either, other)).toBe(false);
      expect(sameExpression(other, either)).toBe(false);
    }
    expect(sameExpression(combine('and', [either, a]), combine('and', [a, either]))).toBe(false);
    expect(sameExpression(leaf('0 a'), leaf('a'))).toBe(false);
  });

  it('may have ten thousand bitmaps and no more', () => {
    expect(checkBitmaps(MAX_BITMAPS)).toBe(10_000);
    expect(() => checkBitmaps(MAX_BITMAPS + 1)).toThrow(RangeError);
  });
});
