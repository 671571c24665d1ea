import { describe } from '../base/errors.js';
import { combine, type Expression } from '../engine/expression.js';
import { periodLabel, preposition } from '../tables/labels.js';
import { groupDigits } from '../tables/numbers.js';
import { type Cell, type Column, cellValue, type Row, unitOf } from '../tables/table.js';
import { instantText, type Moment } from '../time/moment.js';
import { Period } from '../time/period.js';
import { type Association, associate } from './association.js';
import type { Measure, MeasureScope } from './measure.js';
import { join, type People, peopleOf, textOf } from './people.js';
import { checkCount, firstIn, type Grouping, isGiven, unitOf as periodUnitOf } from './range.js';
import { stateOf } from './state.js';

/** Which event the others are compared with, when, and how. */
export interface SimilarArguments {
  /** The name of an event, a dateless flag or a segment. */
  readonly event: string;
  /** What a period is (default `months`). */
  readonly timeGroup?: Grouping | undefined;
  /** A moment within the period, or the text of a period that it begins with (default: the current one). */
  readonly startDate?: Moment | undefined;
  /** What the nearest event is (default `phi`). */
  readonly nearest?: 'together' | 'jaccard' | 'lift' | 'phi' | undefined;
  /** How many events are told at most, 1 to 10,000 (default 20). */
  readonly numResults?: number | undefined;
}

/** More events than this no table shows, and their keys would be read for one number each. */
const MAX_EVENTS = 10_000;
const DEFAULT_RESULTS = 20;

const COLUMNS = [
  { key: 'together', label: 'Together' },
  { key: 'share', label: 'Of the event', unit: 'percent' },
  { key: 'jaccard', label: 'Jaccard', unit: 'ratio' },
  { key: 'lift', label: 'Lift', unit: 'ratio' },
  { key: 'phi', label: 'Phi', unit: 'ratio' },
] as const satisfies readonly Column[];

const NEAREST_BY = { together: 'people', jaccard: 'Jaccard', lift: 'lift', phi: 'phi' } as const;

/** Per column. */
const SHOWN: readonly Association[] = ['people', 'people', 'jaccard', 'lift', 'phi'];

/** Which events go with one, of all there are. */
export const similar: Measure<SimilarArguments> = {
  name: 'similar',
  title: 'Similar events',
  help: 'which events the people of an event do in the same period, the nearest first',
  fields: [
    {
      kind: 'event',
      name: 'event',
      label: 'Event',
      help: 'what the others are compared with',
      group: 'People who did',
      dateless: 'perhaps',
    },
    {
      kind: 'unit',
      name: 'timeGroup',
      label: 'Group by',
      help: 'what a period is',
      group: 'In one of the',
      optional: true,
      default: 'months',
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
      kind: 'date',
      name: 'startDate',
      label: 'Start date',
      help: 'a date within the period, or a period such as 2026-W47 (default: now)',
      group: 'In one of the',
      optional: true,
    },
    {
      kind: 'choice',
      name: 'nearest',
      label: 'Nearest by',
      help: 'what the nearest event is',
      group: 'Shown as',
      optional: true,
      default: 'phi',
      choices: NEAREST_BY,
    },
    {
      kind: 'number',
      name: 'numResults',
      label: 'Number of events',
      help: 'how many events at most',
      group: 'Shown as',
      optional: true,
      default: DEFAULT_RESULTS,
      least: 1,
      most: MAX_EVENTS,
      suggestions: [5, 10, 20, 50, 100],
    },
  ],
  rows: {
    of: ({ rows, columns }) =>
      rows.map(({ key, size, cells }) => ({
        event: key,
        size,
        ...Object.fromEntries(
          columns.map((column, at) => [column.key, cellValue(cells[at]!, column.unit ?? 'people') ?? null]),
        ),
      })),
  },
  looksAt: () => 'all',
  ask(args, scope) {
    const { period, nearest, numResults } = readSimilar(args, scope);
    const { universe, event, others } = peopleIn(period, args.event, scope);
    const state = stateOf(period, Period.of(period.unit, scope.now, scope.timeZone));
    return {
      sets: [universe, event, ...others.map(({ set }) => set)],
      pairs: others.map((_, at) => [1, at + 2] as const),
      table({ sets: [everybody = 0, a = 0, ...sizes], pairs }) {
        const rows = others.map(({ name, query }, at): Row => {
          const sizesOf = { a, b: sizes[at]!, both: pairs[at]!, universe: everybody };
          const cells = SHOWN.map((association): Cell => {
            const cell = associate(association, sizesOf);
            return { ...cell, state: cell.state === 'empty' ? cell.state : state, query };
          });
          return { key: name, label: name, size: sizes[at]!, cells };
        });
        return {
          measure: 'similar',
          title: args.event,
          subtitle: `who did it and another event ${preposition(period.unit)} ${periodLabel(period)}, the nearest by ${nearest} first · ${groupDigits(a)} of the ${groupDigits(everybody)} who did anything`,
          layout: 'bars',
          unit: 'people',
          rowHead: 'Event',
          columns: COLUMNS,
          rows: nearestFirst(rows, nearest).slice(0, numResults),
          notes: [],
          now: instantText(scope.now, scope.timeZone),
          timeZone: scope.timeZone,
        };
      },
    };
  },
};

