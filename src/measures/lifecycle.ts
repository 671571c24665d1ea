import { periodLabel, preposition } from '../tables/labels.js';
import type { Cell, Row } from '../tables/table.js';
import { instantText } from '../time/moment.js';
import type { Period } from '../time/period.js';
import { type HistoryArguments, historyField, peopleBefore } from './history.js';
import type { Measure, MeasureScope } from './measure.js';
import { join, type People, peopleOf, textOf, without } from './people.js';
import { checkCells, type RangeArguments, rangeFields, readRange } from './range.js';
import { plainCount } from './rows.js';

/** What a lifecycle is made of. */
export interface LifecycleArguments extends RangeArguments, HistoryArguments {
  /** What makes somebody active: the name of an event or a segment. */
  readonly event: string;
  /** Who is new: those who did this event in the same period, such as `signup` (default: those who are active for the first time). */
  readonly created?: string | undefined;
}

const COLUMNS = [
  { key: 'new', label: 'New' },
  { key: 'returning', label: 'Returning' },
  { key: 'resurrecting', label: 'Resurrecting' },
  { key: 'dormant', label: 'Dormant', below: true },
  { key: 'growth', label: 'Growth', unit: 'percent' },
  { key: 'pulse', label: 'Pulse', unit: 'ratio' },
] as const;

/** Who is new, who stayed, who came back and who is gone, period by period. */
export const lifecycle: Measure<LifecycleArguments> = {
  name: 'lifecycle',
  title: 'Lifecycle',
  help: 'who is new, who stayed, who came back and who is gone, period by period',
  fields: [
    {
      kind: 'event',
      name: 'event',
      label: 'Event',
      help: 'what makes somebody active',
      group: 'Active are those who did',
    },
    {
      kind: 'event',
      name: 'created',
      label: 'New are those who did (optional)',
      help: 'who is new: those who did this event in the same period (default: those active for the first time)',
      group: 'Active are those who did',
      optional: true,
    },
    ...rangeFields('Shown as'),
    historyField('Shown as'),
  ],
  complete(args) {
    checkCells(args.numResults ?? 0, COLUMNS.length);
    return args;
  },
  looksAt: ({ event, created, historyStart }) => (created || historyStart ? [] : [event]),
  ask(args, scope) {
    const { unit, periods, states } = readRange(args, scope);
    const groups = groupsOf(args, periods, scope);
    const n = periods.length;
    return {
      // Who is active in the period before the first, and in each; then who is new in each.
      sets: [
        groups[0]!.before,
        ...groups.map(({ active }) => active),
        ...groups.map(({ fresh }) => fresh),
      ].map(({ set }) => set),
      // Who was active before, of those who are, and of those who are new.
      pairs: [
        ...periods.map((_, at) => [at, at + 1] as const),
        ...periods.map((_, at) => [at, at + 1 + n] as const),
      ],
      table: ({ sets, pairs = [] }) => ({
        measure: 'lifecycle',
        title: args.created ? `${args.event}, new by ${args.created}` : args.event,
        subtitle: `per ${unit}, by whether they were active ${preposition(unit)} the ${unit} before${scope.timeZone === 'UTC' ? '' : ` (${scope.timeZone})`}`,
        layout: 'bars',
        stacked: true,
        unit: 'people',
        rowHead: 'Period',
        columns: COLUMNS,
        rows: periods.map((period, at): Row => {
          const [before, active, fresh] = [sets[at]!, sets[at + 1]!, sets[at + 1 + n]!];
          const [both, freshBefore] = [pairs[at]!, pairs[at + n]!];
          const returning = both - freshBefore;
          const resurrecting = active - fresh - returning;
          const dormant = before - both;
          const state = states[at]!;
          const share = (count: number, of: number): Cell => ({
            count,
            of,
            state: of === 0 && state !== 'future' ? 'empty' : state,
          });
          const people = [fresh, returning, resurrecting, dormant];
          const queries = queriesOf(groups[at]!);
          return {
            key: period.toString(),
            label: periodLabel(period),
            period: period.toString(),
            cells: [
              ...people.map((count, column) => ({ count, state, query: queries[column] })),
              share(active - before, before),
              share(fresh + resurrecting, dormant),
            ],
          };
        }),
        notes: [],
        now: instantText(scope.now, scope.timeZone),
        timeZone: scope.timeZone,
      }),
    };
  },
  rows: {
    of: ({ rows }) =>
      rows.map(({ period, cells }) => {
        const counts = COLUMNS.slice(0, 4).map(({ key }, column) => [key, plainCount(cells[column]!)]);
        return { period, ...Object.fromEntries(counts) };
      }),
  },
};

/** Whom a row is about. */
interface Groups {
  readonly active: People;
  /** Who was active in the period before. */
  readonly before: People;
  /** Who is new. */
  readonly fresh: People;
  /** Who of those who are active is not new; `undefined` for nobody. */
  readonly known: People | undefined;
}

function groupsOf(
  { event, created, historyStart }: LifecycleArguments,
  periods: readonly Period[],
  scope: MeasureScope,
): Groups[] {
  const earlier = created ? [] : peopleBefore(scope, event, periods, historyStart);
  let before = peopleOf(scope, event, periods[0]!.prev());
  return periods.map((period, at) => {
    const active = peopleOf(scope, event, period);
    const groups = created ? newBy(peopleOf(scope, created, period), active) : newSince(earlier[at], active);
    const row = { active, before, ...groups };
    before = active;
    return row;
  });
}

function newBy(created: People, active: People): Pick<Groups, 'fresh' | 'known'> {
  return { fresh: join('and', [active, created]), known: without(active, created) };
}

function newSince(earlier: People | undefined, active: People): Pick<Groups, 'fresh' | 'known'> {
  return { fresh: without(active, earlier), known: earlier && join('and', [active, earlier]) };
}

/** Who is in the classes, in their order. */
function queriesOf({ active, before, fresh, known }: Groups): (string | undefined)[] {
  return [
    fresh,
    known && join('and', [known, before]),
    known && without(known, before),
    without(before, active),
  ].map((people) => people && textOf(people));
}
