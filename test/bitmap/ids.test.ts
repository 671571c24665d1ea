import { describe, expect, it } from 'vitest';
import { Bitmap } from '../../src/bitmap/bitmap.js';
import { containerIds, IdWriter } from '../../src/bitmap/ids.js';
import { borrowKernel, returnKernel } from '../../src/kernel/pool.js';

const STRETCH = 65_536;

function range(from: number, to: number, step = 1): number[] {
  return Array.from({ length: Math.ceil((to - from) / step) }, (_, index) => from + index * step);
}

function bytesOf(ids: readonly number[]): Uint8Array {
  const bytes = new Uint8Array((ids.at(-1)! >> 3) + 1);
  for (const id of ids) bytes[id >> 3]! |= 0x80 >> (id & 7);
  return bytes;
}

/** Ids of one stretch in each shape that a container can have. */
const shapes = {
  list: range(0, STRETCH, 17),
  short: [0, 9, STRETCH - 1],
  bitmap: range(1, STRETCH, 7),
  runs: [...range(0, 100), ...range(5000, 5003), ...range(60_000, STRETCH)],
  full: range(0, STRETCH),
};
type Shape = keyof typeof shapes;

describe('the ids of a bitmap', () => {
  it('are those of its containers, whatever shape follows on whatever', { tags: 'long' }, () => {
    const names = Object.keys(shapes) as Shape[];
    // Each shape after each, then lists until more than a stretch of ids waits.
    const order = [
      ...names.flatMap((first) => names.flatMap((second) => [first, second])),
      ...Array<Shape>(20).fill('list'),
    ];
    const bitmap = new Bitmap();
    const expected: number[] = [];
    for (const [high, shape] of order.entries()) {
      const ids = shapes[shape].map((low) => high * 3 * STRETCH + low);
      bitmap.change(ids, 1);
      for (const id of ids) expected.push(id);
    }
    expect(new Set([...bitmap.containers()].map(({ kind }) => kind)).size).toBe(3);
    expect(bitmap.ids().join()).toBe(expected.join());
  });

  it('are written out when as many wait as there is room for, and one more', () => {
    for (const last of [15, 16, 17]) {
      // Sixteen lists of 4,096 fill the room to the brim.
      const bitmap = new Bitmap();
      const expected: number[] = [];
      for (let high = 0; high < 16; high += 1) {
        const ids = range(0, 8192, 2).map((low) => high * STRETCH + low);
        bitmap.change(ids, 1);
        for (const id of ids) expected.push(id);
      }
      bitmap.change([last * STRETCH + 65_000], 1);
      const ids = Uint32Array.from([...expected, last * STRETCH + 65_000]).sort();
      expect(bitmap.ids().join()).toBe(ids.join());
    }
  });

  it('are those of any number of bitmaps, neighbours or not', () => {
    for (const apart of [1, 3]) {
      for (const count of [3, 4, 5, 8, 13]) {
        const bitmap = new Bitmap();
        const highs = range(0, count * apart, apart);
        const ids = highs.flatMap((high) => shapes.bitmap.map((low) => high * STRETCH + low));
        bitmap.append(bytesOf(ids));
        expect(bitmap.ids().join()).toBe(ids.join());
        expect(bitmap.copy().ids().join()).toBe(ids.join());
      }
    }
  });

  it('reach the largest there is', () => {
    const bitmap = new Bitmap();
    const ids = [0, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 2, 2 ** 32 - 1];
    bitmap.change(ids, 1);
    expect([...bitmap.ids()]).toEqual(ids);
    expect(new Bitmap().ids()).toHaveLength(0);
  });

  it('of one container are those of its stretch', () => {
    for (const lows of Object.values(shapes)) {
      const bitmap = new Bitmap();
      bitmap.change(
        lows.map((low) => 5 * STRETCH + low),
        1,
      );
      const [container] = bitmap.containers();
      expect(containerIds(container!).join()).toBe(lows.map((low) => 5 * STRETCH + low).join());
    }
  });

  it('are written from as many words as a block may hold', () => {
    const kernel = borrowKernel('auto');
    const words = new Uint16Array(3 * 4096 + 3 * 3);
    words.set(shapes.short, words.length - 3);
    const target = new Uint32Array(3);
    const writer = new IdWriter(kernel, target);
    writer.load(words);
    writer.add('array', words.length - 3, words.length, STRETCH);
    writer.flush();
    returnKernel(kernel);
    expect([...target]).toEqual(shapes.short.map((low) => STRETCH + low));
  });
});
