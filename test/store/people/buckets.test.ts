import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BUCKET_PEOPLE, bucketCount, bucketOf, encodeBuckets } from '../../../src/store/people/buckets.js';

describe('buckets of hashes', () => {
  it('are one for each 128 numbers', () => {
    expect([0, 1, 128, 129, 256, 257].map(bucketCount)).toEqual([1, 1, 1, 2, 2, 3]);
  });

  it('are split one by one: a hash moves only from the bucket that is split to the new one', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        fc.integer({ min: 1, max: 40_000_000 }),
        (hash, count) => {
          const before = bucketOf(hash, count);
          const after = bucketOf(hash, count + 1);
          const split = count - 2 ** Math.floor(Math.log2(count));
          expect(before).toBeLessThan(count);
          expect(after === before || (before === split && after === count)).toBe(true);
        },
      ),
    );
  });

  it('hold each number once, with its hash, in their order', () => {
    const size = 20 * BUCKET_PEOPLE + 1;
    const hashes = Uint32Array.from({ length: size }, (_, number) => Math.imul(number + 1, 0x9e3779b1));
    const found: number[] = [];
    for (const [bucket, bytes] of encodeBuckets(hashes, (number) => number % 5 !== 0)) {
      const view = new DataView(bytes.buffer);
      let last = -1;
      for (let at = 0; at < bytes.length; at += 8) {
        const number = view.getUint32(at + 4);
        expect(view.getUint32(at)).toBe(hashes[number]);
        expect(bucketOf(hashes[number]!, bucketCount(size))).toBe(bucket);
        expect(number).toBeGreaterThan(last);
        last = number;
        found.push(number);
      }
    }
    const expected = [...hashes.keys()].filter((number) => number % 5 !== 0);
    expect(found.sort((a, b) => a - b)).toEqual(expected);
  });
});
