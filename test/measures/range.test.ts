import { describe, expect, it } from 'vitest';
import { checkCells, firstIn, lastIn, type RangeArguments, readRange } from '../../src/measures/range.js';

const NOW = { now: '2026-03-17T12:00:00Z', timeZone: 'UTC' };

function textOf(args: RangeArguments, scope = NOW): string {
  return readRange(args, scope).periods.join(' ');
}

describe('a range of periods', () => {
  it('ends with the current period unless it is told where to begin', () => {
    expect(textOf({ numResults: 3 })).toBe('2026-03-15 2026-03-16 2026-03-17');
    expect(textOf({ timeGroup: 'weeks', numResults: 2 })).toBe('2026-W11 2026-W12');
    expect(textOf({ timeGroup: 'quarters', numResults: 2, startDate: '' })).toBe('2025-Q4 2026-Q1');
    expect(textOf({ timeGroup: 'hours', numResults: 2 })).toBe('2026-03-17T11 2026-03-17T12');
    expect(readRange({}, NOW).periods).toHaveLength(12);
  });

  it('begins with the first of a longer period', () => {
    expect(textOf({ startDate: '2026-02', numResults: 2 })).toBe('2026-02-01 2026-02-02');
    expect(textOf({ startDate: '2026', timeGroup: 'weeks', numResults: 1 })).toBe('2026-W01');
    expect(textOf({ startDate: '2026-02-14', timeGroup: 'months', numResults: 1 })).toBe('2026-02');
    expect(String(lastIn('day', '2026-02', 'UTC'))).toBe('2026-02-28');
    expect(String(firstIn('month', '2026-Q1', 'UTC'))).toBe('2026-01');
  });

  it('says of each period whether it is over, in the zone asked for', () => {
    const scope = { now: '2026-03-17T20:00:00Z', timeZone: 'Asia/Tokyo' };
    const { periods, states } = readRange({ startDate: '2026-03-17', numResults: 3 }, scope);
    expect(periods.map((period, at) => `${period} ${states[at]}`)).toEqual([
      '2026-03-17 final',
      '2026-03-18 running',
      '2026-03-19 future',
    ]);
  });

  it.each([
    [{ numResults: 0 }, 'expected numResults to be a whole number from 1 to 10000, got 0'],
    [{ numResults: 1.5 }, 'expected numResults to be a whole number from 1 to 10000, got 1.5'],
    [
      { timeGroup: 'decades' as 'years' },
      'expected hours, days, weeks, months, quarters or years as time group, got "decades"',
    ],
  ] as [RangeArguments, string][])('refuses %o', (args, message) => {
    expect(() => readRange(args, NOW)).toThrow(new RangeError(message));
  });

  it('has a limit to the cells of a page', () => {
    expect(() => checkCells(500, 500)).not.toThrow();
    expect(() => checkCells(1, 250_001)).toThrow(
      'expected a table of at most 250000 cells, got 1 row of 250001 cells',
    );
  });
});
