import type { CohortTable, TimeGroup } from '../index.js';
import {
  renderCsv,
  renderHtmlPage,
  renderHtmlTable,
  renderMarkdown,
  renderSvgCurves,
  renderSvgHeatmap,
  renderText,
  selectionLabel,
  toDatesData,
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
  const { output } = options;
  const { format = 'text' } = options;
  await withSource(source, options, async (bitmapist) => {
    const table = await bitmapist.cohort(options);
    const { select1, select1b, select2, select2b } = table;
    const names = [select1, select1b, select2, select2b].filter((name) => name !== undefined);
    const isEmpty = hasEmptySelection(table);
    const notes = await noteNames(bitmapist, names, { ...options, isEmpty });
    const text = formatCohort({ ...table, notes }, { ...options, format });
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

/** Whether all cohorts are without members, or all that could have come back are nobody. */
function hasEmptySelection({ rows }: CohortTable): boolean {
  const cells = rows.flatMap((row) => row.cells);
  return (
    rows.every(({ total }) => total === 0) || (cells.length > 0 && cells.every((cell) => cell.active === 0))
  );
}

/** A table as text, with a line break at its end. */
export function formatCohort(
  table: CohortTable,
  { format = 'text', counts, output }: Pick<CohortCommandOptions, 'format' | 'counts' | 'output'>,
): string {
  const as = counts ? 'counts' : 'percent';
  switch (format) {
    case 'text':
      if (output !== undefined) return renderText(table, { as });
      // Standard error says the notes to the same reader.
      return renderText({ ...table, notes: [] }, { as, colorDepth: colorDepth(), width: columns() });
    case 'csv':
      return renderCsv(table, { as });
    case 'json':
      return `${JSON.stringify(table)}\n`;
    case 'dates-data': {
      const rows = toDatesData(table, { as }).map((row) => `  ${JSON.stringify(row)}`);
      return rows.length === 0 ? '[]\n' : `[\n${rows.join(',\n')}\n]\n`;
    }
    case 'html':
      return renderHtmlPage([renderHtmlTable(table, { as, inlineStyle: false })], {
        title: selectionLabel(table),
      });
    case 'svg':
      return renderSvgHeatmap(table, { as });
    case 'curves':
      return renderSvgCurves(table, { as });
    case 'markdown':
      return renderMarkdown(table, { as });
  }
}
