import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ByteRange } from '../../src/bitmap/types.js';
import { bitmap, combine, complement, type Expression } from '../../src/engine/expression.js';
import type { Pair } from '../../src/engine/parts.js';
import {
  type OperandInfo,
  type Plan,
  type PlanOptions,
  planReads,
  planWindows,
  planWithin,
} from '../../src/engine/plan.js';
import type { SlotStep } from '../../src/engine/steps.js';
import { takeApart } from '../../src/engine/taking.js';
import { Opcode } from '../../src/kernel/types.js';
import { MemoryStore } from '../../src/store/memory.js';
import { expressionArbitrary, expressionOf } from '../support/model.js';

const KIB = 1024;
const store = new MemoryStore();
const [a, b, c] = ['a', 'b', 'c'].map((key) => bitmap(store, key)) as [Expression, Expression, Expression];

function range(byteOffset: number, byteLength: number): ByteRange {
  return { byteOffset, byteLength };
}

/** A plan over the operands in the order in which they appear. */
function plan(
  roots: readonly Expression[],
  infos: readonly (number | OperandInfo)[],
  { pairs, ...options }: Partial<PlanOptions> & { pairs?: readonly Pair[] } = {},
): Plan {
  return planReads(
    takeApart(roots, pairs),
    infos.map((info) => (typeof info === 'number' ? { byteLength: info } : info)),
    { answer: 'counts', memoryBytes: 2 ** 23, ...options },
  );
}

function slotSteps({ program }: Plan): SlotStep[] {
  return program.steps.filter((step): step is SlotStep => 'slots' in step);
}

/** Windows in short: where they are, and what of which operand is read. */
function windowsOf(made: Plan): string[] {
  return [...planWindows(made)].map(({ byteOffset, byteLength, reads }) => {
    const parts = reads.map((read) => `${read.operand}:${read.byteOffset}+${read.byteLength}`);
    return `${byteOffset}+${byteLength} ${parts.join(' ')}`.trim();
  });
}

