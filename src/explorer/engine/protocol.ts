import type { Columns, PresetName, Role, TimeFormat } from '../../csv.js';
import type { Table } from '../../index.js';
import type { QuestionDocument } from '../../measures.js';
import type { Person } from '../../people.js';

/**
 * What the page and the engine in its worker say to each other: plain data only, periods as ISO text. Every question
 * brings a port for its answer; while a source loads, the engine also says there how far it is.
 */

/** Every question: what is asked, and what is answered. */
export interface Questions {
  load(ask: LoadAsk): SourceView;
  choose(ask: ChooseAsk): DatasetView;
  overview(ask: OverviewAsk): OverviewView;
  statistics(events: readonly string[]): readonly EventStatistics[];
  measure(ask: MeasureAsk): MeasureView;
  dashboard(questions: readonly QuestionDocument[]): DashboardView;
  count(expression: string): CountView;
  ids(expression: string): Blob;
  has(ask: HasAsk): boolean;
}

export type QuestionKind = keyof Questions;
export type Ask<K extends QuestionKind> = Parameters<Questions[K]>[0];
export type Answer<K extends QuestionKind> = ReturnType<Questions[K]>;

/** Page to engine, with a port for the replies. */
export interface Request<K extends QuestionKind> {
  readonly kind: K;
  readonly ask: Ask<K>;
}

/** Engine to page. */
export type Reply<K extends QuestionKind> =
  | { readonly answer: Answer<K> }
  | { readonly problem: Problem }
  | { readonly progress: LoadProgress };

/** An error, as it crosses the boundary. */
export interface Problem {
  readonly message: string;
  /** That of a syntax error in its text. */
  readonly offset?: number | undefined;
  /** Whether a single row of a file of events is at fault, which can be skipped. */
  readonly isRow?: boolean | undefined;
  /** What is known of the file of events whose columns cannot be told. */
  readonly reading?: ReadingView | undefined;
}

export interface LoadAsk {
  /** A file of the reader's, the address of one on the page's own server, or a made-up app. */
  readonly source: Blob | string | SampleSource;
  /** Its ending tells whether it is read as events, and in which format; everything else is read as a dump. */
  readonly name: string;
  /** What keys begin with, in place of the prefixes that are known. */
  readonly prefix?: string | undefined;
  /** How a file of events is read. */
  readonly events?: EventsAsk | undefined;
}

/** How a file of events is read: what is not said is found out from its names and first values. */
export interface EventsAsk {
  readonly columns?: Columns | undefined;
  /** What every row is. */
  readonly event?: string | undefined;
  readonly timeFormat?: TimeFormat | undefined;
  readonly preset?: PresetName | undefined;
  /** Whether people are known by texts. */
  readonly people?: boolean | undefined;
  /** Leave out rows that are no events, instead of refusing the file. */
  readonly skipBroken?: boolean | undefined;
  /** IANA zone in which days, weeks and months are counted; UTC by default. */
  readonly timeZone?: string | undefined;
  /** Also mark hours. */
  readonly hourly?: boolean | undefined;
  /** Also mark the dateless flag of every event. */
  readonly unique?: boolean | undefined;
}

/** How a file of events was read, or would be. */
export interface ReadingView {
  /** All columns, in their order, with their first values. */
  readonly columns: readonly ColumnView[];
  /** Those that were taken; none for a role that is a question. */
  readonly taken: Columns;
  /** Those that may be meant, for each role that is a question. */
  readonly candidates: { readonly [role in Role]?: readonly string[] | undefined };
  /** Whether people are known by texts. */
  readonly people: boolean;
  /** Sentences about what was found out. */
  readonly notes: readonly string[];
  /** Rows that were left out, and what is wrong with the first of them. */
  readonly skipped: number;
  readonly reasons: readonly string[];
}

export interface ColumnView {
  readonly name: string;
  readonly samples: readonly string[];
}

/** A year of an app that never was, made when it is asked for. */
export interface SampleSource {
  /** How many people sign up in it. */
  readonly users: number;
}

export interface LoadProgress {
  /** Bytes that were read, or days that were made. */
  readonly done: number;
  /** Of how many; `undefined` if the source does not say. */
  readonly total: number | undefined;
  /** Bitmaps or rows so far. */
  readonly items: number;
  /** Names of events that were found in a dump since it was said last. */
  readonly events?: readonly string[];
}

export interface SourceView {
  readonly name: string;
  /** `undefined` if it was made here. */
  readonly bytes: number | undefined;
  /** One for each database and key prefix that holds events, the largest first. */
  readonly datasets: readonly DatasetLabel[];
  /** Keys that are no events, and keys that have expired; both are left out. */
  readonly otherKeys: number;
  readonly expiredKeys: number;
  /** How it was read, if it is a file of events. */
  readonly reading?: ReadingView | undefined;
  /** What ended reading early, if anything did; everything before it is here. */
  readonly problem: Problem | undefined;
}

