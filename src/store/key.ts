/**
 * Keys are bytes in Redis and text here. Bytes that are UTF-8 (every key bitmapist writes) are that text; any other byte
 * 0xNN becomes the lone surrogate U+DCNN, which no UTF-8 text contains, so that different keys stay different and every
 * key can be written back as it was (Python's `surrogateescape`, PEP 383).
 */

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** The text that stands for the bytes of a key. */
export function decodeKey(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    return decodeEscaping(bytes);
  }
}

/**
 * The bytes of the key that `decodeKey` gave this text for.
 * @throws TypeError where the text holds a lone surrogate that stands for no byte.
 */
export function encodeKey(key: string): Uint8Array {
  if (!/\p{Surrogate}/u.test(key)) return encoder.encode(key);
  const bytes: number[] = [];
  for (const character of key) {
    const code = character.codePointAt(0)!;
    if (code >= 0xdc80 && code <= 0xdcff) bytes.push(code & 0xff);
    else if (code >= 0xd800 && code <= 0xdfff) {
      throw new TypeError(`expected a key of well-formed text, got ${JSON.stringify(key)}`);
    } else bytes.push(...encoder.encode(character));
  }
  return Uint8Array.from(bytes);
}

function decodeEscaping(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; ) {
    const length = sequenceLength(bytes, i);
    if (length > 0) {
      parts.push(strict.decode(bytes.subarray(i, i + length)));
      i += length;
    } else {
      parts.push(String.fromCharCode(0xdc00 | bytes[i]!));
      i++;
    }
  }
  return parts.join('');
}

/** Length of the well-formed UTF-8 sequence at `i` (Unicode 15, table 3-7), 0 where there is none. */
function sequenceLength(bytes: Uint8Array, i: number): number {
  const lead = bytes[i]!;
  if (lead < 0x80) return 1;
  const length =
    lead >= 0xc2 && lead <= 0xdf ? 2 : (lead & 0xf0) === 0xe0 ? 3 : lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
  if (length === 0 || i + length > bytes.length) return 0;
  const second = bytes[i + 1]!;
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  for (let k = 2; k < length; k++) if ((bytes[i + k]! & 0xc0) !== 0x80) return 0;
  return length;
}
