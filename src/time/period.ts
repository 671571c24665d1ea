import type { Temporal } from 'temporal-polyfill';
import { describe, SyntaxProblem } from '../base/errors.js';
import { type Civil, civilOf, dateText, dayOf, isDate, isoWeekOf, pad, weekOf } from './civil.js';
import { hourOf, type Moment } from './moment.js';
import { type PeriodUnit, unitOf } from './units.js';
import { firstShown, lastShown, zonedAt } from './zone.js';

export type { PeriodUnit } from './units.js';

/**
 * Periods as values. A period is a calendar year, month, ISO week (ISO 8601: weeks begin on Monday, week 1 holds the first
 * Thursday), day or hour. It is a wall-clock period: which instants it holds depends on the time zone asked about.
 */

/** A year, month, ISO week, day or hour between the years 1 and 9999. Immutable. */
export class Period {
  /** What kind of period this is. */
  readonly unit: PeriodUnit;
  /** Counted from that of 1 January 1970 on. */
  readonly #number: number;
  /** The first hour, counted likewise. */
  readonly #start: number;
  #civil: Civil | undefined;

  private constructor(unit: PeriodUnit, number: number) {
    this.unit = unit;
    this.#number = number;
    this.#start = unitOf(unit).startOf(number);
    if (this.#start < FIRST_HOUR || this.#start > LAST_HOUR) {
      throw new RangeError(`expected a period between the years 1 and 9999, got year ${this.year}`);
    }
  }

  /**
   * A calendar year.
   * @param year 1 to 9999
   * @throws RangeError for any other, as the functions below for periods that no calendar has
   */
  static year(year: number): Period {
    return Period.#starting('year', year, 1, 1);
  }

  /**
   * A month of a year.
   * @param month 1 to 12
   */
  static month(year: number, month: number): Period {
    return Period.#starting('month', year, month, 1);
  }

  /**
   * An ISO week.
   * @param isoYear the year the week belongs to (2024-12-30 lies in week 1 of 2025)
   * @param isoWeek 1 to 52, or 53 if the year has as many
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
   */
  static day(year: number, month: number, day: number): Period {
    return Period.#starting('day', year, month, day);
  }

  /**
   * An hour of a day.
   * @param hour 0 to 23
   */
  static hour(year: number, month: number, day: number, hour: number): Period {
    return Period.#starting('hour', year, month, day, hour);
  }

  /**
   * The period of the given unit that holds a moment.
   * @param timeZone IANA name; decides where an instant falls
   */
  static of(unit: PeriodUnit, moment: Moment, timeZone = 'UTC'): Period {
    return new Period(unit, unitOf(unit).numberOf(hourOf(moment, timeZone)));
  }

  /**
   * Reads `2026`, `2026-11`, `2026-W47`, `2026-11-22` or `2026-11-22T13`.
   * @throws SyntaxProblem for any other text
   * @throws RangeError for a period that no calendar has (month 13, week 54, 30 February)
   */
  static parse(text: string): Period {
    const parts = PERIOD_TEXT.exec(text)?.groups;
    if (parts === undefined) {
      throw new SyntaxProblem(
        `expected a period such as 2026, 2026-11, 2026-W47, 2026-11-22 or 2026-11-22T13, got ${JSON.stringify(text)}`,
        text,
        0,
      );
    }
    const year = Number(parts.year);
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
   */
  static from(unit: PeriodUnit, value: Period | Moment, timeZone = 'UTC'): Period {
    const period = typeof value === 'string' && PERIOD_TEXT.test(value) ? Period.parse(value) : value;
    if (!(period instanceof Period)) return Period.of(unit, period, timeZone);
    if (period.unit === unit) return period;
    const { numberOf } = unitOf(unit);
    const found = new Period(unit, numberOf(period.#start));
    if (numberOf(period.#end - 1) !== found.#number) {
      throw new RangeError(`expected a date within one ${unit}, got the ${period.unit} ${period}`);
    }
    return found;
  }

  /** @internal Consecutive periods have consecutive numbers; 0 is that of 1 January 1970. */
  get number(): number {
    return this.#number;
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
    return this.#start - 24 * this.#day;
  }

  /** The period `n` units later (earlier if negative). */
  delta(n: number): Period {
    return new Period(this.unit, this.#number + integer('a whole number of periods', n));
  }

  /** The period after this one. */
  next(): Period {
    return this.delta(1);
  }

  /** The period before this one. */
  prev(): Period {
    return this.delta(-1);
  }

  /**
   * The first instant at which clocks of a zone show a time of the period. For one that they skip as a whole (an hour in spring,
   * the day on which Samoa crossed the date line), the instant at which they do.
   */
  start(timeZone = 'UTC'): Temporal.ZonedDateTime {
    return zonedAt(firstShown(this.#start, timeZone), timeZone);
  }

  /**
   * The last microsecond at which clocks of a zone show a time of the period (the reference's `period_end`). A day may have 23
   * or 25 hours; a period that is skipped has none, and ends the microsecond before it starts.
   */
  end(timeZone = 'UTC'): Temporal.ZonedDateTime {
    const after = lastShown(this.#start, this.#end, timeZone);
    return zonedAt(after, timeZone).subtract({ microseconds: 1 });
  }

  /** The months of a year. */
  months(): Period[] {
    return Array.from({ length: 12 }, (_, index) => Period.month(this.year, index + 1));
  }

  /** Negative if `a` begins before `b`, positive if after, 0 if they begin together; a comparator for sorting. */
  static compare(a: Period, b: Period): number {
    return a.#start - b.#start;
  }

  /** Whether both are the same period of the same unit; a month is not its days. */
  equals(other: Period): boolean {
    return this.unit === other.unit && this.#number === other.#number;
  }

  /** ISO 8601 text, as `Period.parse` reads it. */
  toString(): string {
    return unitOf(this.unit).textOf(this.#start);
  }

  /** As `toString`. */
  toJSON(): string {
    return this.toString();
  }

  static #starting(unit: PeriodUnit, year: number, month: number, day: number, hour = 0): Period {
    for (const [name, value] of Object.entries({ year, month, day, hour })) integer(`a whole ${name}`, value);
    if (!isDate(year, month, day) || hour < 0 || hour > 23) {
      const time = unit === 'hour' ? `T${pad(hour)}` : '';
      throw new RangeError(`expected a date of the calendar, got ${dateText({ year, month, day })}${time}`);
    }
    return new Period(unit, unitOf(unit).numberOf(24 * dayOf(year, month, day) + hour));
  }

  get #day(): number {
    return Math.floor(this.#start / 24);
  }

  /** Its first day. */
  get #date(): Civil {
    this.#civil ??= civilOf(this.#day);
    return this.#civil;
  }

  /** The first hour after it. */
  get #end(): number {
    return unitOf(this.unit).startOf(this.#number + 1);
  }
}

const FIRST_HOUR = 24 * dayOf(1, 1, 1);
const LAST_HOUR = 24 * dayOf(10_000, 1, 1) - 1;
const PERIOD_TEXT =
  /^(?<year>\d{4})(?:-(?:W(?<week>\d{2})|(?<month>\d{2})(?:-(?<day>\d{2})(?:T(?<hour>\d{2}))?)?))?$/;

function integer(what: string, value: number): number {
  if (!Number.isSafeInteger(value)) throw new RangeError(`expected ${what}, got ${describe(value)}`);
  return value;
}
