import { Temporal } from 'temporal-polyfill';
import { describe, SyntaxProblem } from '../base/errors.js';
import { firstShown, lastShown, type Moment, type Wall, wallClock } from './moment.js';

/**
 * Periods as values. A period is a calendar year, month, ISO week (ISO 8601: weeks begin on Monday, week 1 holds the first
 * Thursday), day or hour. It is a wall-clock period: which instants it holds depends on the time zone asked about.
 */

/** What periods there are; weeks are ISO weeks. */
export type PeriodUnit = 'year' | 'month' | 'week' | 'day' | 'hour';

interface Unit {
  /** The start of the unit that holds `at`. */
  floor(at: Wall): Wall;
  /** The start `n` units after `start`. */
  offset(start: Wall, n: number): Wall;
  /** ISO 8601 text. */
  text(start: Wall): string;
}

const UNITS: Record<PeriodUnit, Unit> = {
  year: {
    floor: (at) => midnight(at.with({ month: 1, day: 1 })),
    offset: (start, n) => start.add({ years: n }),
    text: (start) => pad(start.year, 4),
  },
  month: {
    floor: (at) => midnight(at.with({ day: 1 })),
    offset: (start, n) => start.add({ months: n }),
    text: (start) => `${pad(start.year, 4)}-${pad(start.month)}`,
  },
  week: {
    floor: (at) => midnight(at.subtract({ days: at.dayOfWeek - 1 })),
    offset: (start, n) => start.add({ weeks: n }),
    text: (start) => `${pad(start.yearOfWeek ?? 0, 4)}-W${pad(start.weekOfYear ?? 0)}`,
  },
  day: {
    floor: midnight,
    offset: (start, n) => start.add({ days: n }),
    text: (start) => start.toPlainDate().toString(),
  },
  hour: {
    floor: (at) => midnight(at).with({ hour: at.hour }),
    offset: (start, n) => start.add({ hours: n }),
    text: (start) => `${start.toPlainDate().toString()}T${pad(start.hour)}`,
  },
};

/** A year, month, ISO week, day or hour between the years 1 and 9999. Immutable. */
export class Period {
  /** What kind of period this is. */
  readonly unit: PeriodUnit;
  readonly #start: Wall;

  private constructor(unit: PeriodUnit, start: Wall) {
    if (start.year < 0 || start.year > 9999 || yearOf(unit, start) < 1) {
      throw new RangeError(`expected a period between the years 1 and 9999, got year ${yearOf(unit, start)}`);
    }
    this.unit = unit;
    this.#start = start;
  }

  /**
   * A calendar year.
   * @param year 1 to 9999
   * @throws RangeError for any other, as the functions below for periods that no calendar has
   */
  static year(year: number): Period {
    return new Period('year', wall({ year, month: 1, day: 1 }));
  }

  /**
   * A month of a year.
   * @param month 1 to 12
   */
  static month(year: number, month: number): Period {
    return new Period('month', wall({ year, month, day: 1 }));
  }

  /**
   * An ISO week.
   * @param isoYear the year the week belongs to (2024-12-30 lies in week 1 of 2025)
   * @param isoWeek 1 to 52, or 53 where the year has as many
   */
  static week(isoYear: number, isoWeek: number): Period {
    const firstThursday = wall({ year: isoYear, month: 1, day: 4 });
    const start = UNITS.week.floor(firstThursday).add({ weeks: integer('an ISO week', isoWeek) - 1 });
    if (start.yearOfWeek !== isoYear || start.weekOfYear !== isoWeek) {
      throw new RangeError(`expected an ISO week of ${isoYear}, got week ${isoWeek}`);
    }
    return new Period('week', start);
  }

  /**
   * A day.
   * @param month 1 to 12
   * @param day 1 to 31, as the month has them
   */
  static day(year: number, month: number, day: number): Period {
    return new Period('day', wall({ year, month, day }));
  }

  /**
   * An hour of a day.
   * @param hour 0 to 23
   */
  static hour(year: number, month: number, day: number, hour: number): Period {
    return new Period('hour', wall({ year, month, day, hour }));
  }

