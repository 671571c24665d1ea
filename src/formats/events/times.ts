import { guessMoment } from '../../time/moment-text.js';
import type { TimeFormat } from './options.js';
import { quoted, shown } from './quoting.js';
import { TimestampReader } from './timestamp.js';

/** Times of event files: ISO 8601 as at every other door, and plain numbers in a unit that holds for the whole file. */

export class TimeReader {
  /** What is wrong with the last value that names no moment, in a sentence. */
  problem = '';
  readonly #texts = new TimestampReader();
  readonly #format: TimeFormat | undefined;
  readonly #isUtc: boolean;
  /** As the first number was in, if nobody said. */
  #unit: Unit | undefined;

  /** @param isUtc whether times without an offset are UTC */
  constructor(format: TimeFormat | undefined, isUtc: boolean) {
    this.#format = format;
    this.#isUtc = isUtc;
  }

  /** The moment that a value names; `undefined` if it names none. */
  read(value: unknown): Date | string | undefined {
    if (value instanceof Date) return inRange(value.getTime()) ?? this.#refuse(shown(value), EXPECTED);
    const text = typeof value === 'string' ? value : numberText(value);
    if (text === undefined) return this.#refuse(shown(value), EXPECTED);
    if (this.#format !== undefined && NUMBER.test(text)) return this.#readNumber(text, this.#format);
    const unit = text.length < MIN_LONG ? undefined : UNITS_BY_DIGITS[text.search(/\D|$/)];
    if (unit !== undefined && NUMBER.test(text)) return this.#inUnit(unit, text, new Date(toMs(text, unit)));
    const isLocal = this.#isUtc && WITHOUT_OFFSET.test(text);
    const moment = this.#texts.read(isLocal ? `${text}Z` : text);
    if (moment === undefined) return this.#refuse(quoted(text), EXPECTED, guessMoment(text));
    return moment instanceof Date && NUMBER.test(text) ? this.#inUnit('unix', text, moment) : moment;
  }

  /** From now on, numbers are in the unit that they were in so far; a sentence about it if it is not the usual one. */
  settle(): string | undefined {
    if (this.#format !== undefined) return undefined;
    this.#unit ??= 'unix';
    return this.#unit === 'unix' ? undefined : `times are ${WORDS[this.#unit]}`;
  }

  #readNumber(text: string, format: TimeFormat): Date | string | undefined {
    // 20261102 is a date of ISO 8601 as well as a number.
    if (format === 'iso') {
      const isDate = EIGHT_DIGITS.test(text) && this.#texts.read(text) !== undefined;
      return isDate ? text : this.#refuse(quoted(text), 'expected an ISO 8601 date of the years 1 to 9999');
    }
    return (
      inRange(toMs(text, format)) ??
      this.#refuse(quoted(text), `expected ${WORDS[format]} of the years 1 to 9999`)
    );
  }

  #inUnit(unit: Unit, text: string, moment: Date): Date | undefined {
    this.#unit ??= unit;
    if (this.#unit === unit) return moment;
    return this.#refuse(
      quoted(text),
      `expected ${WORDS[this.#unit]} as before`,
      `, perhaps ${WORDS[unit]}; if the whole file is in one unit, say it with the time format`,
    );
  }

  #refuse(got: string, expected: string, advice = ''): undefined {
    this.problem = `${expected}, got ${got}${advice}`;
    return undefined;
  }
}

/** A unit that plain numbers are in. */
type Unit = Exclude<TimeFormat, 'iso'>;

const WORDS: Readonly<Record<Unit, string>> = {
  unix: 'unix seconds',
  ms: 'milliseconds since 1970',
  us: 'microseconds since 1970',
  ns: 'nanoseconds since 1970',
};
const EXPECTED = 'expected unix seconds or an ISO 8601 date of the years 1 to 9999';

const NUMBER = /^-?\d+(?:\.\d+)?$/;
const EIGHT_DIGITS = /^\d{8}$/;
/** By digits before the point: from September 2001 on, until 2286. Seconds of those years have ten. */
const UNITS_BY_DIGITS: Readonly<Record<number, Unit>> = { 13: 'ms', 16: 'us', 19: 'ns' };
const MIN_LONG = 13;
const WITHOUT_OFFSET = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?$/;
const FIRST_MS = Date.parse('0001-01-01T00:00:00Z');
const END_MS = Date.parse('+010000-01-01T00:00:00Z');

function toMs(text: string, unit: Unit): number {
  const value = Number(text);
  if (unit === 'unix') return Math.floor(value * 1000);
  if (unit === 'ms') return Math.floor(value);
  const digits = unit === 'us' ? 3 : 6;
  // To the last digit: numbers of nanoseconds are longer than JavaScript's.
  return /\D/.test(text) ? Math.floor(value / 10 ** digits) : Number(text.slice(0, -digits));
}

function inRange(epochMs: number): Date | undefined {
  return epochMs >= FIRST_MS && epochMs < END_MS ? new Date(epochMs) : undefined;
}

function numberText(value: unknown): string | undefined {
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : undefined;
}
