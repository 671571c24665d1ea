import { guessMoment } from '../../time/moment-text.js';
import { CLOCK_LENGTH, clockIn, digitsIn, isDigit, offsetIn } from './clock.js';
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
  #lastMs = Number.NaN;
  #last = new Date(Number.NaN);

  /** @param isUtc whether times without an offset are UTC */
  constructor(format: TimeFormat | undefined, isUtc: boolean) {
    this.#format = format;
    this.#isUtc = isUtc;
  }

  /** The moment that a value names; `undefined` if it names none. */
  read(value: unknown): Date | string | undefined {
    if (value instanceof Date) {
      return isInRange(value.getTime()) ? value : this.#refuse(shown(value), EXPECTED);
    }
    const text = typeof value === 'string' ? value : numberText(value);
    if (text === undefined) return this.#refuse(shown(value), EXPECTED);
    const plain = this.readPlain(text, 0, text.length);
    if (plain !== undefined) return plain;
    if (this.#format !== undefined && NUMBER.test(text)) return this.#readNumber(text, this.#format);
    const unit = text.length < MS_DIGITS ? undefined : UNITS_BY_DIGITS[text.search(/\D|$/)];
    if (unit !== undefined && NUMBER.test(text)) return this.#inUnit(unit, text, new Date(toMs(text, unit)));
    const isLocal = this.#isUtc && WITHOUT_OFFSET.test(text);
    const moment = this.#texts.read(isLocal ? `${text}Z` : text);
    if (moment === undefined) {
      const isNumber = NUMBER.test(text) && text.length >= MAX_SECONDS_LENGTH;
      return this.#refuse(quoted(text), EXPECTED, guessMoment(text) || (isNumber ? SAY_UNIT : ''));
    }
    return moment instanceof Date && NUMBER.test(text) ? this.#inUnit('unix', text, moment) : moment;
  }

  /** The moment that `[from, to)` of a text names, if it is one of the forms that nearly every file has; otherwise, see `read`. */
  readPlain(text: string, from: number, to: number): Date | string | undefined {
    if (to - from <= MAX_SECONDS_LENGTH) {
      const seconds = to - from < MAX_SECONDS_LENGTH - 1 ? Number.NaN : digitsIn(text, from, to);
      const isUsual = this.#format === undefined ? this.#unit === 'unix' : this.#format === 'unix';
      return isUsual && seconds >= FIRST_SECOND ? this.#at(seconds * 1000) : undefined;
    }
    const unit = UNITS_BY_DIGITS[to - from];
    if (unit !== undefined && unit === this.#unit && !Number.isNaN(digitsIn(text, from, to))) {
      return this.#format === undefined ? this.#at(digitsIn(text, from, from + MS_DIGITS)) : undefined;
    }
    if (to - from < CLOCK_LENGTH) return undefined;
    let epochMs = clockIn(text, from);
    let end = from + CLOCK_LENGTH;
    if (end < to && text[end] === '.') {
      const start = end + 1;
      end = start;
      while (end < to && end - start < MAX_DECIMALS && isDigit(text, end)) end++;
      if (end === start) return undefined;
      epochMs += digitsIn(text, start, Math.min(end, start + 3)) * 10 ** Math.max(0, 3 - (end - start));
    }
    if (Number.isNaN(epochMs)) return undefined;
    if (end === to) return this.#isUtc ? this.#at(epochMs) : text.slice(from, to);
    const offset = offsetIn(text, end, to);
    return Number.isNaN(offset) ? undefined : this.#at(epochMs - offset);
  }

  /** Rows of one moment tend to stand together, and share it. */
  #at(epochMs: number): Date {
    if (this.#lastMs !== epochMs) {
      this.#lastMs = epochMs;
      this.#last = new Date(epochMs);
    }
    return this.#last;
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
      `, perhaps ${WORDS[unit]}${SAY_UNIT}`,
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

const SAY_UNIT = '; if the whole file is in one unit, say it with the time format';

const NUMBER = /^-?\d+(?:\.\d+)?$/;
const EIGHT_DIGITS = /^\d{8}$/;
/** By digits before the point: from September 2001 on, until 2286. Seconds of those years have ten. */
const UNITS_BY_DIGITS: Readonly<Record<number, Unit>> = { 13: 'ms', 16: 'us', 19: 'ns' };
const MS_DIGITS = 13;
const WITHOUT_OFFSET = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?$/;
/** Seconds since 1973 have 9 digits, since 2001 they have 10. */
const MAX_SECONDS_LENGTH = 10;
const FIRST_SECOND = 1e8;
const MAX_DECIMALS = 9;
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
  return isInRange(epochMs) ? new Date(epochMs) : undefined;
}

function isInRange(epochMs: number): boolean {
  return epochMs >= FIRST_MS && epochMs < END_MS;
}

function numberText(value: unknown): string | undefined {
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : undefined;
}
