import { plural } from '../base/errors.js';
import { tally } from '../engine/tally.js';
import { formatQuery } from '../events/query.js';
import { periodLabel, preposition } from '../tables/labels.js';
import type { Cell, CellState, Column, Row, Table } from '../tables/table.js';
import { instantText } from '../time/moment.js';
import type { Period } from '../time/period.js';
import type { Measure, MeasureScope } from './measure.js';
import { type People, peopleOf } from './people.js';
import { checkCells, checkCount, MAX_PERIODS, type RangeArguments, rangeFields, readRange } from './range.js';
import { plainCount } from './rows.js';
import { stateOf } from './state.js';

/** What a frequency is made of. `numResults` is how many periods a window has. */
export interface FrequencyArguments extends RangeArguments {
  /** What makes somebody active: the name of an event or a segment. */
  readonly event: string;
  /** Whether the window before is counted beside it. */
  readonly compare?: boolean | undefined;
  /** Number of windows, one after another, the first from `startDate` on (default 1). */
  readonly windows?: number | undefined;
}

/** Above so many periods, cells do not say who is in them: the texts would be longer than the table by far. */
const MAX_QUERY_PERIODS = 366;

/** How many were active in how many periods. */
export const frequency: Measure<FrequencyArguments> = {
  name: 'frequency',
  title: 'Frequency',
  help: 'how many were active in how many periods of a window, such as on 3 days of a week',
  fields: [
    {
      kind: 'event',
      name: 'event',
      label: 'Event',
      help: 'what makes somebody active',
      group: 'Active are those who did',
    },
    ...rangeFields('In a window of'),
    {
      kind: 'flag',
      name: 'compare',
      label: 'Compare with the window before',
      help: 'also count the window before',
      group: 'Shown as',
      optional: true,
    },
    {
      kind: 'number',
      name: 'windows',
      label: 'Windows',
      help: 'how many such windows, one after another',
      group: 'Shown as',
      optional: true,
      default: 1,
      least: 1,
      most: MAX_PERIODS,
    },
  ],
  complete(args) {
    checkCells(args.numResults ?? 0, (args.windows ?? 1) + 3);
    return args;
  },
  ask(args, scope) {
    const windows = windowsOf(args, scope);
    const size = windows[0]!.periods.length;
    return {
      sets: windows.flatMap(({ groups }) => tally(groups.map(({ set }) => set))),
      table({ sets }) {
        const tallies = windows.map((window, at) => ({
          ...window,
          exactly: sets.slice(at * size, (at + 1) * size),
        }));
        return {
          measure: 'frequency',
          title: args.event,
          layout: 'bars',
          unit: 'people',
          ...((args.windows ?? 1) > 1 ? overTime(tallies) : oneWindow(tallies)),
          notes: [],
          now: instantText(scope.now, scope.timeZone),
          timeZone: scope.timeZone,
        };
      },
    };
  },
  rows: {
    of: ({ columns, rows }) =>
      rows.map(({ key, period, cells }) =>
        period === undefined
          ? {
              k: Number(key),
              ...Object.fromEntries(columns.map((column, at) => [column.key, plainCount(cells[at]!)])),
            }
          : { period, exactly: cells.map(plainCount) },
      ),
  },
};

/** Consecutive periods in which people are active or not. */
interface Window {
  readonly periods: readonly Period[];
  readonly groups: readonly People[];
  readonly state: CellState;
}

/** A window, counted. */
interface Tally extends Window {
  /** Who was active in 1, 2, … of its periods. */
  readonly exactly: readonly number[];
}

