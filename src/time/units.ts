import { describe } from '../base/errors.js';
import { civilOf, dateText, dayOf, isoWeekOf, pad, weekOf } from './civil.js';

/** What periods there are; weeks are ISO weeks. */
export type PeriodUnit = 'year' | 'quarter' | 'month' | 'week' | 'day' | 'hour';

/** What a unit is, in tiny functions. Hours are those since 1970 began, on the clock of the wall; so are numbers of periods. */
interface Unit {
  /** The number of the period that an hour lies in; consecutive periods have consecutive numbers. */
  numberOf(hour: number): number;
  /** The first hour of a period. */
  startOf(number: number): number;
  /** Text of the period that begins with an hour: ISO 8601, and `2026-Q4`. */
  textOf(start: number): string;
}

const UNITS: Readonly<Record<PeriodUnit, Unit>> = {
  year: monthsLong(12, ({ year }) => pad(year, 4)),
  quarter: monthsLong(3, ({ year, month }) => `${pad(year, 4)}-Q${(month + 2) / 3}`),
  month: monthsLong(1, ({ year, month }) => `${pad(year, 4)}-${pad(month)}`),
  week: {
    numberOf: (hour) => weekOf(Math.floor(hour / 24)),
    startOf: (number) => (7 * number - 3) * 24,
    textOf(start) {
      const { year, week } = isoWeekOf(start / 24);
      return `${pad(year, 4)}-W${pad(week)}`;
    },
  },
  day: {
    numberOf: (hour) => Math.floor(hour / 24),
    startOf: (number) => 24 * number,
    textOf: (start) => dateText(civilOf(start / 24)),
  },
  hour: {
    numberOf: (hour) => hour,
    startOf: (number) => number,
    textOf(start) {
      const day = Math.floor(start / 24);
      return `${dateText(civilOf(day))}T${pad(start - 24 * day)}`;
    },
  },
};

/** The unit of a name; refuses other names. */
export function unitOf(unit: PeriodUnit): Unit {
  if (Object.hasOwn(UNITS, unit)) return UNITS[unit];
  throw new RangeError(`expected year, quarter, month, week, day or hour, got ${describe(unit)}`);
}

/** A unit of so many months. */
function monthsLong(months: number, textOf: (start: { year: number; month: number }) => string): Unit {
  return {
    numberOf(hour) {
      const { year, month } = civilOf(Math.floor(hour / 24));
      return Math.floor((12 * (year - 1970) + month - 1) / months);
    },
    startOf(number) {
      const year = Math.floor((number * months) / 12);
      return 24 * dayOf(1970 + year, number * months - 12 * year + 1, 1);
    },
    textOf: (start) => textOf(civilOf(start / 24)),
  };
}
