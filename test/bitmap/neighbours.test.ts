import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Bitmap } from '../../src/bitmap/bitmap.js';

const PAGE = 8192;
const PAGES = 12;

/** How the bytes of a container are filled, by a number. */
const FILLS = [0, 0x01, 0x55, 0xaa, 0xff];

it('bitmaps that are neighbours are what they were, whatever becomes of those beside them', {
  tags: 'long',
}, () => {
  const fill = fc.constantFrom(...FILLS);
  const change = fc.record({
    page: fc.nat({ max: PAGES - 1 }),
    value: fc.constantFrom(0, 1),
    count: fc.constantFrom(1, 60, 5000, 65_536),
  });
  const window = fc.record({
    byteOffset: fc.nat({ max: PAGES * PAGE }),
    byteLength: fc.nat({ max: 5 * PAGE }),
  });
  const drawn = fc.record({
    fills: fc.array(fill, { maxLength: PAGES }),
    lastBytes: fc.constantFrom(PAGE, 4, 5001),
    pieces: fc.constantFrom(1, 3, 4, PAGES),
    changes: fc.array(change, { maxLength: 8 }),
    windows: fc.array(window, { minLength: 3, maxLength: 6 }),
  });
  fc.assert(
    fc.property(drawn, ({ fills, lastBytes, pieces, changes, windows }) => {
      const model = new Uint8Array((PAGES + 6) * PAGE);
      fills.forEach((byte, page) => {
        const isLast = page === fills.length - 1;
        model.fill(byte, page * PAGE, page * PAGE + (isLast ? lastBytes : PAGE));
      });
      const byteLength = fills.length === 0 ? 0 : (fills.length - 1) * PAGE + lastBytes;
      const bitmap = new Bitmap();
      for (let at = 0; at < byteLength; at += pieces * PAGE) {
        bitmap.append(model.slice(at, Math.min(at + pieces * PAGE, byteLength)));
      }
      const check = () => {
        for (const { byteOffset, byteLength: length } of [
          ...windows,
          { byteOffset: 0, byteLength: PAGES * PAGE },
        ]) {
          const target = new Uint8Array(length).fill(7);
          bitmap.readInto(target, byteOffset);
          expect(Buffer.compare(target, model.subarray(byteOffset, byteOffset + length))).toBe(0);
        }
        const marked = new Uint8Array(model.length);
        for (const id of bitmap.ids()) marked[id >> 3]! |= 0x80 >> (id & 7);
        expect(Buffer.compare(marked, model)).toBe(0);
      };
      check();
      for (const { page, value, count } of changes) {
        const ids = Array.from({ length: count }, (_, index) => page * 65_536 + ((index * 13) % 65_536));
        bitmap.change(ids, value as 0 | 1);
        for (const id of ids) {
          const mask = 0x80 >> (id & 7);
          if (value === 1) model[id >> 3]! |= mask;
          else model[id >> 3]! &= ~mask;
        }
        check();
      }
      const bits = model.reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0);
      expect(bitmap.cardinality).toBe(bits);
      expect(bitmap.copy().cardinality).toBe(bits);
    }),
    { seed: 4, numRuns: 150 },
  );
});

it('bitmaps that are neighbours take no more memory than they have to', () => {
  for (const pages of [1, 4, 5, 30]) {
    const { byteSize } = Bitmap.fromBytes(new Uint8Array(pages * PAGE).fill(0x55));
    // A 32nd more, and some words and objects.
    expect(byteSize).toBeLessThan(pages * PAGE * (33 / 32) + 400 * (Math.ceil(pages / 4) + 1));
  }
  const mixed = new Uint8Array(8 * PAGE);
  mixed.fill(0x55, 0, PAGE);
  expect(Bitmap.fromBytes(mixed).byteSize).toBeLessThan(PAGE + 1000);
});
