import { EMPTY, Layout, type Node, type NodeId, type Program } from './steps.js';

/** Set algebra as a graph: equal subexpressions are one node, and nodes are folded where the answer is known. */

/** A graph of set operations. Nodes are numbered so that operands come before what is made of them. */
export class Graph {
  readonly #nodes: Node[] = [{ op: 'empty' }];
  readonly #byText = new Map<string, NodeId>();

  operand(operand: number, byteLength: number): NodeId {
    return byteLength === 0 ? EMPTY : this.#add(`operand ${operand}`, { op: 'operand', operand, byteLength });
  }

  and(a: NodeId, b: NodeId): NodeId {
    if (a === EMPTY || b === EMPTY) return EMPTY;
    if (a === b) return a;
    // No operand reaches beyond the universe of its expression, so a & (universe without x) is a without x.
    const left = this.#node(a);
    const right = this.#node(b);
    if (right.op === 'not') return this.andNot(a, right.a);
    if (left.op === 'not') return this.andNot(b, left.a);
    return this.#commutative('and', a, b);
  }

  or(a: NodeId, b: NodeId): NodeId {
    if (a === EMPTY || a === b) return b;
    return b === EMPTY ? a : this.#commutative('or', a, b);
  }

  xor(a: NodeId, b: NodeId): NodeId {
    if (a === b) return EMPTY;
    if (a === EMPTY) return b;
    return b === EMPTY ? a : this.#commutative('xor', a, b);
  }

  andNot(a: NodeId, b: NodeId): NodeId {
    if (a === EMPTY || a === b) return EMPTY;
    if (b === EMPTY) return a;
    const right = this.#node(b);
    return right.op === 'not' ? this.and(a, right.a) : this.#add(`${a} andNot ${b}`, { op: 'andNot', a, b });
  }

  not(a: NodeId, universeBytes: number): NodeId {
    if (universeBytes === 0) return EMPTY;
    const inner = this.#node(a);
    if (inner.op === 'not' && inner.universeBytes === universeBytes) return inner.a;
    return this.#add(`not ${a} in ${universeBytes}`, { op: 'not', a, universeBytes });
  }

  /** A counter of each id's operands, one operand after the other: level j holds what j + 1 of those so far hold. */
  atLeast(k: number, operands: readonly NodeId[]): NodeId {
    const levels = new Array<NodeId>(k).fill(EMPTY);
    for (const operand of operands) {
      for (let level = k - 1; level > 0; level -= 1) {
        levels[level] = this.or(levels[level]!, this.and(levels[level - 1]!, operand));
      }
      levels[0] = this.or(levels[0]!, operand);
    }
    return levels[k - 1]!;
  }

  isComplement(id: NodeId): boolean {
    return this.#node(id).op === 'not';
  }

  /**
   * How far the answers reach, in bytes, and how much of each operand they need.
   * @param operands number of operands, those that no root needs included
   */
  extents(
    roots: readonly NodeId[],
    operands: number,
  ): { end: number; complementEnd: number; operandEnds: number[] } {
    const ends: number[] = [];
    for (const node of this.#nodes) ends.push(endOf(node, ends));
    const needs = new Array<number>(ends.length).fill(0);
    for (const root of roots) needs[root] = ends[root]!;
    const operandEnds = new Array<number>(operands).fill(0);
    let complementEnd = 0;
    // Parents have higher numbers than their operands: going down, every need is final when its node is reached.
    for (let id = this.#nodes.length - 1; id > EMPTY; id -= 1) {
      const node = this.#node(id);
      const need = Math.min(needs[id]!, ends[id]!);
      if (need === 0 || node.op === 'empty') continue;
      if (node.op === 'operand') {
        operandEnds[node.operand] = need;
        continue;
      }
      if (node.op === 'not') complementEnd = Math.max(complementEnd, need);
      needs[node.a] = Math.max(needs[node.a]!, need);
      if (node.op !== 'not') needs[node.b] = Math.max(needs[node.b]!, need);
    }
    const end = roots.reduce((furthest, root) => Math.max(furthest, ends[root]!), 0);
    return { end, complementEnd, operandEnds };
  }

  /** Lays the graph out as a program that counts every root. */
  counting(roots: readonly NodeId[], operands: number): Program {
    const layout = new Layout(this.#nodes, roots, operands);
    const counterOf = new Map<NodeId, number>();
    const outputs = roots.map((root) => {
      if (root === EMPTY) return undefined;
      const known = counterOf.get(root);
      if (known !== undefined) return known;
      const counter = counterOf.size;
      counterOf.set(root, counter);
      layout.count(root, counter);
      return counter;
    });
    return { steps: layout.steps, slots: layout.slots, counters: counterOf.size, outputs };
  }

  /** Lays the graph out as a program that leaves every root in a slot of its own or in its operand's. */
  materialising(roots: readonly NodeId[], operands: number): Program {
    const layout = new Layout(this.#nodes, roots, operands);
    const outputs = roots.map((root) => (root === EMPTY ? undefined : layout.materialise(root)));
    return { steps: layout.steps, slots: layout.slots, counters: 0, outputs };
  }

  #commutative(op: 'and' | 'or' | 'xor', a: NodeId, b: NodeId): NodeId {
    return this.#add(`${Math.min(a, b)} ${op} ${Math.max(a, b)}`, { op, a, b });
  }

  #add(text: string, node: Node): NodeId {
    const known = this.#byText.get(text);
    if (known !== undefined) return known;
    this.#nodes.push(node);
    this.#byText.set(text, this.#nodes.length - 1);
    return this.#nodes.length - 1;
  }

  #node(id: NodeId): Node {
    return this.#nodes[id]!;
  }
}

function endOf(node: Node, ends: readonly number[]): number {
  switch (node.op) {
    case 'empty':
      return 0;
    case 'operand':
      return node.byteLength;
    case 'and':
      return Math.min(ends[node.a]!, ends[node.b]!);
    case 'andNot':
      return ends[node.a]!;
    case 'not':
      return node.universeBytes;
    default:
      return Math.max(ends[node.a]!, ends[node.b]!);
  }
}
