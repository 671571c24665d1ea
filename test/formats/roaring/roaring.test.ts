import fc from 'fast-check';
import { RoaringBitmap32, roaringLibraryInitialize } from 'roaring-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { FormatError } from '../../../src/base/errors.js';
import { Bitmap } from '../../../src/bitmap/bitmap.js';
import { containerIds } from '../../../src/bitmap/ids.js';
import { decodeRoaring } from '../../../src/formats/roaring/reader.js';
import { encodeRoaring, roaringByteLength } from '../../../src/formats/roaring/writer.js';

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

function compress(from: Uint32Array): Bitmap {
  const bitmap = new Bitmap();
  if (from.length > 0) bitmap.change(from, 1);
  return bitmap;
}

function idsOf(bytes: Uint8Array): Uint32Array {
  const parts = decodeRoaring(bytes).map((container) => containerIds(container));
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

/** Written by RoaringBitmap 1.3.0 for Java, and by ClickHouse 26.7: `hex(groupBitmapState(…))`. */
const NEIGHBOURS = [
  ['portable, of no id', '0000000000000000', 'one of 64-bit ids'],
  [
    'portable, of ids below 2^32',
    '0100000000000000000000003a300000020000000000020001000000180000001e0000000100020003007011',
    'one of 64-bit ids',
  ],
  ['portable, with runs', '0100000000000000000000003b300000010000cf0701000000cf07', 'one of 64-bit ids'],
  [
    'portable, of two buckets',
    '0200000000000000000000003a3000000100000000000000100000000500020000003a3000000100000000000000100000000000',
    'one of 64-bit ids',
  ],
  ['of Java, of no id', '0000000000', "one of 64-bit ids, as Java's Roaring64NavigableMap wrote them"],
  [
    'of Java, unsigned',
    '0000000002000000003a3000000100000000000000100000000500000000023a3000000100000000000000100000000000',
    "one of 64-bit ids, as Java's Roaring64NavigableMap wrote them",
  ],
  [
    'of Java, signed',
    '0100000001000000003a3000000100000000000000100000000100',
    "one of 64-bit ids, as Java's Roaring64NavigableMap wrote them",
  ],
  ['of ClickHouse, of no id', '0000', 'a groupBitmap state of ClickHouse, a list of 0 ids'],
  [
    'of ClickHouse, few ids',
    '0003010000000200000003000000',
    'a groupBitmap state of ClickHouse, a list of 3 ids',
  ],
  [
    'of ClickHouse, few 64-bit ids',
    '0003010000000000000002000000000000000300000000000000',
    'a groupBitmap state of ClickHouse, a list of 3 64-bit ids',
  ],
  [
    'of ClickHouse, many ids',
    '010f3b300000010000cf0701000000cf07',
    'a groupBitmap state of ClickHouse, which holds one from byte 2 on',
  ],
  [
    'of ClickHouse, many 64-bit ids',
    '011b0100000000000000000000003b300000010000cf0701000000cf07',
    'a groupBitmap state of ClickHouse of 64-bit ids',
  ],
] as const;

describe('portable Roaring', () => {
  it('of ours is read by CRoaring', { tags: 'long' }, () => {
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

  it('of CRoaring is read by us, with and without runs', { tags: 'long' }, () => {
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

  it.each([
    [1, 'array'],
    [4095, 'array'],
    [4096, 'array'],
    [4097, 'bitmap'],
    [65_535, 'run'],
    [65_536, 'run'],
  ])(
    'of %i ids in a container is what CRoaring makes of them, in the first container and in the last',
    (count, kind) => {
      for (const high of [0, 65_535]) {
        const first = high * 65_536;
        const from = Uint32Array.from({ length: count }, (_, i) =>
          kind === 'run' ? first + i : first + Math.floor((i * 65_535) / Math.max(1, count - 1)),
        );
        const containers = [...compress(from).containers()];
        expect(containers.map((each) => [each.kind, each.cardinality])).toEqual([[kind, count]]);
        const bytes = croaring((bitmap) => {
          if (kind === 'run') bitmap.runOptimize();
          return bitmap.serialize('portable');
        }, from);
        expect(Buffer.compare(encodeRoaring(containers), bytes)).toBe(0);
        expect(decodeRoaring(bytes)).toEqual(
          containers.map((each) => ({ ...each, words: each.words.slice() })),
        );
        same(idsOf(bytes), from);
      }
    },
  );

  it.each([1, 3, 4, 5, 8, 9, 16, 17])(
    'of %i containers, some of them runs, is laid out as CRoaring does it',
    (count) => {
      for (const runs of [0, 1, count]) {
        const from = Uint32Array.from({ length: count * 20 }, (_, i) => {
          const [high, low] = [Math.floor(i / 20), i % 20];
          return (65_536 - count + high) * 65_536 + (high >= count - runs ? low : low * 3);
        });
        const bytes = croaring((bitmap) => {
          bitmap.runOptimize();
          return bitmap.serialize('portable');
        }, from);
        // What says where containers begin is left out of short files with runs.
        const head = runs === 0 ? 8 + 8 * count : 4 + Math.ceil(count / 8) + (count < 4 ? 4 : 8) * count;
        expect(bytes.length).toBe(head + 40 * (count - runs) + 6 * runs);
        expect(Buffer.compare(encodeRoaring(decodeRoaring(bytes)), bytes)).toBe(0);
        same(idsOf(bytes), from);
      }
    },
  );

  it('of ours comes back, kind by kind', { tags: 'long' }, () => {
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
    ['a byte too many', [...array, 0], 'expected the end of the bitmap, got 1 more byte (at byte 20)'],
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

  it.each(NEIGHBOURS)('refuses by its name a bitmap %s', (_, hex, name) => {
    const bytes = Uint8Array.from(Buffer.from(hex, 'hex'));
    const refused = () => decodeRoaring(bytes);
    expect(refused).toThrow(FormatError);
    expect(refused).toThrow(`expected a Roaring bitmap of 32-bit ids, got ${name} (at byte 0)`);
  });

  it('is read from the state of ClickHouse that holds it, from the byte that was named', () => {
    const dense = encodeRoaring(compress(Uint32Array.from({ length: 5000 }, (_, i) => i * 13)).containers());
    const state = Uint8Array.from([1, (dense.length & 127) | 128, dense.length >> 7, ...dense]);
    expect(() => decodeRoaring(state)).toThrow('which holds one from byte 3 on');
    expect(decodeRoaring(state.subarray(3))).toEqual(decodeRoaring(dense));
  });

  it('of bytes that only resemble those formats is refused without a name', () => {
    const list = (count: number) => [0, count, ...new Array(4 * count).fill(1)];
    const refusal = (bytes: number[]) => () => decodeRoaring(Uint8Array.from(bytes));
    expect(refusal(list(32))).toThrow('a list of 32 ids');
    const java = [1, 0, 0, 0, 1, 0, 0, 0, 0, 0x3a, 0x30, 0, 0, 0, 0, 0, 0];
    expect(refusal(java)).toThrow("Java's");
    const state = [1, 8, 0x3a, 0x30, 0, 0, 0, 0, 0, 0];
    expect(refusal(state)).toThrow('which holds one from byte 2 on');
    for (const bytes of [
      [...list(33)],
      [...list(32), 1],
      [2, ...java.slice(1)],
      java.with(4, 2),
      java.with(9, 0),
      [2, ...state.slice(1)],
      state.with(1, 7),
      state.with(2, 0),
      [1, 0xff],
      [1],
      new Array(7).fill(0),
      new Array(9).fill(0),
    ]) {
      expect(refusal(bytes)).toThrow(FormatError);
      expect(refusal(bytes)).not.toThrow('32-bit ids');
    }
  });

  it('of as many 64-bit buckets as the cookie of 32 bits is refused by its name too', () => {
    const bucket = [0, 0, 0, 0, 0x3a, 0x30, 0, 0, 0, 0, 0, 0];
    const map = (buckets: number) => {
      const bytes = new Uint8Array(8 + 12 * buckets);
      for (let at = 0; at < buckets; at++) bytes.set(bucket.with(0, at & 255).with(1, at >> 8), 8 + 12 * at);
      new DataView(bytes.buffer).setUint32(0, buckets, true);
      return bytes;
    };
    for (const buckets of [12_345, 12_346, 12_347]) {
      expect(() => decodeRoaring(map(buckets))).toThrow('got one of 64-bit ids');
    }
    // An empty bitmap of 32 bits, and more: shorter than that many buckets.
    expect(() => decodeRoaring(map(12_346).subarray(0, -1))).toThrow('expected the end of the bitmap');
    expect(decodeRoaring(map(12_346).subarray(0, 8))).toEqual([]);
  });

  it('that is damaged is never taken for another format', { tags: 'long' }, () => {
    fc.assert(
      fc.property(ids, fc.nat(), fc.nat(255), (from, place, byte) => {
        const bytes = encodeRoaring(compress(from).containers());
        const broken = bytes
          .with(4 + (place % (bytes.length - 4)), byte)
          .subarray(0, bytes.length - (place % 3));
        try {
          decodeRoaring(broken);
        } catch (error) {
          expect((error as FormatError).problem).not.toMatch('32-bit ids');
        }
      }),
      { numRuns: 300, seed: 14 },
    );
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
    expect(() => encodeRoaring([{ ...container, firstId: 2 ** 32 }])).toThrow('got 4294967296 after -1');
  });
});
