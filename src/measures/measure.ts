import type { Expression } from '../engine/expression.js';
import type { Layout, Table } from '../tables/table.js';
import type { Moment } from '../time/moment.js';
import type { Period } from '../time/period.js';
import type { Field } from './field.js';

/** What a measure may know: names, periods and the time. It does no I/O. */
export interface MeasureScope {
  /** IANA name of the zone in which periods are counted. */
  readonly timeZone: string;
  /** What time it is; decides what is final, running or in the future. */
  readonly now: Moment;
  /**
   * The ids of an event, or of a segment, in a period or of its dateless flag.
   * @param last what a range of an event ends with that `period` begins; segments know single periods
   */
  set(name: string, period: Period | 'unique', last?: Period): Expression;
  /** The ids that an expression text describes; `{period}` in it stands for `period`. */
  query(text: string, period?: Period | 'unique'): Expression;
  /** Whether a name is that of a segment, not of an event. */
  isSegment(name: string): boolean;
  /**
   * The first period that has a key of an event, or of the events that a segment is made of, of the finest unit that tells it;
   * `undefined` if there is none. Known of the names that `looksAt` tells.
   */
  firstPeriod(name: string): Period | undefined;
  /** The names of all events, sorted, if `looksAt` tells `all`. */
  readonly names: readonly string[];
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
  /**
   * Names whose keys are to be listed before it asks, since the answer depends on when they began; `all` for those of all
   * events. Nothing is listed without.
   */
  looksAt?(args: Args): readonly string[] | 'all';
  /** @throws RangeError for arguments that make no sense, in a sentence */
  ask(args: Args, scope: MeasureScope): Ask<Answer>;
  /** How its table is told as plain rows, if not as all tables of its layout are: see `plainRows`. */
  readonly rows?: PlainRowsOf | undefined;
}

/** Rows for programs that want no more than the numbers. */
export interface PlainRowsOf {
  /** Arguments that rows are made with, whatever else is asked for. */
  readonly args?: Readonly<Record<string, unknown>> | undefined;
  /** The layout of tables that are told so, if the measure makes others, too: those are told as all of their layout are. */
  readonly layout?: Layout | undefined;
  /** Objects for JSON. */
  of(table: Table): readonly PlainRow[];
}

/** A row of a table as an object for JSON, such as `{ period: '2026-11', count: 12 }`. */
export type PlainRow = Readonly<Record<string, unknown>>;

/** A measure of whose arguments only its fields tell. */
export type AnyMeasure = Measure<Record<string, unknown>>;
