/** Reads that are asked for together, and what has come of them. */

import type { ByteRead } from '../../types.js';

/** The reply to a read that was an error. */
export const REFUSED = -1;

/**
 * Ends once: when all of it is answered, lost or given up. From then on no target is written to, whatever replies may
 * still come.
 */
export class Batch {
  readonly reads: readonly ByteRead[];
  /** Per read the bytes of its reply, or `REFUSED`; `undefined` if not every reply came, so that none can be trusted. */
  readonly outcome: Promise<Int32Array | undefined>;
  /** A target may have become shorter once it is somebody else's: memory that has grown leaves its views empty. */
  readonly #lengths: Int32Array;
  readonly #found: Int32Array;
  #resolve!: (found: Int32Array | undefined) => void;
  #reject!: (reason: unknown) => void;
  #isOver = false;

  constructor(reads: readonly ByteRead[]) {
    this.reads = reads;
    this.#lengths = Int32Array.from(reads, ({ target }) => target.length);
    this.#found = new Int32Array(reads.length);
    this.outcome = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** How many bytes were asked for by a read. */
  lengthOf(index: number): number {
    return this.#lengths[index]!;
  }

  /** Puts `chunk` from `start` to `end` where it belongs in the target of a read. */
  fill(index: number, at: number, chunk: Uint8Array, start: number, end: number): void {
    if (!this.#isOver) this.reads[index]!.target.set(chunk.subarray(start, end), at);
  }

  /** Notes that the reply to a read has come, with so many bytes, or `REFUSED`. */
  note(index: number, byteLength: number): void {
    this.#found[index] = byteLength;
    if (this.#isOver) return;
    if (byteLength >= 0) this.reads[index]!.target.fill(0, byteLength);
  }

  /** Every reply has come. */
  complete(): void {
    this.#isOver = true;
    this.#resolve(this.#found);
  }

  /** Not every reply will come. */
  lose(): void {
    this.#isOver = true;
    this.#resolve(undefined);
  }

  /** Whoever asked is told of `reason`. */
  fail(reason: unknown): void {
    this.#isOver = true;
    this.#reject(reason);
  }
}
