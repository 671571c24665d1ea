import { describe, expect, it } from 'vitest';
import { compileKernel, createWasmKernel, type StretchCounts } from '../../src/kernel/wasm.js';
import { makeBitmap, type Shape } from '../support/kernel/bitmaps.js';
import { idsOf } from '../support/kernel/model.js';

// Which way ids are found depends on how many there are; that each way is right, and taken, is known here.

describe('ids by the WebAssembly kernel', () => {
  const kernel = createWasmKernel(compileKernel());
  const byteLength = 64 * 256;

  /** Which ways were taken, once the ids are those of the model. */
  function stretchesOf(shape: Omit<Shape, 'seed'>): StretchCounts {
    const bitmap = makeBitmap({ ...shape, seed: 1 }, byteLength);
    const memory = kernel.reserve(byteLength * 33);
    memory.set(bitmap);
    const before = kernel.stretches;
    const count = kernel.ids(byteLength, 0, byteLength, 1000);
    const after = kernel.stretches;
    const ids = new Uint32Array(memory.buffer, memory.byteOffset + byteLength, count);
    expect(ids.join()).toBe(idsOf(bitmap, 1000).join());
    return {
      empty: after.empty - before.empty,
      words: after.words - before.words,
      bytes: after.bytes - before.bytes,
      mixed: after.mixed - before.mixed,
      dense: after.dense - before.dense,
    };
  }

  it('are not looked for where nothing is', () => {
    expect(stretchesOf({ kind: 'empty', density: 0 }).empty).toBe(64);
    expect(stretchesOf({ kind: 'lone', density: 0 }).empty).toBe(63);
  });

  it.each([
    ['words', 0.002],
    ['bytes', 0.03],
    ['mixed', 0.2],
    ['dense', 0.5],
    ['dense', 0.999],
  ] as const)('are found by %s at a density of %d', (way, density) => {
    const taken = stretchesOf({ kind: 'uniform', density });
    expect(taken.empty + taken.words + taken.bytes + taken.mixed + taken.dense).toBe(64);
    expect(taken[way]).toBeGreaterThan(40);
  });
});
