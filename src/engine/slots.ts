import { type Encoded, encodeSteps } from './encoding.js';
import type { OperandRead } from './operands.js';
import type { Window } from './plan.js';
import type { Question } from './question.js';
import type { Program } from './steps.js';

/** The next length that the kernel's bit operations take. */
export function alignLength(byteLength: number): number {
  return Math.ceil(byteLength / 16) * 16;
}

/** Where the slots of a window are in memory. */
export interface Layout extends Encoded {
  /** Of the first slot. */
  readonly byteOffset: number;
  /** From one slot to the next. */
  readonly stride: number;
}

/** Programs are kept with the form of their question, and so are their numbers. */
const layouts = new WeakMap<Program, Layout[]>();
/** Of one program: there are few lengths that windows have. */
const MAX_LAYOUTS = 4;

export function layOut(program: Program, byteOffset: number, stride: number): Layout {
  let known = layouts.get(program) ?? [];
  const found = known.find((layout) => layout.byteOffset === byteOffset && layout.stride === stride);
  if (found !== undefined) return found;
  const layout = { ...encodeSteps(program.steps, (slot) => byteOffset + slot * stride), byteOffset, stride };
  if (known.length === MAX_LAYOUTS) known = [];
  layouts.set(program, [...known, layout]);
  return layout;
}

/** Room for one window, of this thread's kernel or of a worker: what it is made of is brought here. */
export class Slots {
  readonly layout: Layout;
  /** Where windows begin in every slot. */
  readonly from: number;
  readonly #question: Question;
  /** Per operand: before which byte something may be set. */
  readonly #dirtyBytes: number[];

  /** @param windowBytes how long windows are at most */
  constructor(question: Question, layout: Layout, from: number, windowBytes: number) {
    this.#question = question;
    this.layout = layout;
    this.from = from;
    this.#dirtyBytes = question.operands.keys.map(() => windowBytes);
  }

  /** Byte offset in memory of a slot. */
  offsetOf(slot: number): number {
    const { byteOffset, stride } = this.layout;
    return byteOffset + slot * stride + this.from;
  }

  /** The program for a window: complements are cut off where their expression ends. */
  programOf({ byteOffset, byteLength }: Window): Int32Array {
    const { numbers, limits } = this.layout;
    if (limits.length === 0) return numbers;
    const program = numbers.slice();
    const length = alignLength(byteLength);
    for (const { at, universeBytes } of limits) {
      program[at] = this.from + Math.min(Math.max(universeBytes - byteOffset, 0), length);
    }
    return program;
  }

  /** Reads those operands of a window that are not in memory; what is not read is zero. */
  async read(memory: Uint8Array, remote: readonly number[], window: Window): Promise<void> {
    const { operands } = this.#question;
    const { byteOffset, byteLength, reads } = window;
    const wanted: OperandRead[] = [];
    let next = 0;
    for (const operand of remote) {
      while (reads[next] !== undefined && reads[next]!.operand < operand) next += 1;
      const slot = this.offsetOf(operand);
      let end = 0;
      // Whole, there is nothing to clear but what lies behind it.
      const isWhole = reads[next]?.operand === operand && reads[next]!.byteLength === byteLength;
      const clean = isWhole ? byteLength : 0;
      const dirtyBytes = this.#dirtyBytes[operand]!;
      if (dirtyBytes > clean) memory.fill(0, slot + clean, slot + dirtyBytes);
      for (; reads[next]?.operand === operand; next += 1) {
        const read = reads[next]!;
        const start = read.byteOffset - byteOffset;
        end = start + read.byteLength;
        const target = memory.subarray(slot + start, slot + end);
        wanted.push({ operand, key: operands.keys[operand]!, byteOffset: read.byteOffset, target });
      }
      this.#dirtyBytes[operand] = end;
    }
    if (wanted.length > 0) await operands.read(wanted);
  }

  /**
   * Brings what is in memory already into the slots: right before the window is computed, so that it is still in the processor's
   * caches. Then the copy costs nothing, as the bytes have to be loaded once anyway.
   */
  unpack(memory: Uint8Array, { byteOffset, byteLength, reads }: Window): void {
    const { operands, kernel } = this.#question;
    const { bitmaps } = operands;
    const length = alignLength(byteLength);
    let next = 0;
    for (let operand = 0; operand < bitmaps.length; operand += 1) {
      const bitmap = bitmaps[operand];
      const slot = this.offsetOf(operand);
      let end = 0;
      for (; reads[next]?.operand === operand; next += 1) {
        if (bitmap === undefined) continue;
        const read = reads[next]!;
        const start = read.byteOffset - byteOffset;
        memory.fill(0, slot + end, slot + start);
        end = start + read.byteLength;
        bitmap.readInto(memory.subarray(slot + start, slot + end), read.byteOffset, kernel);
      }
      if (bitmap !== undefined) memory.fill(0, slot + end, slot + length);
    }
  }
}
