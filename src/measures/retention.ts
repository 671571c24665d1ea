import { describe } from '../base/errors.js';
import { combine, type Expression } from '../engine/expression.js';
import { instantOf, type Moment } from '../time/moment.js';
import { Period } from '../time/period.js';
import { compatRows, type RowStart, rowsFrom, UNIT_OF } from './rows.js';
import type { CellState, CohortCell, CohortRow, CohortTable, TimeGroup } from './types.js';

/** Cohort (retention) tables: which sets to count, and what the counts say. Everything is counted in one question. */

/** What a cohort table is made of. */
export interface CohortOptions {
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
  /** Number of rows (default 31; for years 3). */
  readonly numResults?: number | undefined;
  /** How many periods after its own each row looks (default 12), so rows have one cell more; -1 for totals alone. */
  readonly numOfRows?: number | undefined;
  /**
   * A moment within the first row's period, or the text of a period (`2026-W47`, `2026-11`) that lies within it; by default
   * the last row is the current period.
   */
  readonly startDate?: Moment | undefined;
  /** Decides what is finished, running or in the future, and where rows end if there is no `startDate` (default: now). */
  readonly now?: Moment | undefined;
  /** Rows as the reference's `get_dates_data` has them: shifted start dates, always three years. */
  readonly compat?: boolean | undefined;
}

/** What a table is computed from. */
export interface CohortSource {
  readonly timeZone: string;
  readonly now: Moment;
  events(name: string, period: Period): Expression;
  count(expressions: readonly Expression[]): Promise<number[]>;
}

/** More rows or columns than anybody looks at are a mistake. */
const MAX_SIZE = 10_000;

/** @throws RangeError for an unknown time group, or numbers that are not whole or out of range */
export async function cohortTable(options: CohortOptions, source: CohortSource): Promise<CohortTable> {
  const timeGroup = options.timeGroup ?? 'days';
  if (!Object.hasOwn(UNIT_OF, timeGroup)) {
    throw new RangeError(
      `expected days, weeks, months or years as time group, got ${JSON.stringify(timeGroup)}`,
    );
  }
  const compat = options.compat ?? false;
  const numOfRows = checkSize('numOfRows', options.numOfRows ?? 12, -1);
  const numResults = checkSize('numResults', options.numResults ?? (timeGroup === 'years' ? 3 : 31), 0);
  const { timeZone } = source;
  const { now = source.now } = options;
  const starts = (compat ? compatRows : rowsFrom)({
    timeGroup,
    numResults,
    // An HTML form sends an empty text for a date that was not chosen.
    startDate: options.startDate === '' ? undefined : options.startDate,
    now,
    timeZone,
  });
  const current = Period.of(UNIT_OF[timeGroup], now, timeZone);
  const timeline = timelineOf(starts, numOfRows);
  const counts = await countRows(timeline, starts.length, numOfRows + 1, options, source);
  return {
    timeGroup,
    select1: options.select1,
    select1b: options.select1b || undefined,
    select2: options.select2,
    select2b: options.select2b || undefined,
    numOfRows,
    now: instantOf(now, timeZone).toString(),
    timeZone,
    compat,
    rows: starts.map((start, row) => makeRow(start, timeline.slice(row), counts[row]!, current)),
  };
}

/** Rows are consecutive periods, so cell k of row i looks at the same period as cell k - 1 of the row after it. */
function timelineOf(starts: readonly RowStart[], numOfRows: number): Period[] {
  const timeline = starts.map(({ period }) => period);
  const last = timeline.at(-1);
  if (last === undefined) return [];
  for (let ahead = 1; ahead <= numOfRows; ahead += 1) timeline.push(last.delta(ahead));
  return timeline;
}

interface RowCounts {
  readonly total: number;
  readonly cells: readonly { readonly active: number; readonly both: number }[];
}

/** Counts all sets of all rows in one question, so that every bitmap is read once however many cells need it. */
async function countRows(
  timeline: readonly Period[],
  rows: number,
  columns: number,
  options: CohortOptions,
  source: CohortSource,
): Promise<RowCounts[]> {
  const cohorts = timeline.slice(0, rows).map(selection(source, options.select1, options.select1b));
  const actives = (columns > 0 ? timeline : []).map(selection(source, options.select2, options.select2b));
  const pairs = cohorts.flatMap((cohort, row) =>
    actives.slice(row, row + columns).map((active) => combine('and', [cohort, active])),
  );
  const counts = await source.count([...cohorts, ...actives, ...pairs]);
  const activeCounts = counts.slice(rows, rows + actives.length);
  const pairCounts = counts.slice(rows + actives.length);
  return cohorts.map((_, row) => ({
    total: counts[row]!,
    cells: Array.from({ length: columns }, (_, column) => ({
      active: activeCounts[row + column]!,
      both: pairCounts[row * columns + column]!,
    })),
  }));
}

/** The set that one or two event names select in a period. */
function selection(
  source: CohortSource,
  name: string,
  further: string | undefined,
): (period: Period) => Expression {
  const names = further ? [name, further] : [name];
  return (period) =>
    combine(
      'and',
      names.map((each) => source.events(each, period)),
    );
}

function makeRow(
  { period, date }: RowStart,
  periods: readonly Period[],
  { total, cells }: RowCounts,
  current: Period,
): CohortRow {
  return {
    period,
    date,
    total,
    cells: cells.map(({ active, both }, column): CohortCell => {
      const cellPeriod = periods[column]!;
      return {
        state: stateOf(total, both, Period.compare(cellPeriod, current)),
        period: cellPeriod,
        count: both,
        percent: total === 0 ? undefined : (both / total) * 100,
        active,
      };
    }),
  };
}

function stateOf(total: number, both: number, fromNow: number): CellState {
  if (fromNow > 0) return 'future';
  if (total === 0) return 'empty';
  if (fromNow === 0) return 'unfinished';
  return both === 0 ? 'nobody' : 'value';
}

function checkSize(name: string, size: number, least: number): number {
  if (!Number.isInteger(size) || size < least || size > MAX_SIZE) {
    throw new RangeError(
      `expected ${name} to be a whole number from ${least} to ${MAX_SIZE}, got ${describe(size)}`,
    );
  }
  return size;
}
