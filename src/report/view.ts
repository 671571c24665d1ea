import { range, sum } from 'd3-array';
import type { CellState, CohortCell, CohortRow, CohortTable } from '../measures/types.js';
import { averageColumns } from './average.js';
import { type HeatScale, heatScale } from './heat.js';
import { periodLabel, printable } from './labels.js';
import type { AverageKind, ReportUnit } from './options.js';

/** What a reader sees in a cell, whatever the format: `text` is empty where there is nothing to say. */
export interface CellView {
  /** As the cell of the table has it. */
  readonly state: CellState;
  /** With its sign, such as `12.5%*`. */
  readonly text: string;
  /** Heat step of the number shown; `undefined` where there is none. */
  readonly heat: number | undefined;
}

/** A line of a table as its reader sees it. */
export interface RowView {
  /** The period, or what the line is. */
  readonly label: string;
  /** The size of the cohort; of all of them in a line about sizes, empty in one of averages: they have none. */
  readonly total: string;
  /** One per column. */
  readonly cells: readonly CellView[];
}

/** A table as its reader sees it. */
export interface TableView {
  /** What cells show. */
  readonly unit: ReportUnit;
  /** How many periods after the cohort's own: `0`, `1`, … */
  readonly columns: readonly string[];
  /** One per cohort. */
  readonly rows: readonly RowView[];
  /** The last line. */
  readonly average: RowView;
  /** Where the colours come from. */
  readonly scale: HeatScale;
}

/** Shown where a cohort has no members. */
const EMPTY_TEXT = '–';

/** Follows the number of a period that has not ended. */
export const UNFINISHED_MARK = '*';

/** What a table says, ready to be put into any format. */
export function viewTable(table: CohortTable, unit: ReportUnit, kind: AverageKind = 'weighted'): TableView {
  const scale = heatScale(table, unit);
  return {
    unit,
    columns: range(table.numOfRows + 1).map(String),
    rows: table.rows.map((row) => ({
      label: periodLabel(row.period),
      total: groupDigits(row.total),
      cells: row.cells.map((cell) => viewCell(row, cell, unit, scale)),
    })),
    average: {
      label: averageLabel(table, unit, kind),
      total: table.numOfRows < 0 ? totalSize(table) : '',
      cells: averageColumns(table, unit, kind).map((value) => viewAverage(value, unit, scale)),
    },
    scale,
  };
}

/** A number for people: percent with one decimal where it tells something, counts with thousands apart. */
export function formatValue(value: number, unit: ReportUnit): string {
  if (unit === 'counts') return groupDigits(value);
  if (value === 0 || value === 100) return `${value}%`;
  return value < 0.05 ? '<0.1%' : `${value.toFixed(1)}%`;
}

/** The value of the strongest colour, for a legend: `50.0% or more`. */
export function hottestLabel({ scale, unit }: TableView): string {
  return `${formatValue(scale.hottest, unit)}${scale.isCapped ? ' or more' : ''}`;
}

/** What the signs of a table mean, for its legend: those that occur in it. */
export function explainStates(view: TableView): StateNote[] {
  const used = new Set(view.rows.flatMap((row) => row.cells.map((cell) => cell.state)));
  const notes: StateNote[] = [
    { state: 'unfinished', sign: UNFINISHED_MARK, meaning: 'not over yet' },
    { state: 'future', sign: 'blank', meaning: 'still to come' },
    { state: 'empty', sign: EMPTY_TEXT, meaning: 'cohort without members' },
    { state: 'nobody', sign: formatValue(0, view.unit), meaning: 'nobody came back' },
  ];
  return notes.filter((note) => used.has(note.state));
}

/** What is said below a table, in characters that can be seen. */
export function notesOf(table: CohortTable): string[] {
  return (table.notes ?? []).map(printable);
}

export interface StateNote {
  readonly state: CellState;
  readonly sign: string;
  readonly meaning: string;
}

/** What the numbers are, in one line: `percent of each cohort who came back, 0 to 12 months later · total size 30,936`. */
export function subtitle(table: CohortTable, unit: ReportUnit): string {
  const zone = table.timeZone === 'UTC' ? '' : ` (${table.timeZone})`;
  if (table.numOfRows < 0) return `sizes of the cohorts${zone}`;
  const what = unit === 'percent' ? 'percent' : 'people';
  const span = `0 to ${table.numOfRows} ${table.timeGroup} later${zone}`;
  return `${what} of each cohort who came back, ${span} · total size ${totalSize(table)}`;
}

/** The sizes of all cohorts, added up: whoever belongs to several counts in each. */
function totalSize(table: CohortTable): string {
  return groupDigits(sum(table.rows, (row) => row.total));
}

function averageLabel(table: CohortTable, unit: ReportUnit, kind: AverageKind): string {
  // Without cells there is nothing to average: the line is about the sizes alone.
  if (table.numOfRows < 0) return 'Total';
  return unit === 'percent' && kind === 'weighted' ? 'Weighted average' : 'Mean';
}

function viewCell(row: CohortRow, cell: CohortCell, unit: ReportUnit, scale: HeatScale): CellView {
  if (cell.state === 'future') return { state: 'future', text: '', heat: undefined };
  if (row.total === 0) return { state: 'empty', text: EMPTY_TEXT, heat: undefined };
  const value = unit === 'counts' ? cell.count : cell.percent!;
  return { state: cell.state, text: formatValue(value, unit), heat: scale.stepOf(value) };
}

function viewAverage(value: number | undefined, unit: ReportUnit, scale: HeatScale): CellView {
  if (value === undefined) return { state: 'empty', text: '', heat: undefined };
  return { state: 'value', text: formatValue(value, unit), heat: scale.stepOf(value) };
}

const { format: groupDigits } = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
