import { bitMask, setBit, setBits } from '../base/bits.js';
import { CONTAINER_BYTES, CONTAINER_IDS } from '../base/limits.js';
import { CELL_WIDTH, checkReservation, endOfInstruction, firstCellOf, HEADER_WIDTH } from './checks.js';
import { type Kernel, type ListLayout, Opcode } from './types.js';

/** The kernel in plain JavaScript, to be read: the reference for the other one, and what serves if that cannot run. */
export function createJsKernel(): Kernel {
  return new JsKernel();
}

class JsKernel implements Kernel {
  readonly name = 'js';
  #bytes = new Uint8Array(0);
  #words = new Uint32Array(0);

  reserve(byteLength: number): Uint8Array<ArrayBuffer> {
    const needed = checkReservation(byteLength);
    if (needed > this.#bytes.length) {
      const buffer = new ArrayBuffer(needed);
      const before = this.#bytes;
      this.#bytes = new Uint8Array(buffer);
      this.#bytes.set(before);
      this.#words = new Uint32Array(buffer);
    }
    return this.#bytes.subarray(0, byteLength);
  }

  run(program: Int32Array, byteLength: number, counters: Float64Array, byteOffset = 0): void {
    const [from, to] = [byteOffset / 4, (byteOffset + byteLength) / 4];
    for (let at = 0; at < program.length; ) {
      const end = endOfInstruction(program, at);
      const opcode = program[at] as Opcode;
      const dst = program[at + 1]! >>> 0;
      if (opcode === Opcode.CountTable) {
        for (const [row, column, counter] of cellsOf(program, at)) {
          counters[counter]! += countBits(this.#combined(Opcode.CountAnd, row, column), from, to);
        }
      } else {
        const value =
          opcode === Opcode.AtLeast || opcode === Opcode.CountAtLeast
            ? this.#atLeast(program[at + 2]!, program.subarray(at + HEADER_WIDTH, end))
            : this.#combined(opcode, program[at + 2]! >>> 0, program[at + 3]! >>> 0);
        if (opcode >= Opcode.Count) counters[dst]! += countBits(value, from, to);
        else for (let i = from; i < to; i++) this.#words[dst / 4 + i] = value(i);
      }
      at = end;
    }
  }

  /** Word i of what an instruction makes of its operands. */
  #combined(opcode: Opcode, a: number, b: number): Value {
    const words = this.#words;
    const x = (i: number) => words[a / 4 + i]!;
    const y = (i: number) => words[b / 4 + i]!;
    if (opcode === Opcode.And || opcode === Opcode.CountAnd) return (i) => x(i) & y(i);
    if (opcode === Opcode.Or || opcode === Opcode.CountOr) return (i) => x(i) | y(i);
    if (opcode === Opcode.Xor || opcode === Opcode.CountXor) return (i) => x(i) ^ y(i);
    if (opcode === Opcode.AndNot || opcode === Opcode.CountAndNot) return (i) => x(i) & ~y(i);
    if (opcode === Opcode.Not) return (i) => ~x(i) & firstBytes(b - i * 4);
    return x;
  }

