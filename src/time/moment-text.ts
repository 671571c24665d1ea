import { Temporal } from 'temporal-polyfill';

/**
 * The text of a moment, at every door: ISO 8601, as programs really write it, or unix seconds.
 *
 *     date      2026-11-02, 20261102, +002026-11-02
 *     time      T or a space, then 00:30:00.123456, 00:30:00,5, 00:30, 00, 003000
 *     offset    Z, UTC, GMT, +09, +0900, +09:00, perhaps after a space
 *     zone      [America/New_York], perhaps after an offset, which must be one the zone has then; or a space and the name
 *     seconds   a plain number from 100,000,000 (March 1973) on
 *
 * Text that is not understood as a whole names no moment.
 */

/** What a text names: an instant if it says an offset, a zone or seconds; a date, or a time of whatever clock, otherwise. */
export type ReadMoment = Temporal.Instant | Temporal.PlainDateTime | Temporal.PlainDate;

/** The moment that a text names; `undefined` if it names no moment of the years 1 to 9999. */
export function readMoment(text: string): ReadMoment | undefined {
  if (NUMBER.test(text) && !EIGHT_DIGITS.test(text)) {
    const date = readSeconds(text);
    return date && Temporal.Instant.fromEpochMilliseconds(date.getTime());
  }
  const parts = MOMENT.exec(text)?.groups;
  if (parts === undefined) return undefined;
  try {
    const moment = toTemporal(parts);
    const { year } = moment instanceof Temporal.Instant ? moment.toZonedDateTimeISO('UTC') : moment;
    return year >= 1 && year <= 9999 ? moment : undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Whether a text that names a moment names a date alone. */
export function isDateText(text: string): boolean {
  return DATE.test(text);
}

/** Unix seconds; `undefined` for a number that may well be meant otherwise, or lies beyond the year 9999. */
export function readSeconds(text: string): Date | undefined {
  const seconds = Number(text);
  return seconds >= FIRST_SECOND && seconds < END_SECOND && !COMPACT.test(text)
    ? new Date(Math.floor(seconds * 1000))
    : undefined;
}

/** What a text that names no moment may have been meant as, to follow a message; often nothing. */
export function guessMoment(text: string): string {
  if (SPREADSHEET_DAYS.test(text)) return fromSpreadsheet(text);
  return ADVICE.find(([pattern]) => pattern.test(text))?.[1] ?? '';
}

const NUMBER = /^\d+(?:\.\d+)?$/;
const EIGHT_DIGITS = /^\d{8}$/;
const FIRST_SECOND = 1e8;
const END_SECOND = Date.parse('+010000-01-01') / 1000;
/** `202611020030`: as seconds, a year after 7900. With seconds: no year at all. */
const COMPACT = /^(?:19|20)\d{10}(?:\d\d)?$/;

const YEAR_MONTH_DAY = String.raw`(?<year>\d{4}|[+-]\d{6})(?<dash>-?)(?<month>\d\d)\k<dash>(?<day>\d\d)`;
const TIME = String.raw`(?<hour>\d\d)(?:(?<colon>:?)(?<minute>\d\d)(?:\k<colon>(?<second>\d\d)(?:[.,](?<fraction>\d+))?)?)?`;
const OFFSET = String.raw`(?<offset>Z|UTC|GMT|[+-]\d\d(?::?\d\d(?::?\d\d(?:\.\d+)?)?)?)`;
const CALENDAR = String.raw`(?:\[!?u-ca=[\w-]+\])?`;
const MOMENT = new RegExp(
  String.raw`^${YEAR_MONTH_DAY}(?:[T ]${TIME}(?: ?${OFFSET})?(?: (?<name>[A-Z]\w+/[\w+/-]+)|\[!?(?<zone>[^\]=]+)\])?)?${CALENDAR}$`,
  'i',
);
const DATE = new RegExp(`^${YEAR_MONTH_DAY}${CALENDAR}$`);

function toTemporal(parts: Partial<Record<string, string>>): ReadMoment {
  const { year, month, day, hour, minute = '00', second = '00', fraction = '0', offset, name, zone } = parts;
  const date = `${year}-${month}-${day}`;
  if (hour === undefined) return Temporal.PlainDate.from(date);
  const time = `${date}T${hour}:${minute}:${second}.${fraction.slice(0, 9)}`;
  const shift = offset && /^[A-Z]/i.test(offset) ? 'Z' : (offset ?? '');
  const place = zone ?? name;
  if (place !== undefined) return Temporal.ZonedDateTime.from(`${time}${shift}[${place}]`).toInstant();
  return shift === '' ? Temporal.PlainDateTime.from(time) : Temporal.Instant.from(time + shift);
}

/** What is met in real files, and what to write instead. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [/^\d{4}(?:\d\d)?$/, ', perhaps a year or a month: write a day of it, as 2026-11-02'],
  [COMPACT, ', perhaps a date and time: write it as 2026-11-02T00:30:00'],
  [/^\d{13}(?:\d{3}){0,2}$/, ', perhaps milliseconds, micro- or nanoseconds: unix seconds have ten digits'],
  [/^-?\d{1,8}(?:\.\d+)?$/, '; a plain number is unix seconds, from 100000000 (1973) on'],
  [
    /^\d\d?[/. -](?:\d\d?|[a-z]{3})[/. -]\d{4}|^[a-z]{3},? \w/i,
    ': write it as 2026-11-02 or 2026-11-02T00:30:00Z',
  ],
  [/:\d+(?:\.\d+)?[+-][\d:]+\[/, ', whose offset the zone does not have then'],
];

/** `46328.395833`: days since 30 December 1899. */
const SPREADSHEET_DAYS = /^[2-7]\d{4}(?:\.\d+)?$/;

function fromSpreadsheet(days: string): string {
  const seconds = Math.round((Number(days) - 25_569) * 86_400);
  const text = new Date(seconds * 1000).toISOString().slice(0, 19);
  return `, perhaps the day number of a spreadsheet: write ${text}`;
}
