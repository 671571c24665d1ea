import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../../../src/base/errors.js';
import { concatBytes } from '../../../src/formats/bytes.js';
import { compressLzf, decompressLzf } from '../../../src/formats/rdb/lzf.js';
import { Random } from '../../support/formats/fuzz/random.js';

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

  it('finds a repetition exactly 8,192 bytes back, and none from further', () => {
    const random = new Random(2);
    const noise = Uint8Array.from({ length: 8193 }, () => random.below(256));
    const repeated = noise.subarray(0, 100);
    const lengths = [8191, 8192, 8193].map((distance) => {
      const bytes = concatBytes([noise.subarray(0, distance), repeated]);
      const packed = compressLzf(bytes, Number.POSITIVE_INFINITY)!;
      expect(latin1(decompressLzf(packed, bytes.length, 0))).toBe(latin1(bytes));
      return packed.length - compressLzf(noise.subarray(0, distance), Number.POSITIVE_INFINITY)!.length;
    });
    expect(lengths.slice(0, 2).every((length) => length < 20)).toBe(true);
    expect(lengths[2]).toBeGreaterThan(100);
  });

  it('reads from as far back as 13 bits can say, to the first byte and not before it', () => {
    const literals = (length: number) =>
      Array.from({ length: length / 32 }, (_, i) => [31, ...new Uint8Array(32).fill(i)]).flat();
    const reference = [0x3f, 0xff];
    const packed = Uint8Array.from([...literals(8192), ...reference]);
    expect([...decompressLzf(packed, 8195, 0).subarray(-4)]).toEqual([255, 0, 0, 0]);
    const before = Uint8Array.from([...literals(8160), 30, ...new Uint8Array(31), ...reference]);
    expect(() => decompressLzf(before, 8194, 5)).toThrow(
      `reference outside of it (at byte ${5 + 33 * 255 + 32})`,
    );
  });

  it('repeats bytes that it has only just repeated, whatever the distance and the length', () => {
    const seen = Array.from({ length: 32 }, (_, i) => i + 1);
    for (let distance = 1; distance <= 32; distance++) {
      for (let length = 3; length <= 40; length++) {
        const head = length - 2 < 7 ? [(length - 2) << 5] : [7 << 5, length - 9];
        const packed = Uint8Array.from([31, ...seen, ...head, distance - 1]);
        const expected = Array.from({ length }, (_, i) => seen[32 - distance + (i % distance)]);
        expect([...decompressLzf(packed, 32 + length, 0).subarray(32)]).toEqual(expected);
      }
    }
  });

  it.each([3, 8, 9, 263, 264, 265, 266, 267, 528])(
    'packs %i equal bytes, in as few references as can be',
    (length) => {
      const bytes = new Uint8Array(length + 1).fill(7);
      const packed = compressLzf(bytes, Number.POSITIVE_INFINITY)!;
      expect([...decompressLzf(packed, bytes.length, 0)]).toEqual([...bytes]);
      // A literal byte takes two, a reference two or three; one or two bytes too many are literals.
      const [whole, rest] = [Math.floor(length / 264), length % 264];
      const tail = rest === 0 ? 0 : rest < 3 ? 1 + rest : rest < 9 ? 2 : 3;
      expect(packed.length).toBe(2 + 3 * whole + tail);
    },
  );

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
