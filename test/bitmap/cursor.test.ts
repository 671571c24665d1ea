import { expect, it } from 'vitest';
import { Bitmap } from '../../src/bitmap/bitmap.js';

it('goes through the containers of a bitmap, and is infinitely far behind the last one', () => {
  const bitmap = new Bitmap();
  bitmap.change([5, 70_000, 70_001, 2 ** 32 - 1], 1);
  const seen: unknown[] = [];
  const cursor = bitmap.cursor();
  for (; cursor.cardinality > 0; cursor.advance()) {
    const { firstId, cardinality, container } = cursor;
    expect(container).toMatchObject({ firstId, cardinality });
    seen.push([firstId, cardinality, [...container.words]]);
  }
  expect(seen).toEqual([
    [0, 1, [5]],
    [65_536, 2, [4464, 4465]],
    [2 ** 32 - 65_536, 1, [65_535]],
  ]);
  expect(cursor.firstId).toBe(Number.POSITIVE_INFINITY);
  cursor.advance();
  expect(cursor.cardinality).toBe(0);
  expect(new Bitmap().cursor().cardinality).toBe(0);
});

it('goes from block to block', () => {
  const bitmap = Bitmap.fromBytes(new Uint8Array(30 * 8192).fill(0x55));
  const highs: number[] = [];
  for (const cursor = bitmap.cursor(); cursor.cardinality > 0; cursor.advance()) {
    expect(cursor.cardinality).toBe(32_768);
    highs.push(cursor.firstId / 65_536);
  }
  expect(highs).toEqual(Array.from({ length: 30 }, (_, high) => high));
});
