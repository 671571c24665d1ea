import { CONTAINER_BYTES, MAX_BYTES } from '../base/limits.js';
import { Opcode } from '../kernel/types.js';
import { type OpenPlan, openPlan } from './answers.js';
import type { Beginnings } from './beginnings.js';
import type { IdRange, Piece } from './pieces.js';
import { alignWindow, type Plan, planWithin } from './plan.js';
import type { Question } from './question.js';
import { alignLength } from './slots.js';
import { PAGE_BYTES, WindowRun } from './windows.js';

/**
 * Reading a part of a question's bitmaps, for answers that need no more: a plan is run stretch by stretch, each longer than the
 * one before, so that few bytes are read if the answer lies near, and few round trips are made if it does not.
 */

/** Of the first stretch, if no more is known to be needed: as long as beginnings are. */
const FIRST_BYTES = 16 * 1024;
/** How much longer each stretch is than the one before. */
const GROWTH = 4;
/** From the end backwards, a stretch is read as a whole, though its last id alone is wanted. */
const MAX_BACKWARD_BYTES = 2 ** 22;

/** Opens the part of a plan that holds a range of ids, in whole containers, as stores keep them. */
export function openRange(question: Question, { first, last }: IdRange): Promise<OpenPlan> {
  const startByte = containerStart(Math.floor(first / 8));
  // Kernels take whole steps: what is cut between two of them would count with what lies behind it, as complements do.
  const endByte = alignLength(Math.floor(last / 8) + 1);
  if (startByte === 0 && endByte === MAX_BYTES) return openPlan(question, 'bitmaps');
  return openPlan(question, 'bitmaps', (plan) => planBetween(plan, startByte, endByte));
}

/** All pieces, ascending; each is valid until the next one is asked for. */
export async function* piecesOf(
  question: Question,
  { plan, beginnings }: OpenPlan,
  leastBytes: number,
): AsyncGenerator<WindowPiece, void, undefined> {
  const report = reporter(question, plan);
  let from = plan.startByte;
  let byteLength = Math.max(leastBytes, FIRST_BYTES);
  // Beginnings are closed with the run that they are given to, also if there is nothing to run.
  do {
    const to = Math.min(plan.endByte, containerEnd(from + byteLength));
    const part = planBetween(plan, from, to);
    yield* runPieces(report(), part, from === plan.startByte ? beginnings : undefined);
    from = to;
    byteLength *= GROWTH;
  } while (from < plan.endByte);
}

/** The largest id that is not below `least`; `undefined` if there is none. */
export async function lastId(question: Question, plan: Plan, least: number): Promise<number | undefined> {
  const down = containerStart(Math.floor(least / 8));
  const report = reporter(question, plan);
  let byteLength = FIRST_BYTES;
  for (let to = plan.endByte; to > down; ) {
    const from = Math.max(down, containerStart(to - byteLength));
    let last: number | undefined;
    for await (const piece of runPieces(report(), planBetween(plan, from, to))) {
      if (piece.count > 0) last = piece.ids().at(-1);
    }
    if (last !== undefined) return last;
    to = from;
    byteLength = Math.min(byteLength * GROWTH, MAX_BACKWARD_BYTES);
  }
  return undefined;
}

async function* runPieces(
  question: Question,
  plan: Plan,
  beginnings?: Beginnings,
): AsyncGenerator<WindowPiece, void, undefined> {
  const run = new WindowRun(question, plan, undefined, beginnings);
  const { outputs } = plan.program;
  try {
    for (let window = await run.next(); window !== undefined; window = await run.next()) {
      for (let start = 0; start < window.byteLength; start += PAGE_BYTES) {
        const byteLength = Math.min(PAGE_BYTES, window.byteLength - start);
        yield new WindowPiece(run, outputs, start, byteLength, (window.byteOffset + start) * 8);
      }
    }
  } finally {
    run.close();
  }
}

/** Ids of the first root of a question, and which of them the other roots have. */
export class WindowPiece implements Piece {
  readonly firstId: number;
  readonly endId: number;
  readonly #run: WindowRun;
  readonly #outputs: readonly (number | undefined)[];
  readonly #start: number;
  readonly #byteLength: number;
  #count: number | undefined;

  constructor(
    run: WindowRun,
    outputs: readonly (number | undefined)[],
    start: number,
    byteLength: number,
    firstId: number,
  ) {
    this.#run = run;
    this.#outputs = outputs;
    this.#start = start;
    this.#byteLength = byteLength;
    this.firstId = firstId;
    this.endId = firstId + byteLength * 8;
  }

  get count(): number {
    this.#count ??= this.#countIds();
    return this.#count;
  }

  ids(): Uint32Array<ArrayBuffer> {
    const offset = this.#offsetOf(0);
    if (offset === undefined) return new Uint32Array(0);
    const { kernel, memory, pageOffset } = this.#run;
    const found = kernel.ids(pageOffset, offset, alignLength(this.#byteLength), this.firstId);
    return new Uint32Array(memory.buffer, memory.byteOffset + pageOffset, found).slice();
  }

  /** A one for each of some ids of the piece that a root has, a zero for the others. */
  holdInto(target: Uint8Array, root: number, ids: Uint32Array): void {
    const offset = this.#offsetOf(root);
    if (offset === undefined) {
      target.fill(0, 0, ids.length);
      return;
    }
    const { memory } = this.#run;
    const base = offset - this.firstId / 8;
    for (let at = 0; at < ids.length; at += 1) {
      const id = ids[at]!;
      target[at] = (memory[base + (id >>> 3)]! >> (7 - (id & 7))) & 1;
    }
  }

  #countIds(): number {
    const offset = this.#offsetOf(0);
    if (offset === undefined) return 0;
    const counters = new Float64Array(1);
    const program = Int32Array.of(Opcode.Count, 0, offset, 0);
    this.#run.kernel.run(program, alignLength(this.#byteLength), counters);
    return counters[0]!;
  }

  /** Where the bits of a root are in memory; `undefined` if it is known to be empty. */
  #offsetOf(root: number): number | undefined {
    const slot = this.#outputs[root];
    return slot === undefined ? undefined : this.#run.offsetOf(slot) + this.#start;
  }
}

/** A plan from one byte to another, complements included. */
function planBetween(plan: Plan, startByte: number, endByte: number): Plan {
  const end = Math.max(startByte, Math.min(plan.endByte, endByte));
  const part = planWithin(plan, [{ byteOffset: startByte, byteLength: end - startByte }]);
  const windowBytes = Math.min(plan.windowBytes, alignWindow(end - startByte));
  return { ...part, startByte, windowBytes };
}

/** Questions whose progress goes on from run to run. */
function reporter(question: Question, plan: Plan): () => Question {
  const { onProgress } = question;
  if (onProgress === undefined) return () => question;
  let [bytes, windows] = [0, 0];
  return () => {
    const before = { bytes, windows };
    return {
      ...question,
      onProgress: (progress) => {
        bytes = before.bytes + progress.bytes;
        windows = before.windows + progress.windows;
        onProgress({ bytes, totalBytes: plan.readBytes, windows });
      },
    };
  };
}

function containerStart(byteOffset: number): number {
  return Math.max(0, byteOffset - (byteOffset % CONTAINER_BYTES));
}

function containerEnd(byteOffset: number): number {
  return Math.ceil(byteOffset / CONTAINER_BYTES) * CONTAINER_BYTES;
}
