import { extname } from 'node:path';
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
import { type OutputOptions, print } from './output.js';
import { type SourceOptions, withSource } from './source.js';
import { colorDepth, columns } from './terminal.js';

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
  const table = await withSource(source, options, (bitmapist) => bitmapist.cohort(options));
  await print([formatCohort(table, options)], options);
}

/** A table as text, with a line break at its end. Without a format, the ending of the output file tells it. */
export function formatCohort(
  table: CohortTable,
  { format, counts, output }: Pick<CohortCommandOptions, 'format' | 'counts' | 'output'>,
): string {
  const as = counts ? 'counts' : 'percent';
  switch (format ?? FORMAT_OF_ENDING[extname(output ?? '').toLowerCase()] ?? 'text') {
    case 'text':
      return renderText(
        table,
        output === undefined ? { as, colorDepth: colorDepth(), width: columns() } : { as },
      );
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

const FORMAT_OF_ENDING: Partial<Record<string, CohortFormat>> = {
  '.csv': 'csv',
  '.htm': 'html',
  '.html': 'html',
  '.json': 'json',
  '.md': 'markdown',
  '.svg': 'svg',
};
