import {
  askCohort,
  type CohortArguments,
  cohort,
  planCohort,
  readCohort,
  startsOf,
} from '../measures/cohort.js';
import type { Measure } from '../measures/measure.js';
import { type CompatRow, compatRows } from './rows.js';

/** A cell of the reference's data: a number, or `''` if it has no entry. */
export type DatesEntry = number | '';

/** A row of the reference's `get_dates_data`: ISO date and time, size of the cohort, then the cells. */
export type DatesRow = readonly [date: string, total: number, ...entries: DatesEntry[]];

/** What the reference's rows are made of. */
export interface DatesArguments extends CohortArguments {
  /**
   * Whether rows begin at `startDate` with the start of their periods, as many as asked for, and not where and when those of
   * the reference do (default: no).
   */
  readonly exactRows?: boolean | undefined;
}

/**
 * The reference's `get_dates_data`, to the last bit: percentages unrounded, `''` for no entry, which is if the cohort is
 * empty, and if nobody at all did the second selection in the period.
 * @example
 * import { Bitmapist } from 'bitmapist-wasm';
 * import { datesData } from 'bitmapist-wasm/compat';
 * const bitmapist = new Bitmapist();
 * await bitmapist.markEvent('active', [7, 8], { now: '2026-11-22' });
 * const args = { select1: 'active', select2: 'active', startDate: '2026-11-22', numResults: 1, numOfRows: 1 };
 * console.log(await bitmapist.ask(datesData, args)); // [ [ '2026-11-22T00:00:00+00:00', 2, 100, '' ] ]
 */
export const datesData: Measure<DatesArguments, DatesRow[]> = {
  ...cohort,
  name: 'dates-data',
  ask(args, scope) {
    const { as } = readCohort(args);
    const starts = args.exactRows ? exactRows(args, scope) : compatRows(args, scope);
    const { sets, pairs, rows, columns } = planCohort(
      args,
      starts.map(({ period }) => period),
      scope,
    );
    return {
      sets,
      pairs,
      table: (counts) =>
        starts.map(({ date }, row): DatesRow => {
          const total = counts.sets[row]!;
          const entries = Array.from({ length: columns }, (_, column): DatesEntry => {
            if (total === 0 || counts.sets[rows + row + column] === 0) return '';
            const both = counts.pairs[row * columns + column]!;
            return as === 'counts' ? both : (both / total) * 100;
          });
          return [date, total, ...entries];
        }),
    };
  },
};

/**
 * The measure `cohort` over the rows of the reference: for reports other than its own.
 * @example
 * import { Bitmapist } from 'bitmapist-wasm';
 * import { compatCohort } from 'bitmapist-wasm/compat';
 * const args = { select1: 'a', select2: 'b', timeGroup: 'years', numResults: 9 } as const;
 * console.log((await new Bitmapist().ask(compatCohort, args)).rows.length); // 3
 */
export const compatCohort: Measure<CohortArguments> = {
  ...cohort,
  ask: (args, scope) =>
    askCohort(
      args,
      compatRows(args, scope).map(({ period }) => period),
      scope,
    ),
};

function exactRows(args: CohortArguments, scope: Parameters<typeof startsOf>[1]): CompatRow[] {
  return startsOf(args, scope).map((period) => ({
    period,
    date: period.start(scope.timeZone).toString({ timeZoneName: 'never' }),
  }));
}
