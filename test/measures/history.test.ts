import { describe, expect, it } from 'vitest';
import { peopleBefore } from '../../src/measures/history.js';
import { textOf as queryTextOf } from '../../src/measures/people.js';
import { Period } from '../../src/time/period.js';
import { type ScopeOptions, scopeOf, textOf } from '../support/measures/scope.js';

function earlier(first: string, last: string, historyStart?: string, options?: ScopeOptions) {
  const groups = peopleBefore(scopeOf(options), 'a', Period.range(first, last), historyStart);
  return groups.map((group) => group && [textOf(group.set), queryTextOf(group)]);
}

const firsts = { a: '2026-01-29' };

describe('who did something before', () => {
  it('did it in the months since the first key, or in a period after those', () => {
    expect(earlier('2026-03', '2026-05', undefined, { firsts })).toEqual([
      ['a@2026-01..2026-02', 'a@2026-01..2026-02'],
      ['a@2026-01..2026-02 | a@2026-03', 'a@2026-01..2026-03'],
      ['a@2026-01..2026-02 | a@2026-03 | a@2026-04', 'a@2026-01..2026-04'],
    ]);
    expect(earlier('2026-02-03', '2026-02-03', undefined, { firsts })).toEqual([
      ['a@2026-01..2026-02-02', 'a@2026-01..2026-02-02'],
    ]);
  });

  it('is nobody before the history begins', () => {
    expect(earlier('2025-12', '2026-02', undefined, { firsts })).toEqual([
      undefined,
      undefined,
      ['a@2026-01', 'a@2026-01'],
    ]);
    expect(earlier('2026-03', '2026-04')).toEqual([undefined, undefined]);
  });

  it('did it since a day on which the history is said to begin, whatever the first key', () => {
    expect(earlier('2026-01', '2026-03', '2026-01-30', { firsts })).toEqual([
      undefined,
      ['a@2026-01-30..2026-01', 'a@2026-01-30..2026-01'],
      ['a@2026-01-30..2026-01 | a@2026-02', 'a@2026-01-30..2026-02'],
    ]);
    expect(earlier('2026-W06', '2026-W06', '2025-Q4')).toEqual([
      ['a@2025-10-01..2026-W05', 'a@2025-10-01..2026-W05'],
    ]);
    expect(earlier('2026-02-03T12', '2026-02-03T12', '2026-02-03T10')).toEqual([
      ['a@2026-02-03T10..2026-02-03T11', 'a@2026-02-03T10..2026-02-03T11'],
    ]);
  });

  it('is looked for period by period if it is a segment', () => {
    const options = { firsts, segments: ['a'] };
    expect(earlier('2026-03', '2026-03', undefined, options)).toEqual([
      ['a@2026-01 | a@2026-02', 'a@2026-01 | a@2026-02'],
    ]);
    expect(earlier('2026-03', '2026-03', '2026-02-10', options)).toEqual([['a@2026-02', 'a@2026-02']]);
  });

  it('was of a segment in the period before if it has no first key, as one of flags has none', () => {
    expect(earlier('2026-03', '2026-04', undefined, { segments: ['a'] })).toEqual([
      ['a@2026-02', 'a@2026-02'],
      ['a@2026-02 | a@2026-03', 'a@2026-02 | a@2026-03'],
    ]);
  });

  it('is not looked for in tens of thousands of periods of a segment', () => {
    expect(() => earlier('2026-03-01', '2026-03-02', '1900', { segments: ['a'] })).toThrow(
      new RangeError('expected a history of at most 10000 periods of a segment, got 46082'),
    );
    expect(earlier('2026-03-01', '2026-03-01', '1900')).toHaveLength(1);
  });
});
