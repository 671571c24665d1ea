import { CONTAINER_BYTES } from '../base/limits.js';
import { borrowKernel, returnKernel } from '../kernel/pool.js';
import { type Kernel, SLOT_ALIGNMENT } from '../kernel/types.js';
import { type Encoded, encodeSteps } from './encoding.js';
import type { OperandRead } from './operands.js';
import { type Plan, planWindows, READ_SETS, type Window } from './plan.js';
import type { Question } from './question.js';

/** Runs a plan window by window: reads into slots, computes there, hands the window to the caller. */

/** Bytes of a bitmap that are turned into ids at a time: a full page is 65,536 ids. */
export const PAGE_BYTES = CONTAINER_BYTES;

/** The next length that the kernel's bit operations take. */
export function alignLength(byteLength: number): number {
  return Math.ceil(byteLength / 16) * 16;
}

/** Counts all windows, adding to `counters`. */
export async function countWindows(
  question: Question,
  plan: Plan,
  counters: Float64Array<ArrayBuffer>,
): Promise<void> {
  // Lists may have answered all of it.
  if (plan.endByte === 0) return;
  const run = new WindowRun(question, plan, counters);
  try {
    while ((await run.next()) !== undefined);
  } finally {
    run.close();
  }
}

/**
 * Windows one after the other; while one is computed the next one is read. What is in memory is valid until the next window
 * is asked for. To be closed when no more is wanted.
 */
export class WindowRun {
  readonly kernel: Kernel;
  readonly memory: Uint8Array<ArrayBuffer>;
  /** Byte offset of a free stretch with room for the ids of `PAGE_BYTES` bytes. */
  readonly pageOffset: number;
  readonly #question: Question;
  readonly #plan: Plan;
  /** Counts of all windows so far. */
  readonly #counters: Float64Array<ArrayBuffer>;
  readonly #windows: Generator<Window, undefined>;
  /** Sets of operand slots: a window at hand has one, that ahead another; intermediates are common to all. */
  readonly #sets: number;
  readonly #programs: readonly Encoded[];
  /** Per operand slot of each set: before which byte something may be set. */
  readonly #dirtyBytes: number[];
  /** Which set the window at hand has, and which that ahead. */
  #set = 0;
  #nextSet = 0;
  #ahead: Window | undefined;
  #reading: Promise<void> | undefined;
  #bytesRead = 0;
  #windowsDone = 0;

  constructor(question: Question, plan: Plan, counters = new Float64Array(plan.program.counters)) {
    const { reads, endByte, windowBytes, program } = plan;
    const operands = reads.length;
    this.#question = question;
    this.#plan = plan;
    this.#counters = counters;
    this.#windows = planWindows(plan);
    this.#sets = endByte > windowBytes ? READ_SETS : 1;
    this.#programs = Array.from({ length: this.#sets }, (_, set) =>
      encodeSteps(program.steps, (slot) => this.#offsetIn(set, slot)),
    );
    this.#dirtyBytes = new Array<number>(this.#sets * operands).fill(windowBytes);
    this.pageOffset = (this.#sets * operands + program.slots - operands) * windowBytes;
    const pageBytes = program.counters === 0 ? PAGE_BYTES * 8 * Uint32Array.BYTES_PER_ELEMENT : 0;
    this.kernel = borrowKernel(question.kernel);
    this.memory = this.kernel.reserve(this.pageOffset + pageBytes + SLOT_ALIGNMENT);
    this.#ahead = this.#windows.next().value;
  }

  async next(): Promise<Window | undefined> {
    const window = this.#ahead;
    if (window === undefined) return undefined;
    const { signal, onProgress } = this.#question;
    this.#reading ??= this.#read(window);
    await this.#reading;
    this.#reading = undefined;
    signal?.throwIfAborted();
    this.#set = this.#nextSet;
    this.#nextSet = (this.#set + 1) % this.#sets;
    this.#ahead = this.#windows.next().value;
    if (this.#ahead !== undefined) this.#reading = this.#read(this.#ahead);
    this.#compute(window);
    this.#windowsDone += 1;
    for (const { byteLength } of window.reads) this.#bytesRead += byteLength;
    onProgress?.({ bytes: this.#bytesRead, totalBytes: this.#plan.readBytes, windows: this.#windowsDone });
    return window;
  }

  /** Byte offset in memory of a slot of the program, for the window at hand. */
  offsetOf(slot: number): number {
    return this.#offsetIn(this.#set, slot);
  }

  /** Left early, a read may still be writing into the kernel's memory: then the kernel is not given back for reuse. */
  close(): void {
    if (this.#reading === undefined) returnKernel(this.kernel);
    else this.#reading.catch(() => {});
  }

  #compute({ byteOffset, byteLength }: Window): void {
    const { numbers, limits } = this.#programs[this.#set]!;
    const length = alignLength(byteLength);
    // Complements are cut off where their expression ends.
    for (const { at, universeBytes } of limits) {
      numbers[at] = Math.min(Math.max(universeBytes - byteOffset, 0), length);
    }
    if (numbers.length > 0) this.kernel.run(numbers, length, this.#counters);
  }

  /** Reads a window into the next set; what is not read is zero. */
  async #read({ byteOffset, byteLength, reads }: Window): Promise<void> {
    const { operands } = this.#question;
    const wanted: OperandRead[] = [];
    let operand = 0;
    for (const read of reads) {
      for (; operand < read.operand; operand += 1) this.#clear(operand, 0);
      if (operand === read.operand) {
        this.#clear(operand, read.byteLength === byteLength ? byteLength : 0);
        operand += 1;
      }
      const slot = this.#offsetIn(this.#nextSet, read.operand);
      const start = read.byteOffset - byteOffset;
      const end = start + read.byteLength;
      this.#dirtyBytes[this.#nextSet * operands.keys.length + read.operand] = end;
      const target = this.memory.subarray(slot + start, slot + end);
      wanted.push({
        operand: read.operand,
        key: operands.keys[read.operand]!,
        byteOffset: read.byteOffset,
        target,
      });
    }
    for (; operand < operands.keys.length; operand += 1) this.#clear(operand, 0);
    if (wanted.length > 0) await operands.read(wanted);
  }

  /** Zeroes an operand's slot of the next set from byte `from` on. */
  #clear(operand: number, from: number): void {
    const index = this.#nextSet * this.#plan.reads.length + operand;
    const slot = this.#offsetIn(this.#nextSet, operand);
    const dirtyBytes = this.#dirtyBytes[index]!;
    if (dirtyBytes > from) this.memory.fill(0, slot + from, slot + dirtyBytes);
    this.#dirtyBytes[index] = from;
  }

  #offsetIn(set: number, slot: number): number {
    const operands = this.#plan.reads.length;
    const before = slot < operands ? set * operands : (this.#sets - 1) * operands;
    return (before + slot) * this.#plan.windowBytes;
  }
}
