import { plural } from '../base/errors.js';
import { periodLabel } from '../tables/labels.js';
import { instantText } from '../time/moment.js';
import { Period } from '../time/period.js';
import type { Measure } from './measure.js';
import { shortQuery, textOf } from './people.js';
import { checkCount, type RangeArguments, rangeFields, readRange } from './range.js';
import { plainCount } from './rows.js';
import { slidingUnions } from './sliding.js';

/** What a rolling count is made of. */
export interface RollingArguments extends RangeArguments {
  /** What makes somebody active: the name of an event or a segment. */
  readonly event: string;
  /** Number of periods that each number looks at, its own and those before it, 1 to 1,000 (default 7). */
  readonly span?: number | undefined;
}

const DEFAULT_SPAN = 7;
const MAX_SPAN = 1_000;

/** How many were active in the last so many periods, period by period. */
export const rolling: Measure<RollingArguments> = {
  name: 'rolling',
  title: 'Rolling',
  help: 'how many were active in the last so many periods, period by period',
  fields: [
    {
      kind: 'event',
      name: 'event',
      label: 'Event',
      help: 'what makes somebody active',
      group: 'Active are those who did',
    },
    {
      kind: 'number',
      name: 'span',
      label: 'In the last',
      help: 'how many periods each number looks at, its own and those before it',
      group: 'Active are those who did',
      optional: true,
      default: DEFAULT_SPAN,
      least: 1,
      most: MAX_SPAN,
      suggestions: [3, 7, 14, 28, 30, 90],
    },
    ...rangeFields('Shown as'),
  ],
  ask(args, scope) {
    const { unit, periods, states } = readRange(args, scope);
    const span = checkCount('span', args.span ?? DEFAULT_SPAN, 1, MAX_SPAN);
    const begin = (period: Period): Period => period.delta(1 - span);
    const looked = Period.range(begin(periods[0]!), periods.at(-1)!);
    const { timeZone, now } = scope;
    return {
      sets: slidingUnions(
        looked.map((period) => scope.set(args.event, period)),
        span,
      ),
      table: ({ sets }) => ({
        measure: 'rolling',
        title: args.event,
        subtitle: `in the last ${span === 1 ? unit : `${span} ${plural(span, unit)}`}, per ${unit}${timeZone === 'UTC' ? '' : ` (${timeZone})`}`,
        layout: 'series',
        unit: 'people',
        rowHead: 'Event',
        columnHead: 'Period',
        columns: periods.map((period) => ({
          key: period.toString(),
          label: periodLabel(period),
          period: period.toString(),
        })),
        rows: [
          {
            key: args.event,
            label: args.event,
            cells: periods.map((period, at) => ({
              count: sets[at]!,
              state: states[at]!,
              query: textOf({ query: shortQuery(scope, args.event, begin(period), period) }),
            })),
          },
        ],
        notes: [],
        now: instantText(now, timeZone),
        timeZone,
      }),
    };
  },
  rows: {
    // Broken down, it has several lines.
    of: ({ columns, rows }) =>
      columns.map(({ period }, at) => {
        const counts = rows.map(({ cells }) => plainCount(cells[at]!));
        return rows.length === 1 ? { period, count: counts[0] } : { period, counts };
      }),
  },
};