export interface DatasetLabel {
  readonly db: number;
  readonly prefix: string;
  readonly bitmaps: number;
  readonly events: number;
}

export interface ChooseAsk {
  /** Index into `datasets`. */
  readonly dataset: number;
  /** ISO date taken for today; by default the last day that has data. */
  readonly asOf?: string | undefined;
  /** Names that stand for expressions wherever an event's can; none by default. */
  readonly segments?: readonly NamedSegment[] | undefined;
}

/** A name that stands for an expression, in which `@{period}` is the period asked for. */
export interface NamedSegment {
  readonly name: string;
  readonly expression: string;
}

export interface DatasetView {
  /** Names of all events, sorted. */
  readonly events: readonly string[];
  /** Those of them that people carry as a dateless flag. */
  readonly flags: readonly string[];
  /** In the order given. */
  readonly segments: readonly SegmentView[];
  /** First and last day with data, ISO; absent if there are only dateless flags. */
  readonly firstDay: string | undefined;
  readonly lastDay: string | undefined;
  readonly asOf: string;
  /** Periods to ask for in an expression, the likeliest first. */
  readonly periods: readonly string[];
  /** Expressions that have an answer here. */
  readonly examples: readonly string[];
  /** Expressions of sets that are worth comparing, the likeliest first. */
  readonly sets: readonly string[];
  /** Whether there are hours to ask for. */
  readonly hasHours: boolean;
  /** Bytes that the bitmaps take in memory. */
  readonly memoryBytes: number;
}

export interface SegmentView extends NamedSegment {
  /** Why it is not defined. */
  readonly problem: string | undefined;
  /** Sentences about names in it that no event has. */
  readonly notes: readonly string[];
}

export interface OverviewAsk {
  /** How many events are in each of the lists. */
  readonly most: number;
}

/** What a reader wants to know first. */
export interface OverviewView {
  /** Whoever did any event on the day that is taken for today, in its week and in its month up to then. */
  readonly active: readonly ActiveView[];
  /** The span of which events are compared, and the one before it. */
  readonly span: SpanView;
  readonly spanBefore: SpanView;
  /** Those that most people did, the strongest first. */
  readonly strongest: readonly EventChange[];
  /** Those whose people multiplied most, the fastest first. */
  readonly growing: readonly EventChange[];
  /** How many events all of this is about, and how many others that have something in the same spans are left out. */
  readonly countedEvents: number;
  readonly leftOutEvents: number;
}

/** Both ends included, as ISO text of days, or of longer periods if the data has no days. */
export interface SpanView {
  readonly first: string;
  readonly last: string;
}

/** How many people there are in a span, and in the one before it; `undefined` if the data does not reach back so far. */
export interface Change {
  readonly people: number;
  readonly before: number | undefined;
}

export interface ActiveView extends Change {
  readonly unit: 'day' | 'week' | 'month';
  readonly span: SpanView;
  readonly spanBefore: SpanView;
  /** Who they are, as the text of an expression. */
  readonly query: string;
}

export interface EventChange extends Change {
  readonly event: string;
}

export interface EventStatistics {
  readonly event: string;
  /** Different ids ever. */
  readonly ids: number;
  /** ISO text of the first and last period with data; absent for an event that is only a flag. */
  readonly first: string | undefined;
  readonly last: string | undefined;
  readonly hasFlag: boolean;
  /** Ids per period over the whole span of the data, the same periods for every event. */
  readonly spark: readonly number[];
}

export interface MeasureAsk {
  /** Name of the measure. */
  readonly measure: string;
  /** Its arguments, as `parseFields` gives them. */
  readonly args: Readonly<Record<string, unknown>>;
  /** What the answer is broken down by: names of flags or segments, or expression texts. */
  readonly by?: readonly string[] | undefined;
}

export interface MeasureView {
  /** One, or of an answer that is broken down one for each value, unless they are lines of one. */
  readonly tables: readonly [Table, ...Table[]];
  readonly milliseconds: number;
}

export interface DashboardView {
  /** One for each question, in their order. */
  readonly answers: readonly DashboardAnswer[];
  readonly milliseconds: number;
}

/** The tables of a question: several if it is broken down. */
export type DashboardAnswer = { readonly tables: readonly Table[] } | { readonly problem: Problem };

export interface CountView {
  readonly count: number;
  /** The first few people: by their texts, if they are known by them. */
  readonly first: readonly Person[];
  /** Sentences about names that no event has. */
  readonly notes: readonly string[];
  readonly milliseconds: number;
}

/** Whether somebody is among the people of an expression. */
export interface HasAsk {
  readonly expression: string;
  /** An id, or the text that somebody is known by. */
  readonly person: string;
}
