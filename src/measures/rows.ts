import type { Temporal } from 'temporal-polyfill';
import { type Moment, type Wall, wallClock } from '../time/moment.js';
import { Period, type PeriodUnit } from '../time/period.js';
import type { TimeGroup } from './types.js';

/** Which periods the rows of a cohort table stand for. */

export interface RowStart {
  readonly period: Period;
  /** ISO 8601 date and time with offset. */
  readonly date: string;
}

export interface RowOptions {
  readonly timeGroup: TimeGroup;
  readonly numResults: number;
  readonly startDate: Moment | undefined;
  readonly now: Moment;
  readonly timeZone: string;
}

export const UNIT_OF = { days: 'day', weeks: 'week', months: 'month', years: 'year' } as const;

/** Consecutive periods from that of `startDate` on, or up to the current one. */
export function rowsFrom({ timeGroup, numResults, startDate, now, timeZone }: RowOptions): RowStart[] {
  const unit = UNIT_OF[timeGroup];
  const first =
    startDate === undefined
      ? Period.of(unit, now, timeZone).delta(1 - numResults)
      : Period.from(unit, startDate, timeZone);
  return Array.from({ length: numResults }, (_, index) => {
    const period = first.delta(index);
    return { period, date: period.start(timeZone).toString({ timeZoneName: 'never' }) };
  });
}

/**
 * The rows of the reference's `get_dates_data`: `startDate` moves by days and then back by the time group's own unit, years
 * are always three, and rows keep the time of day of `now`.
 */
export function compatRows({ timeGroup, numResults, startDate, now, timeZone }: RowOptions): RowStart[] {
  const end =
    startDate === undefined
      ? wallClock(now, timeZone)
      : firstDay(UNIT_OF[timeGroup], startDate, timeZone).add({ days: numResults - 1 });
  const length = timeGroup === 'years' ? 3 : numResults;
  let at = end.subtract({ [timeGroup]: length - 1 });
  if (timeGroup === 'months') at = at.with({ day: 1 });
  const rows: RowStart[] = [];
  for (let index = 0; index < length; index += 1) {
    const period = Period.of(UNIT_OF[timeGroup], at, timeZone);
    rows.push({ period, date: pythonIsoFormat(at.toZonedDateTime(timeZone)) });
    at = at.add({ [timeGroup]: 1 });
  }
  return rows;
}

/** What names a day is a moment; this is longer. */
const LONG_PERIOD_TEXT = /^\d{4}(?:-W?\d{2})?$/;

/** Midnight of the day that a start date names, or of the first one where it names a period, as in `rowsFrom`. */
function firstDay(unit: PeriodUnit, startDate: Moment, timeZone: string): Wall {
  if (typeof startDate !== 'string' || !LONG_PERIOD_TEXT.test(startDate)) {
    return wallClock(startDate, timeZone).withPlainTime();
  }
  // Refuses what spans several rows.
  Period.from(unit, startDate);
  return Period.parse(startDate).start().toPlainDateTime();
}

/** Python's `datetime.isoformat`: microseconds in full, or not at all. */
function pythonIsoFormat(at: Temporal.ZonedDateTime): string {
  const isWhole = at.millisecond === 0 && at.microsecond === 0;
  return at.toString({ timeZoneName: 'never', fractionalSecondDigits: isWhole ? 0 : 6 });
}
