import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bitmap } from '../../src/bitmap/bitmap.js';
import { BitmapPacker, PackedBitmap } from '../../src/bitmap/packed.js';
import { MemoryStore } from '../../src/store/memory.js';

describe('packed bitmaps', () => {
  it('are the bitmaps that were packed, of any lengths', () => {
    const lengths = fc.oneof(fc.nat(20), fc.integer({ min: 505, max: 520 }));
    const values = fc.array(
      lengths.chain((length) => fc.uint8Array({ minLength: length, maxLength: length })),
    );
    fc.assert(
      fc.property(values, (all) => {
        const packer = new BitmapPacker();
        const packed = all.map((bytes) => packer.pack(bytes));
        for (const [at, bytes] of all.entries()) {
          const each = packed[at]!;
          expect(each instanceof PackedBitmap).toBe(bytes.length <= 512);
          const bitmap = 'unpack' in each ? each.unpack() : each;
          const expected = Bitmap.fromBytes(bytes);
          expect(bitmap.ids()).toEqual(expected.ids());
          expect(bitmap.byteLength).toBe(bytes.length);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('do not change with the bytes they came as, nor with each other', () => {
    const packer = new BitmapPacker();
    const bytes = Uint8Array.of(0x80);
    const store = new MemoryStore();
    store.putBitmap('a', packer.pack(bytes));
    bytes[0] = 0x01;
    store.putBitmap('b', packer.pack(bytes));
    store.resident('a').change([5], 1);
    expect([...store.resident('a').ids()]).toEqual([0, 5]);
    expect([...store.resident('b').ids()]).toEqual([7]);
  });

  it('take less memory in a store than bitmaps do, until they are asked for', async () => {
    const [packed, plain] = [new MemoryStore(), new MemoryStore()];
    const packer = new BitmapPacker();
    for (let at = 0; at < 1000; at++) {
      const bytes = new Uint8Array(60).fill(at % 7);
      packed.putBitmap(`k${at}`, packer.pack(bytes));
      plain.putBitmap(`k${at}`, Bitmap.fromBytes(bytes));
    }
    expect(packed.byteSize).toBeLessThan(plain.byteSize / 2);
    const before = packed.byteSize;
    for await (const _ of packed.keys(''));
    expect(packed.byteSize).toBe(before);
    expect(await packed.byteLengths(['k1', 'none'])).toEqual([60, 0]);
    expect(await packed.count('k1')).toBe(await plain.count('k1'));
    expect(packed.byteSize).toBeGreaterThan(before);
  });
});
