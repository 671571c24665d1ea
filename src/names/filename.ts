/**
 * Names of files that hold one bitmap each, so that a folder is a store: the key with every byte that is not a letter, a
 * digit, `_`, `-` or `.` written as `%` and two hexadecimal digits, and a dot at the beginning or the end too. Keys that
 * differ in case only have names that differ in case only.
 */

import { decodeKey, encodeKey } from './key-text.js';

/** The file beside bitmaps that names all their keys, for readers over HTTP; no key's file has this name. */
export const INDEX_FILE_NAME = '@index.json';

/** Keys that are their own names, as nearly all are. */
const PLAIN = /^[A-Za-z0-9_-]([A-Za-z0-9_.-]*[A-Za-z0-9_-])?$/;

/** What file systems allow. */
const MAX_NAME_LENGTH = 255;

/**
 * The name of the file that holds the bitmap of `key`.
 * @throws RangeError if the key is empty or its name longer than 255 characters.
 * @example
 * import { encodeFileName } from 'bitmapist-wasm/bitmaps';
 *
 * console.log(encodeFileName('trackist_user:login_2026-11')); // trackist_user%3Alogin_2026-11
 */
export function encodeFileName(key: string): string {
  const name = PLAIN.test(key)
    ? key
    : Array.from(encodeKey(key), escapeByte)
        .join('')
        .replace(/^\.|\.$/g, '%2E');
  if (name.length === 0 || name.length > MAX_NAME_LENGTH) {
    throw new RangeError(
      `expected a key whose file name has 1 to ${MAX_NAME_LENGTH} characters, got ${name.length} for ${JSON.stringify(key.slice(0, 100))}`,
    );
  }
  return name;
}

/**
 * The key whose bitmap the file holds. A `%` that no two hexadecimal digits follow stands for itself.
 * @example
 * import { decodeFileName } from 'bitmapist-wasm/bitmaps';
 *
 * console.log(decodeFileName('trackist_user%3Alogin_2026-11')); // trackist_user:login_2026-11
 */
export function decodeFileName(name: string): string {
  const parts = name.split(/%([0-9A-Fa-f]{2})/);
  // Odd parts are what the brackets matched.
  return decodeKey(
    Uint8Array.from(
      parts.flatMap((part, at) => (at % 2 ? [Number.parseInt(part, 16)] : [...encodeKey(part)])),
    ),
  );
}

function escapeByte(byte: number): string {
  const character = String.fromCharCode(byte);
  return /[A-Za-z0-9_.-]/.test(character)
    ? character
    : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}
