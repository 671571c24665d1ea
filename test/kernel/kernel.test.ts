import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { borrowKernel, returnKernel } from '../../src/kernel/pool.js';
import { type Kernel, Opcode, SLOT_ALIGNMENT } from '../../src/kernel/types.js';
import { byteLengths, makeBitmap, shapes } from '../support/kernel/bitmaps.js';
import { combine, complement, countOf, idsOf, operations, runProgram } from '../support/kernel/model.js';

type Bytes = Uint8Array<ArrayBuffer>;

/** Bytes after the last slot that no operation may touch. */
const GUARD_BYTES = 64;

describe.each(['js', 'wasm'] as const)('the %s kernel', (name) => {
  let kernel: Kernel;
  beforeAll(() => {
    kernel = borrowKernel(name);
  });
  afterAll(() => returnKernel(kernel));

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

  describe.each(['and', 'or', 'xor', 'andNot'] as const)('%s', (operation) => {
    it.each([
      ['a third slot', 2],
      ['its first operand', 0],
      ['its second operand', 1],
    ])('equals the model when written to %s', (_, dst) => {
      fc.assert(
        fc.property(pairs, ([a, b]) => {
          const { slotBytes, byteLength, slotAt, expectGuards } = layOut([a, b, a.map(() => 0x5a)]);
          kernel[operation](dst * slotBytes, 0, slotBytes, byteLength);
          expectBytes(slotAt(dst), combine(operations[operation], a, b));
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
      kernel[operation](slotBytes, 0, 0, byteLength);
      expectBytes(slotAt(1), combine(operations[operation], a, a));
    });
  });

  it('not equals the model, also in place', () => {
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const { slotBytes, byteLength, slotAt, expectGuards } = layOut([a, b]);
        kernel.not(slotBytes, 0, byteLength);
        expectBytes(slotAt(1), complement(a, byteLength));
        kernel.not(0, 0, byteLength);
        expectBytes(slotAt(0), complement(a, byteLength));
        expectGuards();
      }),
      { seed: 2, numRuns: 60 },
    );
  });

  it('count and countAnd equal the model', () => {
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const { slotBytes, byteLength, slotAt } = layOut([a, b]);
        expect(kernel.count(0, byteLength)).toBe(countOf(a));
        expect(kernel.countAnd(0, slotBytes, byteLength)).toBe(countOf(combine(operations.and, a, b)));
        expect(kernel.countAnd(0, 0, byteLength)).toBe(countOf(a));
        expectBytes(slotAt(0), a);
        expectBytes(slotAt(1), b);
      }),
      { seed: 3, numRuns: 200 },
    );
  });

  it('counts all bits of long slots of ones', () => {
    const byteLength = 20 * 2 ** 20;
    const memory = kernel.reserve(byteLength * 2).fill(0xff);
    expect(kernel.count(0, byteLength)).toBe(byteLength * 8);
    expect(kernel.countAnd(0, byteLength, byteLength)).toBe(byteLength * 8);
    memory[byteLength - 1] = 0xfe;
    expect(kernel.count(0, byteLength)).toBe(byteLength * 8 - 1);
    expect(kernel.countAnd(0, byteLength, byteLength)).toBe(byteLength * 8 - 1);
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
    const programs = fc.array(fc.oneof(combining, inverting, counting), { maxLength: 24 });

    it('equals the model step by step, over windows whose counts add up', () => {
      fc.assert(
        fc.property(
          byteLengths,
          fc.array(shapes, { minLength: SLOTS, maxLength: SLOTS }),
          programs,
          fc.integer({ min: 1, max: 2 }),
          (byteLength, slotShapes, steps, windows) => {
            const bitmaps = slotShapes.map((shape) => makeBitmap(shape, byteLength));
            const { slotBytes, slotAt, expectGuards } = layOut(bitmaps);
            const program = Int32Array.from(
              steps.flatMap(({ opcode, dst, a, b, limit }) => [
                opcode,
                opcode < Opcode.Count ? dst * slotBytes : dst,
                a * slotBytes,
                limit ?? b * slotBytes,
              ]),
            );
            const counters = new Float64Array(COUNTERS).fill(1000);
            const expectedCounters = counters.slice();
            for (let window = 0; window < windows; window++) {
              kernel.run(program, byteLength, counters);
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

    it('that is cut off within a step is refused', () => {
      kernel.reserve(64);
      expect(() => kernel.run(new Int32Array(6), 16, new Float64Array(1))).toThrow(RangeError);
    });

    it('with an opcode that does not exist is refused', () => {
      kernel.reserve(64);
      expect(() => kernel.run(Int32Array.of(10, 0, 0, 0), 16, new Float64Array(1))).toThrow();
      expect(() => kernel.run(Int32Array.of(-1, 0, 0, 0), 16, new Float64Array(1))).toThrow();
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
      expect(kernel.count(0, Math.floor(biggerBytes / 16) * 16)).toBe(biggerBytes % 16 === 0 ? 1 : 0);
      after[0] = 0xf0;
      expect(kernel.countAnd(0, 0, 64)).toBe(4);
    });

    it.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 32, 2 ** 32 - 2 ** 20 + 1])(
      'refuses %d bytes with a RangeError and goes on working',
      (byteLength) => {
        expect(() => kernel.reserve(byteLength)).toThrow(RangeError);
        kernel.reserve(64).fill(0xff);
        expect(kernel.count(0, 64)).toBe(512);
      },
    );
  });
});

function isSame(actual: Bytes, expected: Bytes): boolean {
  return actual.length === expected.length && actual.every((byte, index) => byte === expected[index]);
}
