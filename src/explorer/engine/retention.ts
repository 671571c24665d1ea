import type { Table } from '../../index.js';
import { Period } from '../../index.js';
import { cellValue, renderCsv, renderSvgCurves, renderSvgHeatmap, viewTable } from '../../report.js';
import type { ChosenDataset } from './chosen.js';
import type { RetentionAsk, RetentionFormat, RetentionView } from './protocol.js';

/** The cohort table for the page: its numbers, and how they look. */
export async function answerRetention(chosen: ChosenDataset, ask: RetentionAsk): Promise<RetentionView> {
  const started = performance.now();
  const table = await computeTable(chosen, ask);
  const milliseconds = performance.now() - started;
  const view = viewTable(table);
  return {
    ask,
    columns: view.columns,
    rows: table.rows.map((row, index) => ({
      period: row.key,
      label: row.label,
      total: row.size!,
      cells: row.cells.map((cell, column) => ({
        ...view.rows[index]!.cells[column]!,
        period: Period.parse(row.key).delta(column).toString(),
        count: cell.count,
        percent: cellValue(cell, 'percent'),
      })),
    })),
    average: view.summary!.cells,
    averages: table.summary!.cells.map((cell) => cellValue(cell, table.unit)),
    averageLabel: view.summary!.label,
    milliseconds,
  };
}

/** The same table as a file. */
export async function printRetention(
  chosen: ChosenDataset,
  { format, ...ask }: RetentionAsk & { readonly format: RetentionFormat },
): Promise<string> {
  return PRINTERS[format](await computeTable(chosen, ask));
}

const PRINTERS = { csv: renderCsv, heatmap: renderSvgHeatmap, curves: renderSvgCurves };

function computeTable({ bitmapist }: ChosenDataset, ask: RetentionAsk): Promise<Table> {
  return bitmapist.cohort(ask);
}
