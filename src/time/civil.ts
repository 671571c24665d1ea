/**
 * Dates as numbers: days since 1 January 1970, in the calendar of today as if it had always been used (proleptic Gregorian).
 * The arithmetic is that of https://howardhinnant.github.io/date_algorithms.html, whose years begin in March, so that the leap
 * day is the last one.
 */

/** A date of the calendar. */
export interface Civil {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** 1 to 31. */
  readonly day: number;
}

const DAYS_OF_400_YEARS = 146_097;
/** From 1 March of the year 0 to 1 January 1970. */
const EPOCH = 719_468;

/** The number of a date. Days may lie beyond the month: the 0th is the last one of the month before. */
export function dayOf(year: number, month: number, day: number): number {
  const fromMarch = month > 2 ? month - 3 : month + 9;
  const marchYear = month > 2 ? year : year - 1;
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  return 365 * marchYear + leapDays + Math.floor((153 * fromMarch + 2) / 5) + day - 1 - EPOCH;
}

/** The date of a number. */
export function civilOf(day: number): Civil {
  const sinceMarch = day + EPOCH;
  const era = Math.floor(sinceMarch / DAYS_OF_400_YEARS);
  const ofEra = sinceMarch - era * DAYS_OF_400_YEARS;
  const leapDays = Math.floor(ofEra / 1460) - Math.floor(ofEra / 36_524) + Math.floor(ofEra / 146_096);
  const yearOfEra = Math.floor((ofEra - leapDays) / 365);
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * ofYear + 2) / 153);
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  return {
    year: 400 * era + yearOfEra + (month < 3 ? 1 : 0),
    month,
    day: ofYear - Math.floor((153 * fromMarch + 2) / 5) + 1,
  };
}

/** Whether a calendar has a date. */
export function isDate(year: number, month: number, day: number): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= dayOf(year, month + 1, 0) - dayOf(year, month, 0);
}

/** `2026-02-30`: a date as it was asked for, whether it exists or not. */
export function dateText({ year, month, day }: Civil): string {
  return `${pad(year, 4)}-${pad(month)}-${pad(day)}`;
}

/** Digits of a date. */
export function pad(value: number, width = 2): string {
  return String(value).padStart(width, '0');
}

/** The ISO week that a day lies in: it belongs to the year of its Thursday. */
export function isoWeekOf(day: number): { readonly year: number; readonly week: number } {
  const thursday = 7 * weekOf(day);
  const { year } = civilOf(thursday);
  return { year, week: Math.floor((thursday - dayOf(year, 1, 1)) / 7) + 1 };
}

/** The number of a day's week. 1 January 1970 was the Thursday of week 0. */
export function weekOf(day: number): number {
  return Math.floor((day + 3) / 7);
}
