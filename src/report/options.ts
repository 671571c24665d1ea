import type { CohortTable } from '../measures/types.js';

/** What cells show: the share of the cohort in percent, or how many. */
export type ReportUnit = 'percent' | 'counts';

/**
 * How columns are averaged. `weighted` weighs every cohort by its size; `mean` gives every cohort the same weight, as the
 * reference does. Both look at finished cells of cohorts that have members. Counts know the mean only.
 */
export type AverageKind = 'weighted' | 'mean';

/** Options of every report. */
export interface ReportOptions {
  /** Default `percent`. */
  readonly as?: ReportUnit | undefined;
  /** Prints labels and numbers to the letter as the reference prints them. Default: as the table was computed. */
  readonly compat?: boolean | undefined;
}

/** Refuses units that do not exist; plain JavaScript callers have no compiler to tell them. */
export function unitOf({ as = 'percent' }: ReportOptions): ReportUnit {
  if (as !== 'percent' && as !== 'counts') {
    throw new RangeError(`expected "percent" or "counts", got ${JSON.stringify(as)}`);
  }
  return as;
}

export function isCompat(table: CohortTable, { compat }: ReportOptions): boolean {
  return compat ?? table.compat;
}
