import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cover } from '../../src/time/cover.js';
import { Period, type PeriodUnit } from '../../src/time/period.js';

const coverOf = (first: string, last = first): string =>
  cover(Period.parse(first), Period.parse(last)).join(' ');

/** Days, or hours, by their text. */
const partsOf = (unit: 'day' | 'hour', period: Period): string[] =>
  Period.range(Period.at(unit, period.startHour), Period.at(unit, period.endHour - 1)).map(String);

const UNITS = ['year', 'quarter', 'month', 'week', 'day', 'hour'] as const;
const DAY_UNITS = UNITS.slice(0, -1);
const ends = (units: readonly PeriodUnit[], maxHours: number) =>
  fc
    .tuple(
      fc.constantFrom(...units),
      fc.constantFrom(...units),
      fc.integer({ min: 17_000 * 24, max: 24_000 * 24 }),
      fc.nat(maxHours),
    )
    .map(([one, other, hour, length]) => [Period.at(one, hour), Period.at(other, hour + length)] as const);

describe('the cover of a time', () => {
  it.each([
    ['2026', '2026', Period.year(2026).months().join(' ')],
    ['2026-Q4', '2026-Q4', '2026-10 2026-11 2026-12'],
    ['2026-11', '2026-11', '2026-11'],
    ['2026-W47', '2026-W47', '2026-W47'],
    ['2026-11-22', '2026-11-22', '2026-11-22'],
    ['2026-11-22T13', '2026-11-22T13', '2026-11-22T13'],
    ['2026-09', '2026-11', '2026-09 2026-10 2026-11'],
    // 22 November is a Sunday: seven days are a week only if they begin on a Monday.
    ['2026-11-16', '2026-11-22', '2026-W47'],
    [
      '2026-11-17',
      '2026-11-23',
      '2026-11-17 2026-11-18 2026-11-19 2026-11-20 2026-11-21 2026-11-22 2026-11-23',
    ],
    [
      '2026-11-01',
      '2026-11-20',
      '2026-11-01 2026-W45 2026-W46 2026-11-16 2026-11-17 2026-11-18 2026-11-19 2026-11-20',
    ],
    // October is one key, not four weeks.
    ['2026-W40', '2026-W47', '2026-W40 2026-10 2026-11-01 2026-W45 2026-W46 2026-W47'],
    ['2026-W40', '2026-W42', '2026-W40 2026-W41 2026-W42'],
    ['2026-10-15', '2026-11', '2026-10-15 2026-10-16 2026-10-17 2026-10-18 2026-W43 2026-W44 2026-11'],
    ['2026-11-20T22', '2026-11-21', '2026-11-20T22 2026-11-20T23 2026-11-21'],
    ['2026-11-20', '2026-11-21T01', '2026-11-20 2026-11-21T00 2026-11-21T01'],
    ['2026-11-20', '2026-11-19', ''],
  ])('from %s to %s is of the fewest keys', (first, last, expected) => {
    expect(coverOf(first, last)).toBe(expected);
  });

  it('holds every hour of it and no other', { tags: 'long' }, () => {
    fc.assert(
      fc.property(ends(UNITS, 2000), ([first, last]) => {
        const hours = new Set(cover(first, last).flatMap((period) => partsOf('hour', period)));
        const start = Math.min(first.startHour, last.endHour);
        expect(hours.size).toBe(last.endHour - start);
        if (hours.size === 0) return;
        const sorted = [...hours].sort();
        expect(sorted[0]).toBe(String(Period.at('hour', first.startHour)));
        expect(sorted.at(-1)).toBe(String(Period.at('hour', last.endHour - 1)));
      }),
      { seed: 35, numRuns: 300 },
    );
  });

  it('needs no hours between ends that are longer', () => {
    fc.assert(
      fc.property(ends(DAY_UNITS, 20_000), ([first, last]) => {
        expect(cover(first, last).every(({ unit }) => ['month', 'week', 'day'].includes(unit))).toBe(true);
      }),
      { seed: 36, numRuns: 300 },
    );
  });

  it('is as small as the best of all choices', () => {
    fc.assert(
      fc.property(ends(DAY_UNITS, 3000), ([first, last]) => {
        expect(cover(first, last)).toHaveLength(fewest(first.startHour, last.endHour));
      }),
      { seed: 37, numRuns: 300 },
    );
  });

  it('of one period is the same whether it is asked for as one or from itself to itself', () => {
    fc.assert(
      fc.property(ends(UNITS, 0), ([period]) => {
        const again = Period.at(period.unit, period.startHour);
        expect(cover(period, period).join(' ')).toBe(cover(period, again).join(' '));
      }),
      { seed: 39, numRuns: 200 },
    );
  });

  it('ends with the calendar', () => {
    expect(coverOf('9999-12-27', '9999')).toBe('9999-12-27 9999-12-28 9999-12-29 9999-12-30 9999-12-31');
    expect(coverOf('0001-01-01', '0001-01-08')).toBe('0001-W01 0001-01-08');
  });

  it('holds the last week of the calendar, which goes on after its last day', () => {
    const textOf = (first: string, last: string) => cover(Period.parse(first), Period.parse(last)).join(' ');
    expect(textOf('9999-W51', '9999-W52')).toBe('9999-W51 9999-W52');
    expect(textOf('9999-12-31T23', '9999-W52')).toBe('9999-12-31T23');
    expect(Period.parse('9999-W52').months().join(' ')).toBe('9999-12');
  });
});

/** By trying everything: how few months, weeks and days within a time reach from each of its days to its end. */
function fewest(start: number, end: number): number {
  const least = new Map<number, number>();
  for (let hour = end; hour >= start; hour -= 24)
    least.set(hour, hour === end ? 0 : Number.POSITIVE_INFINITY);
  for (let hour = end - 24; hour >= start; hour -= 24) {
    for (const unit of ['month', 'week', 'day'] as const) {
      const { startHour, endHour } = Period.at(unit, hour);
      if (startHour < start || endHour > end) continue;
      // Whatever is covered twice may be left to either.
      for (let next = hour + 24; next <= endHour; next += 24) {
        least.set(hour, Math.min(least.get(hour)!, 1 + least.get(next)!));
      }
    }
  }
  return Math.max(0, least.get(start) ?? 0);
}
