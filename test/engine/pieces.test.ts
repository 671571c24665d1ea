import { describe, expect, it } from 'vitest';
import { Bitmap } from '../../src/bitmap/bitmap.js';
import { clip, containerPieces, type Piece } from '../../src/engine/pieces.js';

function piece(firstId: number, endId: number, ids: readonly number[]): Piece {
  return { firstId, endId, count: ids.length, ids: () => Uint32Array.from(ids) };
}

describe('pieces of a set', () => {
  it('are containers of a bitmap in memory, clipped at the ends of a range', () => {
    const bitmap = new Bitmap();
    bitmap.change([3, 65_535, 65_536, 200_000, 2 ** 32 - 1], 1);
    const found = (first: number, last: number) =>
      [...containerPieces(bitmap, { first, last }, 'auto')].map((each) => [...each.ids()]);
    expect(found(0, 2 ** 32 - 1)).toEqual([[3, 65_535], [65_536], [200_000], [2 ** 32 - 1]]);
    expect(found(4, 200_000)).toEqual([[65_535], [65_536], [200_000]]);
    expect(found(70_000, 199_999)).toEqual([[], []]);
    expect(found(2 ** 32, 2 ** 32 - 1)).toEqual([]);
  });

  it('lie within a range as they are, and are written out only if they do not', () => {
    const whole = piece(8, 16, [8, 12, 15]);
    expect(clip(whole, { first: 8, last: 15 })).toBe(whole);
    const part = clip(whole, { first: 9, last: 14 });
    expect([part.count, ...part.ids()]).toEqual([1, 12]);
    expect(clip(whole, { first: 16, last: 20 }).count).toBe(0);
    expect(clip(whole, { first: 0, last: 7 }).count).toBe(0);
  });
});
