import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { areLabelled, showChoices } from '../../src/report/choices.js';

describe('choices of a form', () => {
  it('show a label, or the name if there is none, and no separators', () => {
    expect(
      showChoices([['Are active', 'active'], '---', ['', 'x'], 'merge', 'merge'], ['gone', 'x', '']),
    ).toEqual([
      { name: 'active', text: 'Are active' },
      { name: 'x', text: 'x' },
      { name: 'merge', text: 'merge' },
      { name: 'merge', text: 'merge' },
      { name: 'gone', text: 'gone' },
    ]);
  });

  it('stand for one name by what is shown of them, and for any name that is shown', () => {
    const text = fc.string({ unit: fc.constantFrom(...'ab ()'), maxLength: 5 });
    fc.assert(
      fc.property(
        fc.array(fc.oneof(text, fc.tuple(text, text)), { maxLength: 6 }),
        fc.array(text, { maxLength: 2 }),
        (choices, chosen) => {
          const shown = showChoices(choices, chosen);
          const meant = new Map(shown.map(({ name, text }) => [text, name]));
          for (const { name, text } of shown) expect(meant.get(text)).toBe(name);
          const names = new Set(shown.map(({ name }) => name));
          for (const { name, text } of shown) if (names.has(text)) expect(text).toBe(name);
          for (const name of chosen) expect(name === '' || names.has(name)).toBe(true);
        },
      ),
      { numRuns: 500, seed: 11 },
    );
  });

  it('are labelled if anything else than a name may be shown', () => {
    expect(areLabelled(['a', ['b', 'b'], ['', 'c'], '---'])).toBe(false);
    expect(areLabelled(['a', ['B', 'b']])).toBe(true);
  });
});
