/** Bitmaps laid out side by side in a kernel of their own. */

import { compileKernel } from '../src/kernel/module.js';
import type { Kernel } from '../src/kernel/types.js';
import { createWasmKernel } from '../src/kernel/wasm.js';
import { fillBitmap } from './data.js';

export interface ResidentBitmaps {
  readonly kernel: Kernel;
  /** Byte offset of bitmap `index`. */
  offsetOf(index: number): number;
  bytesOf(index: number): Uint8Array;
}

/** `spareBytes` are reserved behind the bitmaps, whose lengths are multiples of 64. */
export function loadBitmaps(
  bitmaps: readonly Uint32Array[],
  byteLength: number,
  spareBytes = 0,
): ResidentBitmaps {
  const kernel = createWasmKernel(compileKernel());
  const memory = kernel.reserve(bitmaps.length * byteLength + spareBytes);
  const offsetOf = (index: number) => index * byteLength;
  const bytesOf = (index: number) => memory.subarray(offsetOf(index), offsetOf(index) + byteLength);
  bitmaps.forEach((ids, index) => {
    fillBitmap(bytesOf(index), ids);
  });
  return { kernel, offsetOf, bytesOf };
}
