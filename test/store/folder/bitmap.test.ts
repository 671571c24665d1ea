import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bitmap } from '../../../src/bitmap/bitmap.js';
import {
  type Description,
  decodeBitmap,
  encodeBitmap,
  type FiledBitmap,
} from '../../../src/store/folder/bitmap.js';

const crowds = fc.array(
  fc.record({ first: fc.nat(2 ** 20), count: fc.nat(9000), step: fc.constantFrom(1, 2, 13) }),
  { maxLength: 4 },
);

function bitmapOf(all: { first: number; count: number; step: number }[], extra: number): Bitmap {
  const bitmap = new Bitmap();
  for (const { first, count, step } of all) {
    bitmap.change(
      Array.from({ length: count }, (_, index) => first + index * step),
      1,
    );
  }
  bitmap.extend(bitmap.byteLength + extra);
  return bitmap;
}

function describeBitmap({ byteLength, cardinality }: Bitmap): Description {
  return { name: 'name', key: 'kéy\ud800', identity: 'redis://h', prefix: 'p_', byteLength, cardinality };
}

function decode(
  file: Uint8Array<ArrayBuffer>,
  { byteLength: _, digest: __, ...expected }: Description,
): FiledBitmap | undefined {
  return decodeBitmap(file, expected);
}

describe('a bitmap as a cached file', () => {
  it('is what it was, with the zeros at its end', () => {
    fc.assert(
      fc.property(crowds, fc.nat(20_000), (all, extra) => {
        const bitmap = bitmapOf(all, extra);
        const description = describeBitmap(bitmap);
        const found = decode(encodeBitmap(description, bitmap), description)?.bitmap;
        expect(found?.byteLength).toBe(bitmap.byteLength);
        expect(found?.ids().join()).toBe(bitmap.ids().join());
      }),
      { numRuns: 50 },
    );
  });

  it('is not believed if any of its bytes was changed, or if it was cut off or goes on', () => {
    const bitmap = bitmapOf([{ first: 5, count: 300, step: 3 }], 7);
    const description = describeBitmap(bitmap);
    const file = encodeBitmap(description, bitmap);
    for (let at = 0; at < file.length; at += 1) {
      const changed = file.slice();
      changed[at]! ^= 1 << (at & 7);
      expect(decode(changed, description)).toBeUndefined();
    }
    for (let length = 0; length < file.length; length += 1) {
      expect(decode(file.slice(0, length), description)).toBeUndefined();
    }
    expect(decode(Uint8Array.of(...file, 0), description)).toBeUndefined();
    expect(decode(file, description)?.bitmap.cardinality).toBe(300);
  });

  it.each([undefined, '', '0123456789abcdef'])('has the digest that it was given: %j', (digest) => {
    const bitmap = bitmapOf([{ first: 5, count: 2, step: 1 }], 0);
    const description = { ...describeBitmap(bitmap), digest };
    expect(decode(encodeBitmap(description, bitmap), description)?.digest).toBe(digest);
  });

  it.each<Partial<Description>>([
    { name: 'renamed' },
    { key: 'other' },
    { identity: 'redis://other' },
    { prefix: 'other_' },
    { cardinality: 3 },
  ])('is not believed to be another one: %j', (other) => {
    const bitmap = bitmapOf([{ first: 5, count: 2, step: 1 }], 0);
    const description = describeBitmap(bitmap);
    const file = encodeBitmap(description, bitmap);
    expect(decode(file, { ...description, ...other })).toBeUndefined();
  });
});
