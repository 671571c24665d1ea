import { CONTAINER_BYTES } from '../base/limits.js';
import { borrowKernel, returnKernel } from '../kernel/pool.js';
import { type Kernel, SLOT_ALIGNMENT } from '../kernel/types.js';
import type { Beginnings } from './beginnings.js';
import { type Plan, planWindows, READ_SETS, type Window } from './plan.js';
import type { Question } from './question.js';
import { alignLength, layOut, Slots } from './slots.js';

/** Runs a plan window by window: brings operands into slots, computes there, hands the window to the caller. */

/** Bytes of a bitmap that are turned into ids at a time: a full page is 65,536 ids. */
export const PAGE_BYTES = CONTAINER_BYTES;

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

/** The windows of a plan, for one run or for several that share them, and how far the question has come. */
export class WindowSource {
  readonly #question: Question;
  readonly #plan: Plan;
  readonly #windows: Generator<Window, undefined>;
  #bytesRead = 0;
  #windowsDone = 0;

  /** @param firstBytes the length of the first window if it is another one than that of the rest */
  constructor(question: Question, plan: Plan, firstBytes = 0) {
    this.#question = question;
    this.#plan = plan;
    this.#windows = planWindows(plan, firstBytes);
  }

  /** The next window that nobody has. */
  take(): Window | undefined {
    return this.#windows.next().value;
  }

  /** A window is computed. */
  finish({ reads }: Window): void {
    this.#windowsDone += 1;
    for (const { byteLength } of reads) this.#bytesRead += byteLength;
    const { onProgress } = this.#question;
    onProgress?.({ bytes: this.#bytesRead, totalBytes: this.#plan.readBytes, windows: this.#windowsDone });
  }
}

/**
 * Windows one after the other; while one is computed the next one is read. What is in memory is valid until the next window
 * is asked for. To be closed when no more is wanted.
 */
export class WindowRun {
  readonly kernel: Kernel;
  readonly memory: Uint8Array<ArrayBuffer>;
  /** Byte offset of a free stretch with room for the ids of `PAGE_BYTES` bytes, behind as many that wait for a full page. */
  readonly pageOffset: number;
  readonly #question: Question;
  /** Counts of all windows so far. */
  readonly #counters: Float64Array<ArrayBuffer>;
  readonly #source: WindowSource;
  /** The operands that are read. */
  readonly #remote: readonly number[];
  /** Of the window that is made of beginnings, if there is one. */
  readonly #first: Slots | undefined;
  /** Of all others, in turn: the window at hand has one, that ahead another. */
  readonly #others: readonly Slots[];
  readonly #isReadAhead: boolean;
  #slots: Slots;
  #turn = 0;
  #ahead: Window | undefined;
  #reading: Promise<void> | undefined;

  /**
   * @param beginnings of the operands that are not in memory, if they have been read; theirs is the kernel then
   * @param shared with other runs, which read ahead themselves
   */
  constructor(
    question: Question,
    plan: Plan,
    counters = new Float64Array(plan.program.counters),
    beginnings?: Beginnings,
    shared?: WindowSource,
  ) {
    const { windowBytes, program, endByte } = plan;
    this.#question = question;
    this.#counters = counters;
    const firstBytes = beginnings?.byteLength ?? 0;
    this.#source = shared ?? new WindowSource(question, plan, firstBytes);
    if (beginnings) this.#first = new Slots(question, layOut(program, 0, firstBytes), 0, firstBytes);
    const othersOffset = firstBytes * program.slots;
    const othersBytes = endByte - firstBytes;
    this.#remote = question.operands.remote;
    this.#isReadAhead = this.#remote.length > 0 && othersBytes > windowBytes && shared === undefined;
    const parts = this.#isReadAhead ? READ_SETS : 1;
    const layout = layOut(program, othersOffset, windowBytes * parts);
    this.#others = Array.from(
      { length: parts },
      (_, part) => new Slots(question, layout, part * windowBytes, windowBytes),
    );
    this.#slots = this.#first ?? this.#others[0]!;
    this.pageOffset = othersOffset + (othersBytes > 0 ? layout.stride * program.slots : 0);
    const pageBytes = program.counters === 0 ? 2 * PAGE_BYTES * 8 * Uint32Array.BYTES_PER_ELEMENT : 0;
    this.kernel = beginnings?.kernel ?? borrowKernel(question.kernel);
    this.memory = this.kernel.reserve(this.pageOffset + pageBytes + SLOT_ALIGNMENT);
    if (beginnings === undefined) return;
    this.#ahead = this.#source.take();
    // What the first window reads is here.
    if (this.#ahead?.byteOffset === 0) this.#reading = Promise.resolve();
  }

  async next(): Promise<Window | undefined> {
    const window = this.#ahead ?? this.#source.take();
    this.#ahead = undefined;
    if (window === undefined) return undefined;
    if (this.#reading === undefined) this.#beginToRead(window);
    await this.#reading;
    this.#reading = undefined;
    this.#question.signal?.throwIfAborted();
    if (this.#first !== undefined && window.byteOffset === 0) this.#slots = this.#first;
    else {
      this.#slots = this.#others[this.#turn]!;
      this.#turn = (this.#turn + 1) % this.#others.length;
    }
    if (this.#isReadAhead) this.#ahead = this.#source.take();
    if (this.#ahead !== undefined) this.#beginToRead(this.#ahead);
    this.#slots.unpack(this.memory, window);
    const program = this.#slots.programOf(window);
    if (program.length > 0) {
      this.kernel.run(program, alignLength(window.byteLength), this.#counters, this.#slots.from);
    }
    this.#source.finish(window);
    return window;
  }

  /** Byte offset in memory of a slot of the program, for the window at hand. */
  offsetOf(slot: number): number {
    return this.#slots.offsetOf(slot);
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
    this.#reading = this.#others[this.#turn]!.read(this.memory, this.#remote, window);
    // If it fails, whoever asks for the window hears of it: perhaps much later, or never.
    this.#reading.catch(() => {});
  }
}
