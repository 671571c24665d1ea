import { periodLabel, preposition } from '../tables/labels.js';
import type { Cell } from '../tables/table.js';
import { instantText } from '../time/moment.js';
import { Period } from '../time/period.js';
import type { Measure } from './measure.js';
import { type RangeArguments, rangeFields, readRange, unitOf } from './range.js';

/** What a ratio is made of. `numResults` and `startDate` are about the long periods. */
export interface RatioArguments extends Omit<RangeArguments, 'timeGroup'> {
  /** What makes somebody active: the name of an event or a segment. */
  readonly event: string;
  /** Whose mean is taken: `days` (default) or `weeks`. */
  readonly short?: 'days' | 'weeks' | undefined;
  /** What it is compared with: `weeks` or `months` (default). */
  readonly long?: 'weeks' | 'months' | undefined;
}

const LABELS: Readonly<Record<string, string>> = {
  'days of weeks': 'DAU/WAU',
  'days of months': 'DAU/MAU',
  'weeks of months': 'WAU/MAU',
};

/** How many of those who are active in a long period are active in a short one of it, on average: DAU/MAU. */
export const ratio: Measure<RatioArguments> = {
  name: 'ratio',
  title: 'Ratio',
  help: 'how many of those active in a month or week are active on one of its days, on average: DAU/MAU, DAU/WAU, WAU/MAU',
  fields: [
    {
      kind: 'event',
      name: 'event',
      label: 'Event',
      help: 'what makes somebody active',
      group: 'Active are those who did',
    },
    {
      kind: 'choice',
      name: 'short',
      label: 'On average in',
      help: 'whose mean is taken',
      group: 'Shown as',
      optional: true,
      default: 'days',
      choices: { days: 'days', weeks: 'weeks' },
    },
    {
      kind: 'choice',
      name: 'long',
      label: 'Of those active in',
      help: 'what the mean is compared with',
      group: 'Shown as',
      optional: true,
      default: 'months',
      choices: { weeks: 'weeks', months: 'months' },
    },
    ...rangeFields('Shown as').flatMap(({ name, ...field }) =>
      name === 'timeGroup' ? [] : [{ ...field, name }],
    ),
  ],
  ask(args, scope) {
    const { event, short = 'days', long = 'months' } = args;
    const label = LABELS[`${short} of ${long}`];
    if (label === undefined) {
      throw new RangeError(
        `expected days of weeks, days of months or weeks of months, got ${short} of ${long}`,
      );
    }
    const { unit, periods, states } = readRange({ ...args, timeGroup: long }, scope);
    const { timeZone, now } = scope;
    const begun = periods.map((period) => begunWithin(period, Period.of(unitOf(short), now, timeZone)));
    return {
      sets: [...periods, ...begun.flat()].map((period) => scope.set(event, period)),
      table({ sets }) {
        let at = periods.length;
        const cells = periods.map((_, column): Cell => {
          const own = sets.slice(at, at + begun[column]!.length);
          at += own.length;
          const state = states[column]!;
          const of = sets[column]!;
          if (state !== 'future' && (of === 0 || own.length === 0)) return { count: 0, of, state: 'empty' };
          const mean = own.reduce((sum, count) => sum + count, 0) / (own.length || 1);
          return { count: mean, of, state };
        });
        return {
          measure: 'ratio',
          title: `${event}, ${label}`,
          subtitle: `of those active in a ${unit} who are active ${preposition(unitOf(short))} one of its ${short}, on average${timeZone === 'UTC' ? '' : ` (${timeZone})`}`,
          layout: 'series',
          unit: 'percent',
          rowHead: 'Event',
          columnHead: 'Period',
          columns: periods.map((period) => ({
            key: period.toString(),
            label: periodLabel(period),
            period: period.toString(),
          })),
          rows: [{ key: event, label: event, cells }],
          notes: [],
          now: instantText(now, timeZone),
          timeZone,
        };
      },
    };
  },
  rows: {
    // Broken down, it has several lines.
    of: ({ columns, rows }) =>
      columns.map(({ period }, at) => {
        const [told, ...others] = rows.map(({ cells }) => plainRatio(cells[at]!));
        return others.length === 0
          ? { period, ...told }
          : { period, ratios: [told, ...others].map((each) => each!.ratio) };
      }),
  },
};

/** The short periods that begin in a long one, and have begun: a week belongs to the month of its Monday. */
function begunWithin(period: Period, current: Period): Period[] {
  const first = Period.at(current.unit, period.startHour);
  const from = first.startHour < period.startHour ? first.next() : first;
  const last = Period.at(current.unit, period.endHour - 1);
  return Period.range(from, Period.compare(last, current) > 0 ? current : last);
}

function plainRatio({ count, of = 0, state }: Cell) {
  if (state === 'future') return { mean: null, of: null, ratio: null };
  return { mean: count, of, ratio: state === 'empty' ? null : count / of };
}
