import { describe, expect, it } from 'vitest';
import { Block } from '../../src/bitmap/block.js';
import { idsOf } from '../support/store/conformance.js';

function idsIn(block: Block, index: number): number[] {
  const bytes = new Uint8Array(8192);
  block.decodeInto(bytes, 0, index, 0, 8192);
  return idsOf(bytes);
}

function range(from: number, to: number, step = 1): number[] {
  return Array.from({ length: Math.ceil((to - from) / step) }, (_, index) => from + index * step);
}

function change(block: Block, high: number, lows: readonly number[], value: 0 | 1 = 1): void {
  for (const low of lows) block.change(high, low, value);
}

describe('a block of containers', () => {
  it('becomes runs as soon as it is looked at, which is whenever a list has doubled', () => {
    const block = new Block();
    change(block, 4, range(100, 163));
    expect(block.kind(0)).toBe('array');
    change(block, 4, [163]);
    expect([block.kind(0), block.cardinality(0), ...block.payload(0)]).toEqual(['run', 64, 100, 63]);
    const scattered = new Block();
    change(scattered, 4, range(0, 640, 10));
    expect(scattered.kind(0)).toBe('array');
  });

  it('does not take the first word of the next container for a run of its own', () => {
    const block = new Block();
    block.changeMany(0, range(1000, 2000), 0, 1000, 1);
    block.changeMany(1, range(3001, 4000), 0, 999, 1);
    change(block, 0, [3000]);
    expect(idsIn(block, 0)).toEqual([...range(1000, 2000), 3000]);
    expect(idsIn(block, 1)).toEqual(range(3001, 4000));
    change(block, 1, [3000, 4000]);
    expect(idsIn(block, 1)).toEqual(range(3000, 4001));
    expect([...block.payload(1)]).toEqual([3000, 1000]);
  });

  it('joins runs and lengthens them at either end, to the first and the last id', () => {
    const block = new Block();
    block.changeMany(0, [...range(1, 50), ...range(51, 100), ...range(65_000, 65_535)], 0, 633, 1);
    expect(block.kind(0)).toBe('run');
    change(block, 0, [50, 0, 65_535, 0, 50, 99]);
    expect([...block.payload(0)]).toEqual([0, 99, 65_000, 535]);
    expect(block.cardinality(0)).toBe(636);
    change(block, 0, [30_000]);
    expect([...block.payload(0)]).toEqual([0, 99, 30_000, 0, 65_000, 535]);
  });

  it('goes from a list to a bitmap and back at 4,096 ids, each word in its place', () => {
    const block = new Block();
    const even = range(0, 8192, 2);
    block.changeMany(7, even, 0, even.length, 1);
    change(block, 9, [3]);
    expect(block.kind(0)).toBe('array');
    change(block, 7, [40_001]);
    expect([block.kind(0), block.cardinality(0)]).toEqual(['bitmap', 4097]);
    change(block, 7, [40_001, 40_001], 0);
    expect([block.kind(0), block.cardinality(0)]).toEqual(['array', 4096]);
    expect(idsIn(block, 0)).toEqual(even);
    expect([block.high(1), ...block.payload(1)]).toEqual([9, 3]);
  });

  it('finds its containers, and where others belong', () => {
    const block = new Block();
    for (const high of [20, 10, 30]) change(block, high, [high]);
    expect([10, 20, 30].map((high) => block.find(high))).toEqual([0, 1, 2]);
    expect([5, 15, 25, 35].map((high) => ~block.find(high))).toEqual([0, 1, 2, 3]);
    change(block, 20, [20, 21], 0);
    expect([block.count, block.high(0), block.high(1)]).toEqual([2, 10, 30]);
    expect(idsIn(block, 1)).toEqual([30]);
    // Clearing what is not there adds nothing.
    block.changeMany(15, [1, 2], 0, 2, 0);
    change(block, 16, [1], 0);
    expect(block.count).toBe(2);
  });

  it('is split where its words are halved, and never into nothing', () => {
    const block = new Block();
    change(block, 0, [1]);
    expect(block.split()).toBeUndefined();
    change(block, 1, [1]);
    const dense = range(0, 65_536, 9);
    block.changeMany(2, dense, 0, dense.length, 1);
    const upper = block.split();
    expect([block.count, upper?.count]).toEqual([2, 1]);
    expect(idsIn(upper!, 0)).toEqual(dense);
    expect([idsIn(block, 0), idsIn(block, 1)]).toEqual([[1], [1]]);
    expect(upper!.split()).toBeUndefined();
    // Of equal ones, half of them.
    const even = new Block();
    for (const high of range(0, 8)) even.changeMany(high, range(0, 7000, 10), 0, 700, 1);
    const rest = even.split();
    expect([even.count, rest?.count]).toEqual([4, 4]);
    expect(rest!.high(0)).toBe(4);
  });

  it('gives memory back as containers shrink', () => {
    const block = new Block();
    block.changeMany(0, range(0, 8000, 2), 0, 4000, 1);
    const before = block.byteSize;
    change(block, 0, range(0, 7990, 2), 0);
    expect(before - block.byteSize).toBeGreaterThan(7900);
    expect(idsIn(block, 0)).toEqual([7990, 7992, 7994, 7996, 7998]);
  });
});
