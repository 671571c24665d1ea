import { Opcode, SLOT_ALIGNMENT } from './types.js';

/** The most bytes of slots a kernel can hold: 4 GiB of WebAssembly memory less 1 MiB of its own. */
export const MAX_RESERVED_BYTES = 2 ** 32 - 2 ** 20;

/** Refuses what no kernel can reserve; returns `byteLength` rounded up to whole slots. */
export function checkReservation(byteLength: number): number {
  if (!Number.isInteger(byteLength) || byteLength < 0 || byteLength > MAX_RESERVED_BYTES) {
    throw new RangeError(`expected at most ${MAX_RESERVED_BYTES} bytes to reserve, got ${byteLength}`);
  }
  return Math.ceil(byteLength / SLOT_ALIGNMENT) * SLOT_ALIGNMENT;
}

/** Numbers that every instruction has: opcode and three operands. */
export const HEADER_WIDTH = 4;
/** Numbers of a cell of a table: row, column, counter. */
export const CELL_WIDTH = 3;

/** The most slots an `AtLeast` can have. */
export const MAX_OPERANDS = 30_000;

/** Refuses an instruction that does not exist or is cut off; returns where the next one is. */
export function endOfInstruction(program: Int32Array, at: number): number {
  const opcode = program[at]!;
  if (opcode < Opcode.And || opcode > Opcode.CountTable) {
    throw new RangeError(`expected an opcode, got ${opcode}`);
  }
  const last = program[at + HEADER_WIDTH - 1]!;
  let width = HEADER_WIDTH;
  if (opcode === Opcode.CountTable) width += program[at + 1]! + program[at + 2]! + last * CELL_WIDTH;
  else if (opcode === Opcode.AtLeast || opcode === Opcode.CountAtLeast) {
    if (last > MAX_OPERANDS) {
      throw new RangeError(`expected at most ${MAX_OPERANDS} slots to count, got ${last}`);
    }
    width += last;
  }
  // Not "is longer", as a number that is missing makes no width at all.
  if (!(at + width <= program.length)) {
    throw new RangeError(`expected a program of whole instructions, got one that is cut off at number ${at}`);
  }
  return at + width;
}

/** Where the cells of the `CountTable` at number `at` begin. */
export function firstCellOf(program: Int32Array, at: number): number {
  return at + HEADER_WIDTH + program[at + 1]! + program[at + 2]!;
}
