import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { Bitmap } from '../../src/bitmap/bitmap.js';
import { eraseIds } from '../../src/bitmap/erasing.js';

/** Ids around the edges of bytes and containers. */
const ids = fc.array(fc.oneof(fc.nat(40), fc.integer({ min: 65_500, max: 65_570 }), fc.nat(300_000)), {
  maxLength: 60,
});

function marked(...sets: readonly (readonly number[])[]): Bitmap {
  const bitmap = new Bitmap();
  for (const set of sets) bitmap.change(set, 1);
  return bitmap;
}

it('leaves the bitmap that would be there without these ids', () => {
  fc.assert(
    fc.property(ids, ids, (kept, erased) => {
      const others = kept.filter((id) => !erased.includes(id));
      const bitmap = marked(others, erased);
      const expected = marked(others);
      expect(eraseIds(bitmap, erased)).toBe(new Set(erased).size);
      expect(bitmap.byteLength).toBe(expected.byteLength);
      expect([...bitmap.ids()]).toEqual([...expected.ids()]);
      expect(eraseIds(bitmap, erased)).toBe(0);
    }),
  );
});

it('leaves the length that somebody else has made by taking a mark back', () => {
  const bitmap = marked([1, 100]);
  bitmap.change([1000], 0);
  expect(eraseIds(bitmap, [100])).toBe(1);
  expect(bitmap.byteLength).toBe(126);
  expect(eraseIds(bitmap, [1000])).toBe(0);
  expect(bitmap.byteLength).toBe(1);
});

it('does not grow for ids that lie behind its end', () => {
  const bitmap = marked([1]);
  expect(eraseIds(bitmap, Uint32Array.of(1, 5000))).toBe(1);
  expect(bitmap.byteLength).toBe(0);
});
