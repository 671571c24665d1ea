import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../../../src/base/errors.js';
import { readSignedVarint, readVarint } from '../../../src/formats/parquet/varint.js';
import { signedVarint, varint } from '../../support/formats/parquet/bits.js';

describe('numbers of 7 bits a byte', () => {
  it('come back, with the place where they end', () => {
    fc.assert(
      fc.property(fc.nat(9), fc.integer({ min: 0, max: 2 ** 49 - 1 }), (from, number) => {
        const bytes = Uint8Array.from([...Array<number>(from).fill(255), ...varint(number), 1]);
        expect(readVarint(bytes, from, 0)).toEqual({ value: number, end: bytes.length - 1 });
      }),
      { seed: 7 },
    );
  });

  it('come back with their signs', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 48), max: 2 ** 48 - 1 }), (number) => {
        const bytes = Uint8Array.from(signedVarint(number));
        expect(readSignedVarint(bytes, 0, 0)).toEqual({ value: number, end: bytes.length });
      }),
      { seed: 7 },
    );
  });

  it.each([[[]], [[128]], [[128, 128, 128, 128, 128, 128, 128, 0]]])(
    'are refused if they do not end: %j',
    (bytes) => {
      expect(() => readVarint(Uint8Array.from(bytes), 0, 40)).toThrow(FormatError);
      expect(() => readVarint(Uint8Array.from(bytes), 0, 40)).toThrow(
        'expected a number, got the end of the page (at byte 40)',
      );
    },
  );
});