describe('a plan', () => {
  it('says what is read, computed and answered', () => {
    expect(plan([combine('and', [a, b]), b], [100, 40])).toEqual({
      reads: [[range(0, 40)], [range(0, 40)]],
      program: {
        steps: [
          { op: Opcode.Count, dst: 1, slots: [1], number: 0 },
          { op: Opcode.CountTable, rows: [0], columns: [1], cells: [{ row: 0, column: 0, counter: 0 }] },
        ],
        slots: 2,
        counters: 2,
        outputs: [0, 1],
      },
      windowBytes: 64,
      startByte: 0,
      endByte: 40,
      complementEndByte: 0,
      readBytes: 80,
    });
  });

  it('reads occupied ranges alone, as far as they are needed', () => {
    const occupied = [range(10, 5), range(30, 0), range(38, 10), range(48, 1), range(90, 10)];
    const made = plan([combine('and', [a, b])], [{ byteLength: 100, occupied }, 40]);
    expect(made.reads).toEqual([[range(10, 5), range(38, 2)], [range(0, 40)]]);
    expect(made.readBytes).toBe(47);
    // A range that begins where the need ends is not read, not even in part.
    expect(
      plan([combine('and', [a, b])], [{ byteLength: 99, occupied: [range(40, 9)] }, 40]).reads[0],
    ).toEqual([]);
    expect(plan([a], [{ byteLength: 99, occupied: [] }]).reads).toEqual([[]]);
  });

  it('reads nothing of what cannot matter', () => {
    const made = plan([combine('and', [a, combine('or', [b, c])])], [0, 100, 200]);
    expect(made).toMatchObject({ reads: [[], [], []], readBytes: 0, endByte: 0 });
    expect(windowsOf(made)).toEqual([]);
  });

  it('counts pairs of its roots as roots of their own, in one table', () => {
    const { program, reads } = plan([a, b, c], [100, 40, 60], {
      pairs: [
        [0, 1],
        [0, 2],
        [1, 1],
        [2, 0],
      ],
    });
    expect(program).toEqual({
      steps: [
        { op: Opcode.Count, dst: 0, slots: [0], number: 0 },
        { op: Opcode.Count, dst: 1, slots: [1], number: 0 },
        { op: Opcode.Count, dst: 2, slots: [2], number: 0 },
        {
          op: Opcode.CountTable,
          rows: [0],
          columns: [1, 2],
          cells: [
            { row: 0, column: 0, counter: 3 },
            { row: 0, column: 1, counter: 4 },
          ],
        },
      ],
      slots: 3,
      counters: 5,
      outputs: [0, 1, 2, 3, 4, 1, 4],
    });
    expect(reads).toEqual([[range(0, 100)], [range(0, 40)], [range(0, 60)]]);
  });

  it('makes bitmaps where they are asked for', () => {
    const made = plan([combine('or', [a, b])], [10, 20], { answer: 'bitmaps' });
    expect(made.program).toEqual({
      steps: [{ op: Opcode.Or, dst: 2, slots: [0, 1], number: 0 }],
      slots: 3,
      counters: 0,
      outputs: [2],
    });
  });

  describe('of complements', () => {
    const stepsOf = (roots: readonly Expression[], infos: readonly number[]) =>
      slotSteps(plan(roots, infos)).map(({ op, dst, slots: [left, right], number }) => [
        op,
        dst,
        left,
        right ?? number,
      ]);

    it('reaches to the longest operand of each root', () => {
      const made = plan([complement(a), combine('or', [complement(a), b]), a], [100, 300]);
      expect(made).toMatchObject({
        endByte: 300,
        complementEndByte: 300,
        reads: [[range(0, 100)], [range(0, 300)]],
      });
      expect(stepsOf([complement(a), combine('or', [complement(a), b])], [100, 300])).toEqual([
        [Opcode.Not, 2, 0, 100],
        [Opcode.Count, 0, 2, 0],
        [Opcode.Not, 2, 0, 300],
        [Opcode.CountOr, 1, 2, 1],
      ]);
    });

    it('reaches to the longer set of a pair', () => {
      const made = plan([complement(a), b], [100, 300], {
        pairs: [
          [0, 1],
          [0, 0],
        ],
      });
      expect(
        slotSteps(made).map(({ op, dst, slots: [left, right], number }) => [op, dst, left, right ?? number]),
      ).toEqual([
        [Opcode.Not, 2, 0, 100],
        [Opcode.Count, 0, 2, 0],
        [Opcode.Count, 1, 1, 0],
        [Opcode.CountAndNot, 2, 1, 0],
      ]);
      expect(made.program.outputs).toEqual([0, 1, 2, 0]);
    });

    it('keeps what is made within one length apart from the same within another, whatever comes first', () => {
      const part = combine('xor', [complement(a), b]);
      const [short, long] = [combine('or', [part, a]), combine('or', [part, c])];
      for (const roots of [
        [short, long],
        [long, short],
      ]) {
        const limits = slotSteps(plan(roots, [16, 32, 64]))
          .filter(({ op }) => op === Opcode.Not)
          .map(({ number }) => number);
        expect(limits.toSorted((x, y) => x - y)).toEqual([32, 64]);
      }
      // Of the same length, the part is made once.
      const twice = [combine('or', [part, b]), combine('xor', [part, a])];
      expect(plan(twice, [16, 32]).program.steps.filter(({ op }) => op === Opcode.Not)).toHaveLength(1);
    });

    it('takes them from what is beside them, wherever they stand', () => {
      const expected = [[Opcode.CountAndNot, 0, 1, 0]];
      expect(stepsOf([combine('and', [complement(a), b])], [100, 300])).toEqual(expected);
      expect(stepsOf([combine('and', [complement(a), b, complement(c)])], [100, 300, 200])).toEqual([
        [Opcode.AndNot, 3, 1, 0],
        [Opcode.CountAndNot, 0, 3, 2],
      ]);
      expect(stepsOf([combine('and', [complement(a), complement(b), c])], [100, 300, 200])).toEqual([
        [Opcode.AndNot, 3, 2, 0],
        [Opcode.CountAndNot, 0, 3, 1],
      ]);
      // What comes first matters elsewhere.
      expect(stepsOf([combine('andNot', [complement(a), b])], [100, 300])).toEqual([
        [Opcode.Not, 2, 0, 300],
        [Opcode.CountAndNot, 0, 2, 1],
      ]);
    });
  });

  describe('has windows', () => {
    const three = combine('or', [a, b, c]);
    const windowBytesOf = (memoryBytes: number, end = 2 ** 22) =>
      plan([three], [end, end, end], { memoryBytes }).windowBytes;

    it('as large as memory allows for two sets of operands and the intermediates, in powers of two', () => {
      // Six slots for three operands, one for what is made of two of them.
      expect(windowBytesOf(7 * 64 * KIB)).toBe(64 * KIB);
      expect(windowBytesOf(7 * 64 * KIB - 1)).toBe(32 * KIB);
      expect(windowBytesOf(7 * 128 * KIB - 1)).toBe(64 * KIB);
    });

    it('of 16 KiB to 1 MiB, and no longer than the answers', () => {
      expect(windowBytesOf(1)).toBe(16 * KIB);
      expect(windowBytesOf(2 ** 30)).toBe(1024 * KIB);
      expect(windowBytesOf(2 ** 30, 1000)).toBe(1024);
      expect(windowBytesOf(2 ** 30, 1)).toBe(64);
      expect(windowBytesOf(2 ** 30, 0)).toBe(64);
    });

    it('of whole slots where their length is asked for', () => {
      const lengths = [1, 64, 65, 100_000].map((windowBytes) => plan([a], [10], { windowBytes }).windowBytes);
      expect(lengths).toEqual([64, 64, 128, 100_032]);
    });
  });
});

