import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bitmap } from '../../src/bitmap/bitmap.js';
import type { ByteRange } from '../../src/bitmap/types.js';
import { idsOf } from '../support/store/conformance.js';

const CONTAINER = 65_536;
const CONTAINER_BYTES = 8192;

/** What is changed in one container: few or many ids, scattered, in runs, up to both ends of it. */
const changes = fc.record({
  high: fc.nat({ max: 7 }),
  kind: fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom('one', 'few', 'thousands', 'run', 'start', 'end') },
    { weight: 1, arbitrary: fc.constant('all' as const) },
  ),
  at: fc.nat({ max: CONTAINER - 1 }),
  value: fc.constantFrom<0 | 1>(1, 1, 1, 0),
});
type Change = typeof changes extends fc.Arbitrary<infer T> ? T : never;

function idsFor({ high, kind, at }: Change): number[] {
  const spread = (count: number, step: number) =>
    Array.from({ length: count }, (_, index) => (at + index * step) % CONTAINER);
  const lows = {
    one: () => [at],
    few: () => spread(40, 97),
    thousands: () => spread(4500, 7),
    run: () => spread(700, 1),
    start: () => Array.from({ length: 20 }, (_, low) => low),
    end: () => Array.from({ length: 20 }, (_, low) => CONTAINER - 1 - low),
    all: () => spread(CONTAINER, 1),
  }[kind]();
  return lows.map((low) => high * CONTAINER + low);
}

/** All bytes, by reads of odd lengths into the middle of something else. */
function bytesOf(bitmap: Bitmap, windowBytes: number): Uint8Array {
  const all = new Uint8Array(bitmap.byteLength);
  for (let byteOffset = 0; byteOffset < all.length; byteOffset += windowBytes) {
    const memory = new Uint8Array(windowBytes + 32).fill(0x5a);
    bitmap.readInto(memory.subarray(16, 16 + windowBytes), byteOffset);
    expect(
      [...memory.subarray(0, 16), ...memory.subarray(16 + windowBytes)].every((byte) => byte === 0x5a),
    ).toBe(true);
    const inside = Math.min(windowBytes, all.length - byteOffset);
    expect(memory.subarray(16 + inside, 16 + windowBytes).every((byte) => byte === 0)).toBe(true);
    all.set(memory.subarray(16, 16 + inside), byteOffset);
  }
  return all;
}

function expectSame(bitmap: Bitmap, ids: Uint32Array, byteLength: number): void {
  expect(bitmap.byteLength).toBe(byteLength);
  expect(bitmap.cardinality).toBe(ids.length);
  expect(bitmap.ids().join()).toBe(ids.join());
  const highs = [...bitmap.containers()].map(({ firstId }) => firstId / CONTAINER);
  expect(highs).toEqual([...new Set([...ids].map((id) => id >>> 16))]);
  const counts = [...bitmap.containers()].reduce((sum, { cardinality }) => sum + cardinality, 0);
  expect(counts).toBe(ids.length);
  const ranges = bitmap.occupied();
  if (ranges !== undefined) expectCovered(ranges, ids, byteLength);
}

function expectCovered(ranges: readonly ByteRange[], ids: Uint32Array, byteLength: number): void {
  let end = -1;
  for (const range of ranges) {
    expect(range.byteOffset).toBeGreaterThan(end);
    end = range.byteOffset + range.byteLength;
  }
  expect(end).toBeLessThanOrEqual(byteLength);
  const covers = (byte: number) =>
    ranges.some(({ byteOffset, byteLength: length }) => byte >= byteOffset && byte < byteOffset + length);
  expect([...ids].every((id) => covers(id >>> 3))).toBe(true);
}

