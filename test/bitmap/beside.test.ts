import { describe, expect, it } from 'vitest';
import { SideBySide } from '../../src/bitmap/beside.js';
import { Bitmap } from '../../src/bitmap/bitmap.js';

const STRETCH = 65_536;

function bitmapOf(ids: readonly number[]): Bitmap {
  const bitmap = new Bitmap();
  bitmap.change(ids, 1);
  return bitmap;
}

function stretchesOf(bitmaps: readonly Bitmap[]) {
  const seen: unknown[] = [];
  for (const stretch = new SideBySide(bitmaps); stretch.count > 0; stretch.advance()) {
    const members = Array.from({ length: stretch.count }, (_, member) => [
      stretch.bitmaps[member],
      stretch.kind(member),
      stretch.cardinalities[member],
      stretch.firsts[member],
      stretch.lasts[member],
    ]);
    seen.push([stretch.firstId / STRETCH, stretch.cardinality, members]);
  }
  return seen;
}

describe('bitmaps side by side', () => {
  it('are told of stretch by stretch, those that have none of it left out', () => {
    const run = Array.from({ length: 100 }, (_, index) => 3 * STRETCH + 7 + index);
    const half = Array.from({ length: 20_000 }, (_, index) => 3 * STRETCH + index * 3);
    expect(
      stretchesOf([bitmapOf([5, 9, 2 ** 32 - 1]), bitmapOf(run), new Bitmap(), bitmapOf([7, ...half])]),
    ).toEqual([
      [
        0,
        3,
        [
          [0, 'array', 2, 5, 9],
          [3, 'array', 1, 7, 7],
        ],
      ],
      [
        3,
        20_100,
        [
          [1, 'run', 100, 7, 106],
          [3, 'bitmap', 20_000, 0, 65_535],
        ],
      ],
      [65_535, 1, [[0, 'array', 1, 65_535, 65_535]]],
    ]);
  });

  it('show the words of each', () => {
    const stretch = new SideBySide([bitmapOf([1]), bitmapOf([2, 3, 70_000])]);
    expect(Array.from(stretch.words(1))).toEqual([2, 3]);
    stretch.advance();
    expect(Array.from(stretch.words(0))).toEqual([70_000 - STRETCH]);
    stretch.advance();
    expect([stretch.count, stretch.firstId]).toEqual([0, Number.POSITIVE_INFINITY]);
  });

  it('are nothing if there are none, or none has an id', () => {
    const empty = new Bitmap();
    empty.extend(20_000);
    for (const bitmaps of [[], [new Bitmap()], [empty]]) {
      expect(new SideBySide(bitmaps).firstId).toBe(Number.POSITIVE_INFINITY);
    }
  });

  it('may lie in several blocks each', () => {
    const bytes = new Uint8Array(30 * 8192).fill(0x55);
    const bitmaps = [Bitmap.fromBytes(bytes), bitmapOf([29 * STRETCH + 1]), Bitmap.fromBytes(bytes)];
    const seen = stretchesOf(bitmaps) as [number, number, unknown[]][];
    expect(seen.map(([stretch, , members]) => [stretch, members.length])).toEqual(
      Array.from({ length: 30 }, (_, stretch) => [stretch, stretch === 29 ? 3 : 2]),
    );
  });
});