  /**
   * The period of the given unit that holds a moment.
   * @param timeZone IANA name; decides where an instant falls
   */
  static of(unit: PeriodUnit, moment: Moment, timeZone = 'UTC'): Period {
    return new Period(unit, unitOf(unit).floor(wallClock(moment, timeZone)));
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
   * @throws RangeError where `value` spans several such periods (a year asked for as a month)
   */
  static from(unit: PeriodUnit, value: Period | Moment, timeZone = 'UTC'): Period {
    const period = typeof value === 'string' && PERIOD_TEXT.test(value) ? Period.parse(value) : value;
    if (!(period instanceof Period)) return Period.of(unit, period, timeZone);
    const found = new Period(unit, unitOf(unit).floor(period.#start));
    const last = unitOf(period.unit).offset(period.#start, 1).subtract({ microseconds: 1 });
    if (!unitOf(unit).floor(last).equals(found.#start)) {
      throw new RangeError(`expected a date within one ${unit}, got the ${period.unit} ${period}`);
    }
    return found;
  }

  /** Calendar year; for a week the ISO year it belongs to. */
  get year(): number {
    return yearOf(this.unit, this.#start);
  }

  /** 1 to 12; of a week, the month its Monday lies in. */
  get month(): number {
    return this.#start.month;
  }

  /** ISO week 1 to 53 of the first day. */
  get week(): number {
    return this.#start.weekOfYear ?? 0;
  }

  /** 1 to 31, of the first day. */
  get day(): number {
    return this.#start.day;
  }

  /** 0 to 23; 0 for all units but hours. */
  get hour(): number {
    return this.#start.hour;
  }

  /** The period `n` units later (earlier where negative). */
  delta(n: number): Period {
    return new Period(
      this.unit,
      UNITS[this.unit].offset(this.#start, integer('a whole number of periods', n)),
    );
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
    return firstShown(this.#start, timeZone);
  }

  /**
   * The last microsecond at which clocks of a zone show a time of the period (the reference's `period_end`). A day may have 23
   * or 25 hours; a period that is skipped has none, and ends the microsecond before it starts.
   */
  end(timeZone = 'UTC'): Temporal.ZonedDateTime {
    const next = UNITS[this.unit].offset(this.#start, 1);
    return lastShown(this.#start, next, timeZone).subtract({ microseconds: 1 });
  }

  /** The months of a year. */
  months(): Period[] {
    return Array.from({ length: 12 }, (_, index) => Period.month(this.year, index + 1));
  }

  /** Negative where `a` begins before `b`, positive where after, 0 where they begin together; a comparator for sorting. */
  static compare(a: Period, b: Period): number {
    return Temporal.PlainDateTime.compare(a.#start, b.#start);
  }

  /** Whether both are the same period of the same unit; a month is not its days. */
  equals(other: Period): boolean {
    return this.unit === other.unit && this.#start.equals(other.#start);
  }

  /** ISO 8601 text, as `Period.parse` reads it. */
  toString(): string {
    return UNITS[this.unit].text(this.#start);
  }

  /** As `toString`. */
  toJSON(): string {
    return this.toString();
  }
}

const PERIOD_TEXT =
  /^(?<year>\d{4})(?:-(?:W(?<week>\d{2})|(?<month>\d{2})(?:-(?<day>\d{2})(?:T(?<hour>\d{2}))?)?))?$/;

function unitOf(unit: PeriodUnit): Unit {
  const found = Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
  if (found === undefined)
    throw new RangeError(`expected year, month, week, day or hour, got ${describe(unit)}`);
  return found;
}

function yearOf(unit: PeriodUnit, start: Wall): number {
  return unit === 'week' ? (start.yearOfWeek ?? 0) : start.year;
}

function midnight(at: Wall): Wall {
  return at.withPlainTime();
}

interface DateFields {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour?: number;
}

function wall(fields: DateFields): Wall {
  for (const [name, value] of Object.entries(fields)) integer(`a whole ${name}`, value);
  try {
    return Temporal.PlainDateTime.from(fields, { overflow: 'reject' });
  } catch (cause) {
    throw new RangeError(`expected a date of the calendar, got ${dateText(fields)}`, { cause });
  }
}

/** A date as it was asked for, whether it exists or not: `2026-02-30`. */
function dateText({ year, month, day, hour }: DateFields): string {
  return `${pad(year, 4)}-${pad(month)}-${pad(day)}${hour === undefined ? '' : `T${pad(hour)}`}`;
}

function integer(what: string, value: number): number {
  if (!Number.isSafeInteger(value)) throw new RangeError(`expected ${what}, got ${describe(value)}`);
  return value;
}

function pad(value: number, width = 2): string {
  return String(value).padStart(width, '0');
}
