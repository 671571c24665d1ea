import { readMoment, readSeconds } from '../../time/moment-text.js';

/** Timestamps of event files, of which there are millions: what nearly every file holds is read without a calendar. */
export class TimestampReader {
  // Rows of one moment tend to stand together.
  #text: string | undefined;
  #moment: Date | string | undefined;

  /** The moment that a text names, `undefined` if it names none, as `readMoment` understands it. */
  read(text: string): Date | string | undefined {
    if (text !== this.#text) {
      this.#moment = SECONDS.test(text) ? readSeconds(text) : readText(text);
      this.#text = text;
    }
    return this.#moment;
  }
}

const SECONDS = /^\d{9,12}(?:\.\d+)?$/;

/** Read by `Date`, which is thirty times faster than Temporal. */
const COMMON =
  /^(?<wall>[1-9]\d{3}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::[0-5]\d(?:\.\d{1,3})?)?)?)(?:(?<=\.\d{3})\d+)?(?: ?(?<offset>(?<=:.*)(?:Z|UTC|[+-]\d\d(?::?\d\d)?)))?$/;

function readText(text: string): Date | string | undefined {
  const common = COMMON.exec(text)?.groups as { wall: string; offset?: string } | undefined;
  if (common === undefined) return readSlowly(text);
  const { wall, offset } = common;
  const iso = wall.replace(' ', 'T');
  const asUtc = new Date(iso.length === 10 ? iso : `${iso}Z`);
  // `Date` takes 30 February for 2 March and 24:00 for the next day, so the text has to come back.
  if (Number.isNaN(asUtc.getTime()) || !asUtc.toISOString().startsWith(iso.slice(0, 16))) return undefined;
  if (offset === undefined) return text;
  if (offset === 'Z' || offset === 'UTC') return asUtc;
  const minutes = offset.length === 3 ? ':00' : `:${offset.slice(-2)}`;
  const date = new Date(`${iso}${offset.slice(0, 3)}${minutes}`);
  return date.getUTCFullYear() <= 9999 ? date : undefined;
}

function readSlowly(text: string): Date | string | undefined {
  const moment = readMoment(text);
  if (moment === undefined) return undefined;
  return 'epochMilliseconds' in moment ? new Date(moment.epochMilliseconds) : text;
}
