import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { borrowKernel, returnKernel } from '../../src/kernel/pool.js';
import { type Kernel, Opcode, SLOT_ALIGNMENT } from '../../src/kernel/types.js';
import { byteLengths, makeBitmap, shapes } from '../support/kernel/bitmaps.js';
import {
  atLeast,
  combine,
  complement,
  countBy,
  countOf,
  idsOf,
  operations,
  runProgram,
  tableOf,
} from '../support/kernel/model.js';

type Bytes = Uint8Array<ArrayBuffer>;

/** Bytes after the last slot that no operation may touch. */
const GUARD_BYTES = 64;

describe.each(['js', 'wasm'] as const)('the %s kernel', (name) => {
  let kernel: Kernel;
  beforeAll(() => {
    kernel = borrowKernel(name);
  });
  afterAll(() => returnKernel(kernel));

  function run(program: readonly number[], byteLength: number): void {
    kernel.run(Int32Array.from(program), byteLength, new Float64Array(0));
  }
  function count(byteLength: number): number {
    return countBy(kernel, [Opcode.Count, 0, 0, 0], byteLength);
  }
  function countAnd(b: number, byteLength: number): number {
    return countBy(kernel, [Opcode.CountAnd, 0, 0, b], byteLength);
  }

  function expectBytes(actual: Bytes, expected: Bytes): void {
    // Comparing by hand first: a matcher over thousands of elements takes milliseconds.
    if (!isSame(actual, expected)) expect([...actual]).toEqual([...expected]);
  }

  /** Lays bitmaps of one length out as slots with garbage between them; returns the slots' offsets and how to look at them. */
  function layOut(bitmaps: readonly Bytes[]) {
    const byteLength = bitmaps[0]!.length;
    const slotBytes = Math.ceil((byteLength + GUARD_BYTES) / SLOT_ALIGNMENT) * SLOT_ALIGNMENT;
    const memory = kernel.reserve(slotBytes * bitmaps.length).fill(0xa5);
    for (const [index, bitmap] of bitmaps.entries()) memory.set(bitmap, index * slotBytes);
    const slotAt = (index: number) => memory.subarray(index * slotBytes, index * slotBytes + byteLength);
    const expectGuards = () => {
      for (let index = 0; index < bitmaps.length; index++) {
        const guard = memory.subarray(index * slotBytes + byteLength, (index + 1) * slotBytes);
        expect(guard.every((byte) => byte === 0xa5)).toBe(true);
      }
    };
    return { slotBytes, byteLength, slotAt, expectGuards };
  }

  const pairs = fc
    .tuple(byteLengths, shapes, shapes)
    .map(([byteLength, a, b]) => [makeBitmap(a, byteLength), makeBitmap(b, byteLength)] as const);

  it('is what was asked for', () => {
    expect(kernel.name).toBe(name);
  });

  describe.each([
    ['And', operations.and],
    ['Or', operations.or],
    ['Xor', operations.xor],
    ['AndNot', operations.andNot],
  ] as const)('%s', (operation, model) => {
    it.each([
      ['a third slot', 2],
      ['its first operand', 0],
      ['its second operand', 1],
    ])('equals the model when written to %s', (_, dst) => {
      fc.assert(
        fc.property(pairs, ([a, b]) => {
          const { slotBytes, byteLength, slotAt, expectGuards } = layOut([a, b, a.map(() => 0x5a)]);
          run([Opcode[operation], dst * slotBytes, 0, slotBytes], byteLength);
          expectBytes(slotAt(dst), combine(model, a, b));
          if (dst !== 0) expectBytes(slotAt(0), a);
          if (dst !== 1) expectBytes(slotAt(1), b);
          expectGuards();
        }),
        { seed: 1, numRuns: 60 },
      );
    });

    it('takes the same slot for both operands', () => {
      const a = makeBitmap({ kind: 'uniform', density: 0.5, seed: 3 }, 208);
      const { slotBytes, byteLength, slotAt } = layOut([a, a]);
      run([Opcode[operation], slotBytes, 0, 0], byteLength);
      expectBytes(slotAt(1), combine(model, a, a));
    });
  });

  it('Not equals the model, also in place', () => {
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const { slotBytes, byteLength, slotAt, expectGuards } = layOut([a, b]);
        run([Opcode.Not, slotBytes, 0, byteLength], byteLength);
        expectBytes(slotAt(1), complement(a, byteLength));
        run([Opcode.Not, 0, 0, byteLength], byteLength);
        expectBytes(slotAt(0), complement(a, byteLength));
        expectGuards();
      }),
      { seed: 2, numRuns: 60 },
    );
  });

  it('Count and CountAnd equal the model', () => {
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const { slotBytes, byteLength, slotAt } = layOut([a, b]);
        expect(count(byteLength)).toBe(countOf(a));
        expect(countAnd(slotBytes, byteLength)).toBe(countOf(combine(operations.and, a, b)));
        expect(countAnd(0, byteLength)).toBe(countOf(a));
        expectBytes(slotAt(0), a);
        expectBytes(slotAt(1), b);
      }),
      { seed: 3, numRuns: 200 },
    );
  });

  it('counts all bits of long slots of ones', () => {
    const byteLength = 20 * 2 ** 20;
    const memory = kernel.reserve(byteLength * 2).fill(0xff);
    expect(count(byteLength)).toBe(byteLength * 8);
    expect(countAnd(byteLength, byteLength)).toBe(byteLength * 8);
    memory[byteLength - 1] = 0xfe;
    expect(count(byteLength)).toBe(byteLength * 8 - 1);
    expect(countAnd(byteLength, byteLength)).toBe(byteLength * 8 - 1);
  });

  describe('ids', () => {
    /** Ids of `bitmap` by the kernel, laid out as the contract asks: behind the slot, with room for every bit. */
    function kernelIds(bitmap: Bytes, firstId: number): Uint32Array {
      const dst = Math.ceil(bitmap.length / SLOT_ALIGNMENT) * SLOT_ALIGNMENT;
      const roomBytes = bitmap.length * 8 * 4;
      const memory = kernel.reserve(dst + roomBytes + GUARD_BYTES).fill(0xa5);
      memory.set(bitmap);
      const count = kernel.ids(dst, 0, bitmap.length, firstId);
      expectBytes(memory.subarray(0, bitmap.length), bitmap);
      expect(memory.subarray(dst + roomBytes).every((byte) => byte === 0xa5)).toBe(true);
      return new Uint32Array(memory.buffer, memory.byteOffset + dst, count);
    }

    it('equal the model at every density', () => {
      fc.assert(
        fc.property(
          byteLengths,
          shapes,
          fc.constantFrom(0, 8, 65_536, 2 ** 31 - 64),
          (byteLength, shape, firstId) => {
            const bitmap = makeBitmap(shape, byteLength);
            expect([...kernelIds(bitmap, firstId)]).toEqual(idsOf(bitmap, firstId));
          },
        ),
        { seed: 4, numRuns: 200 },
      );
    });

    it('reach 4294967295, the largest there is', () => {
      for (const byteLength of [16, 64, 512, 4112]) {
        const firstId = 2 ** 32 - byteLength * 8;
        const bitmap = new Uint8Array(byteLength).fill(0xff);
        const ids = kernelIds(bitmap, firstId);
        expect(ids).toHaveLength(byteLength * 8);
        expect(ids[0]).toBe(firstId);
        expect(ids.at(-1)).toBe(4_294_967_295);
        expect(ids.join()).toBe(idsOf(bitmap, firstId).join());
        bitmap.fill(0);
        bitmap[byteLength - 1] = 1;
        expect([...kernelIds(bitmap, firstId)]).toEqual([4_294_967_295]);
      }
    });

    it('follow the bit order of Redis', () => {
      const bitmap = new Uint8Array(16);
      bitmap[0] = 0b1000_0001;
      bitmap[1] = 0b0100_0000;
      expect([...kernelIds(bitmap, 0)]).toEqual([0, 7, 9]);
    });

    it('find each single bit of a vector', () => {
      for (let id = 0; id < 256; id++) {
        const bitmap = new Uint8Array(32);
        bitmap[id >> 3] = 0x80 >> (id & 7);
        expect([...kernelIds(bitmap, 0)]).toEqual([id]);
      }
    });
  });

  describe('a program', () => {
    const SLOTS = 6;
    const COUNTERS = 5;
    const slotIndex = fc.nat({ max: SLOTS - 1 });
    const combining = fc.record({
      opcode: fc.constantFrom(Opcode.And, Opcode.Or, Opcode.Xor, Opcode.AndNot),
      dst: slotIndex,
      a: slotIndex,
      b: slotIndex,
      limit: fc.constant(undefined),
    });
    const inverting = fc.record({
      opcode: fc.constant(Opcode.Not),
      dst: slotIndex,
      a: slotIndex,
      b: fc.constant(0),
      limit: fc.oneof(
        fc.constantFrom(0, 1, 15, 16, 17, 8191, 8192, 8193, 8207, 8208, 0x7fffffff),
        fc.constantFrom(16_383, 16_384, 16_385, 16_399, 20_000, 32_769),
        fc.nat({ max: 16_500 }),
      ),
    });
    const counting = fc.record({
      opcode: fc.constantFrom(
        Opcode.Count,
        Opcode.CountAnd,
        Opcode.CountOr,
        Opcode.CountXor,
        Opcode.CountAndNot,
      ),
      dst: fc.nat({ max: COUNTERS - 1 }),
      a: slotIndex,
      b: slotIndex,
      limit: fc.constant(undefined),
    });
    const several = fc
      .tuple(
        fc.constantFrom(Opcode.AtLeast, Opcode.CountAtLeast),
        fc.nat({ max: COUNTERS - 1 }),
        fc.array(slotIndex, { minLength: 1, maxLength: 20 }),
        fc.nat(),
      )
      .map(([opcode, dst, slots, k]) => ({ opcode, dst, slots, k: 1 + (k % slots.length) }));
    const programs = fc.array(fc.oneof(combining, inverting, counting, several), { maxLength: 24 });

    it('equals the model step by step, over stretches and windows whose counts add up', {
      tags: 'long',
    }, () => {
      fc.assert(
        fc.property(
          byteLengths,
          fc.array(shapes, { minLength: SLOTS, maxLength: SLOTS }),
          programs,
          fc.integer({ min: 1, max: 2 }),
          fc.nat(),
          (byteLength, slotShapes, steps, windows, place) => {
            const bitmaps = slotShapes.map((shape) => makeBitmap(shape, byteLength));
            const { slotBytes, slotAt, expectGuards } = layOut(bitmaps);
            const program = Int32Array.from(
              steps.flatMap((step) => {
                const { opcode, dst } = step;
                const head = [opcode, opcode < Opcode.Count ? dst * slotBytes : dst];
                if ('slots' in step) {
                  return [...head, step.k, step.slots.length, ...step.slots.map((slot) => slot * slotBytes)];
                }
                return [...head, step.a * slotBytes, step.limit ?? step.b * slotBytes];
              }),
            );
            const counters = new Float64Array(COUNTERS).fill(1000);
            const expectedCounters = counters.slice();
            const cut = (place % (byteLength / 16 + 1)) * 16;
            for (let window = 0; window < windows; window++) {
              kernel.run(program, cut, counters);
              kernel.run(program, byteLength - cut, counters, cut);
              runProgram(program, bitmaps, slotBytes, expectedCounters);
            }
            expect(counters).toEqual(expectedCounters);
            for (const [index, bitmap] of bitmaps.entries()) expectBytes(slotAt(index), bitmap);
            expectGuards();
          },
        ),
        { seed: 5, numRuns: 250 },
      );
    });

    it.each([
      0,
      1,
      15,
      16,
      17,
      31,
      63,
      64,
      65,
      4095,
      4096,
      4097,
      8191,
      8192,
      8207,
      8208,
      8209,
      16_383,
      16_384,
      16_385,
      16_400,
      20_000,
      20_015,
      32_767,
      32_768,
      32_769,
      2 ** 31 - 1,
      2 ** 32 - 1,
    ])('complements up to byte %d and zeroes the rest', (limit) => {
      // Two blocks and a little more.
      const a = makeBitmap({ kind: 'uniform', density: 0.3, seed: limit }, 32_800);
      const { slotBytes, byteLength, slotAt, expectGuards } = layOut([a, a]);
      const counters = new Float64Array(1);
      kernel.run(Int32Array.of(Opcode.Not, slotBytes, 0, limit), byteLength, counters);
      expectBytes(slotAt(1), complement(a, limit));
      kernel.run(Int32Array.of(Opcode.Not, 0, 0, limit), byteLength, counters);
      expectBytes(slotAt(0), complement(a, limit));
      expectGuards();
    });

    it.each([20_000, 16_385, 16_399, 32_769, 40_001])('counts the complement of %d bytes', (limit) => {
      // As long as vectors need it to be: what is behind the end is no part of the complement.
      const byteLength = Math.ceil(limit / 16) * 16;
      const a = makeBitmap({ kind: 'uniform', density: 0.3, seed: limit }, byteLength).fill(0, limit);
      const { slotBytes } = layOut([a, a, a]);
      const counters = new Float64Array(4);
      const program = Int32Array.of(
        ...[Opcode.Not, slotBytes, 0, limit],
        ...[Opcode.Count, 0, slotBytes, 0],
        ...[Opcode.CountOr, 1, slotBytes, 0],
        ...[Opcode.CountAnd, 2, slotBytes, 0],
        ...[Opcode.CountXor, 3, 2 * slotBytes, slotBytes],
      );
      kernel.run(program, byteLength, counters);
      const bits = limit * 8;
      expect([...counters]).toEqual([bits - countOf(a), bits, 0, bits]);
    });

    it('may be longer than any scratch memory', () => {
      const bitmap = makeBitmap({ kind: 'uniform', density: 0.5, seed: 7 }, 64);
      const { slotBytes, byteLength, slotAt } = layOut([bitmap, bitmap]);
      const rounds = 10_001;
      const program = new Int32Array(rounds * 8);
      for (let round = 0; round < rounds; round++) {
        // The odd number of complements leaves a complement; every count sees what the step before it left.
        program.set(
          [Opcode.Not, slotBytes, slotBytes, byteLength, Opcode.Count, round % 2, slotBytes, 0],
          round * 8,
        );
      }
      const counters = new Float64Array(2);
      kernel.run(program, byteLength, counters);
      const bits = countOf(bitmap);
      expect([...counters]).toEqual([5001 * (byteLength * 8 - bits), 5000 * bits]);
      expectBytes(slotAt(1), complement(bitmap, byteLength));
    });

    it.each([8191, 8192, 8193, 16_383, 16_384, 16_385])(
      'may have %d instructions, and as many counts',
      (count) => {
        const bitmap = makeBitmap({ kind: 'uniform', density: 0.5, seed: 8 }, 16);
        const { slotBytes } = layOut([bitmap, bitmap.map((byte) => ~byte)]);
        const program = new Int32Array(count * 4);
        for (let index = 0; index < count; index++) {
          program.set([Opcode.Count, index, index % 2 === 0 ? 0 : slotBytes, 0], index * 4);
        }
        const counters = new Float64Array(count);
        kernel.run(program, 16, counters);
        const bits = countOf(bitmap);
        expect(counters.every((counted, index) => counted === (index % 2 === 0 ? bits : 128 - bits))).toBe(
          true,
        );
      },
    );

    it('may have tables, steps and many slots in turn, more than there is room for at a time', () => {
      const bitmap = makeBitmap({ kind: 'uniform', density: 0.5, seed: 9 }, 16);
      const { slotBytes } = layOut([bitmap, bitmap]);
      const bits = countOf(bitmap);
      for (const slots of [1, 20_000, 29_000, 30_000]) {
        const program = [
          ...tableOf(
            [0],
            [0, slotBytes],
            [
              [0, 0, 0],
              [0, 1, 1],
            ],
          ),
          ...[Opcode.CountAtLeast, 2, slots, slots, ...new Array<number>(slots).fill(0)],
          ...tableOf([0], [slotBytes], [[0, 0, 3]]),
          ...[Opcode.Count, 4, 0, 0],
        ];
        const counters = new Float64Array(5);
        kernel.run(Int32Array.from([...program, ...program]), 16, counters);
        expect([...counters]).toEqual(new Array(5).fill(2 * bits));
      }
    });

    it('keeps the views that were taken before', () => {
      const memory = kernel.reserve(256);
      memory.fill(1);
      kernel.run(Int32Array.of(Opcode.Or, 128, 0, 64), 64, new Float64Array(1));
      expect(memory.byteLength).toBe(256);
      expect(memory[128]).toBe(1);
    });

    it('of no steps, or over no bytes, changes nothing', () => {
      const { slotBytes, slotAt } = layOut([new Uint8Array(16).fill(7), new Uint8Array(16).fill(9)]);
      const counters = Float64Array.of(5);
      kernel.run(new Int32Array(0), 16, counters);
      kernel.run(Int32Array.of(Opcode.Count, 0, 0, 0, Opcode.And, 0, 0, slotBytes), 0, counters);
      expect(counters[0]).toBe(5);
      expectBytes(slotAt(0), new Uint8Array(16).fill(7));
    });

    it.each([
      [[Opcode.Count, 0, 0]],
      [[Opcode.Count, 0, 0, 0, Opcode.Or, 0]],
      [[Opcode.AtLeast, 0, 1, 2, 0]],
      [[Opcode.CountAtLeast, 0, 1, 1]],
      [[Opcode.CountTable, 1, 1, 1, 0, 0, 0, 0]],
      [[Opcode.CountTable, 1, 1]],
    ])('that is cut off within an instruction, as %j, is refused', (program) => {
      kernel.reserve(64);
      const refusal = /^expected a program of whole instructions, got one that is cut off at number [04]$/;
      expect(() => kernel.run(Int32Array.from(program), 16, new Float64Array(1))).toThrow(refusal);
    });

    it('with an opcode that does not exist is refused', () => {
      kernel.reserve(64);
      expect(() => kernel.run(Int32Array.of(13, 0, 0, 0), 16, new Float64Array(1))).toThrow(RangeError);
      expect(() => kernel.run(Int32Array.of(-1, 0, 0, 0), 16, new Float64Array(1))).toThrow(RangeError);
    });
  });

  describe('at least k of n', () => {
    it('equals the model for every k', () => {
      for (const n of [1, 2, 3, 7, 8, 9, 15, 16, 17, 31]) {
        const bitmaps = Array.from({ length: n }, (_, seed) =>
          makeBitmap({ kind: 'skewed', density: 0.1 + (0.8 * seed) / n, seed }, 272),
        );
        const { slotBytes, byteLength, slotAt, expectGuards } = layOut([...bitmaps, bitmaps[0]!]);
        const slots = bitmaps.map((_, index) => index * slotBytes);
        for (let k = 1; k <= n; k++) {
          const expected = atLeast(k, bitmaps);
          run([Opcode.AtLeast, n * slotBytes, k, n, ...slots], byteLength);
          expectBytes(slotAt(n), expected);
          expect(countBy(kernel, [Opcode.CountAtLeast, 0, k, n, ...slots], byteLength)).toBe(
            countOf(expected),
          );
        }
        for (const [index, bitmap] of bitmaps.entries()) expectBytes(slotAt(index), bitmap);
        expectGuards();
      }
    });

    it.each([16, 2032, 2048, 2064, 4096, 16_368, 16_384, 16_400, 34_832])(
      'equals the model over %d bytes, in place',
      (byteLength) => {
        const bitmaps = Array.from({ length: 5 }, (_, seed) =>
          makeBitmap({ kind: 'uniform', density: 0.5, seed }, byteLength),
        );
        for (const dst of bitmaps.keys()) {
          const { slotBytes, slotAt, expectGuards } = layOut(bitmaps);
          run(
            [Opcode.AtLeast, dst * slotBytes, 3, 5, ...bitmaps.map((_, index) => index * slotBytes)],
            byteLength,
          );
          expectBytes(slotAt(dst), atLeast(3, bitmaps));
          expectGuards();
        }
      },
    );

    it.each([255, 256, 257, 1000])('counts up to all of %d slots, one as often as it is given', (n) => {
      const bitmap = makeBitmap({ kind: 'uniform', density: 0.5, seed: n }, 64);
      const { slotBytes } = layOut([bitmap, bitmap.map((byte) => ~byte), bitmap]);
      // All but one have the bitmap, and that one has the rest.
      const slots = [...new Array<number>(n - 1).fill(0), slotBytes];
      const bits = countOf(bitmap);
      const countOfK = (k: number) => countBy(kernel, [Opcode.CountAtLeast, 0, k, n, ...slots], 64);
      expect([1, 2, n - 1, n].map(countOfK)).toEqual([512, bits, bits, 0]);
    });

    it('of more slots than any kernel takes is refused', () => {
      kernel.reserve(64).fill(0xff);
      const most = 30_000;
      expect(
        countBy(kernel, [Opcode.CountAtLeast, 0, most, most, ...new Array<number>(most).fill(0)], 16),
      ).toBe(128);
      const more = [Opcode.CountAtLeast, 0, 1, most + 1, ...new Array<number>(most + 1).fill(0)];
      expect(() => countBy(kernel, more, 16)).toThrow('expected at most 30000 slots to count, got 30001');
    });
  });

  describe('reserving', () => {
    it('gives exactly the bytes asked for, writable to the last', () => {
      for (const byteLength of [0, 1, 15, 64, 65, 100_000, 300_001]) {
        const memory = kernel.reserve(byteLength);
        expect(memory.length).toBe(byteLength);
        memory.fill(3);
        expect(memory.every((byte) => byte === 3)).toBe(true);
      }
    });

    it('more later still computes right, on views taken afterwards', () => {
      const before = kernel.reserve(64);
      before.fill(0xff);
      const biggerBytes = before.buffer.byteLength + 1_000_000;
      const after = kernel.reserve(biggerBytes);
      expect(after.length).toBe(biggerBytes);
      after.fill(0);
      after[biggerBytes - 1] = 1;
      expect(count(Math.floor(biggerBytes / 16) * 16)).toBe(biggerBytes % 16 === 0 ? 1 : 0);
      after[0] = 0xf0;
      expect(countAnd(0, 64)).toBe(4);
    });

    it.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 32, 2 ** 32 - 2 ** 20 + 1])(
      'refuses %d bytes with a RangeError and goes on working',
      (byteLength) => {
        expect(() => kernel.reserve(byteLength)).toThrow(RangeError);
        kernel.reserve(64).fill(0xff);
        expect(count(64)).toBe(512);
      },
    );
  });
});

function isSame(actual: Bytes, expected: Bytes): boolean {
  return actual.length === expected.length && actual.every((byte, index) => byte === expected[index]);
}
