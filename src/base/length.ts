/** How long a bitmap may be: as long as ids go. Servers can be told to keep longer strings, whose last bits are no ids. */

import { StoreError } from './errors.js';
import { ID_LIMIT } from './id.js';

/** The length of a bitmap with the largest id, and the longest string that Redis keeps unless told otherwise. */
export const MAX_BYTES = ID_LIMIT / 8;

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
