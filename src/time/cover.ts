import { LAST_HOUR, Period, type PeriodUnit } from './period.js';

/** Units that marks have keys of, shortest first. */
const UNITS: readonly PeriodUnit[] = ['hour', 'day', 'week', 'month'];

/**
 * The fewest months, weeks, days and hours that together are the time from the start of `first` to the end of `last`; empty if
 * `last` ends before `first` starts. They may overlap: a mark goes to all units, so that their OR is what the time is asked for.
 * A year is twelve months, a week that week, three days those days; October and the first half of November are a month, a
 * week or two and days. Hours occur only at an end that is an hour.
 */
export function cover(first: Period, last: Period): Period[] {
  // Nearly all that is asked for is one period.
  if (first === last) return UNITS.includes(first.unit) ? [first] : first.months();
  const periods: Period[] = [];
  // The last week of the calendar goes on after its last day, which nothing else does.
  const endHour = Math.min(last.endHour, LAST_HOUR + 1);
  // Whatever covers an hour that is not covered yet: no choice is better than the one that ends last. Of equals, the shortest.
  for (let hour = first.startHour; hour < endHour; hour = periods.at(-1)!.endHour) {
    const around = UNITS.map((unit) => Period.at(unit, hour));
    const within = around.filter(
      ({ startHour, endHour }) => startHour >= first.startHour && endHour <= last.endHour,
    );
    periods.push(within.reduce((best, period) => (period.endHour > best.endHour ? period : best)));
  }
  return periods;
}
