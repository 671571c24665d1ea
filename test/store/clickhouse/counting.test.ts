import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bitmap } from '../../../src/engine/expression.js';
import { takeApart } from '../../../src/engine/taking.js';
import { type Circuit, gateOf, isOpposite } from '../../../src/store/clickhouse/circuit.js';
import { type BatchLimits, type CountPlan, planCounts } from '../../../src/store/clickhouse/counting.js';
import type { SetQuestion, Store } from '../../../src/store/types.js';
import {
  bitmapArbitrary,
  expressionArbitrary,
  expressionOf,
  type ModelBitmap,
  type ModelExpression,
  modelIds,
} from '../../support/model.js';

const nowhere = {} as Store;
const BITMAPS = 6;
const NO_LIMITS: BatchLimits = { gates: 1e6, keyBytes: 1e6, sizeOf: () => 1 };

function questionOf(roots: readonly ModelExpression[]): SetQuestion {
  const {
    bitmaps,
    parts,
    roots: places,
  } = takeApart(roots.map((root) => expressionOf(root, (index) => bitmap(nowhere, String(index)))));
  return { keys: bitmaps.map(({ key }) => key), parts, roots: places };
}

/** The ids of every gate, worked out as a database would. */
function idsOf({ gates }: Circuit, keys: readonly string[], bitmaps: readonly ModelBitmap[]): Set<number>[] {
  const sets: Set<number>[] = [];
  for (const { op, a, b } of gates) {
    const [one, other] = [sets[a] ?? new Set<number>(), sets[b] ?? new Set<number>()];
    const all = [...new Set([...one, ...other])];
    if (op === 'empty') sets.push(new Set());
    else if (op === 'key') sets.push(new Set(bitmaps[Number(keys[a])]!.ids));
    else if (op === 'or') sets.push(new Set(all));
    else if (op === 'and') sets.push(new Set(all.filter((id) => one.has(id) && other.has(id))));
    else if (op === 'xor') sets.push(new Set(all.filter((id) => one.has(id) !== other.has(id))));
    else sets.push(new Set(all.filter((id) => !other.has(id))));
  }
  return sets;
}

function countsOf(plan: CountPlan, { keys }: SetQuestion, bitmaps: readonly ModelBitmap[]): number[] {
  const sets = idsOf(plan.circuit, keys, bitmaps);
  return plan.wires.map((wire, root) => {
    const { size } = sets[gateOf(wire)]!;
    const lengths = plan.universes[root]!.map((place) => bitmaps[Number(keys[place])]!.byteLength);
    return isOpposite(wire) ? 8 * Math.max(...lengths) - size : size;
  });
}

describe('questions as gates', () => {
  const asked = fc.record({
    bitmaps: fc.array(bitmapArbitrary, { minLength: BITMAPS, maxLength: BITMAPS }),
    roots: fc.array(expressionArbitrary(BITMAPS), { minLength: 1, maxLength: 4 }),
  });

  it('have the numbers of ids of the set model, complements and thresholds too', () => {
    fc.assert(
      fc.property(asked, ({ bitmaps, roots }) => {
        const question = questionOf(roots);
        const expected = roots.map((root) => modelIds(root, bitmaps).length);
        expect(countsOf(planCounts(question, NO_LIMITS)!, question, bitmaps)).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });

  it('ask for everything that the numbers are made of, once, in queries within the limits', () => {
    fc.assert(
      fc.property(asked, fc.integer({ min: 1, max: 40 }), ({ roots }, gates) => {
        const question = questionOf(roots);
        const limits = { gates, keyBytes: 6, sizeOf: () => 2 };
        const plan = planCounts(question, limits);
        if (plan === undefined) return;
        const keys = new Set(plan.batches.flatMap((batch) => batch.keys));
        const counted = new Set(plan.batches.flatMap((batch) => batch.counted));
        for (const [root, wire] of plan.wires.entries()) {
          if (gateOf(wire) !== 0) expect(counted).toContain(gateOf(wire));
          for (const key of plan.universes[root]!) expect(keys).toContain(key);
        }
        for (const batch of plan.batches) expect(batch.keys.length).toBeLessThanOrEqual(3);
      }),
    );
  });

  const key = (index: number): ModelExpression => ({ op: 'bitmap', index });
  const not = (of: ModelExpression): ModelExpression => ({ op: 'not', of });

  it('work out once what several roots need', () => {
    const both: ModelExpression = { op: 'and', of: [key(0), key(1)] };
    const plan = planCounts(
      questionOf([both, { op: 'or', of: [both, key(2)] }, { op: 'and', of: [key(1), key(0)] }]),
      NO_LIMITS,
    )!;
    expect(plan.circuit.gates.slice(1)).toEqual([
      { op: 'key', a: 0, b: 0 },
      { op: 'key', a: 1, b: 0 },
      { op: 'and', a: 1, b: 2 },
      { op: 'key', a: 2, b: 0 },
      { op: 'or', a: 3, b: 4 },
    ]);
    expect(plan.batches).toEqual([{ keys: [0, 1, 2], counted: [3, 5] }]);
  });

  it('have no complements: those are told from what they leave out', () => {
    const plan = planCounts(
      questionOf([
        not(key(0)),
        { op: 'or', of: [not(key(0)), not(key(1))] },
        { op: 'and', of: [key(1), not(key(0))] },
      ]),
      NO_LIMITS,
    )!;
    expect(plan.wires).toEqual([3, 7, 8]);
    expect(plan.circuit.gates.slice(3)).toEqual([
      { op: 'and', a: 1, b: 2 },
      { op: 'andNot', a: 2, b: 1 },
    ]);
    expect(plan.universes).toEqual([[0], [0, 1], []]);
  });

  it('are none of a database if one root is too much for a query', () => {
    const many: ModelExpression = { op: 'or', of: [0, 1, 2, 3].map(key) };
    expect(planCounts(questionOf([many]), { ...NO_LIMITS, gates: 6 })).toBeUndefined();
    expect(planCounts(questionOf([many]), { ...NO_LIMITS, keyBytes: 3 })).toBeUndefined();
    expect(planCounts(questionOf([many]), { ...NO_LIMITS, gates: 7 })?.batches).toHaveLength(1);
  });

  it('need no query for what has no ids', () => {
    const none: ModelExpression = { op: 'xor', of: [key(0), key(0)] };
    expect(planCounts(questionOf([none]), NO_LIMITS)?.batches).toEqual([]);
    // All ids up to the end of a key are as many as it tells.
    expect(planCounts(questionOf([not(none)]), NO_LIMITS)?.batches).toEqual([{ keys: [0], counted: [] }]);
  });
});
