import { type Bitmapist, parseQuery, type QueryNode, type Table } from '../index.js';
import { type Field, type Measure, parseFields, plainRows } from '../measures.js';
import {
  renderCsv,
  renderHtmlPage,
  renderHtmlTable,
  renderMarkdown,
  renderSvg,
  renderSvgCurves,
  renderText,
} from '../report.js';
import { namesIn, noteNames } from './notes.js';
import { type OutputOptions, print } from './output.js';
import { type SourceOptions, withSource } from './source.js';
import { colorDepth, columns, jsonFor, textFor } from './terminal.js';

/** Measures as commands: what their fields are among the options are their arguments. */

export interface MeasureOptions extends SourceOptions, OutputOptions {
  readonly format?: string;
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
  const isRows = options.format === 'rows';
  const given = isRows ? { ...options, ...measure.rows?.args } : options;
  const args = parseFields(measure, given as Readonly<Record<string, unknown>>);
  const needed = {
    queries: measure.fields.flatMap((field) => queriesOf(field, args[field.name])),
    asksForHours: measure.fields.some((field) => isHours(field, args[field.name])),
  };
  await withSource(source, { ...options, ...needed }, async (bitmapist) => {
    const table = await bitmapist.ask(measure, args as Args);
    const names = measure.fields.flatMap((field) => namesOf(field, args[field.name]));
    const notes = await noteNames(bitmapist, names, { ...options, isEmpty: isEmptyTable(table) });
    const noted = { ...table, notes: [...table.notes, ...notes] };
    const text = isRows ? jsonFor(options.output, plainRows(measure, table)) : await draw(noted, bitmapist);
    await print([text ?? formatTable(noted, options)], options);
  });
}

/** Names of events that an argument asks for. */
function namesOf(field: Field, argument: unknown): string[] {
  const isName = field.kind === 'event' || field.kind === 'events';
  return isName ? listOf(argument) : queriesOf(field, argument).flatMap(namesIn);
}

/** The expressions of an argument, dateless flags among them. */
function queriesOf({ kind, dateless }: Field, argument: unknown): QueryNode[] {
  if (kind === 'expression' || kind === 'expressions') return listOf(argument).map(parseQuery);
  return dateless ? listOf(argument).map((event) => ({ op: 'event', event, period: 'unique' })) : [];
}

/** Of a file, hours are marked if that is asked for. */
function isHours({ kind }: Field, argument: unknown): boolean {
  return kind === 'unit' && (argument === 'hour' || argument === 'hours');
}

function listOf(argument: unknown): string[] {
  return argument === undefined ? [] : [argument].flat().map(String);
}

/** Whether nobody is in any row, or in any cell. */
function isEmptyTable({ rows }: Table): boolean {
  const cells = rows.flatMap((row) => row.cells);
  return (
    rows.every(({ size }) => size === 0) || (cells.length > 0 && cells.every(({ count }) => count === 0))
  );
}

/** A table as an output takes it, with a line break at its end. */
export function formatTable(table: Table, { format = 'text', output }: MeasureOptions): string {
  switch (format) {
    case 'csv':
      return textFor(output, renderCsv(table));
    case 'json':
      return jsonFor(output, table);
    case 'html': {
      const fragment = renderHtmlTable(table, { inlineStyle: false });
      return textFor(output, renderHtmlPage([fragment], { title: table.title }));
    }
    case 'svg':
      return textFor(output, renderSvg(table));
    case 'curves':
      return textFor(output, renderSvgCurves(table));
    case 'markdown':
      return textFor(output, renderMarkdown(table));
    default:
      // A table for people shows names as they can be seen, and colours beside them.
      if (output !== undefined) return renderText(table);
      // Standard error says the notes to the same reader.
      return renderText({ ...table, notes: [] }, { colorDepth: colorDepth(), width: columns() });
  }
}
