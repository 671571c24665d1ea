import { dayOf, isDate } from '../../time/civil.js';

/** The texts of times that nearly every file holds, read where they lie in longer text, without a copy and without a calendar. */

const ZERO = 48;
/** `2026-11-02T00:30:00`. */
export const CLOCK_LENGTH = 19;

/** The whole number that digits in `[from, to)` are, at most 15 of them; NaN if anything else is among them. */
export function digitsIn(text: string, from: number, to: number): number {
  let number = 0;
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    number = number * 10 + digit;
  }
  return number;
}

export function isDigit(text: string, at: number): boolean {
  const digit = text.charCodeAt(at) - ZERO;
  return digit >= 0 && digit <= 9;
}

/** Milliseconds since 1970 of a date and time of UTC at `from`, of the years 1000 to 9998; NaN for anything else. */
export function clockIn(text: string, from: number): number {
  const year = digitsIn(text, from, from + 4);
  const month = digitsIn(text, from + 5, from + 7);
  const day = digitsIn(text, from + 8, from + 10);
  const hour = digitsIn(text, from + 11, from + 13);
  const minute = digitsIn(text, from + 14, from + 16);
  const second = digitsIn(text, from + 17, from + 19);
  const isClock =
    isSeparated(text, from) && hour < 24 && minute < 60 && second < 60 && year >= 1000 && year < 9999;
  if (!isClock || !isDate(year, month, day)) return Number.NaN;
  return 86_400_000 * dayOf(year, month, day) + 3_600_000 * hour + 60_000 * minute + 1000 * second;
}

/** Milliseconds that an offset such as `+09:00` or `Z`, all of `[from, to)`, is ahead of UTC; NaN for anything else. */
export function offsetIn(text: string, from: number, to: number): number {
  const sign = text[from];
  if (sign === 'Z' && to - from === 1) return 0;
  if ((sign !== '+' && sign !== '-') || to - from !== 6 || text[from + 3] !== ':') return Number.NaN;
  const hours = digitsIn(text, from + 1, from + 3);
  const minutes = digitsIn(text, from + 4, from + 6);
  if (!(hours < 24 && minutes < 60)) return Number.NaN;
  return (sign === '-' ? -60_000 : 60_000) * (60 * hours + minutes);
}

function isSeparated(text: string, from: number): boolean {
  const separator = text[from + 10];
  return (
    (separator === 'T' || separator === ' ') &&
    text[from + 4] === '-' &&
    text[from + 7] === '-' &&
    text[from + 13] === ':' &&
    text[from + 16] === ':'
  );
}
