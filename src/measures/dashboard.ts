import type { Table } from '../tables/table.js';
import { breakDown } from './breakdown.js';
import type { AnyMeasure, Measure } from './measure.js';
import { together } from './together.js';

/** A measure, and what it is asked. */
export interface Question {
  /** What answers it. */
  readonly measure: AnyMeasure;
  /** As `parseFields` reads them. */
  readonly args: Readonly<Record<string, unknown>>;
  /** What the answer is broken down by: names of dateless flags or segments, or expression texts; a table for each. */
  readonly by?: readonly string[] | undefined;
  /** Segments that it speaks of, as expression texts by their names: to be defined before it is asked. */
  readonly segments?: Readonly<Record<string, string>> | undefined;
}

/** What a dashboard asks. */
export interface DashboardArguments {
  /** In the order of their answers. */
  readonly questions: readonly Question[];
}

/**
 * Several questions that are asked as one, so that a bitmap which many of them need is read once. The answer has the tables of
 * each: one, or of a question that is broken down one per value, or one with a line per value if it is of lines over time.
 * @example
 * import { Bitmapist } from 'bitmapist-wasm';
 * import { dashboard, parseQuestion } from 'bitmapist-wasm/measures';
 * const bitmapist = new Bitmapist();
 * await bitmapist.markEvent('active', [7, 8], { now: '2026-11-22' });
 * const question = parseQuestion({ measure: 'trend', events: ['active'], from: '2026-11-22', to: '2026-11-22' });
 * const [tables] = await bitmapist.ask(dashboard, { questions: [question] });
 * console.log(tables?.[0]?.rows[0]?.cells[0]?.count); // 2
 */
export const dashboard: Measure<DashboardArguments, (readonly Table[])[]> = {
  name: 'dashboard',
  title: 'Dashboard',
  help: 'the tables of several questions',
  fields: [],
  looksAt({ questions }) {
    const told = questions.map(({ measure, args }) => measure.looksAt?.(args) ?? []);
    return told.some((names) => names === 'all') ? 'all' : (told.flat() as string[]);
  },
  ask: ({ questions }, scope) =>
    together(
      questions.map(({ measure, args, by }) => {
        const ask = measure.ask(args, scope);
        if (by !== undefined) return breakDown(ask, by, scope);
        return { ...ask, table: (counts) => [ask.table(counts)] };
      }),
    ),
};
