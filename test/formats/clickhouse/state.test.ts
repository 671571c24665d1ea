import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../../../src/base/errors.js';
import { Bitmap } from '../../../src/bitmap/bitmap.js';
import { concatBytes } from '../../../src/formats/bytes.js';
import { decodeState, encodeState } from '../../../src/formats/clickhouse/state.js';
import { ByteCursor } from '../../../src/formats/cursor.js';

function bitmapOf(ids: Iterable<number>): Bitmap {
  const bitmap = new Bitmap();
  bitmap.change(Uint32Array.from(ids), 1);
  return bitmap;
}

function bytesOf(ids: Iterable<number>): Uint8Array {
  return concatBytes(encodeState(bitmapOf(ids)));
}

/** Bytes as they arrive, a few at a time. */
async function* chunksOf(bytes: Uint8Array, size = 4099): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function decode(bytes: Uint8Array, limit?: (byteLength: number) => void): Promise<Bitmap> {
  return decodeState(new ByteCursor(chunksOf(bytes)), limit);
}

describe('a groupBitmap state', () => {
  it('lists up to 32 ids, little-endian', () => {
    expect([...bytesOf([])]).toEqual([0, 0]);
    expect([...bytesOf([258, 2 ** 32 - 1])]).toEqual([0, 2, 2, 1, 0, 0, 255, 255, 255, 255]);
    expect(bytesOf(Array.from({ length: 32 }, (_, id) => id)).subarray(0, 2)).toEqual(Uint8Array.of(0, 32));
  });

  it('holds a portable Roaring bitmap of more, its length before it', () => {
    const bytes = bytesOf(Array.from({ length: 33 }, (_, index) => index * 1000));
    // 16 bytes of head and 2 of each id.
    expect([...bytes.subarray(0, 4)]).toEqual([1, 16 + 66, 0x3a, 0x30]);
    const long = bytesOf(Array.from({ length: 3000 }, (_, index) => index * 2));
    expect([...long.subarray(0, 3)]).toEqual([1, (6016 % 128) | 128, Math.floor(6016 / 128)]);
    expect(long).toHaveLength(3 + 6016);
  });

  it('is read as it was written, whatever its ids', async () => {
    const sets = fc.oneof(
      fc.array(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { maxLength: 60 }),
      fc
        .tuple(fc.integer({ min: 0, max: 2 ** 31 }), fc.integer({ min: 0, max: 70_000 }))
        .map(([first, length]) => Array.from({ length }, (_, index) => first + index)),
    );
    await fc.assert(
      fc.asyncProperty(sets, async (ids) => {
        const read = await decode(bytesOf(ids));
        expect(read.ids()).toEqual(bitmapOf(ids).ids());
        expect(read.byteLength).toBe(bitmapOf(ids).byteLength);
      }),
      { numRuns: 30 },
    );
  });

  it('may list its ids in any order', async () => {
    expect([...(await decode(Uint8Array.of(0, 2, 9, 0, 0, 0, 3, 0, 0, 0))).ids()]).toEqual([3, 9]);
  });

  it('says its length before a Roaring bitmap is read, so that it can be refused', async () => {
    const bytes = bytesOf(Array.from({ length: 33 }, (_, index) => index * 1000));
    const refuse = (byteLength: number) => {
      throw new RangeError(`${byteLength}`);
    };
    await expect(decode(bytes.subarray(0, 2), refuse)).rejects.toThrow(new RangeError('82'));
  });

  it.each([
    ['another kind', [2, 0], 'expected a groupBitmap state, which begins with 0 or 1, got 2 (at byte 0)'],
    ['a longer list', [0, 33], 'expected at most 32 ids in a list, got 33 (at byte 1)'],
    ['no end of a length', [1, 255, 255, 255, 255, 255, 1], 'expected a length of at most 1073741824'],
    ['a cut list', [0, 2, 1, 0, 0, 0], 'expected another 4 bytes, got the end'],
    ['nothing', [], 'expected another byte, got the end'],
  ])('is refused if it has %s', async (_, bytes, sentence) => {
    const error = await decode(Uint8Array.from(bytes)).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(FormatError);
    expect((error as Error).message).toContain(sentence);
  });
});
