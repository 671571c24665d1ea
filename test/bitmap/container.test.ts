import { describe, expect, it } from 'vitest';
import { CONTAINER_BYTES } from '../../src/base/limits.js';
import { changeBit, decodeInto, encode, findRun, lowerBound } from '../../src/bitmap/container.js';
import { idsOf } from '../support/store/conformance.js';

function bytesOf(lows: readonly number[], byteLength = CONTAINER_BYTES): Uint8Array {
  const bytes = new Uint8Array(byteLength);
  for (const low of lows) bytes[low >> 3]! |= 0x80 >> (low & 7);
  return bytes;
}

function range(from: number, to: number, step = 1): number[] {
  return Array.from({ length: Math.ceil((to - from) / step) }, (_, index) => from + index * step);
}

/** What `encode` says, copied: the next call overwrites it. */
function shapeOf(lows: readonly number[], byteLength?: number) {
  const { kind, cardinality, words } = encode(bytesOf(lows, byteLength));
  return { kind, cardinality, words: [...words] };
}

describe('a container', () => {
  it('is a list of its ids up to 4,096, and a bitmap from there on', () => {
    expect(shapeOf([])).toEqual({ kind: 'array', cardinality: 0, words: [] });
    expect(shapeOf([0, 31, 32, 65_535])).toEqual({
      kind: 'array',
      cardinality: 4,
      words: [0, 31, 32, 65_535],
    });
    const full = range(0, 8192, 2);
    expect(shapeOf(full)).toEqual({ kind: 'array', cardinality: 4096, words: full });
    const { kind, cardinality, words } = encode(bytesOf([...full, 9001]));
    expect([kind, cardinality]).toEqual(['bitmap', 4097]);
    expect(new Uint8Array(words.buffer, words.byteOffset, words.byteLength)).toEqual(
      bytesOf([...full, 9001]),
    );
  });

  it('is runs where they are fewer words, and the list where it is a tie', () => {
    expect(shapeOf([5, 6])).toMatchObject({ kind: 'array', words: [5, 6] });
    expect(shapeOf([5, 6, 7])).toEqual({ kind: 'run', cardinality: 3, words: [5, 2] });
    expect(shapeOf([1, 2, 3, 9])).toMatchObject({ kind: 'array' });
    expect(shapeOf([0, 1, 2, 65_533, 65_534, 65_535])).toMatchObject({ words: [0, 2, 65_533, 2] });
    // Runs that begin and end where words of 32 bits do.
    expect(shapeOf(range(0, 32))).toMatchObject({ words: [0, 31] });
    expect(shapeOf(range(31, 96))).toMatchObject({ words: [31, 64] });
    expect(shapeOf([...range(30, 33), ...range(64, 128)])).toMatchObject({ words: [30, 2, 64, 63] });
    expect(shapeOf(range(0, 65_536))).toEqual({ kind: 'run', cardinality: 65_536, words: [0, 65_535] });
    // Bytes may end before the container does.
    expect(shapeOf(range(20, 96), 12)).toEqual({ kind: 'run', cardinality: 76, words: [20, 75] });
    // Against a bitmap, 2,047 runs win and 2,048 do not.
    const runs = (count: number) => range(0, count).flatMap((index) => range(32 * index, 32 * index + 20));
    expect(shapeOf(runs(2047)).kind).toBe('run');
    expect(shapeOf(runs(2048)).kind).toBe('bitmap');
  });

  it('has nothing of the one before in it', () => {
    encode(bytesOf(range(0, 65_536, 3)));
    const { kind, words } = encode(bytesOf(range(0, 40_000, 3), 5004));
    expect(kind).toBe('bitmap');
    expect(new Uint8Array(words.buffer, words.byteOffset, words.byteLength)).toEqual(
      bytesOf(range(0, 40_000, 3)),
    );
  });

  const shapes: [string, number[]][] = [
    ['few ids', [0, 7, 8, 799, 800, 1600, 65_535]],
    ['many ids', range(3, 65_536, 50)],
    [
      'runs',
      [...range(0, 5), ...range(7, 14), ...range(790, 801), ...range(1594, 1601), ...range(9000, 65_536)],
    ],
    ['a bitmap', range(1, 65_536, 7)],
  ];
  it.each(shapes)(
    'of %s is written out in part or as a whole, all of it and nothing beside it',
    (_, lows) => {
      const encoded = encode(bytesOf(lows));
      // Behind other words, of a view that does not begin its buffer.
      const buffer = new Uint16Array(encoded.words.length + 9).fill(77);
      buffer.set(encoded.words, 5);
      const words = buffer.subarray(2, buffer.length - 1);
      for (const [from, to, kernel] of [
        [0, CONTAINER_BYTES, 'wasm'],
        [0, CONTAINER_BYTES, 'js'],
        [0, CONTAINER_BYTES, undefined],
        [0, 100],
        [99, 200],
        [100, 101],
        [1, 1125],
        [200, 8191],
        [8191, 8192],
        [50, 50],
      ] as const) {
        const target = new Uint8Array(to - from + 40).fill(0x5a);
        decodeInto(target, 20, from, to, encoded.kind, words, 3, 3 + encoded.words.length, kernel);
        expect(idsOf(target.subarray(20, 20 + to - from)).map((id) => id + from * 8)).toEqual(
          lows.filter((low) => low >= from * 8 && low < to * 8),
        );
        expect(
          [...target.subarray(0, 20), ...target.subarray(20 + to - from)].every((byte) => byte === 0x5a),
        ).toBe(true);
      }
    },
  );

  it('finds where an id is, or belongs', () => {
    const words = Uint16Array.of(9, 9, 10, 20, 30, 9);
    expect([5, 10, 11, 20, 21, 30, 31].map((low) => lowerBound(words, 2, 5, low))).toEqual([
      2, 2, 3, 3, 4, 4, 5,
    ]);
    expect(lowerBound(words, 2, 2, 7)).toBe(2);
    const runs = Uint16Array.of(0, 0, 10, 4, 20, 0, 30, 9);
    expect([9, 10, 14, 15, 19, 20, 29, 30, 99].map((low) => findRun(runs, 2, 8, low))).toEqual([
      0, 2, 2, 2, 2, 4, 4, 6, 6,
    ]);
  });

  it('changes single bits, and says whether they were different', () => {
    const words = new Uint16Array(4096 + 3);
    for (const low of [0, 7, 8, 15, 16, 65_535]) {
      expect([changeBit(words, 3, low, 0), changeBit(words, 3, low, 1), changeBit(words, 3, low, 1)]).toEqual(
        [false, true, false],
      );
    }
    expect(idsOf(new Uint8Array(words.buffer, 6))).toEqual([0, 7, 8, 15, 16, 65_535]);
    expect([changeBit(words, 3, 8, 0), changeBit(words, 3, 8, 0)]).toEqual([true, false]);
    expect(idsOf(new Uint8Array(words.buffer, 6))).toEqual([0, 7, 15, 16, 65_535]);
  });
});
