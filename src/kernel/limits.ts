import { SLOT_ALIGNMENT } from './types.js';

/** The most bytes of slots a kernel can hold: 4 GiB of WebAssembly memory less 1 MiB of its own. */
export const MAX_RESERVED_BYTES = 2 ** 32 - 2 ** 20;

/** Refuses what no kernel can reserve; returns `byteLength` rounded up to whole slots. */
export function checkReservation(byteLength: number): number {
  if (!Number.isInteger(byteLength) || byteLength < 0 || byteLength > MAX_RESERVED_BYTES) {
    throw new RangeError(`expected at most ${MAX_RESERVED_BYTES} bytes to reserve, got ${byteLength}`);
  }
  return Math.ceil(byteLength / SLOT_ALIGNMENT) * SLOT_ALIGNMENT;
}
