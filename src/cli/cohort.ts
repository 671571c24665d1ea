import {
  compatCohort,
  compatStylesheet,
  type DatesRow,
  datesData,
  renderCompatCsv,
  renderCompatTable,
} from '../compat.js';
import type { Table, TimeGroup } from '../index.js';
import { type CohortArguments, cohort } from '../measures.js';
import {
  renderCsv,
  renderHtmlPage,
  renderHtmlTable,
  renderMarkdown,
  renderSvgCurves,
  renderSvgHeatmap,
  renderText,
} from '../report.js';
import { noteNames } from './notes.js';
import { type OutputOptions, print } from './output.js';
import { type SourceOptions, withSource } from './source.js';
import { colorDepth, columns, jsonFor, textFor } from './terminal.js';

export interface CohortCommandOptions extends SourceOptions, OutputOptions {
  readonly select1: string;
  readonly select1b?: string;
  readonly select2: string;
  readonly select2b?: string;
  readonly timeGroup: TimeGroup;
  readonly numResults?: number;
  readonly numOfRows?: number;
  readonly startDate?: string;
  readonly counts?: boolean;
  readonly compat?: boolean;
  readonly format?: CohortFormat;
}

export type CohortFormat = 'text' | 'json' | 'csv' | 'dates-data' | 'html' | 'svg' | 'curves' | 'markdown';

export async function printCohort(source: string, options: CohortCommandOptions): Promise<void> {
  const { output, compat = false } = options;
  const { format = 'text' } = options;
  const args: CohortArguments = { ...options, as: options.counts ? 'counts' : 'percent' };
  await withSource(source, options, async (bitmapist) => {
    const table = await bitmapist.ask(compat ? compatCohort : cohort, args, options);
    const names = [args.select1, args.select1b, args.select2, args.select2b].filter(
      (name) => name !== undefined,
    );
    const notes = await noteNames(bitmapist, names, { ...options, isEmpty: isEmptyTable(table) });
    const shown = { ...table, notes };
    const asReference = format === 'dates-data' || (compat && (format === 'csv' || format === 'html'));
    const rows = asReference ? await bitmapist.ask(datesData, { ...args, exactRows: !compat }, options) : [];
    const text = asReference
      ? formatDates(rows, args, format, shown)
      : formatTable(shown, { ...options, format });
    // A table for people shows names as they can be seen, and colours beside them.
    await print(
      [
        format === 'text'
          ? text
          : format === 'json'
            ? jsonFor(output, JSON.parse(text))
            : textFor(output, text),
      ],
      options,
    );
  });
}

/** Whether all cohorts are without members, or nobody of them came back. */
function isEmptyTable({ rows }: Table): boolean {
  const cells = rows.flatMap((row) => row.cells);
  return (
    rows.every(({ size }) => size === 0) || (cells.length > 0 && cells.every(({ count }) => count === 0))
  );
}

/** A table as text, with a line break at its end. */
export function formatTable(
  table: Table,
  { format = 'text', output }: Pick<CohortCommandOptions, 'format' | 'output'>,
): string {
  switch (format) {
    case 'csv':
      return renderCsv(table);
    case 'json':
      return `${JSON.stringify(table)}\n`;
    case 'html':
      return renderHtmlPage([renderHtmlTable(table, { inlineStyle: false })], { title: table.title });
    case 'svg':
      return renderSvgHeatmap(table);
    case 'curves':
      return renderSvgCurves(table);
    case 'markdown':
      return renderMarkdown(table);
    default:
      if (output !== undefined) return renderText(table);
      // Standard error says the notes to the same reader.
      return renderText({ ...table, notes: [] }, { colorDepth: colorDepth(), width: columns() });
  }
}

/** What the reference makes of its rows. */
function formatDates(
  rows: readonly DatesRow[],
  args: CohortArguments,
  format: CohortFormat,
  { title, notes }: Table,
): string {
  if (format === 'csv') return renderCompatCsv(rows, args);
  if (format === 'html') {
    return renderHtmlPage([renderCompatTable(rows, args, { inlineStyle: false, notes })], {
      title,
      css: compatStylesheet,
    });
  }
  const lines = rows.map((row) => `  ${JSON.stringify(row)}`);
  return lines.length === 0 ? '[]\n' : `[\n${lines.join(',\n')}\n]\n`;
}
