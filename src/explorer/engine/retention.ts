import type { CohortTable } from '../../index.js';
import { averageColumns, renderCsv, renderSvgCurves, renderSvgHeatmap, viewTable } from '../../report.js';
import type { ChosenDataset } from './chosen.js';
import type { RetentionAsk, RetentionFormat, RetentionView } from './protocol.js';

/** The cohort table for the page: its numbers, and how they look. */
export async function answerRetention(chosen: ChosenDataset, ask: RetentionAsk): Promise<RetentionView> {
  const started = performance.now();
  const table = await computeTable(chosen, ask);
  const milliseconds = performance.now() - started;
  const view = viewTable(table, ask.as);
  return {
    ask,
    columns: view.columns,
    rows: table.rows.map((row, index) => ({
      period: row.period.toString(),
      label: view.rows[index]!.label,
      total: row.total,
      cells: row.cells.map((cell, column) => ({
        ...view.rows[index]!.cells[column]!,
        period: cell.period.toString(),
        count: cell.count,
        percent: cell.percent,
      })),
    })),
    average: view.average.cells,
    averages: averageColumns(table, ask.as, 'weighted'),
    averageLabel: view.average.label,
    milliseconds,
  };
}

/** The same table as a file. */
export async function printRetention(
  chosen: ChosenDataset,
  { format, ...ask }: RetentionAsk & { readonly format: RetentionFormat },
): Promise<string> {
  return PRINTERS[format](await computeTable(chosen, ask), { as: ask.as });
}

const PRINTERS = { csv: renderCsv, heatmap: renderSvgHeatmap, curves: renderSvgCurves };

function computeTable({ bitmapist }: ChosenDataset, ask: RetentionAsk): Promise<CohortTable> {
  const { select1, select1b, select2, select2b, timeGroup, numResults, numOfRows, startDate } = ask;
  return bitmapist.cohort({
    select1,
    select1b,
    select2,
    select2b,
    timeGroup,
    numResults,
    numOfRows,
    startDate,
  });
}
