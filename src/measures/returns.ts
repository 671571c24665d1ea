import { describe } from '../base/errors.js';
import { combine, type Expression } from '../engine/expression.js';
import { formatName } from '../events/query.js';
import type { Period } from '../time/period.js';
import type { Field } from './field.js';
import type { MeasureScope } from './measure.js';
import { checkCount, MAX_PERIODS } from './range.js';
import { slidingUnions } from './sliding.js';

/** Who came back: the periods that a cell looks at, and whether those count who did in any of them, or in all. */

/** What counts as coming back, in column k; K is the last one. */
export type ReturnMode =
  /** in period k after the own. */
  | 'exact'
  /** in any from period k to K. */
  | 'on-or-after'
  /** in any from period 1 to k. */
  | 'on-or-before'
  /** in any of the periods of the k-th bracket. */
  | 'bracket'
  /** in all from period 1 to k. */
  | 'streak';

export const MODES = ['exact', 'on-or-after', 'on-or-before', 'bracket', 'streak'] as const;

/** What decides who came back. */
export interface ReturnArguments {
  /** Who came back: those who did this event, or are of this segment. */
  readonly return: string;
  /** Default `exact`. */
  readonly mode?: ReturnMode | undefined;
  /** The last column: how many periods after its own a row looks at, 0 to 10,000 (default 12). Brackets know by themselves. */
  readonly numOfRows?: number | undefined;
  /** Of mode `bracket`: how many periods each has, counted from the one after the row's own (default 1, 3, 7, 14). */
  readonly brackets?: readonly number[] | undefined;
  /** Of mode `on-or-after`: whether it looks as far as the last column (`last`, the default) or the current period (`now`). */
  readonly horizon?: 'last' | 'now' | undefined;
}

/** The periods that the cells of a column look at, counted from their rows' own. */
export interface ReturnColumn {
  readonly first: number;
  /** `undefined` for the current one. */
  readonly last: number | undefined;
  /** The one that has to begin before there is anything to say. */
  readonly from: number;
}

/** Who came back, of cells. */
export interface Returns {
  /** Of row and column; `undefined` if the time that it looks at has not begun. */
  setOf(row: number, column: number): Expression | undefined;
  /** The same as an expression text, to which `&` may be added, and how many events it names. */
  textOf(row: number, column: number): Named | undefined;
}

export interface Named {
  readonly named: number;
  /** Makes the text. */
  readonly text: () => string;
}

const DEFAULT_BRACKETS = [1, 3, 7, 14];
const DEFAULT_LAST = 12;

/** @throws RangeError for what is unknown, not whole or out of range */
export function readReturns({ mode = 'exact', horizon = 'last', ...args }: Partial<ReturnArguments>) {
  if (!MODES.includes(mode)) {
    throw new RangeError(
      `expected mode to be ${MODES.slice(0, -1).join(', ')} or streak, got ${describe(mode)}`,
    );
  }
  if (horizon !== 'last' && horizon !== 'now') {
    throw new RangeError(`expected horizon to be last or now, got ${describe(horizon)}`);
  }
  const { brackets = DEFAULT_BRACKETS } = args;
  if (!Array.isArray(brackets) || brackets.length === 0) {
    const got = Array.isArray(brackets) ? 'an empty list' : describe(brackets);
    throw new RangeError(`expected brackets to be a list of numbers of periods, got ${got}`);
  }
  for (const size of brackets) checkCount('each of brackets', size, 1);
  checkCount('the sum of brackets', sum(brackets), 1);
  return {
    mode,
    horizon,
    brackets: brackets as readonly number[],
    numOfRows: checkCount('numOfRows', args.numOfRows ?? DEFAULT_LAST, 0),
  };
}

/** Column 0 is the row's own period, in all modes but `on-or-after`. */
export function columnsOf(args: Partial<ReturnArguments>): ReturnColumn[] {
  const { mode, horizon, brackets, numOfRows } = readReturns(args);
  if (mode === 'bracket') {
    let end = 0;
    const columns: ReturnColumn[] = [{ first: 0, last: 0, from: 0 }];
    for (const size of brackets) {
      columns.push({ first: end + 1, last: end + size, from: end + 1 });
      end += size;
    }
    return columns;
  }
  return Array.from({ length: numOfRows + 1 }, (_, k) => {
    if (mode === 'on-or-after') return { first: k, last: horizon === 'now' ? undefined : numOfRows, from: k };
    return { first: k === 0 || mode === 'exact' ? k : 1, last: k, from: k };
  });
}

/**
 * Who came back, of the cells of a table whose rows are consecutive periods. What cells look at overlaps, and so do the sets:
 * each cell costs one operation more than its neighbours', of a bracket three.
 */
