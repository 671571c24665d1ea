import { ascending } from 'd3-array';
import type { Table } from '../../index.js';
import { cellValue, unitOf } from '../../report.js';
import { route, setParams } from './route.js';

/**
 * A cell that is opened to see its people. The address names it by the keys of its row and column, `cell=2026-01&cell=1`,
 * so that it is the same one after another question, if that has it. Of several tables, `cell=pro` says which it is in.
 */
export interface Door {
  /** Indexes into the table's rows and columns. */
  readonly row: number;
  readonly column: number;
  /** The people, as the text of an expression. */
  readonly query: string;
}

/** A table, and which of several it is. */
export interface Piece {
  readonly table: Table;
  readonly part?: string | undefined;
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

/**
 * The door that the address says is open.
 * @param part which of several tables it is; the only one has no name
 */
export function openedDoor(table: Table, part?: string): Door | undefined {
  const [rowKey, columnKey, opened] = route.value.params.getAll('cell');
  if (opened !== part) return undefined;
  const row = table.rows.findIndex(({ key }) => key === rowKey);
  const column = table.columns.findIndex(({ key }) => key === columnKey);
  return doorAt(table, row, column);
}

/** Opens the door of a cell, or if no row is given the first one of a column; does nothing if there is none. */
export function openDoor({ table, part }: Piece, row: number | undefined, column: number): void {
  const door = row === undefined ? doorsOf(table, column)[0] : doorAt(table, row, column);
  if (door === undefined) return;
  opener = document.activeElement ?? undefined;
  goThrough({ table, part }, door);
}

/** Opens another door from one that is open. */
export function goThrough({ table, part = '' }: Piece, { row, column }: Door): void {
  setParams({ cell: [table.rows[row]!.key, table.columns[column]!.key, part] });
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
