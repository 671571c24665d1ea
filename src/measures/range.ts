import { describe, plural } from '../base/errors.js';
import type { CellState } from '../tables/table.js';
import type { Moment } from '../time/moment.js';
import { Period, type PeriodUnit } from '../time/period.js';
import type { Field } from './field.js';
import type { MeasureScope } from './measure.js';
import { stateOf } from './state.js';

/** Consecutive periods, as most measures are asked about: a unit, where the first begins, and how many. */

/** What periods are counted in. */
export type Grouping = 'hours' | 'days' | 'weeks' | 'months' | 'quarters' | 'years';

/** Which periods a measure looks at. */
export interface RangeArguments {
  /** What a period is (default `days`). */
  readonly timeGroup?: Grouping | undefined;
  /**
   * A moment within the first period, or the text of a period (`2026-W47`, `2026-11`) that it begins with; by default the last
   * one is the current period.
   */
  readonly startDate?: Moment | undefined;
  /** Number of periods, 1 to 10,000 (default 12). */
  readonly numResults?: number | undefined;
}

/** Periods, and how far the numbers about them can be relied on. */
export interface Range {
  readonly unit: PeriodUnit;
  readonly periods: readonly Period[];
  /** One per period. */
  readonly states: readonly CellState[];
  /** The period of the unit that goes on. */
  readonly current: Period;
}

/** More periods than anybody looks at are a mistake. */
export const MAX_PERIODS = 10_000;
/** More cells than this no browser shows. */
const MAX_CELLS = 250_000;
/** More than this take minutes to plan, and gigabytes. */
export const MAX_COUNTED = 1_000_000;
/** Unless it is said how many. */
export const DEFAULT_PERIODS = 12;

export const UNITS: Readonly<Record<Grouping, PeriodUnit>> = {
  hours: 'hour',
  days: 'day',
  weeks: 'week',
  months: 'month',
  quarters: 'quarter',
  years: 'year',
};

/** The unit of a grouping. @throws RangeError for one that is unknown */
export function unitOf(timeGroup: Grouping = 'days'): PeriodUnit {
  if (Object.hasOwn(UNITS, timeGroup)) return UNITS[timeGroup];
  throw new RangeError(
    `expected hours, days, weeks, months, quarters or years as time group, got ${describe(timeGroup)}`,
  );
}

/** The periods that are asked about. @throws RangeError for what is unknown, not whole or out of range */
export function readRange(
  args: RangeArguments,
  { now, timeZone }: Pick<MeasureScope, 'now' | 'timeZone'>,
): Range {
  const unit = unitOf(args.timeGroup);
  const count = checkCount('numResults', args.numResults ?? DEFAULT_PERIODS, 1);
  const current = Period.of(unit, now, timeZone);
  const first = isGiven(args.startDate) ? firstIn(unit, args.startDate, timeZone) : current.delta(1 - count);
  const periods = Array.from({ length: count }, (_, index) => first.delta(index));
  return { unit, periods, states: periods.map((period) => stateOf(period, current)), current };
}

/** The period of a unit in which a moment lies, or with which a longer period begins. */
export function firstIn(unit: PeriodUnit, value: Moment, timeZone: string): Period {
  const longer = longerThan(unit, value);
  return longer === undefined ? Period.from(unit, value, timeZone) : Period.at(unit, longer.startHour);
}

/** The period of a unit in which a moment lies, or with which a longer period ends. */
export function lastIn(unit: PeriodUnit, value: Moment, timeZone: string): Period {
  const longer = longerThan(unit, value);
  return longer === undefined ? Period.from(unit, value, timeZone) : Period.at(unit, longer.endHour - 1);
}

/** An HTML form sends an empty text for a date that was not chosen. */
export function isGiven(date: Moment | undefined): date is Moment {
  return date !== undefined && date !== '';
}

/** @throws RangeError for what is no whole number from `least` to `most` */
export function checkCount(name: string, count: number, least: number, most = MAX_PERIODS): number {
  if (Number.isInteger(count) && count >= least && count <= most) return count;
  throw new RangeError(
    `expected ${name} to be a whole number from ${least} to ${most}, got ${describe(count)}`,
  );
}

/** @throws RangeError for a table that is too large for a page (see `Measure.complete`), or for whatever `most` says */
export function checkCells(rows: number, columns: number, most = MAX_CELLS): void {
  if (rows * columns <= most) return;
  throw new RangeError(
    `expected a table of at most ${most} ${plural(most, 'cell')}, got ${rows} ${plural(rows, 'row')} of ${columns} ${plural(columns, 'cell')}`,
  );
}

/** The fields of `RangeArguments`. */
export function rangeFields(group: string): Field<keyof RangeArguments>[] {
  return [
    {
      kind: 'unit',
      name: 'timeGroup',
      label: 'Group by',
      help: 'what a period is',
      group,
      optional: true,
      default: 'days',
      choices: {
        hours: 'hours',
        days: 'days',
        weeks: 'weeks',
        months: 'months',
        quarters: 'quarters',
        years: 'years',
      },
    },
    {
      kind: 'number',
      name: 'numResults',
      label: 'Number of periods',
      help: 'how many periods',
      group,
      optional: true,
      default: DEFAULT_PERIODS,
      least: 1,
      most: MAX_PERIODS,
      suggestions: [4, 7, 12, 24, 28, 31, 52, 104],
    },
    {
      kind: 'date',
      name: 'startDate',
      label: 'Start date',
      help: 'where the first period begins, a date or a period such as 2026-W47 (default: so that the last is now)',
      group,
      optional: true,
    },
  ];
}

/** A period, or the text of one, that is not within a period of the unit. */
function longerThan(unit: PeriodUnit, value: Moment): Period | undefined {
  const period = typeof value === 'string' && PERIOD.test(value) ? Period.parse(value) : value;
  if (!(period instanceof Period)) return undefined;
  return period.endHour > Period.at(unit, period.startHour).endHour ? period : undefined;
}

/** Dates are periods too, but no longer than any unit but hours. */
const PERIOD = /^\d{4}(?:-(?:Q\d|W\d\d|\d\d(?:-\d\d)?))?$/;
