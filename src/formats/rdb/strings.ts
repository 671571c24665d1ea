/** Lengths and strings as RDB writes them, the parts of which everything else in a dump is made (Redis' rdb.h). */

import { FormatError, plural } from '../../base/errors.js';
import { latin1Bytes } from '../bytes.js';
import type { ByteCursor } from '../cursor.js';
import { decompressLzf } from './lzf.js';

/** Bytes that must be available before a length, a number or the head of a string is read. */
export const LOOKAHEAD = 32;

/** The two highest bits of a length's first byte where a special encoding follows instead of a length. */
const ENCODED = 0b11;
/** The special encodings: decimal numbers of 1, 2 and 4 bytes, and LZF. */
const INT8 = 0;
const INT32 = 2;
const LZF = 3;

/** The first byte of a compressed string; its two lengths follow. */
export const LZF_HEAD = (ENCODED << 6) | LZF;

/** Reads a length. Above 2^53 it is rounded: no file holds that much. */
export function readLength(cursor: ByteCursor): number {
  const byteOffset = cursor.byteOffset;
  const first = cursor.byte();
  if (first >> 6 === ENCODED) {
    throw new FormatError(
      `expected a length, got a byte ${hex(first)}, the head of an encoded string`,
      byteOffset,
    );
  }
  return restOfLength(first, cursor, byteOffset);
}

/** Reads the head of a string that is not wanted and says how many bytes are to be skipped after it. */
export function readStringHead(cursor: ByteCursor): number {
  const byteOffset = cursor.byteOffset;
  const first = cursor.byte();
  if (first >> 6 !== ENCODED) return restOfLength(first, cursor, byteOffset);
  const encoding = first & 0x3f;
  if (encoding <= INT32) return 1 << (encoding - INT8);
  if (encoding !== LZF) throw unknownEncoding(first, byteOffset);
  const byteLength = readLength(cursor);
  readLength(cursor);
  return byteLength;
}

/**
 * Reads a string: at once if all of it has arrived, since a promise takes longer than a short string. One that looks like a
 * decimal number is stored as the number: `c0 01` is the text "1". `name` is asked for what it is called in errors.
 * @throws FormatError also if it is longer than `maxBytes`, before memory is taken for it.
 */
export function readString(
  cursor: ByteCursor,
  name: () => string,
  maxBytes: number,
): Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>> {
  if (cursor.available >= LOOKAHEAD) return readArriving(cursor, name, maxBytes);
  return cursor.fill(LOOKAHEAD).then(() => readArriving(cursor, name, maxBytes));
}

/** Reads a string whose head has arrived. */
function readArriving(
  cursor: ByteCursor,
  name: () => string,
  maxBytes: number,
): Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>> {
  const byteOffset = cursor.byteOffset;
  const first = cursor.byte();
  if (first >> 6 !== ENCODED) {
    const byteLength = restOfLength(first, cursor, byteOffset);
    checkSize(byteLength, maxBytes, name, byteOffset);
    return byteLength <= cursor.available ? cursor.copy(byteLength) : cursor.read(byteLength);
  }
  const encoding = first & 0x3f;
  if (encoding <= INT32) return latin1Bytes(String(readInteger(cursor, 1 << (encoding - INT8))));
  if (encoding !== LZF) throw unknownEncoding(first, byteOffset);
  const packedLength = readLength(cursor);
  const byteLength = readLength(cursor);
  checkSize(byteLength, maxBytes, name, byteOffset);
  checkSize(packedLength, maxBytes, name, byteOffset);
  const packedOffset = cursor.byteOffset;
  const unpack = (packed: Uint8Array) => decompressLzf(packed, byteLength, packedOffset);
  // Straight from the chunk if all of it is there: a copy is made only of what arrives in parts.
  return packedLength <= cursor.available
    ? unpack(cursor.view(packedLength))
    : cursor.read(packedLength).then(unpack);
}

/** Reads a signed integer of 1, 2 or 4 bytes, least significant byte first. */
export function readInteger(cursor: ByteCursor, byteLength: number): number {
  const bytes = cursor.view(byteLength);
  let value = 0;
  for (let i = byteLength - 1; i >= 0; i--) value = (value << 8) | bytes[i]!;
  const unused = 32 - 8 * byteLength;
  return (value << unused) >> unused;
}

/** Writes a length, up to 2^32 - 1, in its shortest form. */
export function encodeLength(length: number): Uint8Array<ArrayBuffer> {
  if (length < 0x40) return Uint8Array.of(length);
  if (length < 0x4000) return Uint8Array.of(0x40 | (length >> 8), length & 255);
  return Uint8Array.of(0x80, length >>> 24, (length >> 16) & 255, (length >> 8) & 255, length & 255);
}

/** Writes a 64 bit integer, least significant byte first. */
export function encodeUint64(value: bigint): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, value), true);
  return bytes;
}

function restOfLength(first: number, cursor: ByteCursor, byteOffset: number): number {
  if (first < 0x40) return first;
  if (first < 0x80) return ((first & 0x3f) << 8) | cursor.byte();
  if (first !== 0x80 && first !== 0x81) {
    throw new FormatError(`expected a length, got a byte ${hex(first)}, which starts no length`, byteOffset);
  }
  let length = 0;
  for (const byte of cursor.view(first === 0x80 ? 4 : 8)) length = length * 256 + byte;
  return length;
}

function checkSize(byteLength: number, maxBytes: number, name: () => string, byteOffset: number): void {
  if (byteLength <= maxBytes) return;
  throw new FormatError(
    `expected ${name()} of at most ${maxBytes} ${plural(maxBytes, 'byte')}, got one of ${byteLength}`,
    byteOffset,
  );
}

function unknownEncoding(first: number, byteOffset: number): FormatError {
  return new FormatError(`expected a string, got a byte ${hex(first)}, an unknown encoding`, byteOffset);
}

function hex(byte: number): string {
  return `0x${byte.toString(16).padStart(2, '0')}`;
}
