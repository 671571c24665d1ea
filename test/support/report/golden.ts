import type { CellState, CohortCell, CohortTable, TimeGroup } from '../../../src/measures/types.js';
import { Period, type PeriodUnit } from '../../../src/time/period.js';
import { readGoldenJson } from '../golden/files.js';

export const GOLDEN_NAMES = ['cdnow', 'onlineretail', 'git_express', 'git_redis'];

type GoldenRow = [date: string, total: number, ...entries: (number | '')[]];

export interface GoldenCohort {
  readonly params: {
    readonly time_group: TimeGroup;
    readonly num_of_rows: number | string;
    readonly select1: string;
    readonly select1b: string | null;
    readonly select2: string;
    readonly select2b: string | null;
  };
  readonly percent: GoldenRow[];
  readonly count: GoldenRow[];
  readonly csv_percent: string;
  readonly csv_count: string;
}

export function readCohorts(name: string): GoldenCohort[] {
  return readGoldenJson<{ cohorts: GoldenCohort[] }>(`expected/${name}.json.gz`).cohorts;
}

/**
 * The table that the reference's rows of counts describe, as a `compat` computation would give it.
 * @param now decides which periods are finished; by default all are
 */
export function tableOf(
  { params, count }: Pick<GoldenCohort, 'params' | 'count'>,
  now = '2030-01-01T00:00:00Z',
): CohortTable {
  const unit = UNITS[params.time_group];
  return {
    timeGroup: params.time_group,
    select1: params.select1,
    select1b: params.select1b ?? undefined,
    select2: params.select2,
    select2b: params.select2b ?? undefined,
    // The reference applies int() to what it gets, and one cohort was asked for with a text.
    numOfRows: Number(params.num_of_rows),
    now,
    timeZone: 'UTC',
    compat: true,
    rows: count.map(([date, total, ...entries]) => {
      const period = Period.of(unit, date.slice(0, 10));
      return {
        period,
        date,
        total,
        cells: entries.map((entry, offset) => cellOf(entry, total, period.delta(offset), now)),
      };
    }),
  };
}

export const UNITS: Record<TimeGroup, PeriodUnit> = {
  days: 'day',
  weeks: 'week',
  months: 'month',
  years: 'year',
};

function cellOf(entry: number | '', total: number, period: Period, now: string): CohortCell {
  const count = entry === '' ? 0 : entry;
  return {
    state: stateOf(count, total, period, Date.parse(now)),
    period,
    count,
    percent: total === 0 ? undefined : (count / total) * 100,
    // The reference has no entry where nobody at all came back.
    active: entry === '' ? 0 : Math.max(1, count),
  };
}

function stateOf(count: number, total: number, period: Period, now: number): CellState {
  if (period.start().epochMilliseconds > now) return 'future';
  if (total === 0) return 'empty';
  if (period.end().epochMilliseconds > now) return 'unfinished';
  return count === 0 ? 'nobody' : 'value';
}