export function returnsOf(
  args: ReturnArguments,
  columns: readonly ReturnColumn[],
  periods: readonly Period[],
  current: Period,
  scope: MeasureScope,
): Returns {
  const { mode } = readReturns(args);
  const name = args.return;
  const first = periods[0]!;
  const now = current.number - first.number;
  const end = Math.max(0, ...columns.map(({ last }) => last ?? now - periods.length + 1)) + periods.length;
  if (end > 3 * MAX_PERIODS) {
    throw new RangeError(
      `expected a first period that is at most ${3 * MAX_PERIODS} before the current one, got ${end}`,
    );
  }
  const timeline = Array.from({ length: end }, (_, at) => first.delta(at));
  const active = timeline.map((period) => scope.set(name, period));
  const every = mode === 'streak';
  const made = SETS[mode](active, periods.length, columns, now);
  const quoted = formatName(name);
  const isSegment = scope.isSegment(name);
  return {
    setOf: (row, column) => made[row]![column],
    textOf(row, column) {
      const from = row + columns[column]!.first;
      const to = row + (columns[column]!.last ?? now - row);
      if (to < from) return undefined;
      if (from === to) return { named: 1, text: () => `${quoted}@${timeline[from]}` };
      if (!every && !isSegment) {
        return { named: 1, text: () => `${quoted}@${timeline[from]}..${timeline[to]}` };
      }
      const texts = () => timeline.slice(from, to + 1).map((period) => `${quoted}@${period}`);
      const text = every ? () => texts().join(' & ') : () => `(${texts().join(' | ')})`;
      return { named: to - from + 1, text };
    },
  };
}

/** The fields of `ReturnArguments`. */
export function returnFields(group: string): Field<keyof ReturnArguments>[] {
  const optional = { group, optional: true } as const;
  return [
    { kind: 'event', name: 'return', label: 'Event', help: 'who came back: those who did this', group },
    {
      ...optional,
      kind: 'choice',
      name: 'mode',
      label: 'When',
      help: 'what column k counts: who came back in period k (exact), in it or later (on-or-after), by then (on-or-before), in the periods of a bracket, or in every one up to it (streak)',
      default: 'exact',
      choices: {
        exact: 'in that period',
        'on-or-after': 'then or later',
        'on-or-before': 'by then',
        bracket: 'in brackets',
        streak: 'in every one',
      },
    },
    {
      ...optional,
      kind: 'number',
      name: 'numOfRows',
      label: 'Periods later',
      help: 'the last column: how many periods after its own each row looks',
      default: DEFAULT_LAST,
      least: 0,
      most: MAX_PERIODS,
      suggestions: [3, 6, 12, 24, 48],
    },
    {
      ...optional,
      kind: 'numbers',
      name: 'brackets',
      label: 'Brackets',
      help: `of mode bracket: how many periods each has, from the one after the row's own on (default: ${DEFAULT_BRACKETS})`,
      least: 1,
      most: MAX_PERIODS,
    },
    {
      ...optional,
      kind: 'choice',
      name: 'horizon',
      label: 'Looking up to',
      help: 'of mode on-or-after: whether it looks up to the last column, or up to now',
      default: 'last',
      choices: { last: 'the last column', now: 'now' },
    },
  ];
}

type Sets = (Expression | undefined)[][];

/** How the sets of each mode are made, from who was active in each period from that of the first row on. */
const SETS: Readonly<
  Record<
    ReturnMode,
    (active: readonly Expression[], rows: number, columns: readonly ReturnColumn[], now: number) => Sets
  >
> = {
  exact: (active, rows, columns) => eachRow(rows, (row) => columns.map(({ first }) => active[row + first])),
  'on-or-after': (active, rows, columns, now) => {
    const last = columns[0]!.last;
    if (last === undefined) {
      const ends = unionsToEnd(active.slice(0, Math.max(0, now + 1)));
      return eachRow(rows, (row) => columns.map(({ first }) => ends[row + first]));
    }
    return eachRow(rows, (row) => unionsToEnd(active.slice(row, row + last + 1)));
  },
  'on-or-before': (active, rows, columns) => eachRow(rows, (row) => joins('or', active, row, columns.length)),
  streak: (active, rows, columns) => eachRow(rows, (row) => joins('and', active, row, columns.length)),
  bracket: (active, rows, columns) => {
    const unions = columns.map(({ first, last }) =>
      slidingUnions(active.slice(first, last! + rows), last! - first + 1),
    );
    return eachRow(rows, (row) => unions.map((union) => union[row]));
  },
};

function eachRow(rows: number, make: (row: number) => (Expression | undefined)[]): Sets {
  return Array.from({ length: rows }, (_, row) => make(row));
}

/** Of each set with all that follow. */
function unionsToEnd(sets: readonly Expression[]): Expression[] {
  const unions = [...sets];
  for (let at = sets.length - 2; at >= 0; at -= 1) unions[at] = combine('or', [sets[at]!, unions[at + 1]!]);
  return unions;
}

/** The row's own set; then of the one after it, and with each that follows. */
function joins(op: 'and' | 'or', active: readonly Expression[], row: number, columns: number): Expression[] {
  const joined = active.slice(row, row + columns);
  for (let k = 2; k < columns; k += 1) joined[k] = combine(op, [joined[k - 1]!, joined[k]!]);
  return joined;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
