import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONTAINER_BYTES, CONTAINER_IDS } from '../../src/base/limits.js';
import { borrowKernel, returnKernel } from '../../src/kernel/pool.js';

interface Packed {
  readonly kind: 'array' | 'run' | 'bitmap';
  readonly high: number;
  readonly lows: readonly number[];
}

function wordsOf({ kind, lows }: Packed): Uint16Array {
  if (kind === 'array') return Uint16Array.from(lows);
  if (kind === 'bitmap') {
    const bytes = new Uint8Array(CONTAINER_BYTES);
    for (const low of lows) bytes[low >> 3]! |= 0x80 >> (low & 7);
    return new Uint16Array(bytes.buffer);
  }
  const runs: number[] = [];
  for (const [place, low] of lows.entries()) {
    if (low === lows[place - 1]! + 1) runs[runs.length - 1]! += 1;
    else runs.push(low, 0);
  }
  return Uint16Array.from(runs);
}

/** Directory and payloads. */
function pack(containers: readonly Packed[]): Uint16Array {
  const payloads = containers.map(wordsOf);
  let offset = 0;
  const directory = containers.flatMap(({ kind, high, lows }, index) => {
    const entry = [high, lows.length - 1, kind === 'run' ? offset + 0x8000 : offset];
    offset += payloads[index]!.length;
    return entry;
  });
  return Uint16Array.from([...directory, ...payloads.flatMap((payload) => [...payload])]);
}

const array = fc.uniqueArray(fc.integer({ min: 0, max: CONTAINER_IDS - 1 }), { minLength: 1, maxLength: 40 });
const runs = fc.array(fc.tuple(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 1, max: 20 })), {
  minLength: 1,
  maxLength: 40,
});
const lows = fc.oneof(
  array.map((ids) => ({ kind: 'array' as const, lows: ids.sort((a, b) => a - b) })),
  runs.map((gaps) => {
    const ids: number[] = [];
    for (const [gap, length] of gaps) {
      const first = (ids.at(-1) ?? -2) + 2 + gap;
      for (let low = first; low < first + length; low++) ids.push(low);
    }
    return { kind: 'run' as const, lows: ids };
  }),
);
const high = fc.oneof(fc.nat(3), fc.integer({ min: 0, max: CONTAINER_IDS - 1 }));

const range = (from: number, to: number, step: number) =>
  Array.from({ length: Math.ceil((to - from) / step) }, (_, index) => from + index * step);

describe.each(['js', 'wasm'] as const)('containers by the %s kernel', (name) => {
  function expectIds(containers: readonly Packed[]): void {
    const kernel = borrowKernel(name);
    const words = pack(containers);
    const idsOffset = Math.ceil((words.byteLength + 2) / 64) * 64 + 4;
    const expected = containers.flatMap(({ high: stretch, lows: ids }) =>
      ids.map((low) => stretch * CONTAINER_IDS + low),
    );
    const { buffer, byteOffset } = kernel.reserve(idsOffset + (expected.length + 8) * 4 + 64).fill(0xa5);
    new Uint16Array(buffer, byteOffset + 2, words.length).set(words);
    kernel.containerIds(idsOffset, 2, 2 + containers.length * 6, containers.length);
    expect(new Uint32Array(buffer, byteOffset + idsOffset, expected.length).join()).toBe(expected.join());
    const behind = new Uint8Array(buffer, byteOffset + idsOffset + (expected.length + 8) * 4, 60);
    expect(behind.every((byte) => byte === 0xa5)).toBe(true);
    returnKernel(kernel);
  }

  it('are written out as the ids of their stretches, whatever follows on whatever', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(lows, high), { minLength: 1, maxLength: 8 }), (all) => {
        expectIds(all.map(([container, stretch]) => ({ ...container, high: stretch })));
      }),
      { numRuns: 60 },
    );
  });

  it.each([1, 7, 8, 9, 16, 100, 4096])('are lists of %d ids', (length) => {
    expectIds([{ kind: 'array', high: 65_535, lows: range(0, 65_536, 16).slice(0, length) }]);
  });

  it.each([1, 3, 4, 5, 8, 9, 1000, 65_536])('are runs of %d ids', (length) => {
    expectIds([
      { kind: 'run', high: 1, lows: range(65_536 - length, 65_536, 1) },
      { kind: 'run', high: 65_535, lows: range(0, length, 1) },
    ]);
  });

  it.each([1, 2, 15])('are bits of every %d ids, between others', (step) => {
    expectIds([
      { kind: 'array', high: 0, lows: [65_535] },
      { kind: 'bitmap', high: 1, lows: range(step - 1, 65_536, step) },
      { kind: 'run', high: 65_535, lows: [1, 2, 3, 5, 6, 7] },
    ]);
  });

  it('are none if none are asked for', () => {
    expectIds([]);
  });
});
