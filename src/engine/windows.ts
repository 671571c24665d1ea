import { CONTAINER_BYTES } from '../base/limits.js';
import { borrowKernel, returnKernel } from '../kernel/pool.js';
import { type Kernel, SLOT_ALIGNMENT } from '../kernel/types.js';
import { type Encoded, encodeSteps } from './encoding.js';
import type { OperandRead } from './operands.js';
import { type Plan, planWindows, READ_SETS, type Window } from './plan.js';
import type { Question } from './question.js';

/** Runs a plan window by window: reads into slots, computes there, hands the window to the caller. */

/** A computed window. What it says is valid until the next window is asked for. */
export interface ComputedWindow {
  readonly byteOffset: number;
  readonly byteLength: number;
  readonly kernel: Kernel;
  readonly memory: Uint8Array<ArrayBuffer>;
  /** Byte offset of a slot of the program in `memory`. */
  offsetOf(slot: number): number;
  /** Byte offset of a free stretch with room for the ids of `PAGE_BYTES` bytes. */
  readonly pageOffset: number;
}

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
  const run = new WindowRun(question, plan, counters);
  try {
    while ((await run.next()) !== undefined);
  } finally {
    run.close();
  }
}

/** Windows one after the other; while one is computed the next one is read. To be closed when no more is wanted. */
export class WindowRun {
  readonly #question: Question;
  readonly #plan: Plan;
  /** Counts of all windows so far. */
  readonly #counters: Float64Array<ArrayBuffer>;
  readonly #windows: Generator<Window, undefined>;
  #slots: Slots | undefined;
  /** Which set of slots the window ahead is read into. */
  #set = 0;
  #ahead: Window | undefined;
  #reading: Promise<void> | undefined;
  #bytesRead = 0;
  #windowsDone = 0;

  constructor(question: Question, plan: Plan, counters = new Float64Array(plan.program.counters)) {
    this.#question = question;
    this.#plan = plan;
    this.#counters = counters;
    this.#windows = planWindows(plan);
  }

  async next(): Promise<ComputedWindow | undefined> {
    if (this.#slots === undefined) this.#readAhead();
    const window = this.#ahead;
    if (window === undefined) return undefined;
    const { signal, onProgress } = this.#question;
    await this.#reading;
    this.#reading = undefined;
    signal?.throwIfAborted();
    const slots = this.#slots!;
    const set = this.#set;
    this.#readAhead();
    slots.run(set, window, this.#counters);
    this.#windowsDone += 1;
    for (const { byteLength } of window.reads) this.#bytesRead += byteLength;
    onProgress?.({ bytes: this.#bytesRead, totalBytes: this.#plan.readBytes, windows: this.#windowsDone });
    return slots.computed(set, window);
  }

  /** Left early, a read may still be writing into the kernel's memory: then the kernel is not given back for reuse. */
  close(): void {
    if (this.#reading !== undefined) this.#reading.catch(() => {});
    else if (this.#slots !== undefined) returnKernel(this.#slots.kernel);
    this.#slots = undefined;
  }

  #readAhead(): void {
    this.#ahead = this.#windows.next().value;
    if (this.#ahead === undefined) return;
    this.#slots ??= new Slots(this.#plan, borrowKernel(this.#question.kernel));
    this.#set = (this.#set + 1) % this.#slots.sets;
    const { operands } = this.#question;
    const reads = this.#slots.clear(this.#set, this.#ahead, operands.keys);
    this.#reading = reads.length > 0 ? operands.read(reads) : Promise.resolve();
  }
}

/** A kernel's memory: one set of operand slots per window under way, intermediates common to all, room for a page of ids. */
class Slots {
  readonly kernel: Kernel;
  readonly memory: Uint8Array<ArrayBuffer>;
  readonly sets: number;
  readonly #operands: number;
  readonly #windowBytes: number;
  readonly #pageOffset: number;
  readonly #programs: readonly Encoded[];
  /** Per operand slot of each set: before which byte something may be set. */
  readonly #dirtyBytes: number[];

  constructor({ reads, endByte, windowBytes, program }: Plan, kernel: Kernel) {
    const operands = reads.length;
    this.kernel = kernel;
    this.sets = endByte > windowBytes ? READ_SETS : 1;
    this.#operands = operands;
    this.#windowBytes = windowBytes;
    this.#pageOffset = (this.sets * operands + program.slots - operands) * windowBytes;
    const pageBytes = program.counters === 0 ? PAGE_BYTES * 8 * Uint32Array.BYTES_PER_ELEMENT : 0;
    this.memory = kernel.reserve(this.#pageOffset + pageBytes + SLOT_ALIGNMENT);
    this.#programs = Array.from({ length: this.sets }, (_, set) =>
      encodeSteps(program.steps, (slot) => this.#offsetOf(set, slot)),
    );
    this.#dirtyBytes = new Array<number>(this.sets * operands).fill(windowBytes);
  }

  /** Zeroes what is not read of a window, and says what is to be read where. */
  clear(set: number, { byteOffset, byteLength, reads }: Window, keys: readonly string[]): OperandRead[] {
    const wanted: OperandRead[] = [];
    let operand = 0;
    for (const read of reads) {
      for (; operand < read.operand; operand += 1) this.#clearSlot(set, operand, 0);
      const slot = this.#offsetOf(set, read.operand);
      const start = slot + read.byteOffset - byteOffset;
      const isWhole = read.byteLength === byteLength;
      if (operand === read.operand) {
        this.#clearSlot(set, operand, isWhole ? byteLength : 0);
        operand += 1;
      }
      this.#dirtyBytes[set * this.#operands + read.operand] = start + read.byteLength - slot;
      const target = this.memory.subarray(start, start + read.byteLength);
      wanted.push({ operand: read.operand, key: keys[read.operand]!, byteOffset: read.byteOffset, target });
    }
    for (; operand < this.#operands; operand += 1) this.#clearSlot(set, operand, 0);
    return wanted;
  }

  run(set: number, { byteOffset, byteLength }: Window, counters: Float64Array): void {
    const { numbers, limits } = this.#programs[set]!;
    const length = alignLength(byteLength);
    // Complements are cut off where their expression ends.
    for (const { at, universeBytes } of limits) {
      numbers[at] = Math.min(Math.max(universeBytes - byteOffset, 0), length);
    }
    if (numbers.length > 0) this.kernel.run(numbers, length, counters);
  }

  computed(set: number, { byteOffset, byteLength }: Window): ComputedWindow {
    return {
      byteOffset,
      byteLength,
      kernel: this.kernel,
      memory: this.memory,
      offsetOf: (slot) => this.#offsetOf(set, slot),
      pageOffset: this.#pageOffset,
    };
  }

  #offsetOf(set: number, slot: number): number {
    const place = slot < this.#operands ? set * this.#operands : (this.sets - 1) * this.#operands;
    return (place + slot) * this.#windowBytes;
  }

  /** Zeroes a slot from byte `from` on. */
  #clearSlot(set: number, operand: number, from: number): void {
    const index = set * this.#operands + operand;
    const dirtyBytes = this.#dirtyBytes[index]!;
    const offset = this.#offsetOf(set, operand);
    if (dirtyBytes > from) this.memory.fill(0, offset + from, offset + dirtyBytes);
    this.#dirtyBytes[index] = from;
  }
}
