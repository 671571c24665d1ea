import { describe, plural } from '../base/errors.js';
import { combine, type Expression } from '../engine/expression.js';
import { formatName } from '../events/query.js';
import { averageRow } from '../tables/average.js';
import { cohortLabel, laterLabel } from '../tables/labels.js';
import { groupDigits } from '../tables/numbers.js';
import type { Cell, Row, Table } from '../tables/table.js';
import { instantText, type Moment } from '../time/moment.js';
import { Period } from '../time/period.js';
import type { Field } from './field.js';
import type { Ask, Counts, Measure, MeasureScope } from './measure.js';
import { checkCells, firstIn, MAX_COUNTED } from './range.js';
import { stateOf } from './state.js';
import { trianglePairs } from './triangle.js';

/** What a cohort table groups by. */
export type TimeGroup = 'days' | 'weeks' | 'months' | 'years';

/** What a cohort table is made of. */
export interface CohortArguments {
  /** Who belongs to the cohort of a row: the ids of this event in the row's period. */
  readonly select1: string;
  /** Further narrows the cohort to ids of this event too, in the same period. */
  readonly select1b?: string | undefined;
  /** Who came back: the ids of this event in the cell's period. */
  readonly select2: string;
  /** Further narrows those who came back to ids of this event too, in the same period. */
  readonly select2b?: string | undefined;
  /** Default `days`. */
  readonly timeGroup?: TimeGroup | undefined;
  /** What cells show: the share of the cohort in percent (default), or how many. */
  readonly as?: 'percent' | 'counts' | undefined;
  /** Number of rows, 0 to 10,000 (default 31; for years 3). */
  readonly numResults?: number | undefined;
  /** How many periods after its own each row looks (default 12), so rows have one cell more; -1 for sizes alone. */
  readonly numOfRows?: number | undefined;
  /**
   * A moment within the first row's period, or the text of a period (`2026-W47`, `2026-11`) that lies within it or begins with
   * it; by default the last row is the current period.
   */
  readonly startDate?: Moment | undefined;
}

/** More rows or columns than anybody looks at are a mistake. */
const MAX_SIZE = 10_000;
/** More cells than this no browser shows. */
const MAX_CELLS = 250_000;
const UNITS = { days: 'day', weeks: 'week', months: 'month', years: 'year' } as const;

/** What a row and its cells look at, before anything is counted. */
export interface CohortPlan {
  readonly rows: number;
  /** Cells per row. */
  readonly columns: number;
  /** Rows are consecutive periods, so cell k of row i looks at the same period as cell k - 1 of the row after it. */
  readonly timeline: readonly Period[];
  /** The cohort of every row, then who was active in every period of the timeline, if there are cells. */
  readonly sets: readonly Expression[];
  /** Cell by cell, row by row. */
  readonly pairs: readonly (readonly [cohort: number, active: number])[];
}

/** Retention: who of those who began in a period came back in the periods after it. */
export const cohort: Measure<CohortArguments> = {
  name: 'cohort',
  title: 'Retention',
  help: 'who of those who did an event in a period did another in the periods after it',
  fields: makeFields(),
  complete(args) {
    const { timeGroup, as, numResults, numOfRows } = readCohort(args);
    if (numResults * (numOfRows + 1) > MAX_CELLS) {
      throw new RangeError(
        `expected a table of at most ${MAX_CELLS} cells, got ${numResults} ${plural(numResults, 'result')} of ${numOfRows + 1} ${plural(numOfRows + 1, 'cell')}`,
      );
    }
    return { ...args, timeGroup, as, numResults, numOfRows };
  },
  ask(args, scope) {
    const { numResults, numOfRows } = readCohort(args);
    checkCells(numResults, numOfRows + 1, MAX_COUNTED);
    return askCohort(args, startsOf(args, scope), scope);
  },
};

/** The periods of the rows: from that of `startDate` on, or up to the current one. */
export function startsOf(args: CohortArguments, { now, timeZone }: MeasureScope): Period[] {
  const { unit, numResults, startDate } = readCohort(args);
  const first =
    startDate === undefined
      ? Period.of(unit, now, timeZone).delta(1 - numResults)
      : firstIn(unit, startDate, timeZone);
  const starts: Period[] = [];
  for (let index = 0; index < numResults; index += 1) starts.push(first.delta(index));
  return starts;
}

