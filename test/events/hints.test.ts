import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noteUnknownNames } from '../../src/events/hints.js';
import { needsHours, parseQuery, queryEvents } from '../../src/index.js';

const KNOWN = ['active', 'country:UK', 'first_invoice', 'paid plan', 'pro', 'signup', 'größe'];

describe('a name that no event has', () => {
  it.each([
    ['sigup', 'signup'],
    ['!signup', 'signup'],
    ['singup', 'signup'],
    ['SIGNUP', 'signup'],
    ['sign_up', 'signup'],
    ['Country:US', 'country:UK'],
    ['first-invoices', 'first_invoice'],
    ['paid  plan', 'paid plan'],
    // The same to the eye, with two code points for a letter.
    ['gro\u0308ße', 'größe'],
    ['ｐｒｏ', 'pro'],
  ])('is told with the nearest name that there is: %s', (asked, nearest) => {
    expect(noteUnknownNames([asked], KNOWN)).toEqual([
      `no event ${JSON.stringify(asked)} here; did you mean ${JSON.stringify(nearest)}?`,
    ]);
  });

  it('is told alone if none is near', () => {
    for (const asked of ['a', 'plan', 'merge', 'por', 'first', 'x'.repeat(100_000)]) {
      expect(noteUnknownNames([asked], KNOWN)).toEqual([`no event ${JSON.stringify(asked)} here`]);
    }
    // Names that long are not compared.
    expect(noteUnknownNames(['x'.repeat(100_000)], ['y'.repeat(100_000)])[0]).not.toContain('did you mean');
    expect(noteUnknownNames(['x'.repeat(1001)], ['x'.repeat(1000)])[0]).not.toContain('did you mean');
    expect(noteUnknownNames(['x'.repeat(1000)], ['x'.repeat(1001)])[0]).toContain('did you mean');
    expect(noteUnknownNames(['signup'], [])).toEqual(['no event "signup" here']);
  });

  it('is told once, in the order of the question, and names that there are not at all', () => {
    expect(noteUnknownNames(['merge', 'pro', 'sigup', 'merge', 'signup'], KNOWN)).toEqual([
      'no event "merge" here',
      'no event "sigup" here; did you mean "signup"?',
    ]);
  });

  it('is the nearest of several, the first among equals', () => {
    expect(noteUnknownNames(['signin'], ['login', 'sign-in', 'signup'])).toEqual([
      'no event "signin" here; did you mean "sign-in"?',
    ]);
    expect(noteUnknownNames(['event3'], ['event1', 'event2'])).toEqual([
      'no event "event3" here; did you mean "event1"?',
    ]);
  });
});

describe('the nearest name', () => {
  it('takes the fewest insertions, removals and replacements of characters', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 5, maxLength: 12 });
    fc.assert(
      fc.property(text, fc.array(text, { minLength: 1, maxLength: 8 }), (asked, known) => {
        if (known.includes(asked)) return;
        const most = (name: string): number =>
          Math.min(3, Math.floor(Math.max(asked.length, name.length) * 0.4));
        const near = known.filter((name) => levenshtein(asked, name) <= most(name));
        const least = Math.min(...near.map((name) => levenshtein(asked, name)));
        const nearest = near.find((name) => levenshtein(asked, name) === least);
        const hint = nearest === undefined ? '' : `; did you mean "${nearest}"?`;
        expect(noteUnknownNames([asked], known)).toEqual([`no event "${asked}" here${hint}`]);
      }),
      { numRuns: 500, seed: 8 },
    );
  });
});

/** By its definition. */
function levenshtein(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length;
  const table = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= a.length; row++) {
    table[row] = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = table[row - 1]![column - 1]! + (a[row - 1] === b[column - 1] ? 0 : 1);
      table[row]![column] = Math.min(replaced, table[row - 1]![column]! + 1, table[row]![column - 1]! + 1);
    }
  }
  return table[a.length]![b.length]!;
}

describe('the events of an expression', () => {
  it('are all of its leaves, from left to right', () => {
    const query = parseQuery('a@2026 & ~(b@unique | "c d"@week-1) ^ a@2026-11');
    expect(Array.from(queryEvents(query), ({ event, period }) => [event, String(period)])).toEqual([
      ['a', '2026'],
      ['b', 'unique'],
      ['c d', '[object Object]'],
      ['a', '2026-11'],
    ]);
  });
});

describe('the period of an event', () => {
  it('needs hours to be marked if it, or an end of it, is one', () => {
    const hours = (text: string) =>
      [...queryEvents(parseQuery(text))].map(({ period }) => needsHours(period));
    expect(hours('a@hour | a@hour-3 | a@2026-11-22T13')).toEqual([true, true, true]);
    expect(hours('a@hour-3..hour | a@day..hour | a@2026-11-22T13..day')).toEqual([true, true, true]);
    expect(hours('a@day | a@2026-11..day | a@unique | a@{period}')).toEqual([false, false, false, false]);
    expect(hours('atLeast(1, a@hour, exactly(1, a@day))')).toEqual([true, false]);
  });
});
