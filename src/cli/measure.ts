import type { Bitmapist, Cell, Table } from '../index.js';
import {
  type AnyMeasure,
  type AskedName,
  askedNames,
  dashboard,
  type Field,
  type Measure,
  namesOfQuery,
  parseFields,
  type Question,
} from '../measures.js';
import { needsOf } from './needs.js';
import { findNotes, sayNotes } from './notes.js';
import { type OutputOptions, print } from './output.js';
import type { NamedSegment } from './segment.js';
import { type SourceOptions, withSource } from './source.js';
import { formatAnswers, type NotedAnswer } from './tables.js';

/** Measures as commands: what their fields are among the options are their arguments. */

export interface MeasureOptions extends SourceOptions, OutputOptions {
  readonly format?: string;
  /** Flags, segments or expressions to break the answer down by. */
  readonly by?: readonly string[];
}

/** Draws a table in a format that only one measure knows; `undefined` for all others. */
export type Draw = (table: Table, bitmapist: Bitmapist) => Promise<string | undefined>;

/** Prints the table of a measure. */
export async function printMeasure<Args>(
  measure: Measure<Args>,
  source: string,
  options: MeasureOptions,
  draw: Draw = async () => undefined,
): Promise<void> {
  const given = options.format === 'rows' ? { ...options, ...measure.rows?.args } : options;
  const args = parseFields(measure, given as Readonly<Record<string, unknown>>);
  const question = { measure: measure as unknown as AnyMeasure, args, by: options.by };
  const needed = { ...sourceOptions(options, measure.fields), ...needsOf([question]) };
  await withSource(source, needed, async (bitmapist, told) => {
    const [answer] = (await answerQuestions(bitmapist, [question], options, told)) as [NotedAnswer];
    const [table] = answer.tables as [Table];
    const text = await draw({ ...table, notes: [...table.notes, ...answer.notes] }, bitmapist);
    await print([text ?? formatAnswers([answer], measure.title, options)], options);
  });
}

/** A measure's own option `--event`: of a file that names no events, the one that is asked for is the only one. */
function sourceOptions(options: MeasureOptions, fields: readonly Field[]): SourceOptions {
  if (!fields.some(({ name }) => name === 'event')) return options;
  const { event, ...others } = options;
  return { ...others, ...(event === undefined ? {} : { onlyEvent: event }) };
}

/**
 * The tables of several questions, which are asked as one, with notes on names that nobody has.
 * @param told what is to be said of the source
 */
export async function answerQuestions(
  bitmapist: Bitmapist,
  questions: readonly Question[],
  options: MeasureOptions,
  told: readonly string[],
): Promise<NotedAnswer[]> {
  const answers = await bitmapist.ask(dashboard, { questions });
  const isEmpty = answers.flat().some(isEmptyTable);
  const notes = await findNotes(bitmapist, questions.flatMap(askedNames), { ...options, isEmpty });
  sayNotes(notes);
  return questions.map((question, at) => {
    const names = withMembers(askedNames(question), options.segment ?? []);
    const own = notes.filter(({ name }) => name === undefined || names.has(name));
    return { question, tables: answers[at]!, notes: [...own.map(({ text }) => text), ...told] };
  });
}

/** Names, and those that segments among them are made of. */
function withMembers(asked: readonly AskedName[], segments: readonly NamedSegment[]): Set<string> {
  const names = new Set(asked.map(({ name }) => name));
  // A segment may be made of others: names that are found are looked at as well.
  for (const each of names) {
    for (const { name, query } of segments) {
      if (name === each) for (const member of namesOfQuery(query)) names.add(member.name);
    }
  }
  return names;
}

/** Whether nobody is in any row, or in any cell; of lines, sets and steps, which have names of their own, of one of them. */
function isEmptyTable({ layout, rows, columns }: Table): boolean {
  const isNobody = (cells: readonly Cell[]): boolean =>
    cells.length > 0 && cells.every(({ count }) => count === 0);
  const columnOf = (at: number): Cell[] => rows.map(({ cells }) => cells[at]!);
  return (
    rows.every(({ size }) => size === 0) ||
    isNobody(rows.flatMap(({ cells }) => cells)) ||
    ((layout === 'series' || layout === 'matrix') && rows.some(({ cells }) => isNobody(cells))) ||
    (layout === 'steps' && columns.some((_, at) => isNobody(columnOf(at))))
  );
}
