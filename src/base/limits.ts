/** How many ids there are, how long bitmaps may be, the stretches that both are cut into, and how many threads count them. */

import { StoreError } from './errors.js';

/** The smallest integer that is no id any more: bits of a Redis string are addressed by 32 bits. */
export const ID_LIMIT = 2 ** 32;

/**
 * The length of a bitmap with the largest id, and the longest string that Redis keeps unless told otherwise. Servers can be
 * told to keep longer ones, whose last bits are no ids.
 */
export const MAX_BYTES = ID_LIMIT / 8;

/** Neighbouring ids that are kept, listed and counted together: those with the same high 16 bits. */
export const CONTAINER_IDS = 2 ** 16;

/** Bytes of a bitmap with one bit for each of them. */
export const CONTAINER_BYTES = CONTAINER_IDS / 8;

/** The most that a question may be counted in. */
export const MAX_THREADS = 256;

/**
 * A length as a store, server or client gives it, if it is one.
 * @throws StoreError for what is no length, or that of a bitmap with more bits than there are ids
 */
export function checkByteLength(key: string, byteLength: number): number {
  if (Number.isInteger(byteLength) && byteLength >= 0 && byteLength <= MAX_BYTES) return byteLength;
  throw new StoreError(
    `expected 0 to ${MAX_BYTES} bytes under key ${JSON.stringify(key)} (ids are below 2^32), got ${byteLength}`,
  );
}
