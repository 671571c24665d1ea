import { ascending } from 'd3-array';
import type { Table } from '../../index.js';
import { cellValue, unitOf } from '../../report.js';
import { route, setParams } from './route.js';

/**
 * A cell that is opened to see its people. The address names it by the keys of its row and column, `cell=2026-01&cell=1`,
 * so that it is the same one after another question, if that has it.
 */
export interface Door {
  /** Indexes into the table's rows and columns. */
  readonly row: number;
  readonly column: number;
  /** The people, as the text of an expression. */
  readonly query: string;
}

/** What had the focus when a door was opened, and gets it back. */
let opener: Element | undefined;

/** The door of a cell; `undefined` if the cell has no number, or does not say who its people are. */
export function doorAt({ rows }: Table, row: number, column: number): Door | undefined {
  const cell = rows[row]?.cells[column];
  if (cell?.query === undefined || cellValue(cell, 'people') === undefined) return undefined;
  return { row, column, query: cell.query };
}

/** The doors of a column, that of the largest number first. */
export function doorsOf(table: Table, column: number): Door[] {
  const numberOf = ({ row }: Door): number =>
    cellValue(table.rows[row]!.cells[column]!, unitOf(table, column)) ?? 0;
  const doors = table.rows.flatMap((_, row) => doorAt(table, row, column) ?? []);
  return doors.sort((a, b) => ascending(numberOf(b), numberOf(a)));
}

/** The door that the address says is open. */
export function openedDoor(table: Table): Door | undefined {
  const [rowKey, columnKey] = route.value.params.getAll('cell');
  const row = table.rows.findIndex(({ key }) => key === rowKey);
  const column = table.columns.findIndex(({ key }) => key === columnKey);
  return doorAt(table, row, column);
}

/** Opens the door of a cell, or if no row is given the first one of a column; does nothing if there is none. */
export function openDoor(table: Table, row: number | undefined, column: number): void {
  const door = row === undefined ? doorsOf(table, column)[0] : doorAt(table, row, column);
  if (door === undefined) return;
  opener = document.activeElement ?? undefined;
  setParams({ cell: [table.rows[door.row]!.key, table.columns[door.column]!.key] });
}

/** Closes the door, and gives the focus back to what opened it, or to what stands in its place since. */
export function closeDoor({ row, column }: Pick<Door, 'row' | 'column'>): void {
  setParams({ cell: '' });
  const place = `[data-row="${row}"][data-column="${column}"], .chart [data-column="${column}"]`;
  const target = opener?.isConnected ? opener : document.querySelector(place);
  if (target instanceof HTMLElement || target instanceof SVGElement) target.focus();
  opener = undefined;
}

/** Whether the reader opened the door, and not the address. */
export function isOpenedByReader(): boolean {
  return opener !== undefined;
}
