/** Runs and packed numbers, of which levels and places in a dictionary are made: Parquet's hybrid of run lengths and bit packing. */

import { FormatError } from '../../base/errors.js';
import { readVarint } from './varint.js';

/** Numbers of at most 32 bits. */
const MAX_WIDTH = 32;

/**
 * Fills `target` with the numbers of `width` bits that `bytes` hold.
 * @param byteOffset of `bytes` in the file, for messages
 * @throws FormatError if there are too few.
 */
export function readHybrid(bytes: Uint8Array, width: number, target: Int32Array, byteOffset: number): void {
  if (width > MAX_WIDTH)
    throw new FormatError(`expected numbers of at most 32 bits, got ${width}`, byteOffset);
  // A dictionary of one value needs no bits, and some writers no bytes.
  if (width === 0) {
    target.fill(0);
    return;
  }
  let from = 0;
  let filled = 0;
  while (filled < target.length) {
    const header = readVarint(bytes, from, byteOffset);
    from = header.end;
    const length = Math.floor(header.value / 2);
    if (header.value % 2 === 0) {
      const end = from + ((width + 7) >> 3);
      if (end > bytes.length || length === 0) throw tooShort(filled, target.length, byteOffset + from);
      let value = 0;
      for (let at = end - 1; at >= from; at -= 1) value = (value << 8) | bytes[at]!;
      target.fill(value, filled, filled + length);
      filled += length;
      from = end;
    } else {
      const count = Math.min(length * 8, target.length - filled);
      const end = from + length * width;
      // Writers may leave out the bytes of a last group that nobody needs.
      if (count === 0 || from + Math.ceil((count * width) / 8) > bytes.length) {
        throw tooShort(filled, target.length, byteOffset + from);
      }
      unpack(bytes, from, width, target, filled, filled + count);
      filled += count;
      from = end;
    }
  }
}

function unpack(
  bytes: Uint8Array,
  from: number,
  width: number,
  target: Int32Array,
  first: number,
  end: number,
): void {
  const mask = width === 32 ? -1 : (1 << width) - 1;
  let bit = 0;
  let start = from;
  for (let index = first; index < end; index += 1) {
    // Bytes after the end read as undefined, which is 0 here.
    let value = bytes[start]! >>> bit;
    let have = 8 - bit;
    for (let at = start + 1; have < width; at += 1) {
      value |= bytes[at]! << have;
      have += 8;
    }
    target[index] = value & mask;
    bit += width;
    start += bit >> 3;
    bit &= 7;
  }
}

function tooShort(got: number, expected: number, byteOffset: number): FormatError {
  return new FormatError(`expected ${expected} values in a page, got ${got}`, byteOffset);
}
