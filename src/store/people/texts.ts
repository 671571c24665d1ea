/** Texts of people as bytes: a UUID as its 16, any other text as UTF-8. */

import { checkPersonText } from '../../base/person.js';

/** What tells how a text is kept: the number of its bytes, or one of these. */
export const UUID = 255;
/** The length stands before the bytes, in two. */
export const LONG = 254;
export const UUID_BYTES = 16;

/** Only what comes back as it was: in lower case, with its hyphens. */
const UUID_SHAPE = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A text as it is kept. */
export interface PersonBytes {
  readonly code: number;
  readonly bytes: Uint8Array;
}

/** @throws RangeError for what is no text of a person */
export function encodePerson(text: string): PersonBytes {
  if (UUID_SHAPE.test(text)) return { code: UUID, bytes: uuidBytes(text) };
  const bytes = encoder.encode(checkPersonText(text));
  return { code: Math.min(bytes.length, LONG), bytes };
}

/** @throws TypeError for what is no UTF-8 */
export function decodePerson(code: number, bytes: Uint8Array): string {
  if (code !== UUID) return decoder.decode(bytes);
  let hex = '';
  for (let at = 0; at < UUID_BYTES; at++) {
    if (at === 4 || at === 6 || at === 8 || at === 10) hex += '-';
    hex += HEX[bytes[at]!];
  }
  return hex;
}

/** 32 bits of the bytes of a text (FNV-1a, with the finaliser of MurmurHash3): which bucket it is in, and what tells it from others there. */
export function hashPerson({ bytes }: PersonBytes): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < bytes.length; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function uuidBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(UUID_BYTES);
  for (let at = 0, from = 0; at < UUID_BYTES; at++, from += 2) {
    if (text.charCodeAt(from) === 45) from += 1;
    bytes[at] = digitAt(text, from) * 16 + digitAt(text, from + 1);
  }
  return bytes;
}

function digitAt(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  return unit < 58 ? unit - 48 : unit - 87;
}
