import type { Combination } from './expression.js';

/** Set algebra as a graph: equal subexpressions are one node, and nodes are folded if the answer is known. */

/** Index of a node. Operands have lower numbers than what is made of them. */
export type NodeId = number;

export interface Node {
  readonly op: 'empty' | 'operand' | 'not' | 'atLeast' | Combination;
  /** Combinations have two, `atLeast` more than its k, `not` one. */
  readonly operands: readonly NodeId[];
  /** Of an operand its place among the operands, of `atLeast` its k, of `not` the bytes it reaches to; 0 otherwise. */
  readonly number: number;
}

/** The node without ids, the first of every graph. */
export const EMPTY: NodeId = 0;

const EMPTY_NODE: Node = { op: 'empty', operands: [], number: 0 };
const CODES = { and: 0, or: 1, xor: 2, andNot: 3 } as const;
/** Nodes, and so more than memory holds, that can be told apart by number. */
const MAX_NODES = 2 ** 25;

export class Graph {
  readonly nodes: Node[] = [EMPTY_NODE];
  /** Per node, before which byte its last id lies. */
  readonly ends: number[] = [0];
  /** Of the operands. */
  #byteLengths: number[] = [];
  readonly #pairs = new Map<number, NodeId>();
  readonly #others = new Map<string, NodeId>();

  operand(operand: number, byteLength: number): NodeId {
    if (byteLength === 0) return EMPTY;
    this.#byteLengths[operand] = byteLength;
    return this.#other(`operand ${operand}`, { op: 'operand', operands: [], number: operand });
  }

  /** Combines one or more nodes. */
  combine(kind: Combination, [first, ...others]: readonly NodeId[]): NodeId {
    let made = first!;
    for (const other of others) made = this[kind](made, other);
    return made;
  }

  and(a: NodeId, b: NodeId): NodeId {
    if (a === EMPTY || b === EMPTY) return EMPTY;
    if (a === b) return a;
    // No operand reaches beyond the universe of its expression, so a & (universe without x) is a without x.
    const left = this.nodes[a]!;
    const right = this.nodes[b]!;
    if (right.op === 'not') return this.andNot(a, right.operands[0]!);
    if (left.op === 'not') return this.andNot(b, left.operands[0]!);
    return this.#pair('and', a, b);
  }

  or(a: NodeId, b: NodeId): NodeId {
    if (a === EMPTY || a === b) return b;
    if (b === EMPTY) return a;
    return this.#pair('or', a, b);
  }

  xor(a: NodeId, b: NodeId): NodeId {
    if (a === b) return EMPTY;
    if (a === EMPTY) return b;
    if (b === EMPTY) return a;
    return this.#pair('xor', a, b);
  }

  andNot(a: NodeId, b: NodeId): NodeId {
    if (a === EMPTY || a === b) return EMPTY;
    if (b === EMPTY) return a;
    const right = this.nodes[b]!;
    if (right.op === 'not') return this.and(a, right.operands[0]!);
    return this.#pair('andNot', a, b);
  }

  not(a: NodeId, universeBytes: number): NodeId {
    if (universeBytes === 0) return EMPTY;
    const inner = this.nodes[a]!;
    if (inner.op === 'not' && inner.number === universeBytes) return inner.operands[0]!;
    const node: Node = { op: 'not', operands: [a], number: universeBytes };
    return this.#other(`not ${a} in ${universeBytes}`, node);
  }

  /** What at least `k` of the operands have; one that is given twice counts twice. */
  atLeast(k: number, given: readonly NodeId[]): NodeId {
    const operands = given.filter((operand) => operand !== EMPTY).sort((a, b) => a - b);
    if (k > operands.length) return EMPTY;
    if (k === 1) return this.combine('or', operands);
    if (k === operands.length) return this.combine('and', operands);
    return this.#other(`${k} of ${operands}`, { op: 'atLeast', operands, number: k });
  }

  /**
   * Takes operands to be as long as this: a graph without complements is the same for all lengths of which the same are 0.
   */
  measure(byteLengths: readonly number[]): void {
    this.#byteLengths = [...byteLengths];
    for (let id = EMPTY + 1; id < this.nodes.length; id += 1) this.ends[id] = this.#endOf(this.nodes[id]!);
  }

  isComplement(id: NodeId): boolean {
    return this.nodes[id]!.op === 'not';
  }

  /**
   * How far the answers reach, in bytes, and how much of each operand they need.
   * @param operands number of operands, those that no root needs included
   */
  extents(
    roots: readonly NodeId[],
    operands: number,
  ): { end: number; complementEnd: number; operandEnds: number[] } {
    const { nodes, ends } = this;
    const needs = new Array<number>(nodes.length).fill(0);
    let end = 0;
    for (const root of roots) {
      needs[root] = ends[root]!;
      end = Math.max(end, ends[root]!);
    }
    const operandEnds = new Array<number>(operands).fill(0);
    let complementEnd = 0;
    // Parents have higher numbers than their operands: going down, every need is final when its node is reached.
    for (let id = nodes.length - 1; id > EMPTY; id -= 1) {
      const node = nodes[id]!;
      const need = Math.min(needs[id]!, ends[id]!);
      if (need === 0) continue;
      if (node.op === 'operand') operandEnds[node.number] = need;
      if (node.op === 'not') complementEnd = Math.max(complementEnd, need);
      for (const operand of node.operands) if (needs[operand]! < need) needs[operand] = need;
    }
    return { end, complementEnd, operandEnds };
  }

  #endOf({ op, operands, number }: Node): number {
    const { ends } = this;
    const [a, b] = operands as [number, number];
    switch (op) {
      case 'empty':
        return 0;
      case 'operand':
        return this.#byteLengths[number]!;
      case 'not':
        return number;
      case 'and':
        return Math.min(ends[a]!, ends[b]!);
      case 'or':
      case 'xor':
        return Math.max(ends[a]!, ends[b]!);
      case 'andNot':
        return ends[a]!;
      case 'atLeast':
        // Beyond the k-th longest of them there are fewer than k.
        return operands.map((operand) => ends[operand]!).sort((one, other) => other - one)[number - 1]!;
    }
  }

  #pair(op: Combination, a: NodeId, b: NodeId): NodeId {
    // The order matters to AND-NOT alone.
    const isSwapped = op !== 'andNot' && a > b;
    const key = ((isSwapped ? b : a) * MAX_NODES + (isSwapped ? a : b)) * 4 + CODES[op];
    const known = this.#pairs.get(key);
    if (known !== undefined) return known;
    const id = this.#add({ op, operands: [a, b], number: 0 });
    this.#pairs.set(key, id);
    return id;
  }

  #other(text: string, node: Node): NodeId {
    const known = this.#others.get(text);
    if (known !== undefined) return known;
    const id = this.#add(node);
    this.#others.set(text, id);
    return id;
  }

  #add(node: Node): NodeId {
    this.ends.push(this.#endOf(node));
    return this.nodes.push(node) - 1;
  }
}
