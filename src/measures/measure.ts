import type { Expression } from '../engine/expression.js';
import type { Table } from '../tables/table.js';
import type { Moment } from '../time/moment.js';
import type { Period } from '../time/period.js';
import type { Field } from './field.js';

/** What a measure may know: names, periods and the time. It does no I/O. */
export interface MeasureScope {
  /** IANA name of the zone in which periods are counted. */
  readonly timeZone: string;
  /** What time it is; decides what is final, running or in the future. */
  readonly now: Moment;
  /** The ids of an event, or of a segment, in a period or of its dateless flag. */
  set(name: string, period: Period | 'unique'): Expression;
  /** The ids that an expression text describes. */
  query(text: string): Expression;
}

/** The answers to an `Ask`, in its order. */
export interface Counts {
  /** How many ids each of the sets has. */
  readonly sets: readonly number[];
  /** How many ids the two sets of each pair have in common. */
  readonly pairs: readonly number[];
}

/** What to count, and what the counts say. Everything is counted in one question. */
export interface Ask<Answer = Table> {
  /** Sets to count. */
  readonly sets: readonly Expression[];
  /** Pairs of those sets, by index, of which to count what they have in common. */
  readonly pairs?: readonly (readonly [a: number, b: number])[] | undefined;
  /** What the counts say: a table, of nearly all measures. */
  table(counts: Counts): Answer;
}

/** A question of analytics: arguments to sets to count, and their counts to a table. Pure. */
export interface Measure<Args, Answer = Table> {
  /** As in addresses and commands: `cohort`. */
  readonly name: string;
  /** For people: `Retention`. */
  readonly title: string;
  /** A sentence about what it answers. */
  readonly help: string;
  /** The arguments as data: they make the command's options, forms, addresses and a JSON schema. */
  readonly fields: readonly Field<keyof Args & string>[];
  /**
   * Arguments of a form or address with the defaults that it shows.
   * @throws RangeError for a table that is too large for a page: a stranger's address must not make a server compute it
   */
  complete?(args: Partial<Args>): Partial<Args>;
  /** @throws RangeError for arguments that make no sense, in a sentence */
  ask(args: Args, scope: MeasureScope): Ask<Answer>;
}

/** A measure of whose arguments only its fields tell. */
export type AnyMeasure = Measure<Record<string, unknown>>;
