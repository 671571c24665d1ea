import { describe, expect, it } from 'vitest';
import { EMPTY, Graph } from '../../src/engine/graph.js';

/** A graph over four operands of 10, 20, 30 and 0 bytes. */
function open() {
  const graph = new Graph();
  const [a, b, c, none] = [10, 20, 30, 0].map((byteLength, operand) => graph.operand(operand, byteLength));
  return { graph, a: a!, b: b!, c: c!, none: none! };
}

describe('a graph of sets', () => {
  it('has one node for what is equal, in whatever order it is made', () => {
    const { graph, a, b, c } = open();
    for (const op of ['and', 'or', 'xor'] as const) {
      expect(graph[op](b, a)).toBe(graph[op](a, b));
      expect(graph[op](c, a)).not.toBe(graph[op](a, b));
    }
    expect(graph.andNot(a, b)).not.toBe(graph.andNot(b, a));
    expect(graph.andNot(a, b)).toBe(graph.andNot(a, b));
    expect(new Set([graph.and(a, b), graph.or(a, b), graph.xor(a, b), graph.andNot(a, b)]).size).toBe(4);
    expect(graph.operand(1, 20)).toBe(b);
  });

  it('has no node for what is known: nothing, itself, one of both', () => {
    const { graph, a, none } = open();
    expect(none).toBe(EMPTY);
    expect([graph.and(a, none), graph.and(none, a), graph.and(a, a)]).toEqual([EMPTY, EMPTY, a]);
    expect([graph.or(a, none), graph.or(none, a), graph.or(a, a)]).toEqual([a, a, a]);
    expect([graph.xor(a, none), graph.xor(none, a), graph.xor(a, a)]).toEqual([a, a, EMPTY]);
    expect([graph.andNot(a, none), graph.andNot(none, a), graph.andNot(a, a)]).toEqual([a, EMPTY, EMPTY]);
    expect(graph.not(none, 0)).toBe(EMPTY);
    expect(graph.not(none, 10)).not.toBe(EMPTY);
  });

  it('takes complements for what they are without', () => {
    const { graph, a, b } = open();
    const notB = graph.not(b, 20);
    expect(graph.and(a, notB)).toBe(graph.andNot(a, b));
    expect(graph.and(notB, a)).toBe(graph.andNot(a, b));
    expect(graph.andNot(a, notB)).toBe(graph.and(a, b));
    expect(graph.and(graph.not(a, 20), notB)).toBe(graph.andNot(graph.not(a, 20), b));
    expect(graph.not(notB, 20)).toBe(b);
    expect([graph.isComplement(notB), graph.isComplement(b)]).toEqual([true, false]);
  });

  it('combines several one after the other', () => {
    const { graph, a, b, c } = open();
    expect(graph.combine('or', [a, b, c])).toBe(graph.or(graph.or(a, b), c));
    expect(graph.combine('andNot', [a, b, c])).toBe(graph.andNot(graph.andNot(a, b), c));
    expect(graph.combine('xor', [a])).toBe(a);
  });

  it('has at least k of some operands, as often as they are given, in any order', () => {
    const { graph, a, b, c, none } = open();
    const two = graph.atLeast(2, [a, b, c]);
    expect(graph.nodes[two]).toEqual({ op: 'atLeast', operands: [a, b, c], number: 2 });
    expect(graph.atLeast(2, [c, a, none, b])).toBe(two);
    expect(graph.atLeast(2, [a, a, b])).not.toBe(graph.atLeast(2, [a, b, b]));
    expect(graph.atLeast(2, [a, b, c, c])).not.toBe(two);
    expect(graph.atLeast(1, [a, b, c])).toBe(graph.combine('or', [a, b, c]));
    expect(graph.atLeast(3, [a, b, c])).toBe(graph.combine('and', [a, b, c]));
    expect(graph.atLeast(2, [a, a])).toBe(a);
    expect(graph.atLeast(2, [a, none])).toBe(EMPTY);
    expect(graph.atLeast(2, [a, none, b])).toBe(graph.and(a, b));
  });

  it('keeps complements within different lengths apart', () => {
    const { graph, a } = open();
    const [short, long] = [graph.not(a, 10), graph.not(a, 30)];
    expect(short).not.toBe(long);
    expect(graph.not(short, 30)).not.toBe(a);
    expect(graph.not(a, 10)).toBe(short);
  });

  it('knows how far each answer reaches', () => {
    const { graph, a, b, c } = open();
    const endOf = (root: number) => graph.extents([root], 4).end;
    expect([graph.and(b, c), graph.and(c, a)].map(endOf)).toEqual([20, 10]);
    expect([graph.or(a, b), graph.or(c, a), graph.xor(a, c), graph.xor(b, a)].map(endOf)).toEqual([
      20, 30, 30, 20,
    ]);
    expect([graph.andNot(a, c), graph.andNot(c, a)].map(endOf)).toEqual([10, 30]);
    expect([graph.not(a, 25), graph.or(a, graph.not(b, 21))].map(endOf)).toEqual([25, 21]);
    expect([1, 2, 3].map((k) => graph.atLeast(k, [a, b, c, a])).map(endOf)).toEqual([30, 20, 10]);
    expect(graph.extents([graph.and(a, b), EMPTY, c], 4).end).toBe(30);
    expect(graph.extents([EMPTY], 4)).toEqual({ end: 0, complementEnd: 0, operandEnds: [0, 0, 0, 0] });
  });

  it('needs of an operand what any answer needs, and no more', () => {
    const { graph, a, b, c } = open();
    const needs = (...roots: number[]) => graph.extents(roots, 4).operandEnds;
    expect(needs(graph.and(a, c))).toEqual([10, 0, 10, 0]);
    expect(needs(graph.and(a, c), graph.and(b, c))).toEqual([10, 20, 20, 0]);
    expect(needs(graph.and(b, c), graph.and(a, c))).toEqual([10, 20, 20, 0]);
    expect(needs(graph.andNot(a, c))).toEqual([10, 0, 10, 0]);
    expect(needs(graph.and(graph.or(b, c), a))).toEqual([10, 10, 10, 0]);
    expect(needs(graph.or(graph.and(a, b), c))).toEqual([10, 10, 30, 0]);
    expect(needs(graph.atLeast(2, [a, b, c]))).toEqual([10, 20, 20, 0]);
    expect(needs(graph.not(c, 30), a)).toEqual([10, 0, 30, 0]);
    expect(needs(graph.andNot(a, graph.not(c, 30)))).toEqual([10, 0, 10, 0]);
    expect(needs(b)).toEqual([0, 20, 0, 0]);
  });

  it('knows before which byte complements may set bits', () => {
    const { graph, a, b, c } = open();
    const endOf = (...roots: number[]) => graph.extents(roots, 4).complementEnd;
    expect(endOf(graph.or(a, b))).toBe(0);
    expect(endOf(graph.not(a, 30), graph.not(b, 20))).toBe(30);
    expect(endOf(graph.not(b, 20), graph.not(a, 30))).toBe(30);
    expect(endOf(graph.or(c, graph.not(a, 12)))).toBe(12);
    // What is taken from a complement reaches no further than what takes it.
    expect(endOf(graph.and(a, graph.xor(graph.not(b, 30), c)))).toBe(10);
  });
});
