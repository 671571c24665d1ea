import type { CellState, TimeGroup } from '../../index.js';

/**
 * What the page and the engine in its worker say to each other: plain data only, periods as ISO text. The page asks with a
 * number, the engine answers with the same number; while a source loads it also says how far it is.
 */

/** Every question: what is asked, and what is answered. */
export interface Questions {
  load: { ask: LoadAsk; answer: SourceView };
  choose: { ask: ChooseAsk; answer: DatasetView };
  statistics: { ask: { readonly events: readonly string[] }; answer: readonly EventStatistics[] };
  retention: { ask: RetentionAsk; answer: RetentionView };
  retentionText: { ask: RetentionAsk & { readonly format: RetentionFormat }; answer: string };
  trend: { ask: TrendAsk; answer: TrendView };
  trendText: { ask: TrendAsk; answer: string };
  count: { ask: ExpressionAsk; answer: CountView };
  ids: { ask: ExpressionAsk; answer: Blob };
}

export type QuestionKind = keyof Questions;
export type Ask<K extends QuestionKind> = Questions[K]['ask'];
export type Answer<K extends QuestionKind> = Questions[K]['answer'];

/** Page to engine. */
export type Request = {
  [K in QuestionKind]: { readonly id: number; readonly kind: K; readonly ask: Ask<K> };
}[QuestionKind];

/** Engine to page. */
export type Reply =
  | { readonly id: number; readonly answer: Answer<QuestionKind> }
  | { readonly id: number; readonly problem: Problem }
  | { readonly progress: LoadProgress };

/** An error, as it crosses the boundary; `offset` is that of a syntax error in its text. */
export interface Problem {
  readonly message: string;
  readonly offset?: number | undefined;
}

export interface LoadAsk {
  /** A file of the reader's, or the address of one on the page's own server. */
  readonly source: Blob | string;
  /** `.csv` and `.csv.gz` are read as events, everything else as a dump. */
  readonly name: string;
  /** What keys begin with, in place of the prefixes that are known. */
  readonly prefix?: string | undefined;
  /** IANA zone in which days, weeks and months of a CSV are counted; UTC by default. */
  readonly timeZone?: string | undefined;
  /** Also mark the hours of a CSV. */
  readonly hourly?: boolean | undefined;
  /** Also mark the dateless flag of every event of a CSV. */
  readonly unique?: boolean | undefined;
}

export interface LoadProgress {
  readonly bytes: number;
  /** `undefined` where the source does not say. */
  readonly totalBytes: number | undefined;
  /** Bitmaps or rows so far. */
  readonly items: number;
}

export interface SourceView {
  readonly name: string;
  readonly kind: 'dump' | 'csv';
  readonly bytes: number;
  readonly milliseconds: number;
  /** One for each database and key prefix that holds events, the largest first. */
  readonly datasets: readonly DatasetLabel[];
  /** Keys that are no events, and keys that have expired; both are left out. */
  readonly otherKeys: number;
  readonly expiredKeys: number;
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
}

export interface DatasetView {
  readonly events: readonly string[];
  /** First and last day with data, ISO; absent where there are only dateless flags. */
  readonly firstDay: string | undefined;
  readonly lastDay: string | undefined;
  readonly asOf: string;
  /** Periods to ask for in an expression, the likeliest first. */
  readonly periods: readonly string[];
  /** Expressions that have an answer here. */
  readonly examples: readonly string[];
  /** Bytes that the bitmaps take in memory. */
  readonly memoryBytes: number;
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

export interface RetentionAsk {
  readonly select1: string;
  readonly select1b: string;
  readonly select2: string;
  readonly select2b: string;
  readonly timeGroup: TimeGroup;
  readonly numResults: number;
  readonly numOfRows: number;
  readonly startDate: string;
  readonly as: 'percent' | 'counts';
}

/** Files that a table can be saved as: its numbers, or a picture (SVG). */
export type RetentionFormat = 'csv' | 'heatmap' | 'curves';

export interface RetentionView {
  readonly ask: RetentionAsk;
  readonly columns: readonly string[];
  readonly rows: readonly RetentionRow[];
  readonly average: readonly RetentionCellText[];
  /** The same as numbers, for the curve; `undefined` for a column without finished cells. */
  readonly averages: readonly (number | undefined)[];
  readonly averageLabel: string;
  readonly milliseconds: number;
}

/** How a cell looks: its text, and its heat step where it has a number. */
export interface RetentionCellText {
  readonly text: string;
  readonly heat: number | undefined;
}

export interface RetentionRow {
  readonly period: string;
  readonly label: string;
  readonly total: number;
  readonly cells: readonly RetentionCell[];
}

export interface RetentionCell extends RetentionCellText {
  readonly state: CellState;
  readonly period: string;
  readonly count: number;
  readonly percent: number | undefined;
}

export type TrendUnit = 'day' | 'week' | 'month';

export interface TrendAsk {
  readonly unit: TrendUnit;
  readonly events: readonly string[];
  /** Adds the number of ids that did any of the events. */
  readonly any: boolean;
  /** ISO dates, the first and the last day looked at; empty for those of the data. */
  readonly from: string;
  readonly to: string;
}

export interface TrendView {
  /** Whether the last period goes on beyond the day that is taken for today. */
  readonly isUnfinished: boolean;
  readonly periods: readonly { readonly period: string; readonly label: string }[];
  readonly series: readonly { readonly event: string | undefined; readonly counts: readonly number[] }[];
  readonly milliseconds: number;
}

export interface ExpressionAsk {
  readonly text: string;
}

export interface CountView {
  readonly count: number;
  /** The first few ids. */
  readonly first: readonly number[];
  /** Sentences about names that no event has. */
  readonly notes: readonly string[];
  readonly milliseconds: number;
}
