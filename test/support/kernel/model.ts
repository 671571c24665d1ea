/** What a kernel has to answer, byte by byte and bit by bit, with nothing clever in it. */
import { type Kernel, Opcode } from '../../../src/kernel/types.js';

type Bytes = Uint8Array<ArrayBuffer>;
type Operation = (x: number, y: number) => number;

export const operations = {
  and: (x, y) => x & y,
  or: (x, y) => x | y,
  xor: (x, y) => x ^ y,
  andNot: (x, y) => x & ~y,
} satisfies Record<string, Operation>;

export function combine(operation: Operation, a: Bytes, b: Bytes): Bytes {
  return a.map((byte, index) => operation(byte, b[index]!));
}

export function complement(a: Bytes, limit: number): Bytes {
  return a.map((byte, index) => (index < limit ? ~byte : 0));
}

export function idsOf(bytes: Bytes, firstId = 0): number[] {
  const found: number[] = [];
  for (const [index, byte] of bytes.entries()) {
    if (byte === 0) continue;
    for (const [bit, digit] of [...byte.toString(2).padStart(8, '0')].entries()) {
      if (digit === '1') found.push(firstId + index * 8 + bit);
    }
  }
  return found;
}

/** How many ones each byte has. */
const ONES = Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length);

export function countOf(bytes: Bytes): number {
  return bytes.reduce((count, byte) => count + ONES[byte]!, 0);
}

export function countCommon(a: Bytes, b: Bytes): number {
  let count = 0;
  for (let i = 0; i < a.length; i++) count += ONES[a[i]! & b[i]!]!;
  return count;
}

/** What at least `k` of the slots have. */
export function atLeast(k: number, slots: readonly Bytes[]): Bytes {
  const result = new Uint8Array(slots[0]!.length);
  for (let bit = 0; bit < result.length * 8; bit++) {
    const mask = 0x80 >> (bit & 7);
    const having = slots.filter((slot) => (slot[bit >> 3]! & mask) !== 0).length;
    if (having >= k) result[bit >> 3]! |= mask;
  }
  return result;
}

/** The numbers of a `CountTable`. */
export function tableOf(
  rows: readonly number[],
  columns: readonly number[],
  cells: readonly (readonly [row: number, column: number, counter: number])[],
): number[] {
  return [Opcode.CountTable, rows.length, columns.length, cells.length, ...rows, ...columns, ...cells.flat()];
}

/** Runs a program instruction by instruction over `slots`, each from offset `index * slotBytes` on. */
export function runProgram(
  program: Int32Array,
  slots: Bytes[],
  slotBytes: number,
  counters: Float64Array,
): void {
  let at = 0;
  const take = (count: number): number[] => {
    at += count;
    return [...program.subarray(at - count, at)];
  };
  const slotAt = (offset: number) => slots[offset / slotBytes]!;
  while (at < program.length) {
    const [opcode, dst, a, b] = take(4) as [Opcode, number, number, number];
    if (opcode === Opcode.CountTable) {
      const [rows, columns] = [take(dst), take(a)].map((offsets) => offsets.map(slotAt));
      for (let cell = 0; cell < b; cell++) {
        const [row, column, counter] = take(3) as [number, number, number];
        counters[counter]! += countCommon(rows![row]!, columns![column]!);
      }
    } else if (opcode === Opcode.AtLeast) slots[dst / slotBytes] = atLeast(a, take(b).map(slotAt));
    else if (opcode === Opcode.CountAtLeast) counters[dst]! += countOf(atLeast(a, take(b).map(slotAt)));
    else if (opcode === Opcode.Not) slots[dst / slotBytes] = complement(slotAt(a), b);
    else if (opcode === Opcode.Count) counters[dst]! += countOf(slotAt(a));
    else {
      const result = combine(operationOf(opcode), slotAt(a), slotAt(b));
      if (opcode >= Opcode.Count) counters[dst]! += countOf(result);
      else slots[dst / slotBytes] = result;
    }
  }
}

function operationOf(opcode: Opcode): Operation {
  if (opcode === Opcode.And || opcode === Opcode.CountAnd) return operations.and;
  if (opcode === Opcode.Or || opcode === Opcode.CountOr) return operations.or;
  if (opcode === Opcode.Xor || opcode === Opcode.CountXor) return operations.xor;
  return operations.andNot;
}

/** What one counting instruction counts, whose counter is the first. */
export function countBy(kernel: Kernel, instruction: readonly number[], byteLength: number): number {
  const counters = new Float64Array(1);
  kernel.run(Int32Array.from(instruction), byteLength, counters);
  return counters[0]!;
}