/** The windows that are asked about; of one that is compared, the one before, too, and first. */
function windowsOf(args: FrequencyArguments, scope: MeasureScope): Window[] {
  const count = checkCount('windows', args.windows ?? 1, 1);
  if (count > 1 && args.compare) {
    throw new RangeError(`expected one window to compare with the one before, got ${count}`);
  }
  const { periods: single } = readRange(args, scope);
  const size = single.length;
  if (size * count > MAX_PERIODS) {
    throw new RangeError(`expected windows of at most ${MAX_PERIODS} periods together, got ${size * count}`);
  }
  const { periods, current } = readRange({ ...args, numResults: size * count }, scope);
  const all = args.compare ? [...periods.map((period) => period.delta(-size)), ...periods] : periods;
  return Array.from({ length: all.length / size }, (_, at) => {
    const own = all.slice(at * size, (at + 1) * size);
    const [first, last] = [stateOf(own[0]!, current), stateOf(own.at(-1)!, current)];
    return {
      periods: own,
      groups: own.map((period) => peopleOf(scope, args.event, period)),
      state: first === last ? first : 'running',
    };
  });
}

/** A row per number of periods. */
function oneWindow(tallies: readonly Tally[]): Pick<Table, 'subtitle' | 'rowHead' | 'columns' | 'rows'> {
  const tally = tallies.at(-1)!;
  const before = tallies.at(-2);
  const columns: Column[] = [
    { key: 'exactly', label: 'Exactly' },
    { key: 'atLeast', label: 'At least' },
    { key: 'exactlyBefore', label: 'Exactly, before' },
    { key: 'atLeastBefore', label: 'At least, before' },
  ];
  return {
    subtitle: `by the number of ${unitsIn(tally)} which they were active, ${spanOf(tally)}`,
    rowHead: `Active ${prepositionOf(tally)}`,
    columns: before === undefined ? columns.slice(0, 2) : columns,
    rows: tally.periods.map((_, at): Row => {
      const cells = [tally, before].flatMap((each) =>
        each === undefined ? [] : [cellOf(each, 'exactly', at), cellOf(each, 'atLeast', at)],
      );
      return { key: `${at + 1}`, label: labelOf(tally, at), cells };
    }),
  };
}

/** A row per window. */
function overTime(
  tallies: readonly Tally[],
): Omit<Table, 'measure' | 'title' | 'layout' | 'unit' | 'notes' | 'now' | 'timeZone'> {
  const [tally] = tallies as [Tally];
  return {
    subtitle: `by the number of ${unitsIn(tally)} which they were active, of ${tally.periods.length}`,
    stacked: true,
    rowHead: 'Window',
    columnHead: `Active ${prepositionOf(tally)} exactly`,
    columns: tally.periods.map((_, at) => ({
      key: `${at + 1}`,
      label: labelOf(tally, at),
      // A row is named by the first period of its window.
      later: [0, tally.periods.length - 1],
    })),
    rows: tallies.map((each): Row => {
      const period = each.periods[0]!.toString();
      return {
        key: period,
        label: spanOf(each),
        period,
        cells: each.periods.map((_, at) => cellOf(each, 'exactly', at)),
      };
    }),
  };
}

/** Those who were active in `at + 1` of the periods, of everybody who was in any. */
function cellOf({ groups, exactly, state }: Tally, op: 'exactly' | 'atLeast', at: number): Cell {
  const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
  const query =
    groups.length > MAX_QUERY_PERIODS
      ? undefined
      : formatQuery({ op, k: at + 1, of: groups.flatMap(({ query }) => query ?? []) });
  return { count: op === 'exactly' ? exactly[at]! : sum(exactly.slice(at)), of: sum(exactly), state, query };
}

function unitsIn(window: Window): string {
  return `${plural(2, window.periods[0]!.unit)} ${prepositionOf(window)}`;
}

function prepositionOf({ periods }: Window): string {
  return preposition(periods[0]!.unit);
}

/** `3 days`. */
function labelOf({ periods }: Window, at: number): string {
  return `${at + 1} ${plural(at + 1, periods[0]!.unit)}`;
}

function spanOf({ periods }: Window): string {
  const [first, last] = [periodLabel(periods[0]!), periodLabel(periods.at(-1)!)];
  return first === last ? first : `${first} to ${last}`;
}
