import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { civilOf, dateText, dayOf, isDate, isoWeekOf, weekOf } from '../../src/time/civil.js';

const EPOCH = Temporal.PlainDate.from('1970-01-01');
const FIRST = Temporal.PlainDate.from('0001-01-01').since(EPOCH).days;
const LAST = Temporal.PlainDate.from('9999-12-31').since(EPOCH).days;

describe('dates as numbers', () => {
  it('are those of Temporal, from the year 1 to 9999', { tags: 'long' }, () => {
    fc.assert(
      fc.property(fc.integer({ min: FIRST, max: LAST }), (day) => {
        const date = EPOCH.add({ days: day });
        expect(civilOf(day)).toEqual({ year: date.year, month: date.month, day: date.day });
        expect(dayOf(date.year, date.month, date.day)).toBe(day);
        expect(isoWeekOf(day)).toEqual({ year: date.yearOfWeek, week: date.weekOfYear });
        expect(7 * weekOf(day) - 3).toBe(day - date.dayOfWeek + 1);
        expect(dateText(civilOf(day))).toBe(date.toString());
      }),
      { seed: 31, numRuns: 20_000 },
    );
  });

  it('follow each other without a gap around every New Year and leap day', { tags: 'long' }, () => {
    for (let year = 1; year <= 9999; year += 1) {
      const [first, march] = [dayOf(year, 1, 1), dayOf(year, 3, 1)];
      const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
      expect(march - first).toBe(isLeap ? 60 : 59);
      expect(dayOf(year + 1, 1, 1) - march).toBe(306);
      expect(civilOf(first)).toEqual({ year, month: 1, day: 1 });
      expect(civilOf(first - 1)).toEqual({ year: year - 1, month: 12, day: 31 });
      expect(civilOf(march - 1)).toEqual({ year, month: 2, day: isLeap ? 29 : 28 });
      expect(isDate(year, 2, 29)).toBe(isLeap);
    }
  });

  it('are of dates that the calendar has', () => {
    for (const [month, day] of [
      [0, 1],
      [13, 1],
      [1, 0],
      [1, 32],
      [4, 31],
      [12, 32],
    ] as const) {
      expect(isDate(2026, month, day)).toBe(false);
    }
    expect(isDate(2026, 12, 31)).toBe(true);
  });
});
