import { CONTAINER_BYTES } from '../base/limits.js';
import { borrowKernel, returnKernel } from '../kernel/pool.js';
import { type Kernel, Opcode, SLOT_ALIGNMENT } from '../kernel/types.js';
import type { BitmapReader, RequestOptions } from '../store/types.js';
import { readOperands } from './operands.js';
import { type Plan, planWindows, READ_SETS, type Window } from './plan.js';
import { tableOf } from './table.js';

/** Runs a plan window by window: reads into slots, computes there, hands the window to the caller. */

export interface RunOptions extends RequestOptions {
  /** Called after every window. */
  readonly onProgress?: ((progress: EvaluateProgress) => void) | undefined;
}

/** How far a question has come. */
export interface EvaluateProgress {
  /** Bytes read so far. */
  readonly bytes: number;
  /** Bytes that the whole question reads. */
  readonly totalBytes: number;
  /** Windows computed so far. */
  readonly windows: number;
}

/** A computed window. Slots and counters are valid until the next window is asked for. */
export interface ComputedWindow {
  readonly window: Window;
  readonly kernel: Kernel;
  readonly memory: Uint8Array<ArrayBuffer>;
  /** Counts of all windows so far. */
  readonly counters: Float64Array<ArrayBuffer>;
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

/** A plan, and where its operand i is read from. */
export interface ReadablePlan extends Plan {
  readonly sources: readonly BitmapReader[];
}

/** Adds what it counts to `counters`. */
export async function* runWindows(
  plan: ReadablePlan,
  options: RunOptions,
  counters = new Float64Array(plan.program.counters),
): AsyncGenerator<ComputedWindow, void, undefined> {
  const windows = planWindows(plan);
  let window = windows.next().value;
  if (!window) return;
  const kernel = borrowKernel(options.kernel ?? 'auto');
  const layout = layOut(plan);
  const memory = kernel.reserve(layout.byteLength);
  const programs = layout.sets.map((offsetOf) => assemble(plan, offsetOf));
  const readers = layout.sets.map((offsetOf) => createReader(plan, memory, offsetOf, options));
  let bytes = 0;
  let windowsDone = 0;
  let reading: Promise<number> | undefined;
  try {
    let set = 0;
    reading = readers[set]!(window);
    while (window) {
      bytes += (await reading) ?? 0;
      reading = undefined;
      options.signal?.throwIfAborted();
      const next = windows.next().value;
      const nextSet = (set + 1) % READ_SETS;
      if (next) reading = readers[nextSet]!(next);
      const program = programs[set]!(window);
      if (program.length > 0) kernel.run(program, alignLength(window.byteLength), counters);
      windowsDone += 1;
      options.onProgress?.({ bytes, totalBytes: plan.readBytes, windows: windowsDone });
      yield { window, kernel, memory, counters, offsetOf: layout.sets[set]!, pageOffset: layout.pageOffset };
      window = next;
      set = nextSet;
    }
  } finally {
    // Left early, a read may still be writing into this kernel's memory: then it is not given back for reuse.
    if (reading === undefined) returnKernel(kernel);
    else reading.catch(() => {});
  }
}

interface MemoryLayout {
  readonly byteLength: number;
  readonly pageOffset: number;
  /** Where the slots are, per set of operand slots; intermediates are common to both. */
  readonly sets: readonly ((slot: number) => number)[];
}

function layOut(plan: Plan): MemoryLayout {
  const operands = plan.operands.length;
  const intermediates = READ_SETS * operands * plan.windowBytes;
  const pageOffset = intermediates + (plan.program.slots - operands) * plan.windowBytes;
  const sets = Array.from({ length: READ_SETS }, (_, set) => (slot: number): number => {
    return slot < operands
      ? (set * operands + slot) * plan.windowBytes
      : intermediates + (slot - operands) * plan.windowBytes;
  });
  const pageBytes = plan.program.counters === 0 ? PAGE_BYTES * 8 * Uint32Array.BYTES_PER_ELEMENT : 0;
  return { byteLength: pageOffset + pageBytes + SLOT_ALIGNMENT, pageOffset, sets };
}

/** The program over one set of slots; complements are cut off where their expression ends. */
function assemble(plan: Plan, offsetOf: (slot: number) => number): (window: Window) => Int32Array {
  const { steps } = plan.program;
  const numbers: number[] = [];
  const complements: { readonly limitIndex: number; readonly universeBytes: number }[] = [];
  for (let index = 0; index < steps.length; index++) {
    const { op, dst, a, b } = steps[index]!;
    if (op === Opcode.CountAnd) {
      const others = steps.findIndex((step, later) => later > index && step.op !== Opcode.CountAnd);
      const end = others < 0 ? steps.length : others;
      for (const number of tableOf(steps.slice(index, end), offsetOf)) numbers.push(number);
      index = end - 1;
    } else {
      if (op === Opcode.Not) complements.push({ limitIndex: numbers.length + 3, universeBytes: b });
      numbers.push(
        op,
        op >= Opcode.Count ? dst : offsetOf(dst),
        offsetOf(a),
        op === Opcode.Not ? 0 : offsetOf(b),
      );
    }
  }
  const program = Int32Array.from(numbers);
  return (window) => {
    for (const { limitIndex, universeBytes } of complements) {
      const limit = Math.min(Math.max(universeBytes - window.byteOffset, 0), alignLength(window.byteLength));
      program[limitIndex] = limit;
    }
    return program;
  };
}

/** Reads windows into one set of slots and says how many bytes were asked for; what is not read is zero. */
function createReader(
  plan: ReadablePlan,
  memory: Uint8Array,
  offsetOf: (slot: number) => number,
  options: RequestOptions,
): (window: Window) => Promise<number> {
  const slots = plan.operands.map((_, slot) =>
    memory.subarray(offsetOf(slot), offsetOf(slot) + plan.windowBytes),
  );
  const isClear = slots.map(() => false);
  return async (window) => {
    const bytesRead = new Array<number>(slots.length).fill(0);
    for (const { operand, byteLength } of window.reads) bytesRead[operand]! += byteLength;
    slots.forEach((slot, operand) => {
      // A slot that is read as a whole needs no clearing but behind its end.
      const keep = bytesRead[operand] === window.byteLength ? window.byteLength : 0;
      if (!isClear[operand]) slot.fill(0, keep);
      isClear[operand] = bytesRead[operand] === 0;
    });
    const reads = window.reads.map(({ operand, byteOffset, byteLength }) => {
      const start = byteOffset - window.byteOffset;
      const target = slots[operand]!.subarray(start, start + byteLength);
      return { key: plan.operands[operand]!.key, byteOffset, target };
    });
    const sources = window.reads.map(({ operand }) => plan.sources[operand]!);
    if (reads.length > 0) await readOperands(sources, reads, options);
    return bytesRead.reduce((sum, bytes) => sum + bytes, 0);
  };
}
