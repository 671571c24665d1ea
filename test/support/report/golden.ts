import { cohort, type TimeGroup } from '../../../src/measures/cohort.js';
import type { Table } from '../../../src/tables/table.js';
import { readGoldenJson } from '../golden/files.js';
import { scopeOf } from '../measures/scope.js';

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
 * The table that the reference's rows of counts describe.
 * @param now decides which periods are finished; by default all are
 */
export function tableOf(
  { params, count }: Pick<GoldenCohort, 'params' | 'count'>,
  now = '2030-01-01T00:00:00Z',
): Table {
  const args = {
    select1: params.select1,
    select1b: params.select1b ?? undefined,
    select2: params.select2,
    select2b: params.select2b ?? undefined,
    timeGroup: params.time_group,
    // The reference applies int() to what it gets, and one cohort was asked for with a text.
    numOfRows: Number(params.num_of_rows),
    numResults: count.length,
    startDate: count[0]?.[0].slice(0, 'YYYY-MM-DD'.length),
  };
  const { sets, table } = cohort.ask(args, scopeOf({ now }));
  const counts = count.map(([, total]) => total);
  return table({
    sets: sets.map((_, index) => counts[index] ?? 0),
    pairs: count.flatMap(([, , ...entries]) => entries.map((entry) => entry || 0)),
  });
}
