import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bitmap } from '../../src/bitmap/bitmap.js';
import { fingerprintOf } from '../../src/bitmap/fingerprint.js';

/** Skewed, so that containers of every kind come about. */
const id = fc.oneof(
  fc.nat(100),
  fc.integer({ min: 65_500, max: 65_600 }),
  fc.integer({ min: 520_000, max: 530_000 }),
  fc.nat(3_000_000),
);
const stretch = fc
  .tuple(id, fc.integer({ min: 1, max: 5000 }))
  .map(([first, length]) => Array.from({ length }, (_, at) => first + at));
const ids = fc.oneof(fc.array(id, { maxLength: 30 }), stretch);

function digestOf(bitmap: Bitmap): string {
  return fingerprintOf(bitmap, 'digest');
}

describe('fingerprintOf', () => {
  it('counts ids, and tells a missing key from an empty one only by its digest', () => {
    const bitmap = new Bitmap();
    expect(fingerprintOf(bitmap, 'count')).toBe('0');
    expect(fingerprintOf(undefined, 'count')).toBe('0');
    expect(digestOf(bitmap)).not.toBe(fingerprintOf(undefined, 'digest'));
    bitmap.change([1, 70_000], 1);
    expect(fingerprintOf(bitmap, 'count')).toBe('2');
  });

  it('digests what is equal equally, however it has come about', () => {
    fc.assert(
      fc.property(ids, ids, (kept, passing) => {
        const made = new Bitmap();
        made.change(kept, 1);
        const last = Math.max(...kept, ...passing, 0);
        const changed = new Bitmap();
        changed.change([...passing, last], 1);
        changed.change(kept, 1);
        changed.change(
          [...passing, last].filter((id) => !kept.includes(id)),
          0,
        );
        made.change([last], kept.includes(last) ? 1 : 0);
        const bytes = new Uint8Array(made.byteLength);
        made.readInto(bytes, 0);
        expect(digestOf(changed)).toBe(digestOf(made));
        expect(digestOf(Bitmap.fromBytes(bytes))).toBe(digestOf(made));
      }),
      { numRuns: 200 },
    );
  });

  it('digests what differs in any bit, or in length, differently', () => {
    fc.assert(
      fc.property(ids, id, (kept, other) => {
        const bitmap = new Bitmap();
        bitmap.change([...kept, 3_000_000], 1);
        const before = digestOf(bitmap);
        bitmap.change([other], bitmap.has(other) ? 0 : 1);
        const after = digestOf(bitmap);
        bitmap.change([3_100_000], 0);
        expect(new Set([before, after, digestOf(bitmap)]).size).toBe(3);
      }),
      { numRuns: 200 },
    );
  });

  it('gives no digest twice to many bitmaps that hardly differ', () => {
    const digests = new Set<string>();
    const bitmap = new Bitmap();
    for (let at = 0; at < 5000; at++) {
      bitmap.change([at * 3], 1);
      digests.add(digestOf(bitmap));
      const single = new Bitmap();
      single.change([at], 1);
      single.change([20_000], 0);
      digests.add(digestOf(single));
    }
    expect(digests.size).toBe(10_000);
  });
});
