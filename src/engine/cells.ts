import { Opcode } from '../kernel/types.js';
import type { Program, Step, TableStep } from './steps.js';

/** What a program counts that makes nothing: single operands, and pairs of them, row by row. */
export interface Cells {
  /** Per operand the counter of its own ids; -1 if they are not asked for. */
  readonly singles: Int32Array;
  /** Operands that are rows of pairs, from where on in `columns` the pairs of each are, and where they all end. */
  readonly rows: Int32Array;
  readonly starts: Int32Array;
  /** Per pair the other operand, and the counter. */
  readonly columns: Int32Array;
  readonly counters: Int32Array;
  readonly tables: readonly TableStep[];
}

/** Programs are kept with the form of their question, and so is this. */
const known = new WeakMap<Program, Cells | 'none'>();

/** The cells of a program; `undefined` if it makes anything before it counts, or counts anything else. */
export function cellsOf(program: Program, operands: number): Cells | undefined {
  let cells = known.get(program);
  if (cells === undefined) {
    cells = program.steps.every(countsOperands) ? findCells(program.steps, operands) : 'none';
    known.set(program, cells);
  }
  return cells === 'none' ? undefined : cells;
}

function countsOperands({ op }: Step): boolean {
  return op === Opcode.Count || op === Opcode.CountTable;
}

function findCells(steps: readonly Step[], operands: number): Cells {
  const singles = new Int32Array(operands).fill(-1);
  const rows: number[] = [];
  const starts: number[] = [];
  const columns: number[] = [];
  const counters: number[] = [];
  const tables: TableStep[] = [];
  for (const step of steps) {
    if (step.op !== Opcode.CountTable) {
      singles[step.slots[0]!] = step.dst;
      continue;
    }
    tables.push(step);
    let last = -1;
    for (const { row, column, counter } of step.cells) {
      if (row !== last) {
        rows.push(step.rows[row]!);
        starts.push(columns.length);
        last = row;
      }
      columns.push(step.columns[column]!);
      counters.push(counter);
    }
  }
  starts.push(columns.length);
  return {
    singles,
    rows: Int32Array.from(rows),
    starts: Int32Array.from(starts),
    columns: Int32Array.from(columns),
    counters: Int32Array.from(counters),
    tables,
  };
}