describe('windows', () => {
  const options = { windowBytes: 64 };

  it('cover what is read, the last one as far as there is something', () => {
    expect(windowsOf(plan([combine('or', [a, b])], [150, 64], options))).toEqual([
      '0+64 0:0+64 1:0+64',
      '64+64 0:64+64',
      '128+22 0:128+22',
    ]);
    expect(windowsOf(plan([a], [128], options))).toEqual(['0+64 0:0+64', '64+64 0:64+64']);
  });

  it('leave out stretches in which nothing is', () => {
    const occupied = [range(70, 10), range(90, 200), range(1000, 1), range(5000, 64)];
    expect(windowsOf(plan([a], [{ byteLength: 6000, occupied }], options))).toEqual([
      '64+64 0:70+10 0:90+38',
      '128+64 0:128+64',
      '192+64 0:192+64',
      '256+64 0:256+34',
      '960+64 0:1000+1',
      '4992+64 0:5000+56',
      '5056+64 0:5056+8',
    ]);
    const gap = [range(64, 64), range(256, 64)];
    expect(windowsOf(plan([a], [{ byteLength: 320, occupied: gap }], options))).toEqual([
      '64+64 0:64+64',
      '256+64 0:256+64',
    ]);
  });

  it('are not looked for one by one in between', () => {
    const occupied = [range(0, 1), range(2 ** 29 - 1, 1)];
    const made = plan([a], [{ byteLength: 2 ** 29, occupied }], options);
    const start = performance.now();
    expect(windowsOf(made)).toEqual(['0+64 0:0+1', `${2 ** 29 - 64}+64 0:${2 ** 29 - 1}+1`]);
    // Eight million windows would take seconds.
    expect(performance.now() - start).toBeLessThan(200);
  });

  it('go through each operand at its own pace', () => {
    const infos = [
      { byteLength: 400, occupied: [range(0, 10), range(20, 10), range(300, 10)] },
      { byteLength: 400, occupied: [range(63, 2), range(310, 5), range(383, 2)] },
    ];
    expect(windowsOf(plan([combine('or', [a, b])], infos, options))).toEqual([
      '0+64 0:0+10 0:20+10 1:63+1',
      '64+64 1:64+1',
      '256+64 0:300+10 1:310+5',
      '320+64 1:383+1',
      '384+16 1:384+1',
    ]);
  });

  it('come where complements set bits, though nothing is read', () => {
    const info = { byteLength: 200, occupied: [range(140, 1)] };
    expect(windowsOf(plan([complement(a)], [info], options))).toEqual([
      '0+64',
      '64+64',
      '128+64 0:140+1',
      '192+8',
    ]);
    // Up to where the complement ends, and not a window further.
    const longer = { byteLength: 320, occupied: [range(300, 1)] };
    const roots = [complement(a), b];
    expect(windowsOf(plan(roots, [{ byteLength: 128, occupied: [] }, longer], options))).toEqual([
      '0+64',
      '64+64',
      '256+64 1:300+1',
    ]);
  });
});

