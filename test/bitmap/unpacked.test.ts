import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bitmap } from '../../src/bitmap/bitmap.js';
import { UnpackedLists } from '../../src/bitmap/unpacked.js';

const PAGE = 8192;

/** Reads a bitmap from its beginning, some bytes at a time. */
function read(bitmap: Bitmap, windowBytes: number): number[] {
  const ids: number[] = [];
  for (let byteOffset = 0; byteOffset < bitmap.byteLength; byteOffset += windowBytes) {
    const bytes = new Uint8Array(windowBytes);
    bitmap.readInto(bytes, byteOffset);
    for (const [at, byte] of bytes.entries()) {
      for (let bit = 0; byte !== 0 && bit < 8; bit += 1) {
        if (byte & (0x80 >> bit)) ids.push((byteOffset + at) * 8 + bit);
      }
    }
  }
  return ids;
}

describe('lists that are unpacked once', () => {
  it('are what they were, and what they have become after every change', () => {
    const change = fc.record({
      op: fc.constantFrom('set', 'set', 'clear', 'or', 'extend'),
      first: fc.nat({ max: 140_000 }),
      count: fc.constantFrom(1, 30, 700, 3000),
      step: fc.constantFrom(1, 3, 20),
      windowBytes: fc.constantFrom(PAGE, 3000, 32_768),
    });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
        const bitmap = new Bitmap();
        const model = new Set<number>();
        for (const { op, first, count, step, windowBytes } of changes) {
          const ids = Array.from({ length: count }, (_, index) => first + index * step);
          if (op === 'extend') bitmap.extend(first);
          else if (op === 'or') {
            const other = new Bitmap();
            other.change(ids, 1);
            bitmap.or(other);
          } else bitmap.change(ids, op === 'set' ? 1 : 0);
          for (const id of ids) {
            if (op === 'clear') model.delete(id);
            else if (op !== 'extend') model.add(id);
          }
          const expected = [...model].sort((a, b) => a - b);
          for (let pass = 0; pass < 3; pass += 1) expect(read(bitmap, windowBytes)).toEqual(expected);
        }
      }),
      { seed: 1, numRuns: 25 },
    );
  });

  it('tell where a bitmap is occupied as it is after every change', () => {
    const bitmap = new Bitmap();
    bitmap.change([800_000], 1);
    expect(bitmap.occupied()).toEqual([{ byteOffset: 100_000, byteLength: 1 }]);
    expect(bitmap.occupied()).toBe(bitmap.occupied());
    bitmap.change([80_000], 1);
    expect(bitmap.occupied()).toEqual([
      { byteOffset: 10_000, byteLength: 1 },
      { byteOffset: 100_000, byteLength: 1 },
    ]);
  });

  it('are kept from the second time on, and unpacked anew after they were dropped', () => {
    const lists = new UnpackedLists();
    let unpacked = 0;
    const unpack = (page: Uint8Array) => {
      page[0] = ++unpacked;
    };
    expect(lists.isWorthwhile).toBe(false);
    lists.beginPass();
    expect(lists.isWorthwhile).toBe(true);
    expect([lists.page(3, unpack)[0], lists.page(3, unpack)[0], lists.page(4, unpack)[0]]).toEqual([1, 1, 2]);
    lists.clear();
    expect(lists.page(3, unpack)[0]).toBe(3);
    lists.clear();
  });

  it('make room for those of others, the least recently read first: 64 MiB in all', { tags: 'long' }, () => {
    const [oldest, newest] = [new UnpackedLists(), new UnpackedLists()];
    let unpacked = 0;
    const unpack = () => {
      unpacked += 1;
    };
    for (const lists of [oldest, newest]) {
      lists.beginPass();
      lists.page(0, unpack);
    }
    oldest.beginPass();
    newest.beginPass();
    for (let high = 1; high < 8192; high += 1) newest.page(high, unpack);
    unpacked = 0;
    newest.page(0, unpack);
    newest.page(8191, unpack);
    expect(unpacked).toBe(0);
    oldest.page(0, unpack);
    expect(unpacked).toBe(1);
    for (const lists of [oldest, newest]) lists.clear();
  });

  it('make room for others also after they had to make room for themselves', { tags: 'long' }, () => {
    const [larger, other] = [new UnpackedLists(), new UnpackedLists()];
    let unpacked = 0;
    const unpack = () => {
      unpacked += 1;
    };
    for (const lists of [larger, other]) lists.beginPass();
    for (let high = 0; high < 8200; high += 1) larger.page(high, unpack);
    for (let high = 0; high < 8192; high += 1) other.page(high, unpack);
    unpacked = 0;
    other.page(8191, unpack);
    expect(unpacked).toBe(0);
    larger.page(8199, unpack);
    expect(unpacked).toBe(1);
    for (const lists of [larger, other]) lists.clear();
  });
});
