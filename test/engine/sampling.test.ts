import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Sampler } from '../../src/engine/sampling.js';

function sample(ids: Iterable<number>, size: number, seed: number): number[] {
  const sampler = new Sampler(size, seed);
  sampler.add(Uint32Array.from(ids));
  return [...sampler.ids()];
}

function range(length: number, step = 1, first = 0): number[] {
  return Array.from({ length }, (_, place) => first + place * step);
}

const idArrays = fc.uniqueArray(
  fc.oneof(
    fc.nat({ max: 300 }),
    fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    fc.constantFrom(2 ** 32 - 1, 2 ** 31),
  ),
  { maxLength: 400 },
);
const seeds = fc.oneof(fc.nat({ max: 5 }), fc.integer({ min: 0, max: 2 ** 32 - 1 }));

describe('a sample', () => {
  it('has so many of the ids, ascending, the same for the same seed, in whatever pieces they come', () => {
    fc.assert(
      fc.property(idArrays, fc.integer({ min: 1, max: 500 }), seeds, fc.nat(), (ids, size, seed, split) => {
        const drawn = sample(ids, size, seed);
        expect(drawn.length).toBe(Math.min(size, ids.length));
        expect(drawn).toEqual([...new Set(drawn)].sort((a, b) => a - b));
        expect(drawn.every((id) => ids.includes(id))).toBe(true);
        const sampler = new Sampler(size, seed);
        const at = split % (ids.length + 1);
        for (const part of [ids.slice(at), ids.slice(0, at)]) sampler.add(Uint32Array.from(part));
        expect([...sampler.ids()]).toEqual(drawn);
      }),
    );
  });

  it('of many ids is what sorting all of them by lot gives, also if it is larger than what is kept at first', () => {
    const ids = range(50_000, 7);
    for (const size of [1, 10, 700, 3000, 50_000, 60_000]) {
      const all = sample(ids, size, 9);
      const halves = new Set([
        ...sample(ids.slice(0, 25_000), size, 9),
        ...sample(ids.slice(25_000), size, 9),
      ]);
      expect(all.length).toBe(Math.min(size, ids.length));
      expect(all.every((id) => halves.has(id))).toBe(true);
    }
  });

  it('of a smaller set has those of the larger one’s who are in it', () => {
    const ids = range(10_000, 3);
    const drawn = sample(ids, 200, 4);
    const even = ids.filter((id) => id % 2 === 0);
    const ofEven = sample(even, 200, 4);
    expect(drawn.filter((id) => id % 2 === 0).every((id) => ofEven.includes(id))).toBe(true);
    expect(sample([...ids, 1], 200, 4).filter((id) => !drawn.includes(id)).length).toBeLessThanOrEqual(1);
  });

  it.each([
    ['neighbours', range(40)],
    ['ids of one container each', range(40, 65_536)],
    ['the last ids there are', range(40, 1, 2 ** 32 - 40)],
    ['ids that differ in their high bits', range(40, 2 ** 26)],
  ])('draws each id, and each pair, about as often as any other: %s', (_, ids) => {
    const [draws, size] = [20_000, 10];
    const counts = new Float64Array(ids.length);
    const pairs = new Float64Array(ids.length ** 2);
    for (let seed = 0; seed < draws; seed += 1) {
      const places = sample(ids, size, seed).map((id) => ids.indexOf(id));
      for (const a of places) {
        counts[a]! += 1;
        for (const b of places) if (a < b) pairs[a * ids.length + b]! += 1;
      }
    }
    // Six standard deviations of what chance alone does: the draws are fixed, so that they never come out otherwise.
    const singleShare = size / ids.length;
    const pairShare = (singleShare * (size - 1)) / (ids.length - 1);
    for (const [share, found] of [
      [singleShare, [...counts]],
      [pairShare, [...pairs].filter((_count, at) => Math.floor(at / ids.length) < at % ids.length)],
    ] as const) {
      const deviation = Math.sqrt(draws * share * (1 - share));
      for (const count of found) expect(Math.abs(count - draws * share)).toBeLessThan(6 * deviation);
    }
  });
});
