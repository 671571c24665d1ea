import { Temporal } from 'temporal-polyfill';
import { describe } from '../base/errors.js';

/**
 * What clocks on the walls of a time zone show and when, as plain numbers: instants are milliseconds since 1970, hours those
 * since 1970 began on the wall. Temporal is asked how far a zone is from UTC, once a day of it.
 */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Days of a zone whose offsets are remembered, some hundred kilobytes. */
const MAX_REMEMBERED = 20_000;

/** Refuses what is no IANA time zone; returns it otherwise. */
export function checkTimeZone(timeZone: string): string {
  zonedAt(0, timeZone);
  return timeZone;
}

/** The hour that clocks show at an instant. */
export function hourAt(epochMs: number, timeZone: string): number {
  return Math.floor((epochMs + offsetAt(epochMs, timeZone)) / HOUR_MS);
}

/** The first instant at which clocks show a time from an hour on; if they skip that time, when they do. */
export function firstShown(hour: number, timeZone: string): number {
  return instantsOf(hour, timeZone)[0] ?? changeOver(hour, timeZone);
}

/** The first instant after all at which clocks show a time from `start` up to `end`. */
export function lastShown(start: number, end: number, timeZone: string): number {
  const [first, again] = instantsOf(end, timeZone);
  if (first === undefined) return changeOver(end, timeZone);
  if (again === undefined) return first;
  // Clocks were put back over the end, or just to it: only then a later time than those in question comes before it.
  const before = hourAt(again - 1, timeZone);
  return before >= start && before < end ? again : first;
}

/** An instant as Temporal has it. */
export function zonedAt(epochMs: number, timeZone: string): Temporal.ZonedDateTime {
  try {
    return new Temporal.ZonedDateTime(BigInt(epochMs) * 1_000_000n, timeZone);
  } catch (cause) {
    throw new RangeError(
      `expected an IANA time zone such as UTC or Europe/Paris, got ${describe(timeZone)}`,
      { cause },
    );
  }
}

/** When clocks show the beginning of an hour: twice if they are put back over it, never if they skip it. */
function instantsOf(hour: number, timeZone: string): number[] {
  const wall = hour * HOUR_MS;
  const [early, late] = candidatesOf(hour, timeZone);
  return (early === late ? [early] : [early, late]).filter((at) => at + offsetAt(at, timeZone) === wall);
}

/** When clocks skip the beginning of an hour. */
function changeOver(hour: number, timeZone: string): number {
  const [early] = candidatesOf(hour, timeZone);
  return zonedAt(early, timeZone).getTimeZoneTransition('next')!.epochMilliseconds;
}

/** By the offsets of the day before and of the day after; earliest first. */
function candidatesOf(hour: number, timeZone: string): [number, number] {
  const wall = hour * HOUR_MS;
  const offsets = [wall - DAY_MS, wall + DAY_MS].map((at) => offsetAt(at, timeZone));
  return [wall - Math.max(...offsets), wall - Math.min(...offsets)];
}

/** How far clocks are ahead of UTC at an instant, in milliseconds. */
function offsetAt(epochMs: number, timeZone: string): number {
  if (timeZone === 'UTC') return 0;
  const day = Math.floor(epochMs / DAY_MS);
  const offset = midnightOffset(day, timeZone);
  // No zone has ever changed its clocks twice within a day.
  return offset === midnightOffset(day + 1, timeZone) ? offset : readOffset(epochMs, timeZone);
}

const offsetsByZone = new Map<string, Map<number, number>>();
let remembered = 0;

function midnightOffset(day: number, timeZone: string): number {
  const known = offsetsByZone.get(timeZone)?.get(day);
  if (known !== undefined) return known;
  const offset = readOffset(day * DAY_MS, timeZone);
  if (remembered++ >= MAX_REMEMBERED) {
    offsetsByZone.clear();
    remembered = 0;
  }
  const offsets = offsetsByZone.get(timeZone) ?? new Map<number, number>();
  offsetsByZone.set(timeZone, offsets.set(day, offset));
  return offset;
}

function readOffset(epochMs: number, timeZone: string): number {
  return zonedAt(epochMs, timeZone).offsetNanoseconds / 1_000_000;
}
