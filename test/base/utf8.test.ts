import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sequenceLength, unfinishedLength, wellFormedLength } from '../../src/base/utf8.js';

/** Ends of the ranges that lead and continuation bytes have, and what is next to them. */
const byte = fc.oneof(
  fc.nat(255),
  fc.constantFrom(0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf),
  fc.constantFrom(0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff),
);

function isText(bytes: Uint8Array, stream = false): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream });
    return true;
  } catch {
    return false;
  }
}

it('bytes are well-formed exactly as far as the platform takes them for text', { tags: 'long' }, () => {
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 8 }), (array) => {
      const bytes = Uint8Array.from(array);
      const length = wellFormedLength(bytes);
      expect(isText(bytes.subarray(0, length))).toBe(true);
      const next = sequenceLength(bytes, length);
      expect(next).toBe(0);
      for (let end = length + 1; end <= Math.min(bytes.length, length + 4); end++) {
        expect(isText(bytes.subarray(length, end))).toBe(false);
      }
    }),
    { numRuns: 20_000, seed: 41 },
  );
});

it('a character is unfinished if the platform waits for the rest of it', { tags: 'long' }, () => {
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 4 }), (array) => {
      const bytes = Uint8Array.from(array);
      const lengths = [1, 2, 3].filter((length) => {
        const end = bytes.subarray(-length);
        return length <= bytes.length && isText(end, true) && wellFormedLength(end) === 0;
      });
      expect(unfinishedLength(bytes)).toBe(lengths[0] ?? 0);
    }),
    { numRuns: 20_000, seed: 42 },
  );
});
