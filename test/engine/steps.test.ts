import { describe, expect, it } from 'vitest';
import { EMPTY, Graph, type NodeId } from '../../src/engine/graph.js';
import {
  bitmapProgram,
  countingProgram,
  type Program,
  type Step,
  type TableStep,
} from '../../src/engine/steps.js';
import { Opcode } from '../../src/kernel/types.js';

const NAMES = Object.entries(Opcode).map(([name]) => name);

/** A graph over four operands of 10, 20, 30 and 40 bytes, in slots 0 to 3. */
function open() {
  const graph = new Graph();
  const [a, b, c, d] = [10, 20, 30, 40].map((byteLength, operand) => graph.operand(operand, byteLength));
  return { graph, a: a!, b: b!, c: c!, d: d! };
}

/** The steps in words: the operation, where its result goes, and its operands. */
function stepsOf({ steps }: Program): string[] {
  return steps.map((step) => `${NAMES[step.op]} ${wordsOf(step)}`);
}

function wordsOf(step: Step): string {
  if ('slots' in step) {
    const { op, dst, slots, number } = step;
    if (op === Opcode.AtLeast || op === Opcode.CountAtLeast) return `${dst}: ${number} of ${slots}`;
    return `${dst}: ${slots[0]} ${slots[1] ?? number}`;
  }
  const cells = step.cells.map(({ row, column, counter }) => `${row}×${column}→${counter}`);
  return `${step.rows} × ${step.columns}: ${cells.join(' ')}`;
}

function counting(graph: Graph, roots: readonly NodeId[]) {
  const program = countingProgram(graph, roots, 4);
  const { slots, counters, outputs } = program;
  return { steps: stepsOf(program), slots, counters, outputs };
}

