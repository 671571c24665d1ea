import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bitmap } from '../../src/bitmap/bitmap.js';
import { containerIds } from '../../src/bitmap/ids.js';

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

  it('of one container are those of its stretch, in a shape that no block keeps either', () => {
    const sparse = new Uint8Array(8192);
    sparse.set([0x80, 0, 0x01]);
    const runs = new Uint16Array(STRETCH);
    for (let at = 0; at < STRETCH; at += 2) runs[at] = at;
    const [few] = Bitmap.fromBytes(Uint8Array.of(0x80, 0, 0x01)).containers();
    expect([
      ...containerIds({
        firstId: STRETCH,
        cardinality: 2,
        kind: 'bitmap',
        words: new Uint16Array(sparse.buffer),
      }),
    ]).toEqual([...containerIds({ ...few!, firstId: STRETCH })]);
    const all = containerIds({ firstId: 0, cardinality: STRETCH / 2, kind: 'run', words: runs });
    expect(all.join()).toBe(range(0, STRETCH, 2).join());
  });
});

describe('pages of a bitmap', () => {
  /** Stretches of every shape, some of them full and some of them empty. */
  const stretch = fc.tuple(
    fc.constantFrom<Shape | 'none'>('list', 'short', 'bitmap', 'runs', 'full', 'none', 'none'),
    fc.integer({ min: 1, max: 3 }),
  );

  function pagesOf(bitmap: Bitmap): Uint32Array[] {
    const pages: Uint32Array[] = [];
    for (let firstId = 0; ; firstId = (Math.floor(pages.at(-1)!.at(-1)! / STRETCH) + 1) * STRETCH) {
      const page = bitmap.page(firstId);
      if (page.length === 0) return pages;
      pages.push(page);
    }
  }

  it('are what a plain set has, at most 65,536 at a time and as many stretches as that allows', () => {
    fc.assert(
      fc.property(fc.array(stretch, { maxLength: 12 }), (stretches) => {
        const bitmap = new Bitmap();
        const sizes: number[] = [];
        const expected: number[] = [];
        let high = 0;
        for (const [shape, gap] of stretches) {
          high += gap;
          const ids = shape === 'none' ? [] : shapes[shape].map((low) => high * STRETCH + low);
          bitmap.change(ids, 1);
          for (const id of ids) expected.push(id);
          const last = sizes.at(-1);
          if (last !== undefined && last + ids.length <= STRETCH) sizes[sizes.length - 1] = last + ids.length;
          else if (ids.length > 0) sizes.push(ids.length);
        }
        const pages = pagesOf(bitmap);
        expect(pages.map(({ length }) => length)).toEqual(sizes);
        expect(
          pages
            .map((page) => page.join())
            .filter(Boolean)
            .join(),
        ).toBe(expected.join());
        expect(bitmap.ids().join()).toBe(expected.join());
        expect(bitmap.ids('js').join()).toBe(expected.join());
      }),
      { numRuns: 12 },
    );
  });

  it('begin where they are told to, also between stretches and behind all', () => {
    const bitmap = new Bitmap();
    bitmap.change([1, 3 * STRETCH, 2 ** 32 - 1], 1);
    expect([...bitmap.page(STRETCH)]).toEqual([3 * STRETCH, 2 ** 32 - 1]);
    expect([...bitmap.page(4 * STRETCH)]).toEqual([2 ** 32 - 1]);
    expect(bitmap.page(2 ** 32)).toHaveLength(0);
    expect(new Bitmap().page(0)).toHaveLength(0);
  });

  it('are memory of their own', () => {
    const bitmap = new Bitmap();
    bitmap.change(shapes.list, 1);
    const page = bitmap.page(0);
    bitmap.ids();
    bitmap.page(0).fill(0);
    expect(page.join()).toBe(shapes.list.join());
    expect(page.buffer.byteLength).toBe(page.byteLength);
  });
});
