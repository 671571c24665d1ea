import type { Temporal } from 'temporal-polyfill';
import { type CohortArguments, readCohort } from '../measures/cohort.js';
import type { MeasureScope } from '../measures/measure.js';
import { type Wall, wallClock } from '../time/moment.js';
import { Period } from '../time/period.js';

/** A row of the reference's `get_dates_data`, before anything is counted. */
export interface CompatRow {
  /** The period that the row is about. */
  readonly period: Period;
  /** ISO 8601 date and time with offset, as Python's `isoformat` has it. */
  readonly date: string;
}

/**
 * The rows of the reference's `get_dates_data`: `startDate` moves by days and then back by the time group's own unit, years
 * are always three, and rows keep the time of day of `now`.
 */
export function compatRows(args: CohortArguments, { now, timeZone }: MeasureScope): CompatRow[] {
  const { timeGroup, unit, numResults, startDate } = readCohort(args);
  const end =
    startDate === undefined
      ? wallClock(now, timeZone)
      : firstDay(startDate, timeZone).add({ days: numResults - 1 });
  const length = timeGroup === 'years' ? 3 : numResults;
  let at = end.subtract({ [timeGroup]: length - 1 });
  if (timeGroup === 'months') at = at.with({ day: 1 });
  const rows: CompatRow[] = [];
  for (let index = 0; index < length; index += 1) {
    const period = Period.of(unit, at, timeZone);
    rows.push({ period, date: pythonIsoFormat(at.toZonedDateTime(timeZone)) });
    at = at.add({ [timeGroup]: 1 });
  }
  return rows;
}

/** What names a day is a moment; this is longer. */
const LONG_PERIOD_TEXT = /^\d{4}(?:-W?\d{2})?$/;

/** Midnight of the day that a start date names, or of the first one if it names a period, as in `cohort`. */
function firstDay(startDate: NonNullable<CohortArguments['startDate']>, timeZone: string): Wall {
  if (typeof startDate !== 'string' || !LONG_PERIOD_TEXT.test(startDate)) {
    return wallClock(startDate, timeZone).withPlainTime();
  }
  return Period.parse(startDate).start().toPlainDateTime();
}

/** Python's `datetime.isoformat`: microseconds in full, or not at all. */
function pythonIsoFormat(at: Temporal.ZonedDateTime): string {
  const isWhole = at.millisecond === 0 && at.microsecond === 0;
  return at.toString({ timeZoneName: 'never', fractionalSecondDigits: isWhole ? 0 : 6 });
}
