import fc from 'fast-check';
import { RoaringBitmap32, roaringLibraryInitialize } from 'roaring-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { FormatError } from '../../../src/errors.js';
import { decodeRoaring } from '../../../src/formats/roaring/reader.js';
import { encodeRoaring, roaringByteLength } from '../../../src/formats/roaring/writer.js';
import { CompressedBitmap } from '../../../src/store/compressed.js';
import { containerIds } from '../../../src/store/ids.js';

beforeAll(() => roaringLibraryInitialize());

/** Ids in few containers, with stretches, crowds and loners, so that every kind of container comes up. */
const ids = fc
  .array(
    fc.record({
      high: fc.constantFrom(0, 1, 2, 5, 1000, 65_534, 65_535),
      first: fc.oneof(fc.nat(65_535), fc.constantFrom(0, 65_535, 4096)),
      count: fc.oneof(fc.nat(5), fc.nat(70_000)),
      step: fc.constantFrom(1, 1, 2, 7, 16, 500),
    }),
    { maxLength: 8 },
  )
  .map((stretches) => {
    const set = new Set<number>();
    for (const { high, first, count, step } of stretches) {
      for (let i = 0, low = first; i < count && low < 65_536; i++, low += step) set.add(high * 65_536 + low);
    }
    return Uint32Array.from(set).sort();
  });

function compress(from: Uint32Array): CompressedBitmap {
  const bitmap = new CompressedBitmap();
  if (from.length > 0) bitmap.change(from, 1);
  return bitmap;
}

function idsOf(bytes: Uint8Array): Uint32Array {
  const parts = decodeRoaring(bytes).map(containerIds);
  const all = new Uint32Array(parts.reduce((length, part) => length + part.length, 0));
  let to = 0;
  for (const part of parts) {
    all.set(part, to);
    to += part.length;
  }
  return all;
}

/** What CRoaring makes of the ids, and the other way round. */
function croaring<T>(use: (bitmap: RoaringBitmap32) => T, from?: Uint32Array): T {
  const bitmap = new RoaringBitmap32(from);
  try {
    return use(bitmap);
  } finally {
    bitmap.dispose();
  }
}

function same(a: Uint32Array, b: Uint32Array): void {
  expect(a.length).toBe(b.length);
  expect(
    Buffer.compare(
      Buffer.from(a.buffer, a.byteOffset, a.byteLength),
      Buffer.from(b.buffer, b.byteOffset, b.byteLength),
    ),
  ).toBe(0);
}

