import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countSets } from '../../src/engine/answers.js';
import { idsOf } from '../../src/engine/contents.js';
import { atLeast, bitmap, exactly } from '../../src/engine/expression.js';
import { takeApart } from '../../src/engine/taking.js';
import { tally } from '../../src/engine/tally.js';
import { MemoryStore } from '../../src/store/memory.js';

describe('a tally', () => {
  it('is who is in exactly so many of the operands, for every number of them', async () => {
    const sets = fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 300 }), { maxLength: 60 }), {
      minLength: 1,
      maxLength: 18,
    });
    await fc.assert(
      fc.asyncProperty(sets, async (all) => {
        const store = new MemoryStore();
        await store.write(all.map((ids, at) => ({ key: `${at}`, ids, value: 1 })));
        const operands = all.map((_, at) => bitmap(store, `${at}`));
        const groups = tally(operands);
        expect(groups).toHaveLength(all.length);
        const ids = [...new Set(all.flat())].sort((a, b) => a - b);
        for (const [at, group] of groups.entries()) {
          const held = ids.filter((id) => all.filter((set) => set.includes(id)).length === at + 1);
          expect([...(await idsOf(group))]).toEqual(held);
        }
        const { sets: counts } = await countSets({ sets: groups });
        const { sets: same } = await countSets({ sets: groups.map((_, at) => exactly(at + 1, operands)) });
        expect(counts).toEqual(same);
      }),
      { numRuns: 40 },
    );
  });

  it('counts an operand twice that is given twice', async () => {
    const store = new MemoryStore();
    await store.write([{ key: 'a', ids: [1, 2], value: 1 }]);
    await store.write([{ key: 'b', ids: [2, 3], value: 1 }]);
    const groups = tally([bitmap(store, 'a'), bitmap(store, 'b'), bitmap(store, 'a')]);
    expect(await Promise.all(groups.map(async (group) => [...(await idsOf(group))]))).toEqual([
      [3],
      [1],
      [2],
    ]);
  });

  it('adds every operand once for all numbers', () => {
    const operands = Array.from({ length: 31 }, (_, at) => bitmap({} as MemoryStore, `${at}`));
    const { parts } = takeApart(tally(operands));
    // 26 adders of five steps, and less than two steps a number.
    expect(parts.length - operands.length).toBeLessThan(26 * 5 + 2 * 31);
    expect(tally([operands[0]!])).toEqual([operands[0]]);
    expect(takeApart([atLeast(2, operands)]).parts).toHaveLength(32);
  });
});