describe('a plan within ranges', () => {
  const made = plan(
    [combine('or', [a, b])],
    [{ byteLength: 500, occupied: [range(10, 100), range(200, 300)] }, 400],
  );

  it('reads what lies in them', () => {
    const within = planWithin(made, [range(0, 20), range(50, 60), range(110, 90), range(300, 50)]);
    expect(within.reads).toEqual([
      [range(10, 10), range(50, 60), range(300, 50)],
      [range(0, 20), range(50, 60), range(110, 90), range(300, 50)],
    ]);
    expect(within).toMatchObject({ endByte: 350, readBytes: 120 + 220 });
    expect(within).toMatchObject({ program: made.program, windowBytes: made.windowBytes });
  });

  it('ends with the plan, and is empty without any', () => {
    expect(planWithin(made, [range(450, 1000)])).toMatchObject({
      endByte: 500,
      readBytes: 50,
      reads: [[range(450, 50)], []],
    });
    expect(planWithin(made, [])).toMatchObject({ endByte: 0, readBytes: 0, reads: [[], []] });
  });
});

describe('steps that are kept for the next question of their form', () => {
  const operands = [a, b, c];
  const lengths = fc.array(fc.constantFrom(0, 1, 40, 64, 100, 5000), { minLength: 3, maxLength: 3 });

  it('are those that would be made anew, whatever is missing and however long bitmaps have become', () => {
    fc.assert(
      fc.property(
        fc.array(expressionArbitrary(3), { minLength: 1, maxLength: 3 }),
        fc.array(lengths, { minLength: 2, maxLength: 12 }),
        fc.constantFrom('counts', 'bitmaps'),
        (roots, asked, answer) => {
          const parts = takeApart(roots.map((root) => expressionOf(root, (index) => operands[index]!)));
          for (const byteLengths of asked) {
            const infos = parts.bitmaps.map(({ key }) => ({ byteLength: byteLengths['abc'.indexOf(key)]! }));
            const options: PlanOptions = { answer, memoryBytes: 2 ** 20 };
            const anew = planReads({ ...parts, roots: [...parts.roots] }, infos, options);
            expect(planReads(parts, infos, options)).toEqual(anew);
          }
        },
      ),
      { seed: 3, numRuns: 200 },
    );
  });

  it('are the same object where nothing is missing, or the same', () => {
    const ask = (byteLengths: readonly number[]) => plan([combine('and', [a, b]), c], byteLengths).program;
    expect(ask([30, 20, 10])).toBe(ask([5, 6, 7]));
    expect(ask([30, 0, 10])).toBe(ask([5, 0, 7]));
    expect(ask([30, 0, 10])).not.toBe(ask([30, 20, 10]));
  });
});
