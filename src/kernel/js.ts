import { bitMask, setBit } from '../base/bits.js';
import { checkReservation, countSteps } from './limits.js';
import { type Kernel, LIST_IDS, type ListLayout, Opcode, STEP_WIDTH } from './types.js';

/** The kernel in plain JavaScript, to be read: the reference for the other one, and what serves where that cannot run. */
export function createJsKernel(): Kernel {
  return new JsKernel();
}

class JsKernel implements Kernel {
  readonly name = 'js';
  private bytes = new Uint8Array(0);
  private words = new Uint32Array(0);

  reserve(byteLength: number): Uint8Array<ArrayBuffer> {
    const needed = checkReservation(byteLength);
    if (needed > this.bytes.length) {
      const buffer = new ArrayBuffer(needed);
      this.bytes = new Uint8Array(buffer);
      this.words = new Uint32Array(buffer);
    }
    return this.bytes.subarray(0, byteLength);
  }

  and(dst: number, a: number, b: number, byteLength: number): void {
    this.combine(dst, a, b, byteLength, (x, y) => x & y);
  }
  or(dst: number, a: number, b: number, byteLength: number): void {
    this.combine(dst, a, b, byteLength, (x, y) => x | y);
  }
  xor(dst: number, a: number, b: number, byteLength: number): void {
    this.combine(dst, a, b, byteLength, (x, y) => x ^ y);
  }
  andNot(dst: number, a: number, b: number, byteLength: number): void {
    this.combine(dst, a, b, byteLength, (x, y) => x & ~y);
  }
  not(dst: number, a: number, byteLength: number): void {
    this.complement(dst, a, byteLength, byteLength);
  }

  count(a: number, byteLength: number): number {
    return this.countOf(a, a, byteLength, (x) => x);
  }
  countAnd(a: number, b: number, byteLength: number): number {
    return this.countOf(a, b, byteLength, (x, y) => x & y);
  }

  run(program: Int32Array, byteLength: number, counters: Float64Array): void {
    const numberCount = countSteps(program) * STEP_WIDTH;
    for (let i = 0; i < numberCount; i += STEP_WIDTH) {
      const opcode = program[i] as Opcode;
      const dst = program[i + 1]! >>> 0;
      const a = program[i + 2]! >>> 0;
      const b = program[i + 3]! >>> 0;
      if (opcode === Opcode.And) this.and(dst, a, b, byteLength);
      else if (opcode === Opcode.Or) this.or(dst, a, b, byteLength);
      else if (opcode === Opcode.Xor) this.xor(dst, a, b, byteLength);
      else if (opcode === Opcode.AndNot) this.andNot(dst, a, b, byteLength);
      else if (opcode === Opcode.Not) this.complement(dst, a, b, byteLength);
      else counters[dst]! += this.countStep(opcode, a, b, byteLength);
    }
  }

  private countStep(opcode: Opcode, a: number, b: number, byteLength: number): number {
    if (opcode === Opcode.Count) return this.count(a, byteLength);
    if (opcode === Opcode.CountAnd) return this.countAnd(a, b, byteLength);
    if (opcode === Opcode.CountOr) return this.countOf(a, b, byteLength, (x, y) => x | y);
    if (opcode === Opcode.CountXor) return this.countOf(a, b, byteLength, (x, y) => x ^ y);
    if (opcode === Opcode.CountAndNot) return this.countOf(a, b, byteLength, (x, y) => x & ~y);
    throw new RangeError(`expected an opcode, got ${opcode}`);
  }

  ids(dst: number, a: number, byteLength: number, firstId: number): number {
    const found = this.words.subarray(dst / 4);
    let count = 0;
    for (let index = 0; index < byteLength; index++) {
      const byte = this.bytes[a + index]!;
      if (byte === 0) continue;
      for (let bit = 0; bit < 8; bit++) {
        if (byte & bitMask(bit)) found[count++] = firstId + index * 8 + bit;
      }
    }
    return count;
  }

  widen(dst: number, a: number, count: number, firstId: number): void {
    const low = new Uint16Array(this.bytes.buffer, a, count);
    this.words.set(
      Uint32Array.from(low, (id) => firstId + id),
      dst / 4,
    );
  }

  unpack(dst: number, a: number, count: number): void {
    const bytes = this.bytes.subarray(dst, dst + LIST_IDS / 8).fill(0);
    for (const id of new Uint16Array(this.bytes.buffer, a, count)) setBit(bytes, id);
  }

  countLists(program: Int32Array, layout: ListLayout, counters: Float64Array): void {
    const { lists, stretches, boundsOffset, idsOffset } = layout;
    const bounds = this.words.subarray(boundsOffset / 4);
    const ids = new Uint16Array(this.bytes.buffer, idsOffset);
    const listAt = (index: number) => ids.subarray(bounds[index], bounds[index + 1]);
    const numberCount = countSteps(program) * STEP_WIDTH;
    for (let first = 0; first < lists * stretches; first += lists) {
      for (let i = 0; i < numberCount; i += STEP_WIDTH) {
        const [a, b] = [listAt(first + program[i + 2]!), listAt(first + program[i + 3]!)];
        counters[program[i + 1]!]! += countCommon(a, b);
      }
    }
  }

  private combine(
    dst: number,
    a: number,
    b: number,
    byteLength: number,
    operation: (x: number, y: number) => number,
  ): void {
    const { words } = this;
    for (let i = 0; i < byteLength / 4; i++) {
      words[dst / 4 + i] = operation(words[a / 4 + i]!, words[b / 4 + i]!);
    }
  }

  /** Complement of bytes [0, limit), zero in [limit, byteLength). */
  private complement(dst: number, a: number, limit: number, byteLength: number): void {
    const { bytes } = this;
    for (let i = 0; i < byteLength; i++) bytes[dst + i] = i < limit ? ~bytes[a + i]! : 0;
  }

  private countOf(
    a: number,
    b: number,
    byteLength: number,
    operation: (x: number, y: number) => number,
  ): number {
    const { words } = this;
    let count = 0;
    for (let i = 0; i < byteLength / 4; i++) {
      count += countBits(operation(words[a / 4 + i]!, words[b / 4 + i]!));
    }
    return count;
  }
}

/** Set bits of a 32-bit word: adjacent sums of 1, 2, 4 bits, then all four bytes at once. */
function countBits(word: number): number {
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
