/** Taking ids out of a bitmap as if they had never been in it. */

import { byteIndex } from '../base/bits.js';
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
