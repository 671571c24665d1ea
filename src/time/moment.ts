import { Temporal } from 'temporal-polyfill';
import { describe } from '../base/errors.js';
import { dayOf, isDate } from './civil.js';
import { guessMoment, isDateText, readMoment } from './moment-text.js';
import { checkTimeZone, hourAt } from './zone.js';

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
  const read = readMomentOf(moment);
  if (!(read instanceof Temporal.Instant)) return read;
  checkTimeZone(timeZone);
  return read.toZonedDateTimeISO(timeZone).toPlainDateTime();
}

/** The instant of a moment in ISO 8601, as Temporal writes it; a wall-clock time is one of the zone. */
export function instantText(moment: Moment, timeZone: string): string {
  if (moment instanceof Date) return new Date(checkDate(moment)).toISOString().replace(/\.?0+Z$/, 'Z');
  const read = readMomentOf(moment);
  return (read instanceof Temporal.Instant ? read : read.toZonedDateTime(timeZone).toInstant()).toString();
}

/** The hour since 1970 began that clocks of a zone show at a moment. */
export function hourOf(moment: Moment, timeZone: string): number {
  if (typeof moment === 'string' && WALL_CLOCK.test(moment)) {
    // Rows of event files, of which there are millions, need no calendar.
    const [year, month, day] = [moment.slice(0, 4), moment.slice(5, 7), moment.slice(8, 10)].map(Number);
    if (isDate(year!, month!, day!)) return 24 * dayOf(year!, month!, day!) + Number(moment.slice(11, 13));
  }
  if (moment instanceof Date) return hourAt(checkDate(moment), timeZone);
  const read = readMomentOf(moment);
  return read instanceof Temporal.Instant
    ? hourAt(read.epochMilliseconds, timeZone)
    : 24 * dayOf(read.year, read.month, read.day) + read.hour;
}

/** Whether a moment says more than its date: a date alone lies in no hour. */
export function hasTimeOfDay(moment: Moment): boolean {
  if (typeof moment === 'string') return !isDateText(moment);
  return (moment as TemporalLike)[Symbol.toStringTag] !== 'Temporal.PlainDate';
}

const WALL_CLOCK = /^(?!0000)\d{4}-\d\d-\d\d(?:[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?)?$/;

function readMomentOf(moment: Moment): Temporal.Instant | Wall {
  if (moment instanceof Date) return Temporal.Instant.fromEpochMilliseconds(checkDate(moment));
  return typeof moment === 'string' ? readText(moment) : readTemporal(moment);
}

function checkDate(date: Date): number {
  const epochMs = date.getTime();
  if (Number.isNaN(epochMs)) throw new RangeError('expected a valid date, got an invalid Date');
  return epochMs;
}

function readText(text: string): Temporal.Instant | Wall {
  const read = readMoment(text);
  if (read === undefined) {
    throw new RangeError(`expected an ISO 8601 date, got ${describe(text)}${guessMoment(text)}`);
  }
  return read instanceof Temporal.PlainDate ? read.toPlainDateTime() : read;
}

/**
 * A value of whichever implementation, in whichever calendar. An instant by its number, since text rounds old offsets to
 * minutes; all else by its text, which says the ISO date and then, in brackets, the calendar.
 */
function readTemporal(value: unknown): Temporal.Instant | Wall {
  const tag = (value as TemporalLike | null)?.[Symbol.toStringTag];
  const kind = /^Temporal\.(?:(Instant|ZonedDateTime)|PlainDate|PlainDateTime)$/.exec(String(tag));
  if (kind === null) {
    throw new TypeError(`expected a Date, ISO 8601 text or a Temporal value, got ${describe(value)}`);
  }
  try {
    return kind[1] === undefined
      ? Temporal.PlainDateTime.from(String(value).replace(/\[.*/, ''))
      : Temporal.Instant.fromEpochMilliseconds((value as TemporalLike).epochMilliseconds!);
  } catch (cause) {
    throw new RangeError(`expected a Temporal value, got ${describe(String(value))}`, { cause });
  }
}
