/**
 * `groupBitmap` states of ClickHouse over 32-bit ids: a kind, then for 0 the number of ids and the ids in any order, for 1 a length
 * in bytes and a portable Roaring bitmap. Numbers of ids and bytes are LEB128, ids little-endian.
 */

import { FormatError } from '../../base/errors.js';
import { Bitmap } from '../../bitmap/bitmap.js';
import { smallestContainer } from '../../bitmap/container.js';
import type { ByteCursor } from '../cursor.js';
import { decodeRoaring } from '../roaring/reader.js';
import { encodeRoaring } from '../roaring/writer.js';
import { varint } from './varint.js';

const LIST = 0;
const ROARING = 1;
/** More than these are kept as a Roaring bitmap. */
const MAX_LISTED_IDS = 32;
const ID_BYTES = 4;
/** Lengths are less than this: a bitmap of all ids, in the worst shape. */
const MAX_LENGTH = 2 ** 30;

/** The state whose ids are those of a bitmap. The same ids give the same state. */
export function encodeState(bitmap: Bitmap): Uint8Array[] {
  if (bitmap.cardinality <= MAX_LISTED_IDS) {
    const ids = bitmap.ids();
    const bytes = new DataView(new ArrayBuffer(ids.length * ID_BYTES));
    for (const [index, id] of ids.entries()) bytes.setUint32(index * ID_BYTES, id, true);
    return [Uint8Array.of(LIST, ids.length), new Uint8Array(bytes.buffer)];
  }
  const roaring = encodeRoaring(Array.from(bitmap.containers(), smallestContainer));
  return [Uint8Array.of(ROARING), varint(roaring.length), roaring];
}

/**
 * Reads a state, as the bitmap that its ids are.
 * @param limit called with the length in bytes before a Roaring bitmap is read; may throw
 * @throws FormatError if it is none
 */
export async function decodeState(cursor: ByteCursor, limit?: (byteLength: number) => void): Promise<Bitmap> {
  await cursor.fill(1);
  const start = cursor.byteOffset;
  const kind = cursor.byte();
  if (kind !== LIST && kind !== ROARING) {
    throw new FormatError(`expected a groupBitmap state, which begins with 0 or 1, got ${kind}`, start);
  }
  const length = await readVarint(cursor);
  if (kind === ROARING) {
    limit?.(length);
    const bytes = await cursor.read(length);
    return Bitmap.fromContainers(decodeRoaring(bytes));
  }
  if (length > MAX_LISTED_IDS) {
    throw new FormatError(`expected at most ${MAX_LISTED_IDS} ids in a list, got ${length}`, start + 1);
  }
  const bytes = new DataView((await cursor.read(length * ID_BYTES)).buffer);
  const bitmap = new Bitmap();
  bitmap.change(
    Uint32Array.from({ length }, (_, index) => bytes.getUint32(index * ID_BYTES, true)),
    1,
  );
  return bitmap;
}

async function readVarint(cursor: ByteCursor): Promise<number> {
  const start = cursor.byteOffset;
  let number = 0;
  for (let scale = 1; ; scale *= 128) {
    await cursor.fill(1);
    const byte = cursor.byte();
    number += (byte & 127) * scale;
    if (number > MAX_LENGTH) {
      throw new FormatError(`expected a length of at most ${MAX_LENGTH}, got a longer one`, start);
    }
    if (byte < 128) return number;
  }
}
