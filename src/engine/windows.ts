import { CONTAINER_BYTES } from '../base/limits.js';
import { borrowKernel, returnKernel } from '../kernel/pool.js';
import { type Kernel, SLOT_ALIGNMENT } from '../kernel/types.js';
import type { Beginnings } from './beginnings.js';
import { type Encoded, encodeSteps } from './encoding.js';
import type { OperandRead } from './operands.js';
import { type Plan, planWindows, READ_SETS, type Window } from './plan.js';
import type { Question } from './question.js';
import type { Program } from './steps.js';

/** Runs a plan window by window: brings operands into slots, computes there, hands the window to the caller. */

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
  beginnings?: Beginnings,
): Promise<void> {
  const run = new WindowRun(question, plan, counters, beginnings);
  try {
    while ((await run.next()) !== undefined);
  } finally {
    run.close();
  }
}

/** Where the slots of a window are in memory. */
interface Layout {
  readonly numbers: Encoded['numbers'];
  readonly limits: Encoded['limits'];
  /** Of the first slot. */
  readonly byteOffset: number;
  /** From one slot to the next. */
  readonly stride: number;
}

/** Programs are kept with the form of their question, and so are their numbers. */
const layouts = new WeakMap<Program, Layout[]>();
/** Of one program: there are few lengths that windows have. */
const MAX_LAYOUTS = 4;

