import {
  compatCohort,
  compatStylesheet,
  type DatesRow,
  datesData,
  renderCompatCsv,
  renderCompatTable,
} from '../compat.js';
import type { Table } from '../index.js';
import { type CohortArguments, cohort } from '../measures.js';
import { renderHtmlPage } from '../report.js';
import { UsageError } from './failure.js';
import { type Draw, type MeasureOptions, printMeasure } from './measure.js';
import { textFor } from './terminal.js';

/** Retention as the reference has it, too: its rows, its data and its page. */

export interface CohortCommandOptions extends MeasureOptions, CohortArguments {
  readonly counts?: boolean;
  readonly compat?: boolean;
}

export function printCohort(source: string, options: CohortCommandOptions): Promise<void> {
  const { counts, compat = false, format = 'text', output } = options;
  const args = counts ? { ...options, as: 'counts' as const } : options;
  const isReferences = format === 'dates-data' || (compat && (format === 'csv' || format === 'html'));
  if (isReferences && options.by !== undefined) {
    throw new UsageError('expected no --by beside what the reference itself prints, got one');
  }
  const draw: Draw = async (table, bitmapist) => {
    const rows = await bitmapist.ask(datesData, { ...args, exactRows: !compat });
    return textFor(output, formatDates(rows, args, format, table));
  };
  return printMeasure(compat ? compatCohort : cohort, source, args, isReferences ? draw : undefined);
}

/** What the reference makes of its rows. */
function formatDates(
  rows: readonly DatesRow[],
  args: CohortArguments,
  format: string,
  { title, notes }: Table,
): string {
  if (format === 'csv') return renderCompatCsv(rows, args);
  if (format === 'html') {
    const fragment = renderCompatTable(rows, args, { inlineStyle: false, notes });
    return renderHtmlPage([fragment], { title, css: compatStylesheet });
  }
  const lines = rows.map((row) => `  ${JSON.stringify(row)}`);
  return lines.length === 0 ? '[]\n' : `[\n${lines.join(',\n')}\n]\n`;
}
