import { describe, expect, it } from 'vitest';
import { KeptCounts } from '../../../src/store/cache/counts.js';

/** Signatures that share their first word, so that they want the same slot, and some their second one, too. */
function signature(number: number): Uint32Array {
  return Uint32Array.of(number % 3, number % 7, number);
}

function signatures(...numbers: number[]): Uint32Array {
  return Uint32Array.from(numbers.flatMap((number) => [...signature(number)]));
}

function keep(counts: KeptCounts, ...numbers: number[]): void {
  counts.keep(
    signatures(...numbers),
    Float64Array.from(numbers, (number) => number * 10),
  );
}

function find(counts: KeptCounts, ...numbers: number[]): number[] {
  return [...counts.find(signatures(...numbers))];
}

const numbersTo = (end: number) => Array.from({ length: end }, (_, number) => number);

describe('kept counts', () => {
  it('are found by all of their signature, zero among them', () => {
    const counts = new KeptCounts(100);
    expect(find(counts, 0, 1)).toEqual([Number.NaN, Number.NaN]);
    keep(counts, 0, 1, 4);
    expect(find(counts, 0, 1, 4, 22, 43)).toEqual([0, 10, 40, Number.NaN, Number.NaN]);
    expect(counts).toMatchObject({ size: 3, found: 3, computed: 3 });
  });

  it('are as many as there may be, thousands in whatever order', () => {
    const counts = new KeptCounts(20_000);
    const numbers = numbersTo(3000);
    for (const number of numbers.toReversed()) keep(counts, number);
    keep(counts, ...numbers);
    expect(counts.size).toBe(3000);
    expect(find(counts, ...numbers)).toEqual(numbers.map((number) => number * 10));
    expect(find(counts, 3000, 2 ** 32 - 1)).toEqual([Number.NaN, Number.NaN]);
  });

  it('leaves out what is not a number', () => {
    const counts = new KeptCounts(100);
    counts.keep(signatures(1, 2), Float64Array.of(Number.NaN, 7));
    expect(find(counts, 1, 2)).toEqual([Number.NaN, 7]);
    expect(counts).toMatchObject({ size: 1, computed: 1 });
  });

  it('make room once there are too many, but for what was found meanwhile', () => {
    const counts = new KeptCounts(10);
    keep(counts, 0, 1, 2, 3, 4);
    keep(counts, 5, 6);
    expect([counts.size, find(counts, 1)]).toEqual([7, [10]]);
    expect(counts.size).toBe(7);
    keep(counts, 7, 8, 9);
    expect(find(counts, 0, 1, 2, 5, 9)).toEqual([Number.NaN, 10, Number.NaN, 50, 90]);
    for (const number of numbersTo(1000)) {
      keep(counts, number);
      expect(counts.size).toBeLessThanOrEqual(10);
      expect(find(counts, number)).toEqual([number * 10]);
    }
  });

  it('are gone once they are cleared', () => {
    const counts = new KeptCounts(10);
    keep(counts, 1, 2, 3, 4, 5, 6);
    counts.clear();
    expect([counts.size, ...find(counts, 1, 6)]).toEqual([0, Number.NaN, Number.NaN]);
    keep(counts, 6);
    expect(find(counts, 6)).toEqual([60]);
  });

  it('are not kept if there may be none, and refuse what is no number of them', () => {
    expect([new KeptCounts(0).isOn, new KeptCounts(1).isOn]).toEqual([false, true]);
    for (const maxCounts of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => new KeptCounts(maxCounts)).toThrow(
        `expected maxCounts to be a whole number from 0 on, got ${maxCounts}`,
      );
    }
  });
});