function layOut(program: Program, byteOffset: number, stride: number): Layout {
  let known = layouts.get(program) ?? [];
  const found = known.find((layout) => layout.byteOffset === byteOffset && layout.stride === stride);
  if (found !== undefined) return found;
  const layout = { ...encodeSteps(program.steps, (slot) => byteOffset + slot * stride), byteOffset, stride };
  if (known.length === MAX_LAYOUTS) known = [];
  layouts.set(program, [...known, layout]);
  return layout;
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
  /** The operands that are read. */
  readonly #remote: readonly number[];
  /** Of the window that is made of beginnings, if there is one, and of all others. */
  readonly #first: Layout | undefined;
  readonly #others: Layout;
  /** Parts of a slot: the window at hand has one, that ahead another. */
  readonly #parts: number;
  /** Per part and operand: before which byte something may be set. */
  readonly #dirtyBytes: number[];
  #layout: Layout;
  /** Which part the window at hand has, and which that ahead. */
  #part = 0;
  #nextPart = 0;
  #ahead: Window | undefined;
  #reading: Promise<void> | undefined;
  #bytesRead = 0;
  #windowsDone = 0;

  /** @param beginnings of the operands that are not in memory, if they have been read; theirs is the kernel then */
  constructor(
    question: Question,
    plan: Plan,
    counters = new Float64Array(plan.program.counters),
    beginnings?: Beginnings,
  ) {
    const { reads, windowBytes, program, endByte } = plan;
    this.#question = question;
    this.#plan = plan;
    this.#counters = counters;
    const firstBytes = beginnings?.byteLength ?? 0;
    this.#windows = planWindows(plan, firstBytes);
    this.#first = beginnings && layOut(program, 0, firstBytes);
    const othersOffset = firstBytes * program.slots;
    const othersBytes = endByte - firstBytes;
    this.#remote = question.operands.remote;
    const isReadAhead = this.#remote.length > 0 && othersBytes > windowBytes;
    this.#parts = isReadAhead ? READ_SETS : 1;
    this.#others = layOut(program, othersOffset, windowBytes * this.#parts);
    this.#layout = this.#first ?? this.#others;
    this.#dirtyBytes = new Array<number>(this.#parts * reads.length).fill(windowBytes);
    this.pageOffset = othersOffset + (othersBytes > 0 ? this.#others.stride * program.slots : 0);
    const pageBytes = program.counters === 0 ? PAGE_BYTES * 8 * Uint32Array.BYTES_PER_ELEMENT : 0;
    this.kernel = beginnings?.kernel ?? borrowKernel(question.kernel);
    this.memory = this.kernel.reserve(this.pageOffset + pageBytes + SLOT_ALIGNMENT);
    this.#ahead = this.#windows.next().value;
    // What the first window reads is here.
    if (beginnings !== undefined && this.#ahead?.byteOffset === 0) this.#reading = Promise.resolve();
  }

  async next(): Promise<Window | undefined> {
    const window = this.#ahead;
    if (window === undefined) return undefined;
    const { signal, onProgress } = this.#question;
    if (this.#reading === undefined) this.#beginToRead(window);
    await this.#reading;
    this.#reading = undefined;
    signal?.throwIfAborted();
    const isFirst = this.#first !== undefined && window.byteOffset === 0;
    this.#layout = isFirst ? this.#first! : this.#others;
    this.#part = isFirst ? 0 : this.#nextPart;
    if (!isFirst) this.#nextPart = (this.#part + 1) % this.#parts;
    this.#ahead = this.#windows.next().value;
    if (this.#ahead !== undefined) this.#beginToRead(this.#ahead);
    this.#unpack(window);
    this.#compute(window);
    this.#windowsDone += 1;
    for (const { byteLength } of window.reads) this.#bytesRead += byteLength;
    onProgress?.({ bytes: this.#bytesRead, totalBytes: this.#plan.readBytes, windows: this.#windowsDone });
    return window;
  }

  /** Byte offset in memory of a slot of the program, for the window at hand. */
  offsetOf(slot: number): number {
    const { byteOffset, stride } = this.#layout;
    return byteOffset + slot * stride + this.#part * this.#plan.windowBytes;
  }

  /** Left early, a read may still be writing into the kernel's memory: it is given back for reuse once that has ended well. */
  close(): void {
    if (this.#reading === undefined || this.#remote.length === 0) returnKernel(this.kernel);
    else
      this.#reading.then(
        () => returnKernel(this.kernel),
        () => {},
      );
  }

  #beginToRead(window: Window): void {
    this.#reading = this.#read(window);
    // If it fails, whoever asks for the window hears of it: perhaps much later, or never.
    this.#reading.catch(() => {});
  }

  #compute({ byteOffset, byteLength }: Window): void {
    const { numbers, limits } = this.#layout;
    if (numbers.length === 0) return;
    const from = this.#part * this.#plan.windowBytes;
    const length = alignLength(byteLength);
    const program = limits.length > 0 ? numbers.slice() : numbers;
    // Complements are cut off where their expression ends.
    for (const { at, universeBytes } of limits) {
      program[at] = from + Math.min(Math.max(universeBytes - byteOffset, 0), length);
    }
    this.kernel.run(program, length, this.#counters, from);
  }

  /**
   * Brings what is in memory already into the slots of the window at hand: right before it is computed, so that it is still
   * in the processor's caches. Then the copy costs nothing, as the bytes have to be loaded once anyway.
   */
  #unpack({ byteOffset, byteLength, reads }: Window): void {
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
        this.memory.fill(0, slot + end, slot + start);
        end = start + read.byteLength;
        bitmap.readInto(this.memory.subarray(slot + start, slot + end), read.byteOffset, kernel);
      }
      if (bitmap !== undefined) this.memory.fill(0, slot + end, slot + length);
    }
  }

  /** Reads a window into the part ahead; what is not read is zero. */
  async #read({ byteOffset, byteLength, reads }: Window): Promise<void> {
    const { operands } = this.#question;
    const { byteOffset: slots, stride } = this.#others;
    const part = this.#nextPart;
    const wanted: OperandRead[] = [];
    let next = 0;
    for (const operand of this.#remote) {
      while (reads[next] !== undefined && reads[next]!.operand < operand) next += 1;
      const slot = slots + operand * stride + part * this.#plan.windowBytes;
      let end = 0;
      // Whole, there is nothing to clear but what lies behind it.
      const isWhole = reads[next]?.operand === operand && reads[next]!.byteLength === byteLength;
      this.#clear(operand, part, slot, isWhole ? byteLength : 0);
      for (; reads[next]?.operand === operand; next += 1) {
        const read = reads[next]!;
        const start = read.byteOffset - byteOffset;
        end = start + read.byteLength;
        const target = this.memory.subarray(slot + start, slot + end);
        wanted.push({ operand, key: operands.keys[operand]!, byteOffset: read.byteOffset, target });
      }
      this.#dirtyBytes[part * operands.keys.length + operand] = end;
    }
    if (wanted.length > 0) await operands.read(wanted);
  }

  /** Zeroes an operand's slot from byte `from` on. */
  #clear(operand: number, part: number, slot: number, from: number): void {
    const dirtyBytes = this.#dirtyBytes[part * this.#plan.reads.length + operand]!;
    if (dirtyBytes > from) this.memory.fill(0, slot + from, slot + dirtyBytes);
  }
}
