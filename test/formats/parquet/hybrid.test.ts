import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../../../src/base/errors.js';
import { readHybrid } from '../../../src/formats/parquet/hybrid.js';
import { packed, varint } from '../../support/formats/parquet/bits.js';

/** One number many times, or eights of numbers. */
type Stretch = { readonly times: number; readonly value: number } | { readonly values: readonly number[] };

/** Widths, and stretches of numbers that have no more bits. */
const stretches = fc.integer({ min: 1, max: 32 }).chain((width) => {
  const number = fc.integer({ min: 0, max: 2 ** width - 1 });
  const eights = fc
    .integer({ min: 1, max: 5 })
    .chain((count) => fc.array(number, { minLength: 8 * count, maxLength: 8 * count }));
  const stretch: fc.Arbitrary<Stretch> = fc.oneof(
    fc.record({ times: fc.integer({ min: 1, max: 300 }), value: number }),
    fc.record({ values: eights }),
  );
  return fc.record({ width: fc.constant(width), all: fc.array(stretch, { minLength: 1, maxLength: 6 }) });
});

function encode(all: readonly Stretch[], width: number): number[] {
  return all.flatMap((each) =>
    'values' in each
      ? [...varint((each.values.length / 8) * 2 + 1), ...packed(each.values, width)]
      : [...varint(each.times * 2), ...packed([each.value], Math.ceil(width / 8) * 8)],
  );
}

function numbersOf(all: readonly Stretch[]): number[] {
  return all.flatMap((each) => ('values' in each ? each.values : Array<number>(each.times).fill(each.value)));
}

function read(bytes: readonly number[], width: number, count: number): Int32Array {
  const target = new Int32Array(count);
  readHybrid(Uint8Array.from(bytes), width, target, 1000);
  return target;
}

describe('runs and packed numbers', () => {
  it('are the numbers that they were made of, or the first of them', () => {
    fc.assert(
      fc.property(stretches, fc.nat(9), ({ width, all }, fewer) => {
        const numbers = numbersOf(all);
        const count = Math.max(0, numbers.length - fewer);
        expect(read(encode(all, width), width, count)).toEqual(Int32Array.from(numbers.slice(0, count)));
      }),
      { seed: 7 },
    );
  });

  it('may leave out the bytes of a last group that nobody needs', () => {
    const bytes = [...varint(3), ...packed([1, 2, 3, 4, 5], 3)];
    expect([...read(bytes, 3, 5)]).toEqual([1, 2, 3, 4, 5]);
  });

  it('of no bits are all 0, of no bytes too', () => {
    expect([...read([], 0, 3)]).toEqual([0, 0, 0]);
  });

  it('are refused if they end too early, wherever that is', () => {
    fc.assert(
      fc.property(stretches, fc.nat(), ({ width, all }, cut) => {
        const bytes = encode(all, width);
        const length = cut % bytes.length;
        const count = numbersOf(all).length;
        expect(() => read(bytes.slice(0, length), width, count)).toThrow(FormatError);
      }),
      { seed: 7 },
    );
  });

  it.each([
    [
      'numbers of more bits than any',
      [2, 1],
      33,
      'expected numbers of at most 32 bits, got 33 (at byte 1000)',
    ],
    ['runs of nothing', [0, 1], 8, 'expected 2 values in a page, got 0 (at byte 1001)'],
    ['groups of nothing', [1, 1], 8, 'expected 2 values in a page, got 0 (at byte 1001)'],
  ])('refuse %s', (_, bytes, width, message) => {
    expect(() => read(bytes, width, 2)).toThrow(message);
  });
});
