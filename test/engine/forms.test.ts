import { describe, expect, it } from 'vitest';
import { atLeast, bitmap, combine, complement, type Expression } from '../../src/engine/expression.js';
import { KeptForms, textOf } from '../../src/engine/forms.js';
import type { Pair } from '../../src/engine/parts.js';
import { takeApart } from '../../src/engine/taking.js';
import { MemoryStore } from '../../src/store/memory.js';

const store = new MemoryStore();
const leaf = (key: string): Expression => bitmap(store, key);
const [a, b, c] = ['a', 'b', 'c'].map(leaf) as [Expression, Expression, Expression];

describe('the form of a question', () => {
  it('is the very one of the last question of that form, whatever its bitmaps are', () => {
    const ask = (one: Expression, other: Expression, pairs: Pair[]) =>
      takeApart([combine('andNot', [one, other]), one, complement(other)], pairs);
    const first = ask(a, b, [[0, 1]]);
    const again = ask(leaf('x'), leaf('y'), [[0, 1]]);
    expect(again.roots).toBe(first.roots);
    expect(again.parts).toBe(first.parts);
    expect(again.bitmaps.map(({ key }) => key)).toEqual(['x', 'y']);
    expect(ask(a, b, [[1, 0]]).roots).not.toBe(first.roots);
    expect(ask(a, b, []).roots).not.toBe(first.roots);
    expect(ask(a, a, [[0, 1]]).roots).not.toBe(first.roots);
  });

  it('is told by its pairs as they were, not by what became of them', () => {
    const pairs: [number, number][] = [[0, 1]];
    const { roots } = takeApart([a, b], pairs);
    pairs[0]![1] = 0;
    const changed = takeApart([a, b], pairs);
    expect(changed.roots).not.toBe(roots);
    expect(changed.parts.at(-1)).toMatchObject({ kind: 'and', operands: [0, 0] });
    expect(takeApart([a, b], [[0, 1]]).roots).toBe(roots);
  });

  it('has a text that says all about it', () => {
    const forms = [
      [a],
      [a, b],
      [a, a],
      [combine('or', [a, b])],
      [combine('or', [b, a]), b],
      [combine('or', [a, b]), b],
      [combine('and', [a, b])],
      [combine('andNot', [a, b, c])],
      [combine('andNot', [combine('andNot', [a, b]), c])],
      [atLeast(2, [a, b, c])],
      [atLeast(3, [a, b, c])],
      [complement(a)],
      [complement(a), complement(a)],
      [complement(complement(a))],
    ];
    const texts = forms.map((roots) => textOf(takeApart(roots)));
    expect(new Set(texts).size).toBe(forms.length);
    expect(textOf(takeApart([combine('or', [b, c])]))).toBe(texts[3]);
  });
});

describe('forms', () => {
  const formOf = (parts: number) => ({
    parts: Array.from({ length: parts }, (_, number) => ({
      kind: 'bitmap' as const,
      number,
      operands: [],
      root: undefined,
    })),
    roots: [0],
  });

  it('are kept as long as they are not too many, nor too large', () => {
    const kept = new KeptForms();
    const [small, large] = [formOf(9000), formOf(10_000)];
    kept.keep('large', [], large);
    expect(kept.find('large', [])).toBe(undefined);
    for (const name of ['1', '2', '3', '4', '5']) kept.keep(name, [], small);
    expect(kept.find('1', [])).toBe(small);
    kept.keep('6', [], small);
    expect([kept.find('1', []), kept.find('6', [])]).toEqual([undefined, small]);
  });

  it('are large by what their parts are made of, not by parts alone', () => {
    const kept = new KeptForms();
    const part = {
      kind: 'or' as const,
      number: 0,
      operands: new Array<number>(9999).fill(0),
      root: undefined,
    };
    const form = { parts: [...formOf(1).parts, part], roots: [1] };
    kept.keep('or', [], form);
    expect(kept.find('or', [])).toBe(undefined);
  });

  it('differ by their pairs', () => {
    const kept = new KeptForms();
    const [one, other] = [formOf(1), formOf(1)];
    kept.keep('a', [[0, 1]], one);
    kept.keep(
      'a',
      [
        [0, 1],
        [1, 1],
      ],
      other,
    );
    expect(kept.find('a', [[0, 1]])).toBe(one);
    expect(
      kept.find('a', [
        [0, 1],
        [1, 1],
      ]),
    ).toBe(other);
    expect(kept.find('a', [[0, 2]])).toBe(undefined);
    expect(kept.find('a', [])).toBe(undefined);
  });
});
