import { FormatError } from '../../base/errors.js';

/** At most 49 bits. */
const MAX_BYTES = 7;

/**
 * A whole number of 7 bits a byte, the lowest first (ULEB128), and where it ends.
 * @param byteOffset of `bytes` in the file, for messages
 * @throws FormatError if it does not end
 */
export function readVarint(
  bytes: Uint8Array,
  from: number,
  byteOffset: number,
): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let index = 0; index < MAX_BYTES; index += 1) {
    const byte = bytes[from + index];
    if (byte === undefined) break;
    value += (byte & 0x7f) * 128 ** index;
    if (byte < 0x80) return { value, end: from + index + 1 };
  }
  throw new FormatError('expected a number, got the end of the page', byteOffset + from);
}

/** The same with a sign, which is the lowest bit (zigzag). */
export function readSignedVarint(
  bytes: Uint8Array,
  from: number,
  byteOffset: number,
): { readonly value: number; readonly end: number } {
  const { value, end } = readVarint(bytes, from, byteOffset);
  return { value: value % 2 === 0 ? value / 2 : -(value + 1) / 2, end };
}
