import { describe } from '../base/errors.js';
import type { RunOptions } from './windows.js';

/** How a question is answered. */
export interface EvaluateOptions extends RunOptions {
  /**
   * Memory for bitmap windows, in bytes (default: 8 MiB, up to 64 MiB where the store is far away); windows are never
   * smaller than 16 KiB per operand.
   */
  readonly memoryBytes?: number | undefined;
  /** Fixes the window, in bytes per operand, instead; bitmaps kept in memory are read in windows too, then. */
  readonly windowBytes?: number | undefined;
  /** Refuses a question that would read more bytes than this, before reading any. */
  readonly maxBytes?: number | undefined;
  /** Reads all bitmaps as of one moment where the store can; refuses where it cannot. */
  readonly consistent?: boolean | undefined;
}

const KERNELS: readonly unknown[] = [undefined, 'auto', 'wasm', 'js'];

/** @throws RangeError for numbers of bytes that are none, and for an unknown kernel; returns the options otherwise */
export function checkEvaluateOptions<T extends EvaluateOptions>(options: T): T {
  const { memoryBytes, windowBytes, maxBytes, kernel } = options;
  checkBytes('memoryBytes', memoryBytes, 1);
  checkBytes('windowBytes', windowBytes, 1);
  if (maxBytes !== Number.POSITIVE_INFINITY) checkBytes('maxBytes', maxBytes, 0);
  if (!KERNELS.includes(kernel)) {
    throw new RangeError(`expected the kernel auto, wasm or js, got ${describe(kernel)}`);
  }
  return options;
}

function checkBytes(name: string, bytes: number | undefined, least: number): void {
  if (bytes === undefined || (Number.isSafeInteger(bytes) && bytes >= least)) return;
  throw new RangeError(`expected ${name} to be a whole number of at least ${least}, got ${describe(bytes)}`);
}
