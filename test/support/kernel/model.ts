/** What a kernel has to answer, byte by byte and bit by bit, with nothing clever in it. */
import { Opcode, STEP_WIDTH } from '../../../src/kernel/types.js';

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

/** Runs a program step by step over `slots`, each from offset `index * slotBytes` on. */
export function runProgram(
  program: Int32Array,
  slots: Bytes[],
  slotBytes: number,
  counters: Float64Array,
): void {
  for (let i = 0; i < program.length; i += STEP_WIDTH) {
    const [opcode, dst, a, b] = program.subarray(i, i + STEP_WIDTH) as unknown as [
      Opcode,
      number,
      number,
      number,
    ];
    const x = slots[a / slotBytes]!;
    if (opcode === Opcode.Not) slots[dst / slotBytes] = complement(x, b);
    else if (opcode === Opcode.Count) counters[dst]! += countOf(x);
    else {
      const y = slots[b / slotBytes]!;
      if (opcode >= Opcode.Count) counters[dst]! += countOf(combine(operationOf(opcode), x, y));
      else slots[dst / slotBytes] = combine(operationOf(opcode), x, y);
    }
  }
}

function operationOf(opcode: Opcode): Operation {
  if (opcode === Opcode.And || opcode === Opcode.CountAnd) return operations.and;
  if (opcode === Opcode.Or || opcode === Opcode.CountOr) return operations.or;
  if (opcode === Opcode.Xor || opcode === Opcode.CountXor) return operations.xor;
  return operations.andNot;
}
