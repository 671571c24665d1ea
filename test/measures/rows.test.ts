import { describe, expect, it } from 'vitest';
import { compatRows, type RowOptions, rowsFrom } from '../../src/measures/rows.js';

const NOW = new Date('2026-03-17T15:30:45.120Z');

function options(given: Partial<RowOptions>): RowOptions {
  return { timeGroup: 'days', numResults: 3, startDate: undefined, now: NOW, timeZone: 'UTC', ...given };
}

const rows = (given: Partial<RowOptions>) =>
  rowsFrom(options(given)).map(({ period, date }) => `${period} ${date}`);
const compat = (given: Partial<RowOptions>) =>
  compatRows(options(given)).map(({ period, date }) => `${period} ${date}`);

describe('rows', () => {
  it('end with the current period where no start is given', () => {
    expect(rows({})).toEqual([
      '2026-03-15 2026-03-15T00:00:00+00:00',
      '2026-03-16 2026-03-16T00:00:00+00:00',
      '2026-03-17 2026-03-17T00:00:00+00:00',
    ]);
    expect(rows({ timeGroup: 'weeks', numResults: 2 })).toEqual([
      '2026-W11 2026-03-09T00:00:00+00:00',
      '2026-W12 2026-03-16T00:00:00+00:00',
    ]);
    expect(rows({ timeGroup: 'months', numResults: 1 })).toEqual(['2026-03 2026-03-01T00:00:00+00:00']);
    expect(rows({ timeGroup: 'years', numResults: 2 })).toEqual([
      '2025 2025-01-01T00:00:00+00:00',
      '2026 2026-01-01T00:00:00+00:00',
    ]);
    expect(rows({ numResults: 0 })).toEqual([]);
  });

  it('begin with the period that holds the start date, or lies in it', () => {
    expect(rows({ startDate: '2026-01-31', numResults: 2 })).toEqual([
      '2026-01-31 2026-01-31T00:00:00+00:00',
      '2026-02-01 2026-02-01T00:00:00+00:00',
    ]);
    expect(
      rows({ timeGroup: 'months', startDate: '2026-01-31', numResults: 2 }).map((row) => row.slice(0, 7)),
    ).toEqual(['2026-01', '2026-02']);
    expect(rows({ timeGroup: 'weeks', startDate: '2026-W09', numResults: 1 })).toEqual([
      '2026-W09 2026-02-23T00:00:00+00:00',
    ]);
    expect(() => rows({ startDate: '2026-02' })).toThrow(RangeError);
  });

  it('are those of the time zone, across a change of its clocks', () => {
    const zone = { timeZone: 'Europe/Berlin' } as const;
    expect(rows({ ...zone, startDate: '2026-03-28' })).toEqual([
      '2026-03-28 2026-03-28T00:00:00+01:00',
      '2026-03-29 2026-03-29T00:00:00+01:00',
      '2026-03-30 2026-03-30T00:00:00+02:00',
    ]);
    // An instant is another day there.
    expect(rows({ ...zone, startDate: '2026-03-16T23:30:00Z', numResults: 1 })).toEqual([
      '2026-03-17 2026-03-17T00:00:00+01:00',
    ]);
    expect(rows({ ...zone, now: new Date('2026-03-16T23:30:00Z'), numResults: 1 })).toEqual([
      '2026-03-17 2026-03-17T00:00:00+01:00',
    ]);
  });
});

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

  it('move by days and then back by periods where a start is given', () => {
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
    expect(() => compat({ startDate: '2026-W09' })).toThrow(RangeError);
  });
});
