import { Crc64 } from '../../../../src/formats/rdb/crc64.js';

/** Bytes of a dump written by hand: numbers are bytes, text is its characters, arrays are their elements. */
export type Raw = number | string | Uint8Array | readonly Raw[];

export function raw(...parts: Raw[]): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  for (const part of parts) append(bytes, part);
  return Uint8Array.from(bytes);
}

function append(bytes: number[], part: Raw): void {
  if (typeof part === 'number') bytes.push(part);
  else if (typeof part === 'string') append(bytes, new TextEncoder().encode(part));
  else for (const piece of part) append(bytes, piece);
}

/** A length in its shortest form. */
export function length(value: number): Raw {
  if (value < 64) return value;
  if (value < 16384) return [0x40 | (value >> 8), value & 255];
  const bytes = new DataView(new ArrayBuffer(8));
  if (value < 2 ** 32) {
    bytes.setUint32(0, value);
    return [0x80, new Uint8Array(bytes.buffer, 0, 4)];
  }
  bytes.setBigUint64(0, BigInt(value));
  return [0x81, new Uint8Array(bytes.buffer)];
}

/** A string that is neither a number nor compressed. */
export function text(value: string | Uint8Array): Raw {
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
  return [length(bytes.length), bytes];
}

/** `count` raw bytes that mean nothing. */
export function junk(count: number): Raw {
  return new Uint8Array(count).fill(0xa5);
}

/** A whole dump around `parts`, with its checksum. */
export function dump(parts: Raw[], magic = 'REDIS0011'): Uint8Array<ArrayBuffer> {
  const body = raw(magic, parts, 0xff);
  const checksum = new Crc64();
  checksum.update(body);
  return raw(body, checksumBytes(checksum.value()));
}

export function checksumBytes(value: bigint): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(8));
  bytes.setBigUint64(0, value, true);
  return new Uint8Array(bytes.buffer);
}

/** Milliseconds since 1970 in front of a key that expires then. */
export function expiresAtMs(ms: number): Raw {
  return [0xfc, checksumBytes(BigInt(ms))];
}
