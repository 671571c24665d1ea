import type { Cell, Table } from '../tables/table.js';
import type { Question } from './dashboard.js';
import type { AnyMeasure, PlainRow } from './measure.js';

/**
 * A table as plain rows, for programs that want no more than the numbers: of a triangle `{ period, size, cells }`, of lines over
 * time `{ period, counts }`, of others a property for each column. What is still to come is `null`.
 * @param table of this measure
 * @example
 * import { Bitmapist } from 'bitmapist-wasm';
 * import { plainRows, trend } from 'bitmapist-wasm/measures';
 * const bitmapist = new Bitmapist();
 * await bitmapist.markEvent('active', [7, 8], { now: '2026-11-22' });
 * const table = await bitmapist.ask(trend, { events: ['active'], from: '2026-11-22', to: '2026-11-22' });
 * console.log(plainRows(trend, table)); // [ { period: '2026-11-22', counts: [ 2 ] } ]
 */
export function plainRows({ rows }: Pick<AnyMeasure, 'rows'>, table: Table): readonly PlainRow[] {
  const isTold = rows !== undefined && (rows.layout === undefined || rows.layout === table.layout);
  return isTold ? rows.of(table) : rowsOfLayout(table);
}

/** A question and its tables: one, or of a question that is broken down one per value. */
export interface Answer {
  /** What was asked. */
  readonly question: Pick<Question, 'measure' | 'by'>;
  /** In the order of the values. */
  readonly tables: readonly Table[];
}

/** Plain rows of a table, and what tells it from the others. */
export interface PlainTable {
  /** Name of the measure. */
  readonly measure: string;
  /** Of the table. */
  readonly title: string;
  /** The value that it is of, if the question is broken down. */
  readonly by?: string;
  readonly rows: readonly PlainRow[];
}

/**
 * Answers as plain rows: those of the only table, or of each table with what tells it from the others.
 * @example
 * import { Bitmapist } from 'bitmapist-wasm';
 * import { dashboard, parseQuestion, plainAnswers, rowsQuestion } from 'bitmapist-wasm/measures';
 * const bitmapist = new Bitmapist();
 * await bitmapist.markEvent('active', [7, 8], { now: '2026-11-22' });
 * const document = { measure: 'trend', events: ['active'], from: '2026-11-22', to: '2026-11-22' };
 * const question = rowsQuestion(parseQuestion(document));
 * const [tables = []] = await bitmapist.ask(dashboard, { questions: [question] });
 * console.log(plainAnswers([{ question, tables }])); // [ { period: '2026-11-22', counts: [ 2 ] } ]
 */
export function plainAnswers(answers: readonly Answer[]): readonly PlainRow[] | readonly PlainTable[] {
  const all = answers.flatMap(({ question: { measure, by }, tables }) =>
    tables.map((table, at) => ({
      measure: measure.name,
      title: table.title,
      // Lines of all values may stand in one table.
      ...(by !== undefined && tables.length === by.length && { by: by[at]! }),
      rows: plainRows(measure, table),
    })),
  );
  return all.length === 1 ? all[0]!.rows : all;
}

/**
 * The same question, asked for plain rows: some measures are told then to show all that they count.
 * @example
 * import { parseQuestion, rowsQuestion } from 'bitmapist-wasm/measures';
 * const { measure } = rowsQuestion(parseQuestion({ measure: 'trend', events: ['signup'] }));
 * console.log(measure.name); // trend
 */
export function rowsQuestion(question: Question): Question {
  const { measure, args } = question;
  return { ...question, args: { ...args, ...measure.rows?.args } };
}

/** The number of a cell; `null` if its period has not begun. */
export function plainCount({ count, state }: Cell): number | null {
  return state === 'future' ? null : count;
}

function rowsOfLayout({ layout, rows, columns }: Table): PlainRow[] {
  switch (layout) {
    case 'triangle':
      return rows.map(({ key, period = key, size, cells }) => ({
        period,
        size,
        cells: cells.map(plainCount),
      }));
    case 'series':
      return columns.map(({ key, period = key }, at) => ({
        period,
        counts: rows.map(({ cells }) => plainCount(cells[at]!)),
      }));
    default:
      return rows.map(({ key, period, size, cells }) => ({
        ...(period === undefined ? { key } : { period }),
        ...(size !== undefined && { size }),
        ...Object.fromEntries(columns.map((column, at) => [column.key, plainCount(cells[at]!)])),
      }));
  }
}