/** Asks for the cohorts of consecutive periods. */
export function askCohort(args: CohortArguments, starts: readonly Period[], scope: MeasureScope): Ask {
  const plan = planCohort(args, starts, scope);
  const { unit } = readCohort(args);
  const current = Period.of(unit, scope.now, scope.timeZone);
  return {
    sets: plan.sets,
    pairs: plan.pairs,
    table: (counts) => tableOf(args, scope, rowsOf(args, plan, current, counts)),
  };
}

/** Which sets the rows of consecutive periods need, each once, and which of them meet in a cell. */
export function planCohort(
  args: CohortArguments,
  starts: readonly Period[],
  scope: MeasureScope,
): CohortPlan {
  const rows = starts.length;
  const columns = readCohort(args).numOfRows + 1;
  const timeline = [...starts];
  const last = starts.at(-1);
  for (let ahead = 1; last !== undefined && ahead < columns; ahead += 1) timeline.push(last.delta(ahead));
  const actives = columns > 0 ? timeline.map(setOf(args.select2, args.select2b, scope)) : [];
  const cohorts =
    columns > 0 && isSameTwice(args)
      ? actives.slice(0, rows)
      : starts.map(setOf(args.select1, args.select1b, scope));
  return { rows, columns, timeline, sets: [...cohorts, ...actives], pairs: trianglePairs(rows, columns) };
}

/** The arguments with their defaults. @throws RangeError for what is unknown, not whole or out of range */
export function readCohort({ timeGroup = 'days', as = 'percent', ...args }: Partial<CohortArguments>) {
  if (!Object.hasOwn(UNITS, timeGroup)) {
    throw new RangeError(`expected days, weeks, months or years as time group, got ${describe(timeGroup)}`);
  }
  if (as !== 'percent' && as !== 'counts') {
    throw new RangeError(`expected "percent" or "counts", got ${describe(as)}`);
  }
  return {
    timeGroup,
    unit: UNITS[timeGroup],
    as,
    numOfRows: checkSize('numOfRows', args.numOfRows ?? 12, -1),
    numResults: checkSize('numResults', args.numResults ?? (timeGroup === 'years' ? 3 : 31), 0),
    // An HTML form sends an empty text for a date that was not chosen.
    startDate: args.startDate === '' ? undefined : args.startDate,
  };
}

/** Tables of many cells are made of loops: callbacks for each take ten times as long. */
function rowsOf(
  args: CohortArguments,
  { rows, columns, timeline }: CohortPlan,
  current: Period,
  counts: Counts,
): Row[] {
  const states = timeline.map((period) => stateOf(period, current));
  const active = timeline.map(queryOf(args.select2, args.select2b));
  const begun = isSameTwice(args)
    ? active
    : timeline.slice(0, rows).map(queryOf(args.select1, args.select1b));
  const made: Row[] = [];
  for (let row = 0; row < rows; row += 1) {
    const period = timeline[row]!;
    const size = counts.sets[row]!;
    const members = `${begun[row]} & `;
    const cells: Cell[] = [];
    for (let column = 0; column < columns; column += 1) {
      const state = states[row + column]!;
      cells.push({
        count: counts.pairs[row * columns + column]!,
        of: size,
        state: size === 0 && state !== 'future' ? 'empty' : state,
        query: members + active[row + column],
      });
    }
    const key = period.toString();
    made.push({ key, label: cohortLabel(period), period: key, size, cells });
  }
  return made;
}

function tableOf(args: CohortArguments, { now, timeZone }: MeasureScope, rows: readonly Row[]): Table {
  const { timeGroup, unit, as, numOfRows } = readCohort(args);
  const size = rows.reduce((sum, row) => sum + row.size!, 0);
  const columns = Array.from({ length: numOfRows + 1 }, (_, column) => column);
  const table: Table = {
    measure: 'cohort',
    ...describeCohort(args, size, timeZone),
    layout: 'triangle',
    unit: as === 'percent' ? 'percent' : 'people',
    rowHead: 'Cohort',
    columnHead: `${timeGroup} later`,
    columns: columns.map((key) => ({ key: `${key}`, label: laterLabel(unit, key) })),
    rows,
    notes: [],
    now: instantText(now, timeZone),
    timeZone,
  };
  const summary =
    numOfRows < 0 ? { key: 'total', label: 'Total', size, cells: [] } : averageRow(table, table.unit);
  return { ...table, summary };
}

