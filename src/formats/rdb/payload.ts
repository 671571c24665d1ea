/**
 * What DUMP answers and RESTORE takes: a value as in a dump, the version of the format in two bytes and a checksum in
 * eight (Redis' cluster.c, `createDumpPayload`).
 */

import { FormatError, plural } from '../../base/errors.js';
import { MAX_BYTES } from '../../base/limits.js';
import { concatBytes } from '../bytes.js';
import { ByteCursor } from '../cursor.js';
import { readChunks } from '../input.js';
import { Crc64 } from './crc64.js';
import { opcodeLayouts, STRING } from './layouts.js';
import { skip } from './skip.js';
import { encodeLength, encodeUint64, readString } from './strings.js';

const VERSION = 9;
const VERSION_BYTES = 2;
const CHECKSUM_BYTES = 8;
const FOOTER_BYTES = VERSION_BYTES + CHECKSUM_BYTES;
/** Data of modules about the key, which Redis 8.6 and later may put before the value. */
const KEY_METADATA = 243;

/**
 * The string that a DUMP payload holds.
 * @throws FormatError if it is damaged, or holds a value of another type.
 * @example
 * import { decodeDumpPayload, encodeDumpPayload } from 'bitmapist-wasm/rdb';
 *
 * console.log(await decodeDumpPayload(encodeDumpPayload(Uint8Array.of(0x41)))); // Uint8Array(1) [ 65 ]
 */
export async function decodeDumpPayload(payload: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const end = payload.length - FOOTER_BYTES;
  if (end < 1) {
    throw new FormatError(
      `expected a DUMP payload of more than ${FOOTER_BYTES} bytes, got ${payload.length}`,
      0,
    );
  }
  checkFooter(payload);
  const cursor = new ByteCursor(readChunks(payload.subarray(0, end)));
  await cursor.fill(1);
  let type = cursor.byte();
  if (type === KEY_METADATA) {
    await skip(cursor, opcodeLayouts.redis.get(KEY_METADATA)!);
    await cursor.fill(1);
    type = cursor.byte();
  }
  if (type !== STRING)
    throw new FormatError(`expected a string, got a value of type ${type}`, cursor.byteOffset - 1);
  const bytes = await readString(cursor, () => 'a value', MAX_BYTES);
  if (!(await cursor.atEnd())) {
    throw new FormatError(
      `expected nothing after the value, got ${end - cursor.byteOffset} ${plural(end - cursor.byteOffset, 'byte')}`,
      cursor.byteOffset,
    );
  }
  return bytes;
}

/**
 * The payload from which RESTORE, of Redis from 5 on and of Valkey, makes a string.
 * @example
 * import { encodeDumpPayload } from 'bitmapist-wasm/rdb';
 *
 * console.log(encodeDumpPayload(Uint8Array.of(0x41)).length); // 13
 */
export function encodeDumpPayload(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const body = concatBytes([
    Uint8Array.of(STRING),
    encodeLength(bytes.length),
    bytes,
    Uint8Array.of(VERSION, 0),
  ]);
  const checksum = new Crc64();
  checksum.update(body);
  return Uint8Array.from(concatBytes([body, encodeUint64(checksum.value())]));
}

/** A checksum of zero says that none was computed. */
function checkFooter(payload: Uint8Array): void {
  const byteOffset = payload.length - CHECKSUM_BYTES;
  const view = new DataView(payload.buffer, payload.byteOffset + byteOffset, CHECKSUM_BYTES);
  const stored = view.getBigUint64(0, true);
  const checksum = new Crc64();
  checksum.update(payload.subarray(0, byteOffset));
  if (stored !== 0n && stored !== checksum.value()) {
    throw new FormatError('expected another checksum: the payload is damaged', byteOffset);
  }
}
