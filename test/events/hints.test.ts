import { describe, expect, it } from 'vitest';
import { findUnknownNames, noteUnknownNames, queryEvents } from '../../src/catalogue.js';
import { parseQuery } from '../../src/index.js';

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

  it('is looked up among names that begin alike, each beginning once', async () => {
    const asked: string[] = [];
    const list = async (prefix: string) => {
      asked.push(prefix);
      return KNOWN.filter((name) => name.startsWith(prefix));
    };
    expect(await findUnknownNames(['sigup', 'signip', 'signup', '𝒜𝒷c', 'acive', 'o'], list, 2)).toEqual([
      'no event "sigup" here; did you mean "signup"?',
      'no event "signip" here; did you mean "signup"?',
      'no event "𝒜𝒷c" here',
      'no event "acive" here; did you mean "active"?',
      'no event "o" here',
    ]);
    // Never half of a character.
    expect(asked).toEqual(['si', '𝒜𝒷', 'ac', 'o']);
    asked.length = 0;
    await findUnknownNames(['sigup', 'acive'], list);
    expect(asked).toEqual(['']);
  });
});

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