describe('a compressed bitmap', () => {
  it('holds what a set holds, however its containers fill and empty', { tags: 'long' }, () => {
    fc.assert(
      fc.property(
        fc.array(changes, { minLength: 1, maxLength: 20 }),
        fc.constantFrom(1000, 8191, 8192, 20_000),
        (steps, windowBytes) => {
          const bitmap = new Bitmap();
          const model = new Set<number>();
          let byteLength = 0;
          for (const step of steps) {
            const ids = idsFor(step);
            bitmap.change(ids, step.value);
            for (const id of ids) {
              if (step.value === 1) model.add(id);
              else model.delete(id);
              byteLength = Math.max(byteLength, (id >>> 3) + 1);
            }
          }
          const ids = Uint32Array.from(model).sort();
          expectSame(bitmap, ids, byteLength);
          const bytes = bytesOf(bitmap, windowBytes);
          expect(idsOf(bytes).join()).toBe(ids.join());
          expectSame(Bitmap.fromBytes(bytes), ids, byteLength);
          const lastByte = ids.length === 0 ? 0 : (ids.at(-1)! >>> 3) + 1;
          const copy = Bitmap.fromContainers(bitmap.containers());
          expectSame(copy, ids, lastByte);
          const smallest = Bitmap.fromSmallest(bitmap.containers(), byteLength);
          expectSame(smallest, ids, byteLength);
          expect(idsOf(bytesOf(copy, 8192)).join()).toBe(ids.join());
        },
      ),
      { seed: 7, numRuns: 25 },
    );
  });

  it('keeps its containers in order where blocks are split in the middle', () => {
    const bitmap = new Bitmap();
    const model = new Set<number>();
    // From the outside in, so that new containers come between others.
    for (let step = 0; step < 400; step += 1) {
      const high = step % 2 === 0 ? step : 800 - step;
      const ids = Array.from({ length: 30 }, (_, index) => high * CONTAINER + index * 1001);
      bitmap.change(ids, 1);
      for (const id of ids) model.add(id);
    }
    for (const high of [3, 399, 401, 797]) {
      bitmap.change([high * CONTAINER + 5], 1);
      model.add(high * CONTAINER + 5);
    }
    const ids = Uint32Array.from(model).sort();
    expectSame(bitmap, ids, (ids.at(-1)! >>> 3) + 1);
    expect(idsOf(bytesOf(bitmap, 500_000)).join()).toBe(ids.join());
  });

  it('splits a block that ends with its largest container', () => {
    const bitmap = new Bitmap();
    bitmap.change([1, CONTAINER + 1], 1);
    const dense = Array.from({ length: 5000 }, (_, index) => 2 * CONTAINER + index * 13);
    bitmap.change(dense, 1);
    bitmap.change([2, CONTAINER + 2, 3 * CONTAINER], 1);
    expect([...bitmap.ids()]).toEqual([1, 2, CONTAINER + 1, CONTAINER + 2, ...dense, 3 * CONTAINER]);
    expect([...bitmap.containers()].map(({ firstId }) => firstId / CONTAINER)).toEqual([0, 1, 2, 3]);
  });

  it('tells of one id, wherever it lies', () => {
    const bitmap = new Bitmap();
    bitmap.change([0, 9, 70_000, 2 ** 32 - 1], 1);
    for (const id of [0, 9, 70_000, 2 ** 32 - 1]) expect(bitmap.has(id)).toBe(true);
    for (const id of [1, 8, 10, 65_536, 70_001, 2 ** 31, 2 ** 32 - 2]) expect(bitmap.has(id)).toBe(false);
  });

  it('takes bytes piece by piece, but only behind whole containers', () => {
    const bytes = Uint8Array.from({ length: 2 * CONTAINER_BYTES + 5001 }, (_, index) => index * 31);
    const bitmap = new Bitmap();
    bitmap.append(bytes.subarray(0, CONTAINER_BYTES));
    bitmap.append(bytes.subarray(CONTAINER_BYTES));
    expect(bytesOf(bitmap, 4000)).toEqual(bytes);
    expect(bitmap.cardinality).toBe(idsOf(bytes).length);
    expect(() => bitmap.append(bytes)).toThrow('expected to append at a multiple of 8192 bytes, got 21385');
  });

  it('has no bits of one container in the next, which is shorter', () => {
    const bytes = new Uint8Array(CONTAINER_BYTES + 1500).fill(0xff, 0, CONTAINER_BYTES - 1);
    for (let index = CONTAINER_BYTES; index < bytes.length; index += 1) bytes[index] = 0x55;
    bytes[100] = 0;
    for (let index = 0; index < CONTAINER_BYTES; index += 2) bytes[index] = 0x5a;
    const bitmap = Bitmap.fromBytes(bytes);
    expect([...bitmap.containers()].map(({ kind }) => kind)).toEqual(['bitmap', 'bitmap']);
    expect(bytesOf(bitmap, 6000)).toEqual(bytes);
    bitmap.change([2 * CONTAINER - 1], 1);
    expect(bitmap.cardinality).toBe(bitmap.ids().length);
    expect(bytesOf(bitmap, 30_000).subarray(bytes.length).join()).toBe(
      [...new Array(CONTAINER_BYTES - 1501).fill(0), 1].join(),
    );
  });

  describe('occupies', () => {
    const rangesOf = (ids: number[], lastId: number) => {
      const bitmap = new Bitmap();
      bitmap.change(ids, 1);
      bitmap.change([lastId], 0);
      return bitmap.occupied();
    };
    const FAR = 40 * CONTAINER - 1;

    it('nothing where no id is', () => {
      expect(new Bitmap().occupied()).toEqual([]);
      expect(rangesOf([], FAR)).toEqual([]);
    });

    it('the bytes of its ids, of neighbouring containers as one', () => {
      const byte = (id: number) => id >> 3;
      expect(rangesOf([100, 900], FAR)).toEqual([{ byteOffset: 12, byteLength: 101 }]);
      expect(rangesOf([9, CONTAINER - 1, CONTAINER, CONTAINER + 17, 5 * CONTAINER + 8], FAR)).toEqual([
        { byteOffset: 1, byteLength: byte(CONTAINER + 17) },
        { byteOffset: 5 * CONTAINER_BYTES + 1, byteLength: 1 },
      ]);
      const run = Array.from({ length: 2000 }, (_, index) => 3 * CONTAINER + 803 + index);
      expect(rangesOf(run, FAR)).toEqual([{ byteOffset: 3 * CONTAINER_BYTES + 100, byteLength: 251 }]);
    });

    it('the whole of a dense container, to its first and last bit', () => {
      const dense = Array.from({ length: 9000 }, (_, index) => CONTAINER + 7 * index + 7);
      expect(rangesOf([...dense, CONTAINER, 2 * CONTAINER - 1], FAR)).toEqual([
        { byteOffset: CONTAINER_BYTES, byteLength: CONTAINER_BYTES },
      ]);
    });

    it('no byte behind its end', () => {
      const dense = Array.from({ length: 5000 }, (_, index) => 10 * CONTAINER + 3 * index);
      const lastByte = (10 * CONTAINER + 3 * 4999) >> 3;
      expect(rangesOf(dense, dense.at(-1)!)).toEqual([
        { byteOffset: 10 * CONTAINER_BYTES, byteLength: lastByte + 1 - 10 * CONTAINER_BYTES },
      ]);
    });

    it('is not told where it is more than half', () => {
      expect(rangesOf([0, 7], 15)).toEqual([{ byteOffset: 0, byteLength: 1 }]);
      expect(rangesOf([0, 8], 23)).toBeUndefined();
      expect(rangesOf([0, 8], 31)).toEqual([{ byteOffset: 0, byteLength: 2 }]);
    });
  });

  it('ends with its last id where it is made of containers', () => {
    for (const ids of [[0], [7], [8], [CONTAINER], [CONTAINER + 9, 3 * CONTAINER - 1], [1, 2 ** 32 - 1]]) {
      const bitmap = new Bitmap();
      bitmap.change(ids, 1);
      const copy = Bitmap.fromContainers(bitmap.containers());
      expect(copy.byteLength).toBe(Math.floor(ids.at(-1)! / 8) + 1);
      expect([...copy.ids()]).toEqual(ids);
    }
  });

  it('is written out the same by either kernel, or none', () => {
    const ids = Array.from({ length: 30_000 }, (_, index) => index * 37);
    const bitmap = new Bitmap();
    bitmap.change(ids, 1);
    const bytes = new Uint8Array(bitmap.byteLength);
    for (const kernel of ['auto', 'wasm', 'js'] as const) {
      const changed = Bitmap.fromContainers(bitmap.containers(), kernel);
      changed.change(ids.slice(0, 1000), 0, kernel);
      expect([...changed.ids(kernel)]).toEqual(ids.slice(1000));
      expect([...bitmap.ids(kernel)]).toEqual(ids);
      bitmap.readInto(bytes.fill(0x5a), 0, kernel);
      expect([...Bitmap.fromBytes(bytes).ids()]).toEqual(ids);
    }
  });

  it('is copied with its length, and no longer changes with its copy', () => {
    const bitmap = new Bitmap();
    for (const ids of [[], [3], Array.from({ length: 40_000 }, (_, index) => index * 2001)]) {
      bitmap.change(ids, 1);
      bitmap.extend(bitmap.byteLength + 100);
      const copy = bitmap.copy();
      expect([copy.byteLength, copy.cardinality]).toEqual([
        bitmap.byteLength,
        ids.length === 0 ? 0 : copy.cardinality,
      ]);
      const before = copy.ids();
      expect(before).toEqual(bitmap.ids());
      bitmap.change([5], 1);
      expect(copy.ids()).toEqual(before);
      bitmap.change([5], 0);
    }
  });

  it('takes the ids of another, which stays as it is', { tags: 'long' }, () => {
    fc.assert(
      fc.property(
        fc.array(changes, { maxLength: 8 }),
        fc.array(changes, { maxLength: 8 }),
        (ours, theirs) => {
          const [bitmap, other] = [new Bitmap(), new Bitmap()];
          for (const change of ours) bitmap.change(idsFor(change), change.value);
          for (const change of theirs) other.change(idsFor(change), change.value);
          const expected = [...new Set([...bitmap.ids(), ...other.ids()])].sort((a, b) => a - b);
          const before = [...other.ids()];
          const byteLength = Math.max(bitmap.byteLength, other.byteLength);
          bitmap.or(other);
          expect([...bitmap.ids()]).toEqual(expected);
          expect(bitmap.byteLength).toBe(byteLength);
          bitmap.change([3], 0);
          expect([...other.ids()]).toEqual(before);
        },
      ),
      { numRuns: 150, seed: 4 },
    );
  });

  it('is extended by bits that are not set, and never made shorter', () => {
    const bitmap = new Bitmap();
    bitmap.extend(0);
    expect(bitmap.byteLength).toBe(0);
    bitmap.extend(2 ** 29);
    bitmap.extend(3);
    expect([bitmap.byteLength, bitmap.cardinality]).toEqual([2 ** 29, 0]);
  });

  it('refuses what is no id and no length, and changes nothing', () => {
    const bitmap = Bitmap.fromBytes(Uint8Array.of(0x80));
    expect(() => bitmap.change([1, -1], 1)).toThrow('expected an id in [0, 2^32), got -1');
    expect(() => bitmap.change([1, 2 ** 32], 0)).toThrow(RangeError);
    expect(() => bitmap.change([1, '2' as unknown as number], 1)).toThrow(TypeError);
    for (const byteLength of [-1, 1.5, 2 ** 29 + 1, Number.NaN]) {
      expect(() => bitmap.extend(byteLength)).toThrow(RangeError);
    }
    expect([bitmap.byteLength, ...bitmap.ids()]).toEqual([1, 0]);
    bitmap.extend(2 ** 29);
    expect(() => bitmap.append(Uint8Array.of(1))).toThrow(`expected a bitmap of 0 to ${2 ** 29} bytes`);
  });

  it('counts the objects that the engine keeps for it', () => {
    const bitmap = new Bitmap();
    expect(bitmap.byteSize).toBeGreaterThanOrEqual(200);
    bitmap.change([1], 1);
    expect(bitmap.byteSize).toBeGreaterThanOrEqual(200 + 320 + 4 * 2);
    expect(bitmap.byteSize).toBeLessThan(600);
  });
});
