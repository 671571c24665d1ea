import type { Temporal } from 'temporal-polyfill';
import { describe, SyntaxProblem } from '../base/errors.js';
import { type Civil, civilOf, dateText, dayOf, isDate, isoWeekOf, pad, weekOf } from './civil.js';
import { hourOf, type Moment } from './moment.js';
import { type PeriodUnit, unitOf } from './units.js';
import { firstShown, lastShown, zonedAt } from './zone.js';

export type { PeriodUnit } from './units.js';

/**
 * Periods as values. A period is a calendar year, quarter, month, ISO week (ISO 8601: weeks begin on Monday, week 1 holds the
 * first Thursday), day or hour. It is a wall-clock period: which instants it holds depends on the time zone asked about.
 */

/** A year, quarter, month, ISO week, day or hour between the years 1 and 9999. Immutable. */
export class Period {
  /** What kind of period this is. */
  readonly unit: PeriodUnit;
  /** @internal Consecutive periods have consecutive numbers; 0 is that of 1 January 1970. */
  readonly number: number;
  /** @internal The first hour, counted likewise on the clock of the wall. */
  readonly startHour: number;
  #civil: Civil | undefined;
  #text: string | undefined;

  private constructor(unit: PeriodUnit, number: number) {
    this.unit = unit;
    this.number = number;
    this.startHour = unitOf(unit).startOf(number);
    if (this.startHour < FIRST_HOUR || this.startHour > LAST_HOUR) {
      throw new RangeError(`expected a period between the years 1 and 9999, got year ${this.year}`);
    }
  }

  /**
   * A calendar year.
   * @param year 1 to 9999
   * @throws RangeError for any other, as the functions below for periods that no calendar has
   * @example
   * import { Period } from 'bitmapist-wasm';
   * console.log(Period.year(2026).toString()); // 2026
   */
  static year(year: number): Period {
    return Period.#starting('year', year, 1, 1);
  }

  /**
   * A quarter of a year. It has no key of its own: it is the OR of its months, as the year is.
   * @param quarter 1 to 4
   * @example
   * import { Period } from 'bitmapist-wasm';
   * console.log(Period.quarter(2026, 4).months().join(' ')); // 2026-10 2026-11 2026-12
   */
  static quarter(year: number, quarter: number): Period {
    if (integer('a whole quarter', quarter) < 1 || quarter > 4) {
      throw new RangeError(`expected a quarter from 1 to 4, got ${quarter}`);
    }
    return Period.#starting('quarter', year, 3 * quarter - 2, 1);
  }

  /**
   * A month of a year.
   * @param month 1 to 12
   * @example
   * import { Period } from 'bitmapist-wasm';
   * console.log(Period.month(2026, 11).toString()); // 2026-11
   */
  static month(year: number, month: number): Period {
    return Period.#starting('month', year, month, 1);
  }

  /**
   * An ISO week.
   * @param isoYear the year the week belongs to (2024-12-30 lies in week 1 of 2025)
   * @param isoWeek 1 to 52, or 53 if the year has as many
   * @example
   * import { Period } from 'bitmapist-wasm';
   * console.log(Period.week(2026, 47).day); // 16
   */
  static week(isoYear: number, isoWeek: number): Period {
    const first = weekOf(dayOf(integer('a whole year', isoYear), 1, 4));
    const number = first + integer('an ISO week', isoWeek) - 1;
    if (isoWeekOf(7 * number).year !== isoYear) {
      throw new RangeError(`expected an ISO week of ${isoYear}, got week ${isoWeek}`);
    }
    return new Period('week', number);
  }

  /**
   * A day.
   * @param month 1 to 12
   * @param day 1 to 31, as the month has them
   * @example
   * import { Period } from 'bitmapist-wasm';
   * console.log(Period.day(2026, 11, 22).week); // 47
   */
  static day(year: number, month: number, day: number): Period {
    return Period.#starting('day', year, month, day);
  }

  /**
   * An hour of a day.
   * @param hour 0 to 23
   * @example
   * import { Period } from 'bitmapist-wasm';
   * console.log(Period.hour(2026, 11, 22, 13).toString()); // 2026-11-22T13
   */
  static hour(year: number, month: number, day: number, hour: number): Period {
    return Period.#starting('hour', year, month, day, hour);
  }

  /**
   * The period of the given unit that holds a moment.
   * @param timeZone IANA name; decides where an instant falls
   * @example
   * import { Period } from 'bitmapist-wasm';
   * console.log(Period.of('day', '2026-11-22T23:30:00Z', 'Asia/Tokyo').toString()); // 2026-11-23
   */
  static of(unit: PeriodUnit, moment: Moment, timeZone = 'UTC'): Period {
    return Period.at(unit, hourOf(moment, timeZone));
  }

