import { cellValue, type Table } from './table.js';

/** How many people took a step, and what part of others they are. */
export interface StepRates {
  readonly label: string;
  readonly count: number;
  /** In percent of those who began; `undefined` if nobody did. */
  readonly ofFirst: number | undefined;
  /** In percent of those who took the step before; `undefined` for the first step, and if nobody did. */
  readonly ofBefore: number | undefined;
  readonly isRunning: boolean;
}

/** The steps of a funnel, of everybody: what its first row says. */
export function stepRates({ rows, columns }: Table): StepRates[] {
  const [all] = rows;
  if (all === undefined) return [];
  const first = all.size ?? all.cells[0]?.count ?? 0;
  let before: number | undefined;
  return columns.map(({ label }, step) => {
    const cell = all.cells[step]!;
    const count = cellValue(cell, 'people') ?? 0;
    const rates = {
      label,
      count,
      ofFirst: shareOf(count, first),
      ofBefore: before === undefined ? undefined : shareOf(count, before),
      isRunning: cell.state === 'running',
    };
    before = count;
    return rates;
  });
}

function shareOf(count: number, of: number): number | undefined {
  return of === 0 ? undefined : (count / of) * 100;
}
