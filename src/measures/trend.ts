import { combine } from '../engine/expression.js';
import { formatName } from '../events/query.js';
import { periodLabel } from '../tables/labels.js';
import type { Row } from '../tables/table.js';
import { instantText, type Moment } from '../time/moment.js';
import { Period, type PeriodUnit } from '../time/period.js';
import type { Measure } from './measure.js';
import { firstIn, isGiven, lastIn, MAX_PERIODS } from './range.js';
import { stateOf } from './state.js';

/** What a trend is made of. */
export interface TrendArguments {
  /** Names of events or segments, a line each. */
  readonly events: readonly string[];
  /** What a point stands for (default `day`). */
  readonly unit?: PeriodUnit | undefined;
  /** A moment within the first period, its text, or that of a longer period (default: so that there are 31 periods). */
  readonly from?: Moment | undefined;
  /** A moment within the last period, its text, or that of a longer period (default: the current one). */
  readonly to?: Moment | undefined;
  /** Whether there is a line for those who did any of the events, too. */
  readonly any?: boolean | undefined;
}

const DEFAULT_PERIODS = 31;

/** How many people did an event, period by period. */
export const trend: Measure<TrendArguments> = {
  name: 'trend',
  title: 'Trend',
  help: 'how many people did events, period by period',
  fields: [
    {
      kind: 'events',
      name: 'events',
      label: 'Events',
      each: 'Event',
      help: 'events to count, a line each',
      least: 1,
    },
    {
      kind: 'unit',
      name: 'unit',
      label: 'Per',
      help: 'what a point stands for',
      optional: true,
      default: 'day',
      choices: { hour: 'hour', day: 'day', week: 'week', month: 'month', quarter: 'quarter', year: 'year' },
    },
    {
      kind: 'date',
      name: 'from',
      label: 'From',
      help: 'where the first period begins, a date or a period (default: 31 periods)',
      optional: true,
    },
    {
      kind: 'date',
      name: 'to',
      label: 'To',
      help: 'a date within the last period, or a period (default: now)',
      optional: true,
    },
    {
      kind: 'flag',
      name: 'any',
      label: 'Any of them',
      help: 'also count those who did any of the events',
      optional: true,
    },
  ],
  ask({ events, unit = 'day', from, to, any = false }, scope) {
    const { timeZone, now } = scope;
    const last = lastIn(unit, isGiven(to) ? to : now, timeZone);
    const first = isGiven(from) ? firstIn(unit, from, timeZone) : last.delta(1 - DEFAULT_PERIODS);
    const periods = periodsOf(first, last);
    const current = Period.of(unit, now, timeZone);
    const states = periods.map((period) => stateOf(period, current));
    const lines = events.map((event) => ({
      key: event,
      label: event,
      sets: periods.map((period) => scope.set(event, period)),
      names: [formatName(event)],
    }));
    if (any && events.length > 1) {
      const either = periods.map((_, at) =>
        combine(
          'or',
          lines.map(({ sets }) => sets[at]!),
        ),
      );
      lines.push({ key: 'any', label: 'Any of them', sets: either, names: events.map(formatName) });
    }
    return {
      sets: lines.flatMap(({ sets }) => sets),
      table: (counts) => ({
        measure: 'trend',
        title: events.join(', '),
        subtitle: `per ${unit}${timeZone === 'UTC' ? '' : ` (${timeZone})`}`,
        layout: 'series',
        unit: 'people',
        rowHead: 'Event',
        columnHead: 'Period',
        columns: periods.map((period) => ({
          key: period.toString(),
          label: periodLabel(period),
          period: period.toString(),
        })),
        rows: lines.map(
          ({ key, label, names }, line): Row => ({
            key,
            label,
            cells: periods.map((period, column) => ({
              count: counts.sets[line * periods.length + column]!,
              state: states[column]!,
              query: names.map((name) => `${name}@${period}`).join(' | '),
            })),
          }),
        ),
        notes: [],
        now: instantText(now, timeZone),
        timeZone,
      }),
    };
  },
};

function periodsOf(first: Period, last: Period): Period[] {
  const count = Period.count(first, last);
  if (count === 0) {
    throw new RangeError(`expected a first period that is not after the last, got ${first} to ${last}`);
  }
  if (count > MAX_PERIODS) {
    throw new RangeError(`expected at most ${MAX_PERIODS} periods, got ${count} from ${first} to ${last}`);
  }
  return Period.range(first, last);
}