  /** @internal The period of a unit that holds an hour, counted from that of 1 January 1970 on. */
  static at(unit: PeriodUnit, hour: number): Period {
    return new Period(unit, unitOf(unit).numberOf(hour));
  }

  /**
   * Reads `2026`, `2026-Q4`, `2026-11`, `2026-W47`, `2026-11-22` or `2026-11-22T13`.
   * @throws SyntaxProblem for any other text
   * @throws RangeError for a period that no calendar has (month 13, week 54, 30 February)
   * @example
   * import { Period } from 'bitmapist-wasm';
   * console.log(Period.parse('2026-W47').delta(-47).toString()); // 2025-W52
   */
  static parse(text: string): Period {
    const parts = PERIOD_TEXT.exec(text)?.groups;
    if (parts === undefined) {
      throw new SyntaxProblem(
        `expected a period such as 2026, 2026-Q4, 2026-11, 2026-W47, 2026-11-22 or 2026-11-22T13, got ${JSON.stringify(text)}`,
        text,
        0,
      );
    }
    const year = Number(parts.year);
    if (parts.quarter !== undefined) return Period.quarter(year, Number(parts.quarter));
    if (parts.week !== undefined) return Period.week(year, Number(parts.week));
    if (parts.month === undefined) return Period.year(year);
    const month = Number(parts.month);
    if (parts.day === undefined) return Period.month(year, month);
    const day = Number(parts.day);
    if (parts.hour === undefined) return Period.day(year, month, day);
    return Period.hour(year, month, day, Number(parts.hour));
  }

  /**
   * The period of the given unit that holds `value`: a period of that unit or a finer one, its ISO text, or a moment.
   * @throws RangeError if `value` spans several such periods (a year asked for as a month)
   * @example
   * import { Period } from 'bitmapist-wasm';
   * console.log(Period.from('month', '2026-11-22').toString()); // 2026-11
   */
  static from(unit: PeriodUnit, value: Period | Moment, timeZone = 'UTC'): Period {
    const period = typeof value === 'string' && PERIOD_TEXT.test(value) ? Period.parse(value) : value;
    if (!(period instanceof Period)) return Period.of(unit, period, timeZone);
    if (period.unit === unit) return period;
    const found = Period.at(unit, period.startHour);
    if (period.endHour > found.endHour) {
      throw new RangeError(`expected a date within one ${unit}, got the ${period.unit} ${period}`);
    }
    return found;
  }

  /**
   * The periods from `first` to `last`, both included; empty if `last` comes before `first`.
   * @param first a period or its text, of the same unit as `last`
   * @throws RangeError for periods of different units
   * @example
   * import { Period } from 'bitmapist-wasm';
   * console.log(Period.range('2026-W51', '2027-W01').join(' ')); // 2026-W51 2026-W52 2026-W53 2027-W01
   */
  static range(first: Period | string, last: Period | string): Period[] {
    const [from] = sameUnit(first, last);
    const periods: Period[] = [];
    const count = Period.count(first, last);
    for (let index = 0; index < count; index += 1) periods.push(from.delta(index));
    return periods;
  }

  /**
   * How many periods `range` gives.
   * @example
   * import { Period } from 'bitmapist-wasm';
   * console.log(Period.count('2026-01-01', '2026-12-31')); // 365
   */
  static count(first: Period | string, last: Period | string): number {
    const [from, to] = sameUnit(first, last);
    return Math.max(0, to.number - from.number + 1);
  }