describe('portable Roaring', () => {
  it('of ours is read by CRoaring', () => {
    fc.assert(
      fc.property(ids, (from) => {
        const bytes = encodeRoaring(compress(from).containers());
        expect(roaringByteLength(compress(from).containers())).toBe(bytes.length);
        same(
          croaring((bitmap) => {
            bitmap.deserialize('portable', bytes);
            return bitmap.toUint32Array();
          }),
          from,
        );
      }),
      { numRuns: 300, seed: 11 },
    );
  });

  it('of CRoaring is read by us, with and without runs', () => {
    fc.assert(
      fc.property(ids, fc.boolean(), (from, optimise) => {
        const bytes = croaring((bitmap) => {
          if (optimise) bitmap.runOptimize();
          return bitmap.serialize('portable');
        }, from);
        same(idsOf(bytes), from);
      }),
      { numRuns: 300, seed: 12 },
    );
  });

  it('of ours comes back, kind by kind', () => {
    fc.assert(
      fc.property(ids, (from) => {
        const containers = [...compress(from).containers()];
        const back = decodeRoaring(encodeRoaring(containers));
        expect(back.map(({ kind, firstId, cardinality }) => [kind, firstId, cardinality])).toEqual(
          containers.map(({ kind, firstId, cardinality }) => [kind, firstId, cardinality]),
        );
        same(idsOf(encodeRoaring(back)), from);
      }),
      { numRuns: 100, seed: 13 },
    );
  });

  it('of nothing is the cookie and a zero', () => {
    expect([...encodeRoaring([])]).toEqual([0x3a, 0x30, 0, 0, 0, 0, 0, 0]);
    expect(decodeRoaring(encodeRoaring([]))).toEqual([]);
  });

  it('of every id there is takes a run for each container', () => {
    const bytes = encodeRoaring(
      Array.from({ length: 65_536 }, (_, high) => ({
        firstId: high * 65_536,
        cardinality: 65_536,
        kind: 'run' as const,
        words: Uint16Array.of(0, 65_535),
      })),
    );
    expect(decodeRoaring(bytes).length).toBe(65_536);
    croaring((bitmap) => {
      bitmap.deserialize('portable', bytes);
      expect(bitmap.size).toBe(2 ** 32);
    });
  });

  it('is read from bytes at any place in memory', () => {
    const bytes = encodeRoaring(compress(Uint32Array.of(1, 70_000)).containers());
    for (let shift = 0; shift < 8; shift++) {
      const shifted = new Uint8Array(bytes.length + 16);
      shifted.set(bytes, shift);
      same(idsOf(shifted.subarray(shift, shift + bytes.length)), Uint32Array.of(1, 70_000));
    }
  });

  const array = [0x3a, 0x30, 0, 0, 1, 0, 0, 0, 5, 0, 1, 0, 16, 0, 0, 0, 7, 0, 9, 0];
  const runs = [0x3b, 0x30, 0, 0, 1, 5, 0, 4, 0, 2, 0, 10, 0, 2, 0, 13, 0, 1, 0];

  it('is read from bytes written by hand', () => {
    same(idsOf(Uint8Array.from(array)), Uint32Array.of(5 * 65_536 + 7, 5 * 65_536 + 9));
    same(
      idsOf(Uint8Array.from(runs)),
      Uint32Array.from([10, 11, 12, 13, 14], (low) => 5 * 65_536 + low),
    );
  });

  it.each([
    ['nothing', [], 'expected 4 bytes from byte 0 on, got the end (at byte 0)'],
    [
      'another cookie',
      [1, 2, 3, 4],
      'expected a Roaring bitmap, which begins with 12346 or 12347, got 67305985 (at byte 0)',
    ],
    [
      'more containers than there can be',
      [0x3a, 0x30, 0, 0, 1, 0, 1, 0],
      'expected at most 65536 containers, got 65537',
    ],
    ['many containers in few bytes', [0x3a, 0x30, 0, 0, 0, 0, 1, 0], 'expected 524296 bytes from byte 0 on'],
    ['another offset', array.with(12, 17), 'expected the offset 16, got 17 (at byte 12)'],
    ['ids that do not ascend', array.with(18, 7), 'expected an id above 7, got 7 (at byte 18)'],
    ['a byte too many', [...array, 0], 'expected the end of the bitmap, got 1 more bytes (at byte 20)'],
    ['a byte too few', array.slice(0, -1), 'expected 4 bytes from byte 16 on, got the end (at byte 19)'],
    ['runs that overlap', runs.with(15, 12), 'expected a run within 13..65535, got 12..13 (at byte 15)'],
    [
      'a run beyond the container',
      runs.with(17, 255).with(18, 255),
      'expected a run within 13..65535, got 13..65548',
    ],
    [
      'another number of ids than there are in runs',
      runs.with(7, 5),
      'expected 6 ids in runs, got 5 (at byte 9)',
    ],
    ['no runs', [...runs.slice(0, 9), 0, 0], 'expected 5 ids in runs, got 0'],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => decodeRoaring(Uint8Array.from(bytes))).toThrow(FormatError);
    expect(() => decodeRoaring(Uint8Array.from(bytes))).toThrow(message);
  });

  it('refuses keys that do not ascend and bitmaps with another number of ids', () => {
    const many = Uint32Array.from({ length: 5000 }, (_, i) => i * 13);
    const two = encodeRoaring(compress(Uint32Array.from([...many, 70_000])).containers());
    expect(() => decodeRoaring(two.with(12, 0))).toThrow('expected a key above 0, got 0');
    expect(() => decodeRoaring(two.with(24, two[24]! ^ 2))).toThrow(
      /expected 5000 ids in a bitmap, got (4999|5001) \(at byte 24\)/,
    );
  });

  it('is not written from containers out of order', () => {
    const container = { firstId: 65_536, cardinality: 1, kind: 'array' as const, words: Uint16Array.of(1) };
    expect(() => encodeRoaring([container, container])).toThrow(RangeError);
    expect(() => encodeRoaring([{ ...container, firstId: 5 }])).toThrow('got 5 after -1');
  });
});