/** The arguments with their defaults. @throws RangeError for what is unknown, not whole or out of range */
function readSimilar(args: SimilarArguments, { now, timeZone }: MeasureScope) {
  const { timeGroup = 'months', startDate, nearest = 'phi', numResults = DEFAULT_RESULTS } = args;
  if (!Object.hasOwn(NEAREST_BY, nearest)) {
    throw new RangeError(`expected together, jaccard, lift or phi as nearest, got ${describe(nearest)}`);
  }
  checkCount('numResults', numResults, 1, MAX_EVENTS);
  const unit = periodUnitOf(timeGroup);
  return { period: firstIn(unit, isGiven(startDate) ? startDate : now, timeZone), nearest, numResults };
}

interface Other {
  readonly name: string;
  readonly set: Expression;
  readonly query: string | undefined;
}

/** Everybody who did anything in a period; of them, those who did an event, and those who did each of the others. */
function peopleIn(
  period: Period,
  name: string,
  scope: MeasureScope,
): { readonly universe: Expression; readonly event: Expression; readonly others: readonly Other[] } {
  if (scope.names.length > MAX_EVENTS) {
    throw new RangeError(`expected at most ${MAX_EVENTS} events to compare, got ${scope.names.length}`);
  }
  const isDated = (each: string): boolean => scope.firstPeriod(each) !== undefined;
  const dated = scope.names.filter(isDated).map((each) => scope.set(each, period));
  const universe = dated.length > 0 ? combine('or', dated) : scope.set(name, period);
  // A flag has no period, and a segment may hold anybody: who did nothing is not counted.
  const within = (each: string): People => {
    const isEvent = !scope.isSegment(each) && (isDated(each) || !scope.names.includes(each));
    const people = peopleOf(scope, each, scope.isSegment(each) || isEvent ? period : 'unique');
    return isEvent ? people : { ...people, set: combine('and', [people.set, universe]) };
  };
  const event = within(name);
  const others = scope.names
    .filter((each) => each !== name)
    .map((each): Other => {
      const people = within(each);
      // Whoever did one of the events did something; of a flag and a segment, the text would have to name every event.
      const isShort = isDated(each) || (isDated(name) && !scope.isSegment(name));
      const query = isShort ? textOf(join('and', [event, people])) : undefined;
      return { name: each, set: people.set, query };
    });
  return { universe, event: event.set, others };
}

/** Events that have people in common with it, the nearest first. */
function nearestFirst(rows: readonly Row[], nearest: SimilarArguments['nearest']): Row[] {
  const column = COLUMNS.findIndex(({ key }) => key === nearest);
  const nearness = ({ cells }: Row): number =>
    cellValue(cells[column]!, unitOf({ columns: COLUMNS, unit: 'people' }, column)) ?? -Infinity;
  return rows
    .filter(({ cells }) => cells[0]!.count > 0)
    .sort((a, b) => nearness(b) - nearness(a) || b.cells[0]!.count - a.cells[0]!.count);
}
