import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pickNames, spreadNames } from '../../src/report/names.js';

const end = (label: string, x: number, y: number) => ({ label, x, y });

describe('names at the ends of lines', () => {
  it('stay at their lines if there is room', () => {
    const ends = [end('a', 0, 50), end('b', 0, 20)];
    expect(spreadNames(ends, 0, 100)).toEqual([ends[1], ends[0]]);
  });

  it('are in the order of their lines, apart, between top and bottom, or not at all', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 10, max: 200 }), { maxLength: 20 }), (heights) => {
        const ends = heights.map((y, index) => end(`${index}`, 0, y));
        const placed = spreadNames(ends, 10, 200);
        if (ends.length * 14 > 190) return expect(placed).toBeUndefined();
        const ys = placed!.map(({ y }) => y);
        for (const y of ys) expect(y >= 10 && y <= 200).toBe(true);
        for (const [index, y] of ys.slice(1).entries()) expect(y - ys[index]!).toBeGreaterThanOrEqual(14);
        const order = placed!.map(({ label }) => heights[Number(label)]!);
        expect(order).toEqual([...order].sort((a, b) => a - b));
      }),
      { numRuns: 200, seed: 5 },
    );
  });

  it('are left out if they would lie on one before them', () => {
    const ends = [
      end('Jan 2026', 0, 50),
      end('Feb 2026', 30, 52),
      end('Mar 2026', 90, 52),
      end('Apr 2026', 0, 64),
    ];
    expect(pickNames(ends).map(({ label }) => label)).toEqual(['Jan 2026', 'Mar 2026', 'Apr 2026']);
  });
});
