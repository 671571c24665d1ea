import { describe, expect, it } from 'vitest';
import { expectMarked, expectMarkedFor } from '../../src/explorer/engine/marks.js';
import { parseQuestion } from '../../src/measures.js';

const SEGMENTS = new Map([
  ['fans', 'active@{period} & pro@unique'],
  ['weekly', 'active@{period} & active@week'],
  ['loop', 'loop@{period} | fans@{period}'],
]);

function check(text: string, marks = { hourly: false, unique: false }): () => void {
  return () => expectMarked({ marks, segments: SEGMENTS }, text);
}

function checkTrend(given: object): () => void {
  const question = parseQuestion({ measure: 'trend', events: ['active'], ...given });
  return () => expectMarkedFor({ marks: { hourly: false, unique: false }, segments: SEGMENTS }, question);
}

describe('a CSV of which neither flags nor hours were marked', () => {
  it.each([
    ['active@unique', 'dateless flags were marked when it was opened'],
    ['active@2026-11-26T13', 'hours were marked when it was opened'],
    ['active@day..hour', 'hours'],
    ['fans@day', 'those of pro'],
    ['weekly@unique', 'those of active'],
    ['loop@day', 'those of pro'],
  ])('is not asked for %s', (text, message) => {
    expect(check(text)).toThrow(message);
  });

  it.each(['active@day & ~active@2026', 'weekly@month'])('is asked for %s', (text) => {
    expect(check(text)).not.toThrow();
  });

  it('is asked for no measure of them, not by a segment and not by a breakdown', () => {
    expect(checkTrend({})).not.toThrow();
    expect(checkTrend({ events: ['weekly'] })).not.toThrow();
    expect(checkTrend({ events: ['active', 'fans'] })).toThrow('dateless flags');
    expect(checkTrend({ unit: 'hour' })).toThrow('hours');
    expect(checkTrend({ by: ['pro'] })).toThrow('those of pro');
    expect(checkTrend({ by: ['pro@unique | active@day'] })).toThrow('those of pro');
    expect(checkTrend({ by: ['active@day'] })).not.toThrow();
  });
});

it('a CSV of which they were marked is asked for them', () => {
  expect(check('fans@day | active@unique', { hourly: false, unique: true })).not.toThrow();
  expect(check('active@hour', { hourly: true, unique: false })).not.toThrow();
});

it('a dump is asked for anything', () => {
  const question = parseQuestion({ measure: 'trend', events: ['fans'], unit: 'hour', by: ['pro'] });
  const dump = { marks: undefined, segments: SEGMENTS };
  expect(() => expectMarkedFor(dump, question)).not.toThrow();
  expect(() => expectMarked(dump, 'fans@hour | pro@unique')).not.toThrow();
});
