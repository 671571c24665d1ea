/** What two bitmaps with the same content have in common, however they came by it, and hardly any others. */

import { mix } from '../base/mixing.js';
import type { Bitmap } from './bitmap.js';

const PIECE_BYTES = 65_536;

/**
 * How many ids a bitmap has, or a digest of its bytes and its length.
 * @param bitmap `undefined` for a missing key, which is none of zero bytes
 */
export function fingerprintOf(bitmap: Bitmap | undefined, kind: 'count' | 'digest'): string {
  if (kind === 'count') return String(bitmap?.cardinality ?? 0);
  return bitmap === undefined ? '' : digestOf(bitmap);
}

/** 64 bits of what is set, word by word, each with its place: what is empty takes no time. */
function digestOf(bitmap: Bitmap): string {
  const bytes = new Uint8Array(PIECE_BYTES);
  const words = new Uint32Array(bytes.buffer);
  const { byteLength } = bitmap;
  let a = byteLength;
  let b = 0;
  let done = 0;
  for (const range of bitmap.occupied() ?? [{ byteOffset: 0, byteLength }]) {
    const end = range.byteOffset + range.byteLength;
    // Pieces begin at multiples of their length: what is digested does not depend on what the ranges are.
    const first = Math.max(done, range.byteOffset - (range.byteOffset % PIECE_BYTES));
    for (let byteOffset = first; byteOffset < end; byteOffset += PIECE_BYTES) {
      bitmap.readInto(bytes, byteOffset);
      done = byteOffset + PIECE_BYTES;
      for (let index = 0; index < words.length; index++) {
        const word = words[index]!;
        if (word === 0) continue;
        a = mix(a ^ word, byteOffset / 4 + index);
        b = mix(b + word, a);
      }
    }
  }
  return hex(mix(a, byteLength)) + hex(mix(b, a));
}

function hex(word: number): string {
  return word.toString(16).padStart(8, '0');
}
