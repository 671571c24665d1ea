import type { Moment } from '../../time/moment.js';

/** What readers of event files give out, whatever the format, and what they are told. */

/** One mark: somebody did something at some time. */
export interface EventRow {
  /** Its name, not empty. */
  readonly event: string;
  /** A whole number in [0, 2^32); the text that a person is known by if the file is read with `people`. */
  readonly id: number | string;
  /** An instant, or a wall-clock time or date as text. */
  readonly at: Moment;
}

/** What a column of an event file is for. */
export type Role = 'user' | 'time' | 'event';

/** The names of columns by what they are for; in JSON, paths into a row, with dots between their parts. */
export type Columns = { readonly [role in Role]?: string | undefined };

/** The unit of plain numbers; `iso`: plain numbers are refused. */
export type TimeFormat = 'unix' | 'ms' | 'us' | 'ns' | 'iso';

/** Whose exports are read: which columns count, and which rows are events. */
export type PresetName = 'segment' | 'posthog' | 'mixpanel' | 'amplitude';

/** How event files are read. What is left out is told by the file. */
export interface ReadEventsOptions {
  /** Which columns hold user, time and event (default: as their names say; today's `user`, `timestamp`, `event` come first). */
  readonly columns?: Columns | undefined;
  /** Every row is this event; no column is looked for. */
  readonly event?: string | undefined;
  /** The unit of times that are plain numbers (default: as their magnitude says, the same throughout the file). */
  readonly timeFormat?: TimeFormat | undefined;
  /** Reads the exports of a program; `columns` count more. */
  readonly preset?: PresetName | undefined;
  /** Ids are texts that people are known by, such as `u_8f3a`, also if they look like numbers (default false). */
  readonly people?: boolean | undefined;
  /** Refuses dates without a time of day, of which no hour can be marked (default false). */
  readonly needsTime?: boolean | undefined;
  /** Leaves out rows that are no events instead of ending at the first (default false). */
  readonly skipBroken?: boolean | undefined;
  /** Called once, before the first rows or the error of the first, with what was found out about the file. */
  readonly onReading?: ((reading: Reading) => void) | undefined;
  /** Called for every row that `skipBroken` leaves out. */
  readonly onSkip?: ((row: SkippedRow) => void) | undefined;
  /** Ends reading early: the signal's reason is thrown. */
  readonly signal?: AbortSignal | undefined;
}

/** What was found out about a file. */
export interface Reading {
  /** The columns that are read; no event if every row is the same one. */
  readonly columns: Columns;
  /** What was guessed or is not as usual (columns, delimiter, encoding, unit of time), in short sentences; often none. */
  readonly notes: readonly string[];
}

/** A row that was left out. */
export interface SkippedRow {
  /** `line 7` or `row 7`, counted from 1. */
  readonly place: string;
  /** What is wrong with it, in one sentence. */
  readonly problem: string;
  /** How many were left out so far, this one included. */
  readonly skipped: number;
}

/** The beginning of a file, for pages and messages. */
export interface Peek {
  /** The columns it has; of JSON, those of its first rows. */
  readonly names: readonly string[];
  /** Its first rows as text, one field for each name. */
  readonly samples: readonly (readonly string[])[];
  /** The columns that would be read; those that cannot be told are missing. */
  readonly columns: Columns;
  /** Why the first of them cannot be told: a `ColumnsError`. */
  readonly problem?: Error;
}
