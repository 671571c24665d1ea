import { describe, expect, it } from 'vitest';
import { compatRows } from '../../src/compat/rows.js';
import type { CohortArguments } from '../../src/measures/cohort.js';
import { type ScopeOptions, scopeOf } from '../support/measures/scope.js';

const NOW = new Date('2026-03-17T15:30:45.120Z');

const compat = ({ now = NOW, timeZone, ...args }: Partial<CohortArguments> & ScopeOptions) =>
  compatRows(
    { select1: 's', select2: 'a', numResults: 3, ...args },
    scopeOf({ now, ...(timeZone && { timeZone }) }),
  ).map(({ period, date }) => `${period} ${date}`);

describe('rows as the reference has them', () => {
  it('keep the time of day of now, microseconds in full or not at all', () => {
    expect(compat({ numResults: 2 })).toEqual([
      '2026-03-16 2026-03-16T15:30:45.120000+00:00',
      '2026-03-17 2026-03-17T15:30:45.120000+00:00',
    ]);
    expect(compat({ numResults: 1, now: '2026-03-17T15:30:45Z' })).toEqual([
      '2026-03-17 2026-03-17T15:30:45+00:00',
    ]);
    expect(compat({ numResults: 1, now: '2026-03-17T15:30:45.000007Z' })).toEqual([
      '2026-03-17 2026-03-17T15:30:45.000007+00:00',
    ]);
  });

  it('are three years, and begin months on their first day', () => {
    expect(compat({ timeGroup: 'years', numResults: 9 }).map((row) => row.slice(0, 15))).toEqual([
      '2024 2024-03-17',
      '2025 2025-03-17',
      '2026 2026-03-17',
    ]);
    expect(compat({ timeGroup: 'months', numResults: 2 }).map((row) => row.slice(0, 18))).toEqual([
      '2026-02 2026-02-01',
      '2026-03 2026-03-01',
    ]);
    expect(compat({ timeGroup: 'weeks', numResults: 2 }).map((row) => row.slice(0, 19))).toEqual([
      '2026-W11 2026-03-10',
      '2026-W12 2026-03-17',
    ]);
  });

  it('move by days and then back by periods if a start is given', () => {
    expect(compat({ startDate: '2026-02-10T18:00:00Z' })).toEqual([
      '2026-02-10 2026-02-10T00:00:00+00:00',
      '2026-02-11 2026-02-11T00:00:00+00:00',
      '2026-02-12 2026-02-12T00:00:00+00:00',
    ]);
    expect(compat({ timeGroup: 'months', startDate: '2026-02-10', numResults: 3 })).toEqual([
      '2025-12 2025-12-01T00:00:00+00:00',
      '2026-01 2026-01-01T00:00:00+00:00',
      '2026-02 2026-02-01T00:00:00+00:00',
    ]);
    // The text of a period stands for its first day.
    expect(compat({ timeGroup: 'weeks', startDate: '2026-W09', numResults: 1 })).toEqual([
      '2026-W09 2026-02-23T00:00:00+00:00',
    ]);
    expect(compat({ timeGroup: 'months', startDate: '2026-02', numResults: 1 })).toEqual([
      '2026-02 2026-02-01T00:00:00+00:00',
    ]);
    expect(compat({ startDate: '2026-W09' })).toEqual(compat({ startDate: '2026-02-23' }));
  });
});
