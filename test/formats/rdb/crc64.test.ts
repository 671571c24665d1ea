import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Crc64 } from '../../../src/formats/rdb/crc64.js';

function crc64(...parts: Uint8Array[]): bigint {
  const checksum = new Crc64();
  for (const part of parts) checksum.update(part);
  return checksum.value();
}

it('has the check value of the Jones polynomial', () => {
  expect(crc64(new TextEncoder().encode('123456789'))).toBe(0xe9c6d914c4b8d9can);
  expect(crc64()).toBe(0n);
});

it('does not depend on how the bytes arrive, and equals the definition bit by bit', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(100), (bytes, at) => {
      const whole = crc64(bytes);
      expect(crc64(bytes.subarray(0, at), bytes.subarray(at))).toBe(whole);
      expect(whole).toBe(byBits(bytes));
    }),
    { numRuns: 500, seed: 3 },
  );
});

function byBits(bytes: Uint8Array): bigint {
  let crc = 0n;
  for (const byte of bytes) {
    crc ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ 0x95ac9329ac4bc9b5n : crc >> 1n;
  }
  return crc;
}