  /** Calendar year; of a week, the ISO year it belongs to. */
  get year(): number {
    return this.unit === 'week' ? isoWeekOf(this.#day).year : this.#date.year;
  }

  /** 1 to 12; of a week, the month its Monday lies in. */
  get month(): number {
    return this.#date.month;
  }

  /** ISO week 1 to 53 of the first day. */
  get week(): number {
    return isoWeekOf(this.#day).week;
  }

  /** 1 to 31, of the first day. */
  get day(): number {
    return this.#date.day;
  }

  /** 0 to 23; 0 for all units but hours. */
  get hour(): number {
    return this.startHour - 24 * this.#day;
  }

  /**
   * The period `n` units later (earlier if negative).
   * @example
   * import { Period } from 'bitmapist-wasm';
   * console.log(Period.parse('2026-11').delta(-12).toString()); // 2025-11
   */
  delta(n: number): Period {
    return new Period(this.unit, this.number + integer('a whole number of periods', n));
  }

  /**
   * The period after this one.
   * @example
   * import { Period } from 'bitmapist-wasm';
   * console.log(Period.parse('2026-12').next().toString()); // 2027-01
   */
  next(): Period {
    return this.delta(1);
  }

  /**
   * The period before this one.
   * @example
   * import { Period } from 'bitmapist-wasm';
   * console.log(Period.parse('2026-03-01').prev().toString()); // 2026-02-28
   */
  prev(): Period {
    return this.delta(-1);
  }

  /**
   * The first instant at which clocks of a zone show a time of the period. For one that they skip as a whole (an hour in spring,
   * the day on which Samoa crossed the date line), the instant at which they do.
   * @example
   * import { Period } from 'bitmapist-wasm';
   * console.log(Period.parse('2026-11').start('Asia/Tokyo').toInstant().toString()); // 2026-10-31T15:00:00Z
   */
  start(timeZone = 'UTC'): Temporal.ZonedDateTime {
    return zonedAt(firstShown(this.startHour, timeZone), timeZone);
  }

  /**
   * The last microsecond at which clocks of a zone show a time of the period (the reference's `period_end`). A day may have 23
   * or 25 hours; a period that is skipped has no time at all, and ends the microsecond before it starts.
   * @example
   * import { Period } from 'bitmapist-wasm';
   * console.log(Period.parse('2026-11').end().toInstant().toString()); // 2026-11-30T23:59:59.999999Z
   */
  end(timeZone = 'UTC'): Temporal.ZonedDateTime {
    const after = lastShown(this.startHour, this.endHour, timeZone);
    return zonedAt(after, timeZone).subtract({ microseconds: 1 });
  }

  /**
   * The months of a year or quarter; of other periods, the month or two they lie in.
   * @example
   * import { Period } from 'bitmapist-wasm';
   * console.log(Period.parse('2026-W40').months().join(' ')); // 2026-09 2026-10
   */
  months(): Period[] {
    const lastHour = Math.min(this.endHour - 1, LAST_HOUR);
    return Period.range(Period.at('month', this.startHour), Period.at('month', lastHour));
  }

  /**
   * Negative if `a` begins before `b`, positive if after, 0 if they begin together; a comparator for sorting.
   * @example
   * import { Period } from 'bitmapist-wasm';
   * console.log(['2026-11', '2025-03'].map(Period.parse).sort(Period.compare).join(' ')); // 2025-03 2026-11
   */
  static compare(a: Period, b: Period): number {
    return a.startHour - b.startHour;
  }

  /**
   * Whether both are the same period of the same unit; a month is not its days.
   * @example
   * import { Period } from 'bitmapist-wasm';
   * console.log(Period.parse('2026-11-30').next().equals(Period.day(2026, 12, 1))); // true
   */
  equals(other: Period): boolean {
    return this.unit === other.unit && this.number === other.number;
  }

  /**
   * ISO 8601 text, or `2026-Q4`, as `Period.parse` reads it.
   * @example
   * import { Period } from 'bitmapist-wasm';
   * console.log(String(Period.week(2026, 7))); // 2026-W07
   */
  toString(): string {
    this.#text ??= unitOf(this.unit).textOf(this.startHour);
    return this.#text;
  }

  /**
   * As `toString`.
   * @example
   * import { Period } from 'bitmapist-wasm';
   * console.log(JSON.stringify([Period.month(2026, 11)])); // ["2026-11"]
   */
  toJSON(): string {
    return this.toString();
  }

  static #starting(unit: PeriodUnit, year: number, month: number, day: number, hour = 0): Period {
    for (const [name, value] of Object.entries({ year, month, day, hour })) integer(`a whole ${name}`, value);
    if (!isDate(year, month, day) || hour < 0 || hour > 23) {
      const time = unit === 'hour' ? `T${pad(hour)}` : '';
      throw new RangeError(`expected a date of the calendar, got ${dateText({ year, month, day })}${time}`);
    }
    return Period.at(unit, 24 * dayOf(year, month, day) + hour);
  }

  get #day(): number {
    return Math.floor(this.startHour / 24);
  }

  /** Its first day. */
  get #date(): Civil {
    this.#civil ??= civilOf(this.#day);
    return this.#civil;
  }

  /** @internal The first hour after it. */
  get endHour(): number {
    return unitOf(this.unit).startOf(this.number + 1);
  }
}

const FIRST_HOUR = 24 * dayOf(1, 1, 1);
export const LAST_HOUR = 24 * dayOf(10_000, 1, 1) - 1;
const PERIOD_TEXT =
  /^(?<year>\d{4})(?:-(?:Q(?<quarter>\d)|W(?<week>\d{2})|(?<month>\d{2})(?:-(?<day>\d{2})(?:T(?<hour>\d{2}))?)?))?$/;

function sameUnit(...ends: [Period | string, Period | string]): [Period, Period] {
  const [first, last] = ends.map((end) => (typeof end === 'string' ? Period.parse(end) : end)) as [
    Period,
    Period,
  ];
  if (first.unit === last.unit) return [first, last];
  throw new RangeError(
    `expected two periods of one unit, got the ${first.unit} ${first} and the ${last.unit} ${last}`,
  );
}

function integer(what: string, value: number): number {
  if (!Number.isSafeInteger(value)) throw new RangeError(`expected ${what}, got ${describe(value)}`);
  return value;
}
