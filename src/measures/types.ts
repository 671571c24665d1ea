import type { Period } from '../time/period.js';

/** What a cohort table groups by. */
export type TimeGroup = 'days' | 'weeks' | 'months' | 'years';

/**
 * Why a cell shows what it shows:
 * - `value`: the period has ended; `count` is final.
 * - `nobody`: the period has ended and nobody of the cohort came back (`count` 0).
 * - `unfinished`: the period is running; `count` may still grow.
 * - `future`: the period has not begun.
 * - `empty`: the cohort has no members, so there is nothing to share out.
 */
export type CellState = 'value' | 'nobody' | 'unfinished' | 'future' | 'empty';

/** Who of a cohort came back in one period. */
export interface CohortCell {
  /** Whether `count` is final, and why it may be 0. */
  readonly state: CellState;
  /** The period the second selection was looked at in. */
  readonly period: Period;
  /** Members of the cohort who did the second selection in `period`. */
  readonly count: number;
  /** `(count / total) * 100`, in that order; `undefined` where the cohort is empty. */
  readonly percent: number | undefined;
  /** Everybody who did the second selection in `period`, of the cohort or not. */
  readonly active: number;
}

/** A cohort and who of it came back. */
export interface CohortRow {
  /** The period the cohort was formed in. */
  readonly period: Period;
  /** ISO 8601 date and time of the row: the start of `period`, or the reference's own moment in `compat` tables. */
  readonly date: string;
  /** Members of the cohort: ids of the first selection in `period`. */
  readonly total: number;
  /** Cell k looks k periods after the row's own. */
  readonly cells: readonly CohortCell[];
}

/** A cohort (retention) table: data only; reports turn it into text, HTML, CSV, SVG. */
export interface CohortTable {
  /** What rows and columns are periods of. */
  readonly timeGroup: TimeGroup;
  /** The event that made the cohorts. */
  readonly select1: string;
  /** What narrowed them further; `undefined` where nothing did. */
  readonly select1b: string | undefined;
  /** The event that counts as coming back. */
  readonly select2: string;
  /** What narrowed it further; `undefined` where nothing did. */
  readonly select2b: string | undefined;
  /** Cells per row are `numOfRows + 1`, as in the reference. */
  readonly numOfRows: number;
  /** ISO 8601 instant that decided which periods are finished, running or in the future. */
  readonly now: string;
  /** IANA name of the zone in which periods are counted. */
  readonly timeZone: string;
  /** Whether rows and cells follow the reference to the letter. */
  readonly compat: boolean;
  /** In the order of time. */
  readonly rows: readonly CohortRow[];
  /** Sentences for whoever reads the table, such as about a name that no event has; reports show them below it. */
  readonly notes?: readonly string[] | undefined;
}