/** What a table is about: `signup → active`, and what its numbers are. */
export function describeCohort(
  args: CohortArguments,
  size: number,
  timeZone = 'UTC',
): Pick<Table, 'title' | 'subtitle'> {
  const { timeGroup, numOfRows } = readCohort(args);
  const zone = timeZone === 'UTC' ? '' : ` (${timeZone})`;
  return {
    title: `${namesOf(args.select1, args.select1b)} → ${namesOf(args.select2, args.select2b)}`,
    subtitle:
      numOfRows < 0
        ? `sizes of the cohorts${zone}`
        : `of each cohort who came back, 0 to ${numOfRows} ${timeGroup} later${zone} · total size ${groupDigits(size)}`,
  };
}

/** The names of a selection; from a form, that of no second event is empty. */
function selected(name: string, further: string | undefined): string[] {
  return further ? [name, further] : [name];
}

function namesOf(name: string, further: string | undefined): string {
  return selected(name, further).join(' & ');
}

function setOf(name: string, further: string | undefined, scope: MeasureScope) {
  const names = selected(name, further);
  return (period: Period): Expression =>
    combine(
      'and',
      names.map((each) => scope.set(each, period)),
    );
}

function queryOf(name: string, further: string | undefined) {
  const names = selected(name, further).map(formatName);
  return (period: Period): string => names.map((event) => `${event}@${period}`).join(' & ');
}

/** Whether those who come back are looked for where the cohorts are. */
function isSameTwice({ select1, select1b, select2, select2b }: CohortArguments): boolean {
  return select1 === select2 && (select1b || undefined) === (select2b || undefined);
}

function checkSize(name: string, size: number, least: number): number {
  if (!Number.isInteger(size) || size < least || size > MAX_SIZE) {
    throw new RangeError(
      `expected ${name} to be a whole number from ${least} to ${MAX_SIZE}, got ${describe(size)}`,
    );
  }
  return size;
}

function makeFields(): Field<keyof CohortArguments>[] {
  const began = { kind: 'event', group: 'People who did' } as const;
  const returned = { kind: 'event', group: 'And came back to' } as const;
  const shown = { group: 'Shown as' } as const;
  const further = {
    label: 'And also (optional)',
    help: 'and this event in the same period',
    optional: true,
  } as const;
  return [
    { ...began, name: 'select1', label: 'Event', help: 'who belongs to a cohort: the event of its period' },
    { ...began, ...further, name: 'select1b' },
    { ...returned, name: 'select2', label: 'Event', help: 'who came back: the event of a later period' },
    { ...returned, ...further, name: 'select2b' },
    {
      ...shown,
      kind: 'unit',
      name: 'timeGroup',
      label: 'Group by',
      help: 'what a row and a column stand for',
      optional: true,
      default: 'days',
      choices: { days: 'days', weeks: 'weeks', months: 'months', years: 'years' },
    },
    {
      ...shown,
      kind: 'choice',
      name: 'as',
      label: 'Cells',
      help: 'what cells show: the share of the cohort, or how many',
      optional: true,
      default: 'percent',
      choices: { percent: 'percent', counts: 'counts' },
      form: { name: 'as_percent', choices: { percent: '1', counts: '0' } },
    },
    {
      ...shown,
      kind: 'number',
      name: 'numResults',
      label: 'Number of results',
      help: 'rows (default: 31; years: 3)',
      optional: true,
      default: 31,
      least: 1,
      most: MAX_SIZE,
      suggestions: [4, 7, 12, 24, 28, 31, 52, 104],
    },
    {
      ...shown,
      kind: 'number',
      name: 'numOfRows',
      label: 'Number of rows',
      help: 'periods after its own that each row looks (default: 12)',
      optional: true,
      default: 12,
      least: 0,
      most: MAX_SIZE,
      suggestions: [3, 6, 12, 24, 48],
    },
    {
      ...shown,
      kind: 'date',
      name: 'startDate',
      label: 'Start date',
      help: 'where the first row begins, a date or a period such as 2026-W47 (default: so that the last is now)',
      optional: true,
    },
  ];
}