describe('a program that counts', () => {
  it('counts each set once, pairs without a result, and nothing for the empty set', () => {
    const { graph, a, b } = open();
    expect(counting(graph, [a, graph.and(a, b), EMPTY, a, graph.and(b, a)])).toEqual({
      steps: ['Count 0: 0 0', 'CountTable 0 × 1: 0×0→1'],
      slots: 4,
      counters: 2,
      outputs: [0, 1, undefined, 0, 1],
    });
  });

  it('fuses the last operation of each kind with the count', () => {
    const { graph, a, b, c, d } = open();
    const roots = [graph.or(a, b), graph.xor(a, c), graph.andNot(d, b), graph.and(graph.xor(a, b), c)];
    expect(counting(graph, roots).steps).toEqual([
      'CountOr 0: 0 1',
      'CountXor 1: 0 2',
      'CountAndNot 2: 3 1',
      'Xor 4: 0 1',
      'CountAnd 3: 4 2',
    ]);
  });

  it('counts pairs that share operands in one table at the end, row by row', () => {
    const { graph, a, b, c, d } = open();
    const pairs = [graph.and(a, b), graph.and(c, d), graph.and(a, d), graph.and(c, b)];
    expect(counting(graph, [...pairs, a])).toMatchObject({
      steps: ['Count 4: 0 0', 'CountTable 0,2 × 1,3: 0×0→0 0×1→2 1×0→3 1×1→1'],
      outputs: [0, 1, 2, 3, 4],
    });
    // Fewer rows than columns: a row is read once for all of them.
    const star = [graph.and(a, d), graph.and(b, d), graph.and(c, d)];
    expect(counting(graph, star).steps).toEqual(['CountTable 3 × 0,1,2: 0×0→0 0×1→1 0×2→2']);
  });

  it('has pairs of what is made in the table if it is needed again anyway', () => {
    const { graph, a, b, c, d } = open();
    const [either, both] = [graph.or(a, b), graph.and(c, d)];
    const roots = [
      either,
      both,
      graph.and(either, both),
      graph.and(either, c),
      graph.and(graph.xor(a, d), c),
    ];
    expect(counting(graph, roots)).toMatchObject({
      steps: [
        'Or 4: 0 1',
        'Count 0: 4 0',
        'And 5: 2 3',
        'Count 1: 5 0',
        'Xor 6: 0 3',
        'CountAnd 4: 6 2',
        'CountTable 4 × 5,2: 0×0→2 0×1→3',
      ],
      slots: 7,
    });
  });

  it('counts a table before too many sets wait for it', () => {
    const graph = new Graph();
    const leaves = Array.from({ length: 600 }, (_, operand) => graph.operand(operand, 10));
    const first = leaves[0]!;
    const roots = leaves.slice(1).flatMap((leaf, index) => {
      const odd = graph.xor(leaf, leaves[(index + 2) % 600]!);
      return [graph.and(odd, first), graph.and(odd, leaf)];
    });
    const program = countingProgram(graph, roots, 600);
    const tables = program.steps.filter(({ op }) => op === Opcode.CountTable) as TableStep[];
    expect(tables.length).toBeGreaterThan(1);
    expect(program.slots - 600).toBeLessThanOrEqual(257);
    expect(
      new Set(tables.flatMap(({ cells }) => cells.map(({ counter }) => counter))).size,
    ).toBeLessThanOrEqual(program.counters);
    expect(program.outputs).toEqual(roots.map((_, root) => root));
  });

  it('counts, or makes, what at least so many operands have in one step', () => {
    const { graph, a, b, c, d } = open();
    const two = graph.atLeast(2, [a, b, c]);
    expect(counting(graph, [two])).toMatchObject({ steps: ['CountAtLeast 0: 2 of 0,1,2'], slots: 4 });
    const nested = graph.atLeast(3, [graph.or(a, b), c, d, graph.not(a, 40)]);
    expect(counting(graph, [graph.xor(two, d), nested])).toMatchObject({
      steps: [
        'AtLeast 4: 2 of 0,1,2',
        'CountXor 0: 4 3',
        'Or 4: 0 1',
        'Not 5: 0 40',
        'CountAtLeast 1: 3 of 2,3,4,5',
      ],
      slots: 6,
    });
    // Its own slot is none of those that it is made of.
    const program = bitmapProgram(graph, [graph.atLeast(2, [graph.or(a, b), c, d])], 4);
    expect(stepsOf(program)).toEqual(['Or 4: 0 1', 'AtLeast 5: 2 of 2,3,4']);
  });

  it('keeps what is needed again, in whatever order it is counted', () => {
    const { graph, a, b, c } = open();
    const either = graph.or(a, b);
    const both = graph.and(either, c);
    const steps = (dst: number, counter: number) => [
      'Or 4: 0 1',
      `Count ${dst}: 4 0`,
      `CountTable 4 × 2: 0×0→${counter}`,
    ];
    expect(counting(graph, [either, both]).steps).toEqual(steps(0, 1));
    expect(counting(graph, [both, either]).steps).toEqual(steps(1, 0));
    // What it was made of is gone by then.
    const odd = graph.xor(graph.or(a, b), c);
    expect(counting(graph, [graph.and(odd, a), odd]).steps).toEqual([
      'Or 4: 0 1',
      'Xor 4: 4 2',
      'Count 1: 4 0',
      'CountTable 4 × 0: 0×0→0',
    ]);
  });

  it('counts two sets made of two each, and one of them with a third', () => {
    const { graph, a, b, c, d } = open();
    const first = graph.and(graph.or(a, b), graph.or(c, d));
    const second = graph.and(graph.or(a, c), graph.or(b, d));
    expect(counting(graph, [first, second, graph.and(first, a)])).toEqual({
      steps: [
        'Or 4: 0 1',
        'Or 5: 2 3',
        'And 5: 4 5',
        'Count 0: 5 0',
        'Or 4: 0 2',
        'Or 6: 1 3',
        'CountAnd 1: 4 6',
        'CountTable 5 × 0: 0×0→2',
      ],
      slots: 7,
      counters: 3,
      outputs: [0, 1, 2],
    });
  });

  it('uses a slot again as soon as nobody needs it, never that of an operand', () => {
    const { graph, a, b, c, d } = open();
    const chains = [
      [a, b],
      [b, c],
      [c, d],
    ].map(([x, y]) => graph.and(graph.or(x!, y!), graph.xor(x!, graph.or(a, d))));
    const { steps, slots } = counting(graph, chains);
    expect(slots).toBe(7);
    const written = steps
      .filter((step) => !step.startsWith('Count'))
      .map((step) => Number(/ (\d+):/.exec(step)?.[1]));
    expect(Math.min(...written)).toBe(4);
    expect(Math.max(...written)).toBe(6);
    // Counting the same twice needs no more.
    expect(counting(graph, [...chains, ...chains])).toMatchObject({ steps, slots, counters: 3 });
  });

  it('complements in place what nobody else needs', () => {
    const { graph, a, b, c } = open();
    const neither = graph.not(graph.or(a, b), 40);
    expect(counting(graph, [graph.xor(neither, c)])).toMatchObject({
      steps: ['Or 4: 0 1', 'Not 4: 4 40', 'CountXor 0: 4 2'],
      slots: 5,
    });
  });

  it('leaves out what no answer needs', () => {
    const { graph, a, b, c } = open();
    const odd = graph.xor(b, c);
    graph.or(a, odd);
    expect(counting(graph, [odd]).steps).toEqual(['CountXor 0: 1 2']);
  });

  it('takes complements from what is beside them, those of nothing too', () => {
    const { graph, a, b, c, d } = open();
    expect(
      counting(graph, [graph.and(graph.not(a, 40), d), graph.andNot(graph.not(b, 40), graph.or(a, c))]).steps,
    ).toEqual(['CountAndNot 0: 3 0', 'Not 4: 1 40', 'Or 5: 0 2', 'CountAndNot 1: 4 5']);
    const all = graph.not(EMPTY, 30);
    expect(counting(graph, [all, graph.xor(all, a)])).toMatchObject({
      steps: ['Xor 4: 4 4', 'Not 4: 4 30', 'Count 0: 4 0', 'CountXor 1: 4 0'],
      slots: 5,
    });
    expect(counting(graph, [graph.not(a, 30)]).steps).toEqual(['Not 4: 0 30', 'Count 0: 4 0']);
  });
});

describe('a program that leaves sets in slots', () => {
  it('hands out operands as they are, and a chain in one slot', () => {
    const { graph, a, b, c, d } = open();
    const program = bitmapProgram(graph, [a, EMPTY, graph.or(graph.or(graph.or(a, b), c), d)], 4);
    expect(stepsOf(program)).toEqual(['Or 4: 0 1', 'Or 4: 4 2', 'Or 4: 4 3']);
    expect(program).toMatchObject({ slots: 5, counters: 0, outputs: [0, undefined, 4] });
  });

  it('keeps every answer in a slot of its own until the end', () => {
    const { graph, a, b } = open();
    const program = bitmapProgram(graph, [graph.not(a, 30), graph.not(EMPTY, 30), graph.andNot(b, a)], 4);
    expect(stepsOf(program)).toEqual(['Not 4: 0 30', 'Xor 5: 5 5', 'Not 5: 5 30', 'AndNot 6: 1 0']);
    expect(program).toMatchObject({ slots: 7, outputs: [4, 5, 6] });
  });
});
