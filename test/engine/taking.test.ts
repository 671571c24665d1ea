import { describe, expect, it } from 'vitest';
import { atLeast, bitmap, combine, complement, type Expression } from '../../src/engine/expression.js';
import { foldParts, type Part } from '../../src/engine/parts.js';
import { sameExpression, takeApart } from '../../src/engine/taking.js';
import { MemoryStore } from '../../src/store/memory.js';

const [here, there] = [new MemoryStore(), new MemoryStore()];
const leaf = (key: string): Expression => bitmap(here, key);

/** Parts in short. */
function written({ kind, number, operands, root }: Part): string {
  return `${kind} ${number} ${operands}${root === undefined ? '' : ` ~${root}`}`.trim();
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

  it('have parts with complements for each root anew, and all others once', () => {
    const shared = combine('and', [leaf('a'), complement(combine('or', [leaf('a'), leaf('b')]))]);
    const { parts, roots } = takeApart([shared, combine('xor', [shared, shared, leaf('b')]), leaf('b')]);
    expect(parts.map(written)).toEqual([
      'bitmap 0',
      'bitmap 1',
      'or 0 0,1',
      'not 0 2 ~0',
      'and 0 0,3 ~0',
      'not 0 2 ~1',
      'and 0 0,5 ~1',
      'xor 0 6,6,1 ~1',
    ]);
    expect(roots).toEqual([4, 7, 1]);
  });

  it('have pairs as roots after the others', () => {
    const [a, b, none] = [leaf('a'), leaf('b'), complement(leaf('c'))];
    const pairs = [
      [0, 1],
      [1, 2],
    ] as const;
    const { parts, roots } = takeApart([a, b, none], pairs);
    expect(parts.map(written)).toEqual([
      'bitmap 0',
      'bitmap 1',
      'bitmap 2',
      'not 0 2 ~2',
      'and 0 0,1',
      'not 0 2 ~4',
      'and 0 1,5 ~4',
    ]);
    expect(roots).toEqual([0, 1, 3, 4, 6]);
  });

  it('are folded from their bitmaps up, each part once, operands in order', () => {
    const shared = combine('or', [leaf('a'), leaf('b')]);
    const { parts, bitmaps, roots } = takeApart([combine('andNot', [shared, complement(shared), leaf('c')])]);
    const seen: string[] = [];
    const text = foldParts<string>(parts, ({ kind, number }, operands) => {
      seen.push(kind);
      return kind === 'bitmap' ? bitmaps[number]!.key : `${kind}(${operands})`;
    });
    expect(text[roots[0]!]).toBe('andNot(or(a,b),not(or(a,b)),c)');
    expect(seen).toEqual(['bitmap', 'bitmap', 'or', 'not', 'bitmap', 'andNot']);
  });

  it('may be nested deeper than calls can be', () => {
    let chain = leaf('a');
    for (let depth = 0; depth < 100_000; depth += 1) chain = complement(chain);
    const { parts, roots } = takeApart([chain]);
    expect(parts).toHaveLength(100_001);
    expect(foldParts<number>(parts, (_, [depth = 0]) => depth + 1)[roots[0]!]).toBe(100_001);
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
