/**
 * Keys are bytes in Redis and text here. Bytes that are UTF-8 (every key bitmapist writes) are that text; any other byte
 * 0xNN becomes the lone surrogate U+DCNN, which no UTF-8 text contains, so that different keys stay different and every
 * key can be written back as it was (Python's `surrogateescape`, PEP 383).
 */

import { sequenceLength } from '../base/utf8.js';

/** Three times as fast as reading byte by byte; not every platform has it. */
const strict =
  typeof TextDecoder === 'function' ? new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }) : undefined;

/** How many code units become text at a time: each is an argument of a call. */
const UNITS_AT_A_TIME = 2 ** 12;

/**
 * The text that stands for the bytes of a key.
 * @example
 * import { decodeKey } from 'bitmapist-wasm/rdb';
 *
 * console.log(decodeKey(Uint8Array.of(0x6b, 0xff)) === 'k\udcff'); // true
 */
export function decodeKey(bytes: Uint8Array): string {
  try {
    if (strict !== undefined) return strict.decode(bytes);
  } catch {
    // Bytes that are no UTF-8 need escapes.
  }
  return decodeEscaping(bytes);
}

/**
 * The bytes of the key that `decodeKey` gave this text for.
 * @throws TypeError if the text holds a lone surrogate that stands for no byte.
 * @example
 * import { encodeKey } from 'bitmapist-wasm/rdb';
 *
 * console.log(encodeKey('k\udcff')); // Uint8Array(2) [ 107, 255 ]
 */
export function encodeKey(key: string): Uint8Array {
  const bytes = new Uint8Array(key.length * 3);
  let length = 0;
  for (const character of key) {
    const code = character.codePointAt(0)!;
    if (code >= 0xdc80 && code <= 0xdcff) bytes[length++] = code & 0xff;
    else if (code >= 0xd800 && code <= 0xdfff) {
      throw new TypeError(`expected a key of well-formed text, got ${JSON.stringify(key)}`);
    } else length = appendCodePoint(bytes, length, code);
  }
  return bytes.slice(0, length);
}

function decodeEscaping(bytes: Uint8Array): string {
  const units = new Uint16Array(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; ) {
    const sequence = sequenceLength(bytes, at);
    if (sequence === 0) units[length++] = 0xdc00 | bytes[at++]!;
    else {
      const code = codePointOf(bytes, at, sequence);
      at += sequence;
      if (code < 0x10000) units[length++] = code;
      else {
        units[length++] = 0xd7c0 + (code >> 10);
        units[length++] = 0xdc00 | (code & 0x3ff);
      }
    }
  }
  let text = '';
  for (let from = 0; from < length; from += UNITS_AT_A_TIME) {
    text += String.fromCharCode(...units.subarray(from, Math.min(length, from + UNITS_AT_A_TIME)));
  }
  return text;
}

function codePointOf(bytes: Uint8Array, at: number, sequence: number): number {
  let code = sequence === 1 ? bytes[at]! : bytes[at]! & (0x7f >> sequence);
  for (let next = 1; next < sequence; next++) code = (code << 6) | (bytes[at + next]! & 0x3f);
  return code;
}

/** Writes one character and says where the next one goes. */
function appendCodePoint(bytes: Uint8Array, at: number, code: number): number {
  if (code < 0x80) {
    bytes[at] = code;
    return at + 1;
  }
  const sequence = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  for (let next = sequence - 1, rest = code; next > 0; next--, rest >>= 6)
    bytes[at + next] = 0x80 | (rest & 0x3f);
  bytes[at] = ((0xf00 >> sequence) & 0xff) | (code >> (6 * (sequence - 1)));
  return at + sequence;
}
