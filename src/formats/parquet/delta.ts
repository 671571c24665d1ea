/** Values as differences from the ones before. */

import { deltaBinaryUnpack } from 'hyparquet/src/delta.js';
import { FormatError } from '../../base/errors.js';
import { understood } from './footer.js';
import { byteArrayValue, readPlain, type Value } from './plain.js';
import type { Column } from './schema.js';
import { readSignedVarint, readVarint } from './varint.js';

/** Integers, each the one before and a difference (`DELTA_BINARY_PACKED`). */
export function readDeltas(
  bytes: Uint8Array,
  count: number,
  column: Column,
  byteOffset: number,
): ArrayLike<Value> {
  const target = column.physical === 'INT32' ? new Int32Array(count) : new BigInt64Array(count);
  unpack(bytes, 0, target, byteOffset);
  return readPlain(new Uint8Array(target.buffer), count, column, byteOffset);
}

/** Texts, whose lengths come first (`DELTA_LENGTH_BYTE_ARRAY`), and before them those of what they share with the one before. */
export function readDeltaTexts(
  bytes: Uint8Array,
  count: number,
  column: Column,
  byteOffset: number,
  sharesPrefix: boolean,
): Value[] {
  const shared = new Int32Array(count);
  const lengths = new Int32Array(count);
  let from = sharesPrefix ? unpack(bytes, 0, shared, byteOffset) : 0;
  from = unpack(bytes, from, lengths, byteOffset);
  let before: Uint8Array = new Uint8Array();
  return Array.from(lengths, (length, index) => {
    const prefix = shared[index]!;
    const end = from + length;
    if (length < 0 || end > bytes.length || prefix < 0 || prefix > before.length) {
      throw new FormatError(`expected ${count} texts in a page, got ${index}`, byteOffset + from);
    }
    let text = bytes.subarray(from, end);
    if (prefix > 0) {
      const whole = new Uint8Array(prefix + length);
      whole.set(before.subarray(0, prefix));
      whole.set(text, prefix);
      text = whole;
    }
    const value = byteArrayValue(text, column, byteOffset + from);
    before = text;
    from = end;
    return value;
  });
}

/** Fills `target`, and says where its numbers end. */
function unpack(
  bytes: Uint8Array,
  from: number,
  target: Int32Array<ArrayBuffer> | BigInt64Array<ArrayBuffer>,
  byteOffset: number,
): number {
  const head = readHead(bytes, from, target.length, byteOffset);
  if (target instanceof Int32Array) return unpack32(bytes, head, target, byteOffset);
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), offset: from };
  understood(byteOffset + from, () => deltaBinaryUnpack(reader, target.length, target));
  return reader.offset;
}

/** What stands before the first number. */
interface Head {
  /** Numbers that are packed alike, and how many such parts a block has. */
  readonly partValues: number;
  readonly parts: number;
  readonly end: number;
}

/** Blocks of no values would never end. */
function readHead(bytes: Uint8Array, from: number, count: number, byteOffset: number): Head {
  const blockValues = readVarint(bytes, from, byteOffset);
  const parts = readVarint(bytes, blockValues.end, byteOffset);
  const values = readVarint(bytes, parts.end, byteOffset);
  const partValues = blockValues.value / parts.value;
  if (!(partValues > 0 && partValues % 32 === 0 && parts.value <= MAX_PARTS && values.value === count)) {
    throw new FormatError(
      `expected ${count} differences in blocks of whole parts, got ${values.value} in blocks of ${blockValues.value} in ${parts.value} parts`,
      byteOffset + from,
    );
  }
  return { partValues, parts: parts.value, end: values.end };
}

const MAX_PARTS = 2 ** 10;

/**
 * Numbers of 32 bits, of which more are dropped: DuckDB takes unsigned ones and their differences for numbers of 64 bits, which
 * hyparquet, as of 1.31, cuts one bit short.
 */
function unpack32(
  bytes: Uint8Array,
  { partValues, parts, end }: Head,
  target: Int32Array,
  byteOffset: number,
): number {
  let { value, end: at } = readSignedVarint(bytes, end, byteOffset);
  if (target.length > 0) target[0] = value;
  for (let filled = 1; filled < target.length; ) {
    const least = readSignedVarint(bytes, at, byteOffset);
    const widths = bytes.subarray(least.end, least.end + parts);
    at = least.end + parts;
    for (let part = 0; part < parts && filled < target.length; part += 1) {
      const width = widths[part] ?? Number.POSITIVE_INFINITY;
      const count = Math.min(partValues, target.length - filled);
      if (width > 64 || at + Math.ceil((count * width) / 8) > bytes.length) {
        throw new FormatError(`expected ${target.length} numbers in a page, got ${filled}`, byteOffset + at);
      }
      for (let index = 0; index < count; index += 1) {
        value = (value + least.value + lowBits(bytes, at, index * width, width)) | 0;
        target[filled] = value;
        filled += 1;
      }
      at += (partValues / 8) * width;
    }
  }
  return Math.min(at, bytes.length);
}

/** At most 32 bits of a packed number, the lowest. */
function lowBits(bytes: Uint8Array, from: number, bit: number, width: number): number {
  const at = from + (bit >> 3);
  const shift = bit & 7;
  // Bytes after the end read as undefined, which is 0 here.
  const low =
    (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> shift;
  const all = shift === 0 ? low : low | (bytes[at + 4]! << (32 - shift));
  return width >= 32 ? all : all & ((1 << width) - 1);
}
