import { Temporal } from 'temporal-polyfill';
import { describe } from './errors.js';

/** Moments in time as callers have them, and what the clock on the wall of a zone shows then. */

/**
 * A moment in time: a `Date`, a Temporal value, or ISO 8601 text. Instants (`Date`, `Temporal.Instant`,
 * `Temporal.ZonedDateTime`, text with an offset) are converted to the zone in question; dates and wall-clock times
 * (`Temporal.PlainDate`, `Temporal.PlainDateTime`, text without an offset) are taken as they stand.
 */
export type Moment = Date | string | TemporalLike;

/** A Temporal value, of whichever implementation: recognised by its tag, read through its ISO text. */
export interface TemporalLike {
  /** `Temporal.Instant`, `Temporal.ZonedDateTime`, `Temporal.PlainDate` or `Temporal.PlainDateTime`. */
  readonly [Symbol.toStringTag]: string;
  /** ISO 8601 text. */
  toString(): string;
}

/** A date and time without a zone. */
export type Wall = Temporal.PlainDateTime;

/** The wall-clock date and time of a moment in a zone. */
export function wallClock(moment: Moment, timeZone: string): Wall {
  if (moment instanceof Date) {
    if (Number.isNaN(moment.getTime())) throw new RangeError('expected a valid date, got an invalid Date');
    return inZone(Temporal.Instant.fromEpochMilliseconds(moment.getTime()), timeZone);
  }
  if (moment instanceof Temporal.PlainDateTime) return moment;
  if (typeof moment !== 'string' && !isTemporal(moment)) {
    throw new TypeError(`expected a Date, ISO 8601 text or a Temporal value, got ${describe(moment)}`);
  }
  const text = moment.toString();
  try {
    // `Z` and offsets make an instant; everything else is a date or wall-clock time and stays as it is.
    return OFFSET.test(text)
      ? inZone(Temporal.Instant.from(text), timeZone)
      : Temporal.PlainDateTime.from(text);
  } catch (cause) {
    if (cause instanceof RangeError && cause.message.startsWith('expected')) throw cause;
    throw new RangeError(`expected an ISO 8601 date, got ${JSON.stringify(text)}`, { cause });
  }
}

/** The instant of a moment; a wall-clock time is one of the zone. */
export function instantOf(moment: Moment, timeZone: string): Temporal.Instant {
  return zoned(wallClock(moment, timeZone), timeZone).toInstant();
}

/** Whether a moment says more than its date: a date alone lies in no hour. */
export function hasTimeOfDay(moment: Moment): boolean {
  return moment instanceof Date || !/^[+-]?\d+-\d{2}-\d{2}(?:\[.*\])*$/.test(moment.toString());
}

/** Refuses what is no IANA time zone; returns it otherwise. */
export function checkTimeZone(timeZone: string): string {
  zoned(EPOCH, timeZone);
  return timeZone;
}

/** The first instant at which clocks of the zone show a date and time. */
export function zoned(at: Wall, timeZone: string): Temporal.ZonedDateTime {
  return withZone(timeZone, () => at.toZonedDateTime(timeZone));
}

const OFFSET = /T.*(?:Z|[+-]\d{2}(?::?\d{2}){0,2}(?:\.\d+)?)(?:\[.*\])*$/i;
const EPOCH = new Temporal.PlainDateTime(1970, 1, 1);

function inZone(instant: Temporal.Instant, timeZone: string): Wall {
  return withZone(timeZone, () => instant.toZonedDateTimeISO(timeZone).toPlainDateTime());
}

function withZone<T>(timeZone: string, convert: () => T): T {
  try {
    return convert();
  } catch (cause) {
    throw new RangeError(
      `expected an IANA time zone such as UTC or Europe/Paris, got ${describe(timeZone)}`,
      { cause },
    );
  }
}

function isTemporal(value: unknown): value is TemporalLike {
  const tag = (value as TemporalLike | null)?.[Symbol.toStringTag];
  return typeof tag === 'string' && /^Temporal\.(Instant|ZonedDateTime|PlainDate|PlainDateTime)$/.test(tag);
}
