import { Temporal } from 'temporal-polyfill';
import { describe } from '../base/errors.js';
import { guessMoment, isDateText, type ReadMoment, readMoment } from './moment-text.js';

/** Moments in time as callers have them, and what the clock on the wall of a zone shows then. */

/**
 * A moment in time: a `Date`, a Temporal value, or ISO 8601 text. Instants (`Date`, `Temporal.Instant`,
 * `Temporal.ZonedDateTime`, text with an offset) are converted to the zone in question; dates and wall-clock times
 * (`Temporal.PlainDate`, `Temporal.PlainDateTime`, text without an offset) are taken as they stand.
 */
export type Moment = Date | string | TemporalLike;

/** A Temporal value, of whichever implementation, recognised by its tag. */
export interface TemporalLike {
  /** `Temporal.Instant`, `Temporal.ZonedDateTime`, `Temporal.PlainDate` or `Temporal.PlainDateTime`. */
  readonly [Symbol.toStringTag]: string;
  /** Of an instant: milliseconds since 1970. */
  readonly epochMilliseconds?: number;
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
  const read = typeof moment === 'string' ? readText(moment) : readTemporal(moment);
  if (read instanceof Temporal.Instant) return inZone(read, timeZone);
  return read instanceof Temporal.PlainDate ? read.toPlainDateTime() : read;
}

/** The instant of a moment; a wall-clock time is one of the zone. */
export function instantOf(moment: Moment, timeZone: string): Temporal.Instant {
  return zoned(wallClock(moment, timeZone), timeZone).toInstant();
}

/** Whether a moment says more than its date: a date alone lies in no hour. */
export function hasTimeOfDay(moment: Moment): boolean {
  if (typeof moment === 'string') return !isDateText(moment);
  return (moment as TemporalLike)[Symbol.toStringTag] !== 'Temporal.PlainDate';
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

/** The first instant at which clocks of the zone show a time from `start` on; if they skip that time, when they do. */
export function firstShown(start: Wall, timeZone: string): Temporal.ZonedDateTime {
  const first = withZone(timeZone, () => start.toZonedDateTime(timeZone, { disambiguation: 'earlier' }));
  // A time that is skipped is taken for one that lies before the change of the clocks.
  return shows(first, start) ? first : first.getTimeZoneTransition('next')!;
}

/** The first instant after all at which clocks of the zone show a time from `start` up to `end`. */
export function lastShown(start: Wall, end: Wall, timeZone: string): Temporal.ZonedDateTime {
  const first = firstShown(end, timeZone);
  const again = end.toZonedDateTime(timeZone, { disambiguation: 'later' });
  if (!shows(first, end) || again.equals(first)) return first;
  // Clocks were put back over the end, or just to it: only then a later time than those in question comes before it.
  const before = again.subtract({ nanoseconds: 1 }).toPlainDateTime();
  const isWithin =
    Temporal.PlainDateTime.compare(before, start) >= 0 && Temporal.PlainDateTime.compare(before, end) < 0;
  return isWithin ? again : first;
}

const EPOCH = new Temporal.PlainDateTime(1970, 1, 1);

function shows(at: Temporal.ZonedDateTime, wall: Wall): boolean {
  return at.toPlainDateTime().equals(wall);
}

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

function readText(text: string): ReadMoment {
  const read = readMoment(text);
  if (read !== undefined) return read;
  throw new RangeError(`expected an ISO 8601 date, got ${describe(text)}${guessMoment(text)}`);
}

/**
 * A value of whichever implementation, in whichever calendar. An instant by its number, since text rounds old offsets to
 * minutes; all else by its text, which says the ISO date and then, in brackets, the calendar.
 */
function readTemporal(value: unknown): ReadMoment {
  const tag = (value as TemporalLike | null)?.[Symbol.toStringTag];
  const kind = /^Temporal\.(?:(Instant|ZonedDateTime)|PlainDate|PlainDateTime)$/.exec(String(tag));
  if (kind === null) {
    throw new TypeError(`expected a Date, ISO 8601 text or a Temporal value, got ${describe(value)}`);
  }
  const { epochMilliseconds } = value as TemporalLike;
  try {
    return kind[1] === undefined
      ? Temporal.PlainDateTime.from(String(value).replace(/\[.*/, ''))
      : Temporal.Instant.fromEpochMilliseconds(epochMilliseconds!);
  } catch (cause) {
    throw new RangeError(`expected a Temporal value, got ${describe(String(value))}`, { cause });
  }
}