  /** Each slot is added to counts in binary, of which there are 32 at a time: digit p of all of them is `digits[p]`. */
  #atLeast(k: number, slots: Int32Array): Value {
    const words = this.#words;
    const digits = new Int32Array(32 - Math.clz32(slots.length));
    return (i) => {
      digits.fill(0);
      for (const slot of slots) {
        let carry = words[(slot >>> 0) / 4 + i]!;
        for (let p = 0; carry !== 0; p++) {
          const digit = digits[p]!;
          digits[p] = digit ^ carry;
          carry &= digit;
        }
      }
      // More than k - 1: the highest digit that differs decides.
      return digits.reduce((more, digit, p) => (((k - 1) >> p) & 1 ? more & digit : more | digit), 0);
    };
  }

  ids(dst: number, a: number, byteLength: number, firstId: number): number {
    const found = this.#words.subarray(dst / 4);
    let count = 0;
    for (let index = 0; index < byteLength; index++) {
      const byte = this.#bytes[a + index]!;
      if (byte === 0) continue;
      for (let bit = 0; bit < 8; bit++) {
        if (byte & bitMask(bit)) found[count++] = firstId + index * 8 + bit;
      }
    }
    return count;
  }

  containerIds(dst: number, a: number, payloads: number, count: number): void {
    const words = new Uint16Array(this.#bytes.buffer);
    let at = dst / 4;
    for (let entry = a / 2; count > 0; count--, entry += 3) {
      const firstId = words[entry]! * CONTAINER_IDS;
      const end = at + words[entry + 1]! + 1;
      const offset = words[entry + 2]!;
      let word = payloads / 2 + (offset & 0x7fff);
      const isRun = offset > 0x7fff;
      if (!isRun && end - at > CONTAINER_BYTES / 2) this.ids(at * 4, word * 2, CONTAINER_BYTES, firstId);
      else {
        while (at < end) {
          let id = firstId + words[word++]!;
          // A list is one of runs of one id.
          for (let more = isRun ? words[word++]! : 0; more >= 0; more--) this.#words[at++] = id++;
        }
      }
      at = end;
    }
  }

  unpack(dst: number, a: number, count: number): void {
    const bytes = this.#bytes.subarray(dst);
    for (const id of new Uint16Array(this.#bytes.buffer, a, count)) setBit(bytes, id);
  }

  unpackRuns(dst: number, a: number, count: number): void {
    const runs = new Uint16Array(this.#bytes.buffer, a, count * 2);
    for (let i = 0; i < runs.length; i += 2) setBits(this.#bytes, dst, runs[i]!, runs[i]! + runs[i + 1]!);
  }

  countOverlaps(cells: number, count: number): void {
    for (let at = cells / 4; at < cells / 4 + count * 3; at += 3) {
      const [a, b, byteLength] = this.#words.subarray(at);
      this.#words[at + 2] = countBits(this.#combined(Opcode.CountAnd, a!, b!), 0, byteLength! / 4);
    }
  }

  countLists(table: Int32Array, layout: ListLayout, counters: Float64Array): void {
    const { lists, stretches, boundsOffset, idsOffset } = layout;
    const bounds = this.#words.subarray(boundsOffset / 4);
    const ids = new Uint16Array(this.#bytes.buffer, idsOffset);
    const listAt = (index: number) => ids.subarray(bounds[index], bounds[index + 1]);
    endOfInstruction(table, 0);
    for (const [row, column, counter] of cellsOf(table, 0)) {
      for (let first = 0; first < lists * stretches; first += lists) {
        counters[counter]! += countCommon(listAt(first + row), listAt(first + column));
      }
    }
  }
}

/** Word i of a slot, or of what is computed of slots. */
type Value = (i: number) => number;

/** The cells of a `CountTable`, with their slots (or lists). */
function* cellsOf(program: Int32Array, at: number): Generator<readonly [number, number, number]> {
  const firstRow = at + HEADER_WIDTH;
  const firstColumn = firstRow + program[at + 1]!;
  const firstCell = firstCellOf(program, at);
  for (let cell = 0; cell < program[at + 3]!; cell++) {
    const [row, column, counter] = program.subarray(firstCell + cell * CELL_WIDTH);
    yield [program[firstRow + row!]! >>> 0, program[firstColumn + column!]! >>> 0, counter!];
  }
}

/** Ones in the first `count` bytes of a word. */
function firstBytes(count: number): number {
  if (count >= 4) return -1;
  return count <= 0 ? 0 : 2 ** (8 * count) - 1;
}

function countBits(value: Value, from: number, to: number): number {
  let count = 0;
  for (let i = from; i < to; i++) count += countOnes(value(i));
  return count;
}

/** Set bits of a 32-bit word: adjacent sums of 1, 2, 4 bits, then all four bytes at once. */
function countOnes(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  const bytes = (nibbles + (nibbles >>> 4)) & 0x0f0f0f0f;
  return Math.imul(bytes, 0x01010101) >>> 24;
}

/** Numbers that two ascending lists have in common. */
function countCommon(a: Uint16Array, b: Uint16Array): number {
  let count = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const difference = a[i]! - b[j]!;
    if (difference === 0) count++;
    if (difference <= 0) i++;
    if (difference >= 0) j++;
  }
  return count;
}
