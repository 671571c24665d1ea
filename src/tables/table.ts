/**
 * The one value between counts and everything that shows them. Plain data: it crosses a worker, a file and JSON as it is,
 * and periods are ISO 8601 text.
 */

/**
 * How rows and columns belong together:
 * - `triangle`: a row per cohort, column k is k periods after the row's own.
 * - `series`: a column per period, a row per line.
 * - `steps`: a row per group of people, a column per step that they take one after the other.
 * - `bars`: a row per group of people, a column per class that they fall into.
 * - `matrix`: rows and columns are of the same kind, a cell is what two of them have in common.
 */
export type Layout = 'triangle' | 'series' | 'steps' | 'bars' | 'matrix';

/** What a cell's number is: how many people, the share of `of` in percent, or `count / of` as it is. */
export type Unit = 'people' | 'percent' | 'ratio';

/**
 * How far a cell's number can be relied on:
 * - `final`: its period has ended (or it has none).
 * - `running`: its period has not ended; the count may still grow.
 * - `future`: its period has not begun.
 * - `empty`: there is nobody to share out, `of` is 0.
 */
export type CellState = 'final' | 'running' | 'future' | 'empty';

/** One number of a table. */
export interface Cell {
  /**
   * People, or of a cell without `of` in percent or ratio the value itself (as an average of shares is). Negative for a loss;
   * a mean may have a fraction.
   */
  readonly count: number;
  /** Of how many, if it is a share. */
  readonly of?: number | undefined;
  /** Whether the number is final, and why it may be missing. */
  readonly state: CellState;
  /** Who these people are, as an expression text that `bitmapist.query` reads. */
  readonly query?: string | undefined;
}

/** What the cells below it have in common. */
export interface Column {
  /** Tells it from the others; in CSV it is the heading. */
  readonly key: string;
  /** The heading for people. */
  readonly label: string;
  /** ISO text, if the column stands for a period of its own. */
  readonly period?: string | undefined;
  /**
   * Which periods its cells look at, from one to another, counted from their rows' own (default: of a triangle the one as many
   * later as its place, otherwise the row's). Without a last one, up to now.
   */
  readonly later?: readonly [first: number, last?: number] | undefined;
  /** What its cells show, if not what the table's do: a ratio beside people. Such a column is a number beside a picture. */
  readonly unit?: Unit | undefined;
  /** Whether its bars hang below the line, as those of people who were lost. */
  readonly below?: boolean | undefined;
}

/** A line of a table. */
export interface Row {
  /** Tells it from the others. */
  readonly key: string;
  /** The heading for people. */
  readonly label: string;
  /** ISO text, if the row stands for a period of its own. */
  readonly period?: string | undefined;
  /** How many people the row is about. */
  readonly size?: number | undefined;
  /** One per column. */
  readonly cells: readonly Cell[];
}

/** What a measure says, ready to be shown in any format. */
export interface Table {
  /** Name of the measure that made it. */
  readonly measure: string;
  /** What it is about, such as `signup → active`. */
  readonly title: string;
  /** What the numbers are, in words that follow the unit's: `of each cohort who came back, 0 to 12 months later`. */
  readonly subtitle?: string | undefined;
  /** How rows and columns belong together; chooses how it is drawn. */
  readonly layout: Layout;
  /** What the cells show, unless their reader wishes otherwise. */
  readonly unit: Unit;
  /** Of bars: whether nobody is in two classes of a row, so that they are stacked and do not stand side by side. */
  readonly stacked?: boolean | undefined;
  /** What the rows are: `Cohort`. */
  readonly rowHead: string;
  /** What the columns are, if that needs saying: `Months later`. */
  readonly columnHead?: string | undefined;
  /** In the order shown. */
  readonly columns: readonly Column[];
  /** In the order shown. */
  readonly rows: readonly Row[];
  /** A last line about all rows, such as their average. */
  readonly summary?: Row | undefined;
  /** Sentences for whoever reads it, such as about a name that no event has. */
  readonly notes: readonly string[];
  /** ISO 8601 instant that decided which cells are final, running or in the future. */
  readonly now: string;
  /** IANA name of the zone in which periods are counted. */
  readonly timeZone: string;
}

/**
 * The number a cell shows: people, percent (0 to 100) or a ratio; `undefined` if there is none, because its period has not
 * begun or there is nobody to share out.
 * @example
 * import { cellValue } from 'bitmapist-wasm/report';
 * console.log(cellValue({ count: 1, of: 4, state: 'final' }, 'percent')); // 25
 */
export function cellValue({ count, of, state }: Cell, unit: Unit): number | undefined {
  if (state === 'future' || state === 'empty') return undefined;
  if (of === 0 && unit !== 'people') return undefined;
  if (unit === 'people' || of === undefined) return count;
  return unit === 'percent' ? (count / of) * 100 : count / of;
}

/**
 * What the cells of a column show: the column's own unit, or the table's.
 * @example
 * import { Bitmapist } from 'bitmapist-wasm';
 * import { unitOf } from 'bitmapist-wasm/report';
 * const table = await new Bitmapist().cohort({ select1: 'signup', select2: 'active' });
 * console.log(unitOf(table, 0)); // percent
 */
export function unitOf({ columns, unit }: Pick<Table, 'columns' | 'unit'>, column: number): Unit {
  return columns[column]?.unit ?? unit;
}
