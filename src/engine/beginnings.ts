import { borrowKernel, type KernelChoice, returnKernel } from '../kernel/pool.js';
import type { Kernel } from '../kernel/types.js';
import { alignWindow } from './plan.js';

/**
 * The first bytes of operands, read before anybody knows how long they are: what is no longer than this takes a single round
 * trip. They lie in a kernel's memory as the first window of the question, and are counted there.
 */
export class Beginnings {
  readonly kernel: Kernel;
  /** Bytes per operand. */
  readonly byteLength: number;
  #memory: Uint8Array<ArrayBuffer>;

  /** @param windowBytes of the question, if they are fixed */
  constructor(choice: KernelChoice, operands: number, windowBytes: number | undefined) {
    this.byteLength =
      windowBytes === undefined ? BEGINNING_BYTES : Math.min(alignWindow(windowBytes), BEGINNING_BYTES);
    this.kernel = borrowKernel(choice);
    this.#memory = this.kernel.reserve(operands * this.byteLength);
  }

  /** Where the beginning of an operand is. */
  of(operand: number): Uint8Array<ArrayBuffer> {
    return this.#memory.subarray(operand * this.byteLength, (operand + 1) * this.byteLength);
  }

  /** Nothing of it is wanted, and nothing is being read any more. */
  close(): void {
    returnKernel(this.kernel);
  }
}

/** Of more operands they would take more memory than a round trip less is worth: 32 MiB, and as much to be cleared. */
export const MAX_BEGINNINGS = 2048;

/** Of 131,072 ids: most bitmaps are no longer, and little is lost where only a few bytes turn out to be needed. */
const BEGINNING_BYTES = 16 * 1024;
