import { mean, range, sum } from 'd3-array';
import type { CohortRow, CohortTable } from '../measures/types.js';
import { toDatesData } from './dates.js';
import type { AverageKind, ReportUnit } from './options.js';

/**
 * The average of every column over its finished cells, cohorts without members left out; `undefined` for a column that
 * has none. See `AverageKind`.
 * @throws RangeError for a kind that does not exist; plain JavaScript callers have no compiler to tell them
 */
export function averageColumns(
  table: CohortTable,
  unit: ReportUnit,
  kind: AverageKind,
): (number | undefined)[] {
  if (kind !== 'weighted' && kind !== 'mean') {
    throw new RangeError(`expected "weighted" or "mean", got ${JSON.stringify(kind)}`);
  }
  return range(table.numOfRows + 1).map((column) => {
    const finished = table.rows.filter((row) => isFinished(row, column));
    const counts = finished.map((row) => row.cells[column]!.count);
    if (unit === 'counts') return mean(counts);
    if (kind === 'mean') return mean(finished.map((row) => row.cells[column]!.percent!));
    const members = sum(finished.map((row) => row.total));
    return members === 0 ? undefined : (sum(counts) / members) * 100;
  });
}

/** The reference's average row: the mean over all rows that have an entry, running periods included. */
export function averageEntries(table: CohortTable, unit: ReportUnit): (number | undefined)[] {
  const rows = toDatesData(table, { as: unit });
  return range(table.numOfRows + 1).map((column) =>
    mean(rows.map(([, , ...entries]) => entries[column]).filter((entry) => typeof entry === 'number')),
  );
}

function isFinished(row: CohortRow, column: number): boolean {
  const state = row.cells[column]?.state;
  return row.total > 0 && (state === 'value' || state === 'nobody');
}
