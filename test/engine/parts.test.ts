import { describe, expect, it } from 'vitest';
import { atLeast, bitmap, combine, complement, type Expression } from '../../src/engine/expression.js';
import { foldPart, type Part, sameExpression, takeApart } from '../../src/engine/parts.js';
import { MemoryStore } from '../../src/store/memory.js';

const [here, there] = [new MemoryStore(), new MemoryStore()];
const leaf = (key: string): Expression => bitmap(here, key);

/** Parts in short. */
function written({ kind, number, operands, hasComplement }: Part): string {
  return `${kind} ${number} ${operands}${hasComplement ? ' ~' : ''}`.trim();
}

describe('expressions taken apart', () => {
  it('have each part once, operands first, and each key of a store once', () => {
    const first = leaf('b');
    const either = combine('or', [leaf('a'), first]);
    const roots = [
      combine('andNot', [either, leaf('a')]),
      atLeast(2, [either, bitmap(there, 'a'), leaf('c')]),
      leaf('b'),
      either,
    ];
    const taken = takeApart(roots);
    expect(taken.parts.map(written)).toEqual([
      'bitmap 0',
      'bitmap 1',
      'or 0 0,1',
      'andNot 0 2,0',
      'bitmap 2',
      'bitmap 3',
      'atLeast 2 2,4,5',
    ]);
    expect(taken.roots).toEqual([3, 6, 1, 2]);
    expect(taken.bitmaps.map(({ key }) => key)).toEqual(['a', 'b', 'a', 'c']);
    expect(taken.bitmaps.map(({ store }) => store === here)).toEqual([true, true, false, true]);
    expect(taken.bitmaps[1]).toBe(first);
    expect(takeApart([])).toEqual({ bitmaps: [], parts: [], roots: [] });
  });

  it('know where a complement stands', () => {
    const deep = combine('or', [leaf('a'), combine('and', [leaf('b'), complement(leaf('c'))])]);
    const { parts, roots } = takeApart([deep, combine('xor', [leaf('a'), leaf('b')])]);
    expect(parts.map(written)).toEqual([
      'bitmap 0',
      'bitmap 1',
      'bitmap 2',
      'not 0 2 ~',
      'and 0 1,3 ~',
      'or 0 0,4 ~',
      'xor 0 0,1',
    ]);
    expect(roots).toEqual([5, 6]);
  });

  it('are folded from their bitmaps up, each part once, operands in order', () => {
    const shared = combine('or', [leaf('a'), leaf('b')]);
    const { parts, bitmaps, roots } = takeApart([combine('andNot', [shared, complement(shared), leaf('c')])]);
    const seen: string[] = [];
    const text = foldPart<string>(parts, roots[0]!, [], ({ kind, number }, operands) => {
      seen.push(kind);
      return kind === 'bitmap' ? bitmaps[number]!.key : `${kind}(${operands})`;
    });
    expect(text).toBe('andNot(or(a,b),not(or(a,b)),c)');
    expect(seen).toEqual(['bitmap', 'bitmap', 'or', 'not', 'bitmap', 'andNot']);
  });

  it('are folded from one part down, without what was made before', () => {
    const shared = combine('or', [leaf('a'), leaf('b')]);
    const { parts, roots } = takeApart([combine('and', [shared, leaf('c')]), complement(shared)]);
    const made: (string | undefined)[] = [];
    const seen: number[] = [];
    const make = (part: Part, operands: readonly string[]): string => {
      seen.push(parts.indexOf(part));
      return part.kind === 'bitmap' ? String(part.number) : `${part.kind}(${operands})`;
    };
    expect(foldPart(parts, roots[1]!, made, make)).toBe('not(or(0,1))');
    expect(new Set(seen)).toEqual(new Set([0, 1, 2, roots[1]]));
    expect(foldPart(parts, roots[0]!, made, make)).toBe('and(or(0,1),2)');
    expect(seen).toHaveLength(parts.length);
  });

  it('may be nested deeper than calls can be', () => {
    let chain = leaf('a');
    for (let depth = 0; depth < 100_000; depth += 1) chain = complement(chain);
    const { parts, roots } = takeApart([chain]);
    expect(parts).toHaveLength(100_001);
    expect(foldPart<number>(parts, roots[0]!, [], (_, [depth = 0]) => depth + 1)).toBe(100_001);
  });
});

describe('an expression', () => {
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
});
