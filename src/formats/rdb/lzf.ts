/**
 * LZF, the compression of strings in RDB files (liblzf). A control byte below 32 starts that many plus one literal bytes;
 * any other is a back reference: three bits of length, thirteen of distance, one more length byte if the three are all set.
 */

import { FormatError, plural } from '../../base/errors.js';

/** What LZF can expand at most: three bytes give 264. A header that promises more is a lie. */
const MAX_LZF_EXPANSION = 88;

/**
 * Expands `packed` to exactly `byteLength` bytes.
 * `byteOffset` says where `packed` begins in its file, for the error.
 * @throws FormatError if `packed` is no LZF data or does not give exactly `byteLength` bytes.
 */
export function decompressLzf(
  packed: Uint8Array,
  byteLength: number,
  byteOffset: number,
): Uint8Array<ArrayBuffer> {
  const most = packed.length * MAX_LZF_EXPANSION;
  if (byteLength > most) {
    throw new FormatError(
      `expected at most ${most} ${plural(most, 'byte')} out of ${packed.length} compressed ${plural(packed.length, 'one')}, got a promise of ${byteLength}`,
      byteOffset,
    );
  }
  const out = new Uint8Array(byteLength);
  let from = 0;
  let to = 0;
  while (from < packed.length) {
    const start = from;
    const control = packed[from++]!;
    if (control < 32) {
      const end = from + control + 1;
      if (end > packed.length || to + control + 1 > byteLength) throw brokenAt(byteOffset + start);
      while (from < end) out[to++] = packed[from++]!;
      continue;
    }
    let length = control >> 5;
    if (length === 7) length += packed[from++]!;
    length += 2;
    const source = to - ((control & 31) << 8) - packed[from++]! - 1;
    // Reads past the end give NaN here, which fails the comparison.
    if (!(source >= 0 && to + length <= byteLength)) throw brokenAt(byteOffset + start);
    if (source + length <= to) out.copyWithin(to, source, source + length);
    else if (source === to - 1) out.fill(out[source]!, to, to + length);
    else for (let i = 0; i < length; i++) out[to + i] = out[source + i]!;
    to += length;
  }
  if (to !== byteLength) {
    throw new FormatError(
      `expected ${byteLength} ${plural(byteLength, 'byte')} of decompressed data, got ${to}`,
      byteOffset,
    );
  }
  return out;
}

function brokenAt(byteOffset: number): FormatError {
  return new FormatError('expected LZF compressed data, got a reference outside of it', byteOffset);
}

const HASH_BITS = 14;
const MAX_DISTANCE = 1 << 13;
const MAX_LITERALS = 32;
const MIN_MATCH = 3;
const MAX_MATCH = 264;

/** Where a hash of three bytes was seen last, plus one. */
const seen = new Int32Array(1 << HASH_BITS);

/**
 * Compresses `bytes`; `undefined` if the result would be longer than `maxBytes`. Pieces compressed one by one and put
 * together are the compressed whole.
 */
export function compressLzf(bytes: Uint8Array, maxBytes: number): Uint8Array | undefined {
  const limit = Math.min(maxBytes, bytes.length + Math.ceil(bytes.length / MAX_LITERALS) + 1);
  const out = new Uint8Array(limit);
  seen.fill(0);
  let from = 0;
  /** Literals are written after a byte that is left free for their number. */
  let to = 1;
  let literals = 0;
  while (from < bytes.length) {
    let length = 0;
    let distance = 0;
    if (from + MIN_MATCH <= bytes.length) {
      const key = hashAt(bytes, from);
      const match = seen[key]! - 1;
      seen[key] = from + 1;
      distance = from - match;
      if (match >= 0 && distance <= MAX_DISTANCE) length = matchLength(bytes, match, from);
    }
    if (length >= MIN_MATCH) {
      if (literals > 0) out[to - literals - 1] = literals - 1;
      else to--;
      literals = 0;
      if (to + (length - 2 < 7 ? 2 : 3) > limit) return undefined;
      out[to++] = (Math.min(length - 2, 7) << 5) | ((distance - 1) >> 8);
      if (length - 2 >= 7) out[to++] = length - 2 - 7;
      out[to++] = (distance - 1) & 255;
      to++;
      from += length;
    } else {
      if (to >= limit) return undefined;
      out[to++] = bytes[from++]!;
      if (++literals === MAX_LITERALS) {
        out[to - MAX_LITERALS - 1] = MAX_LITERALS - 1;
        literals = 0;
        to++;
      }
    }
  }
  if (literals > 0) out[to - literals - 1] = literals - 1;
  else to--;
  return out.slice(0, to);
}

function hashAt(bytes: Uint8Array, i: number): number {
  const three = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16);
  return Math.imul(three, 0x9e3779b1) >>> (32 - HASH_BITS);
}

function matchLength(bytes: Uint8Array, match: number, from: number): number {
  const longest = Math.min(MAX_MATCH, bytes.length - from);
  let length = 0;
  while (length < longest && bytes[match + length] === bytes[from + length]) length++;
  return length;
}
