import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endHour, holdersOf, periodOf, startHour } from '../../src/events/ordinals.js';
import { Period } from '../../src/time/period.js';

const UNITS = ['month', 'week', 'day', 'hour'] as const;
const anyPeriod = fc
  .record({
    unit: fc.constantFrom(...UNITS),
    at: fc.date({ min: new Date('0001-01-15'), max: new Date('9999-12-01'), noInvalidDate: true }),
  })
  .map(({ unit, at }) => Period.of(unit, at));

describe('the number of a period', () => {
  it('is that of the period alone, and the next has the next', () => {
    fc.assert(
      fc.property(anyPeriod, (period) => {
        const unit = period.unit as (typeof UNITS)[number];
        const number = period.number;
        expect(String(periodOf([unit, number]))).toBe(String(period));
        expect(period.next().number).toBe(number + 1);
        expect(startHour([unit, number]) * 3_600_000).toBe(period.start().epochMilliseconds);
        expect(endHour([unit, number])).toBe(startHour([unit, number + 1]));
      }),
      { numRuns: 300, seed: 7 },
    );
  });

  it('tells the longer periods that hold it', () => {
    const holders = (text: string): string[] => {
      const period = Period.parse(text);
      const unit = period.unit as (typeof UNITS)[number];
      return holdersOf([unit, period.number]).map((all) =>
        [...new Set(all.map((each) => String(periodOf(each))))].join(' '),
      );
    };
    expect(holders('2026-12-31T23')).toEqual(['2026-12-31', '2026-12', '2026-W53']);
    expect(holders('2027-01-01')).toEqual(['2027-01', '2026-W53']);
    expect(holders('2026-W53')).toEqual(['2026-12 2027-01']);
    expect(holders('2026-W47')).toEqual(['2026-11']);
    expect(holders('2026-11')).toEqual([]);
    expect(holders('0001-01-01T00')).toEqual(['0001-01-01', '0001-01', '0001-W01']);
    expect(holders('1969-12-31T23')).toEqual(['1969-12-31', '1969-12', '1970-W01']);
  });
});
