/** Taking ids out of a bitmap as if they had never been in it. */

import { byteIndex, clearBit } from '../base/bits.js';
import type { Bitmap } from './bitmap.js';

/**
 * Clears ids, and says how many were set. If one of them lies in the last byte, it may be why the bitmap is that long: then it
 * ends with its last id from now on. Otherwise somebody else made it that long, and it stays so.
 */
export function eraseIds(bitmap: Bitmap, ids: ArrayLike<number>): number {
  const { byteLength, cardinality } = bitmap;
  const inside = Uint32Array.from(ids).filter((id) => byteIndex(id) < byteLength);
  if (inside.length === 0) return 0;
  bitmap.change(inside, 0);
  if (inside.some((id) => byteIndex(id) === byteLength - 1)) bitmap.shorten();
  return cardinality - bitmap.cardinality;
}

/**
 * The same for the bytes of a bitmap, which are changed; those that are left of them are a part of their memory.
 * @returns the very same bytes if none of the ids matters
 */
export function eraseFromBytes(
  bytes: Uint8Array<ArrayBuffer>,
  ids: Uint32Array,
): { readonly cleared: number; readonly left: Uint8Array<ArrayBuffer> } {
  let cleared = 0;
  let isLast = false;
  for (const id of ids) {
    if (byteIndex(id) >= bytes.length) continue;
    if (clearBit(bytes, id)) cleared += 1;
    isLast ||= byteIndex(id) === bytes.length - 1;
  }
  let { length } = bytes;
  while (isLast && length > 0 && bytes[length - 1] === 0) length -= 1;
  return { cleared, left: length < bytes.length || cleared > 0 ? bytes.subarray(0, length) : bytes };
}
