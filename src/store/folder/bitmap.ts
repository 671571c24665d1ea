import { Bitmap } from '../../bitmap/bitmap.js';
import { containersIn } from '../../formats/roaring/reader.js';
import { encodeRoaring } from '../../formats/roaring/writer.js';
import { checksumOf } from './checksum.js';

/**
 * A bitmap as a file: its checksum, what it is, and a portable Roaring bitmap. In order, integers little-endian: 8 bytes that
 * name the format, 4 for the CRC-32 of all that follow it, 4 for the length of the description, the description as JSON with
 * blanks up to a multiple of 8, and the bitmap up to the end.
 */

export interface Description {
  /** Of the file: one that was renamed is not believed. */
  readonly name: string;
  readonly key: string;
  readonly identity: string;
  readonly prefix: string;
  readonly byteLength: number;
  readonly cardinality: number;
  readonly digest?: FiledBitmap['digest'];
}

/** What a file is for. */
export interface FiledBitmap {
  readonly bitmap: Bitmap;
  /** What the server told of it before it was read, if it was asked. */
  readonly digest?: string | undefined;
}

const MAGIC = 'bitmapc2';
const CHECKED_FROM = 12;
const DESCRIPTION = 16;
const ALIGNMENT = 8;

export function encodeBitmap(description: Description, bitmap: Bitmap): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(JSON.stringify(description));
  const roaring = encodeRoaring(bitmap.containers());
  const textBytes = Math.ceil(text.length / ALIGNMENT) * ALIGNMENT;
  const file = new Uint8Array(DESCRIPTION + textBytes + roaring.length);
  const view = new DataView(file.buffer);
  file.set(new TextEncoder().encode(MAGIC));
  view.setUint32(CHECKED_FROM, textBytes, true);
  file.fill(0x20, DESCRIPTION, DESCRIPTION + textBytes);
  file.set(text, DESCRIPTION);
  file.set(roaring, DESCRIPTION + textBytes);
  view.setUint32(8, checksumOf(file.subarray(CHECKED_FROM)), true);
  return file;
}

/** The bitmap of a file if it is sound, and is what it is expected to be. */
export function decodeBitmap(
  file: Uint8Array<ArrayBuffer>,
  expected: Omit<Description, 'byteLength' | 'digest'>,
): FiledBitmap | undefined {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  if (file.length < DESCRIPTION || new TextDecoder().decode(file.subarray(0, 8)) !== MAGIC) return undefined;
  if (view.getUint32(8, true) !== checksumOf(file.subarray(CHECKED_FROM))) return undefined;
  const from = DESCRIPTION + view.getUint32(CHECKED_FROM, true);
  try {
    const { byteLength, digest, ...found } = JSON.parse(
      new TextDecoder().decode(file.subarray(DESCRIPTION, from)),
    ) as Description;
    const isExpected = (Object.keys(expected) as (keyof typeof expected)[]).every(
      (name) => found[name] === expected[name],
    );
    if (!isExpected) return undefined;
    const bitmap = Bitmap.fromSmallest(containersIn(file.subarray(from), true), byteLength);
    return bitmap.cardinality === expected.cardinality ? { bitmap, digest } : undefined;
  } catch {
    // A checksum tells of chance, not of somebody who can reckon.
    return undefined;
  }
}
