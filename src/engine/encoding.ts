import { Opcode } from '../kernel/types.js';
import type { Step, TableStep } from './steps.js';

/** Steps as the numbers that kernels take (see `Opcode`). */

/** The numbers of a program over one set of slots. */
export interface Encoded {
  readonly numbers: Int32Array;
  /** Where numbers say how far a complement reaches, and how far it reaches from the beginning of the bitmap. */
  readonly limits: readonly { readonly at: number; readonly universeBytes: number }[];
}

/** @param offsetOf where a slot begins */
export function encodeSteps(steps: readonly Step[], offsetOf: (slot: number) => number): Encoded {
  const numbers: number[] = [];
  const limits: { at: number; universeBytes: number }[] = [];
  for (const step of steps) {
    if (step.op === Opcode.CountTable) {
      const [cell, ...others] = step.cells;
      // A pair alone is no table to set up.
      if (others.length > 0) addTable(numbers, step, offsetOf);
      else numbers.push(Opcode.CountAnd, cell!.counter, offsetOf(step.rows[0]!), offsetOf(step.columns[0]!));
      continue;
    }
    const { op, slots, number } = step;
    const dst = op >= Opcode.Count ? step.dst : offsetOf(step.dst);
    const offsets = slots.map(offsetOf);
    if (op === Opcode.AtLeast || op === Opcode.CountAtLeast) {
      numbers.push(op, dst, number, slots.length);
      for (const offset of offsets) numbers.push(offset);
    } else {
      if (op === Opcode.Not) limits.push({ at: numbers.length + 3, universeBytes: number });
      numbers.push(op, dst, offsets[0]!, offsets[1] ?? 0);
    }
  }
  return { numbers: Int32Array.from(numbers), limits };
}

/** A table alone, over lists by their numbers. */
export function encodeTable(table: TableStep): Int32Array {
  const numbers: number[] = [];
  addTable(numbers, table, (list) => list);
  return Int32Array.from(numbers);
}

function addTable(
  numbers: number[],
  { op, rows, columns, cells }: TableStep,
  offsetOf: (slot: number) => number,
): void {
  numbers.push(op, rows.length, columns.length, cells.length);
  for (const row of rows) numbers.push(offsetOf(row));
  for (const column of columns) numbers.push(offsetOf(column));
  for (const { row, column, counter } of cells) numbers.push(row, column, counter);
}
