import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { borrowKernel, returnKernel } from '../../src/kernel/pool.js';
import type { Kernel } from '../../src/kernel/types.js';
import { seededRandom } from '../support/kernel/bitmaps.js';
import { countCommon, idsOf } from '../support/kernel/model.js';

describe.each(['js', 'wasm'] as const)('overlaps in the %s kernel', (name) => {
  let kernel: Kernel;
  beforeAll(() => {
    kernel = borrowKernel(name);
  });
  afterAll(() => returnKernel(kernel));

  it('are counted each where it lies, and nothing beside them', () => {
    const BYTES = 4096;
    const place = fc.nat({ max: BYTES / 16 - 1 });
    const cell = fc.tuple(place, place, fc.nat({ max: 64 }));
    fc.assert(
      fc.property(fc.nat(), fc.array(cell, { maxLength: 20 }), (seed, drawn) => {
        const random = seededRandom(seed);
        const memory = kernel.reserve(BYTES + drawn.length * 12 + 64);
        for (let at = 0; at < BYTES; at++) memory[at] = random() < 0.5 ? 0 : random() * 256;
        memory.fill(0xa5, BYTES);
        const cells = drawn.map(([a, b, length]) => {
          const most = BYTES / 16 - Math.max(a, b);
          return [a * 16, b * 16, Math.min(length, most) * 16] as const;
        });
        const numbers = new Uint32Array(memory.buffer, memory.byteOffset + BYTES, cells.length * 3);
        numbers.set(cells.flat());
        const slots = memory.slice(0, BYTES);
        kernel.countOverlaps(BYTES, cells.length);
        expect([...numbers]).toEqual(
          cells.flatMap(([a, b, length]) => [
            a,
            b,
            countCommon(slots.slice(a, a + length), slots.slice(b, b + length)),
          ]),
        );
        expect(memory.subarray(0, BYTES)).toEqual(slots);
        expect(memory.subarray(BYTES + cells.length * 12).every((byte) => byte === 0xa5)).toBe(true);
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it('are made of runs, which are set beside what is there', () => {
    const run = fc.tuple(fc.nat({ max: 65_535 }), fc.oneof(fc.nat({ max: 20 }), fc.nat({ max: 65_535 })));
    fc.assert(
      fc.property(fc.array(run, { maxLength: 8 }), (drawn) => {
        const runs = drawn.map(([first, more]) => [first, Math.min(more, 65_535 - first)] as const);
        const memory = kernel.reserve(8192 + 64 + runs.length * 4).fill(0xa5);
        memory.fill(0, 0, 8192);
        memory[2] = 0x10;
        new Uint16Array(memory.buffer, memory.byteOffset + 8192 + 64, runs.length * 2).set(runs.flat());
        kernel.unpackRuns(0, 8192 + 64, runs.length);
        const expected = new Set([19]);
        for (const [first, more] of runs) for (let id = first; id <= first + more; id++) expected.add(id);
        expect(idsOf(memory.slice(0, 8192))).toEqual([...expected].sort((a, b) => a - b));
        expect(memory.subarray(8192, 8192 + 64).every((byte) => byte === 0xa5)).toBe(true);
      }),
      { seed: 1, numRuns: 60, examples: [[[[0, 65_535]]], [[[65_535, 0]]], [[[7, 1]]], [[[65_520, 15]]]] },
    );
  });
});
