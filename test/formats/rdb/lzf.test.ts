import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../../../src/errors.js';
import { concatBytes } from '../../../src/formats/bytes.js';
import { compressLzf, decompressLzf } from '../../../src/formats/rdb/lzf.js';

/** Bytes with stretches of zeros, of repetition and of noise, as bitmaps have. */
const bitmap = fc
  .array(
    fc.oneof(
      fc.nat(600).map((length) => new Uint8Array(length)),
      fc
        .tuple(fc.uint8Array({ maxLength: 5 }), fc.nat(200))
        .map(([unit, times]) => concatBytes(Array.from({ length: times }, () => unit))),
      fc.uint8Array({ maxLength: 200 }),
    ),
    { maxLength: 8 },
  )
  .map(concatBytes);

/** Bytes as characters, one each: quick to compare. */
function latin1(bytes: Uint8Array): string {
  return new TextDecoder('latin1').decode(bytes);
}

describe('LZF', () => {
  it('gives back what was compressed', () => {
    fc.assert(
      fc.property(bitmap, (bytes) => {
        const packed = compressLzf(bytes, Number.POSITIVE_INFINITY)!;
        expect(latin1(decompressLzf(packed, bytes.length, 0))).toBe(latin1(bytes));
      }),
      { numRuns: 1000, seed: 4 },
    );
  });

  it('keeps to its limit to the byte', () => {
    fc.assert(
      fc.property(bitmap, (bytes) => {
        const { length } = compressLzf(bytes, Number.POSITIVE_INFINITY)!;
        expect(compressLzf(bytes, length)?.length).toBe(length);
        if (length > 0) expect(compressLzf(bytes, length - 1)).toBeUndefined();
      }),
      { numRuns: 1000, seed: 5 },
    );
  });

  it('puts pieces together', () => {
    fc.assert(
      fc.property(bitmap, bitmap, (a, b) => {
        const packed = concatBytes([a, b].map((piece) => compressLzf(piece, Number.POSITIVE_INFINITY)!));
        const whole = concatBytes([a, b]);
        expect(latin1(decompressLzf(packed, whole.length, 0))).toBe(latin1(whole));
      }),
      { numRuns: 300, seed: 6 },
    );
  });

  it('refuses any other bytes, or gives exactly as many as promised', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(400), (packed, byteLength) => {
        try {
          expect(decompressLzf(packed, byteLength, 7).length).toBe(byteLength);
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
          expect((error as FormatError).byteOffset).toBeGreaterThanOrEqual(7);
        }
      }),
      { numRuns: 5000, seed: 7 },
    );
  });
});
