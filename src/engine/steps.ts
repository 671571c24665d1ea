import { Opcode } from '../kernel/types.js';

/** Lays a graph of set operations out as steps over slots: intermediates share few slots, counts are fused into the last step. */

/** One step over slots: `Opcode` says what `dst`, `a` and `b` mean; slots are numbered from 0, operands first. */
export interface Step {
  readonly op: Opcode;
  readonly dst: number;
  readonly a: number;
  readonly b: number;
}

export interface Program {
  readonly steps: readonly Step[];
  /** Slots in use: one per operand, then the intermediates. */
  readonly slots: number;
  readonly counters: number;
  /** Per root: the counter, or slot, that holds its answer; `undefined` where the answer is known to be empty. */
  readonly outputs: readonly (number | undefined)[];
}

/** Index of a node. Operands have lower numbers than what is made of them. */
export type NodeId = number;
type BinaryOp = 'and' | 'or' | 'xor' | 'andNot';
export type Node =
  | { readonly op: 'empty' }
  | { readonly op: 'operand'; readonly operand: number; readonly byteLength: number }
  | { readonly op: BinaryOp; readonly a: NodeId; readonly b: NodeId }
  | { readonly op: 'not'; readonly a: NodeId; readonly universeBytes: number };

const STEP_OF = { and: Opcode.And, or: Opcode.Or, xor: Opcode.Xor, andNot: Opcode.AndNot } as const;
const COUNT_OF = {
  and: Opcode.CountAnd,
  or: Opcode.CountOr,
  xor: Opcode.CountXor,
  andNot: Opcode.CountAndNot,
} as const;

/** The node without ids, the first of every graph. */
export const EMPTY: NodeId = 0;

/** Hands out slots: a slot is free again once the last step that needs it has run. */
export class Layout {
  readonly steps: Step[] = [];
  readonly #nodes: readonly Node[];
  readonly #uses: number[];
  readonly #slotOf = new Map<NodeId, number>();
  readonly #free: number[] = [];
  readonly #operands: number;
  slots: number;

  constructor(nodes: readonly Node[], roots: readonly NodeId[], operands: number) {
    this.#nodes = nodes;
    this.#operands = operands;
    this.slots = operands;
    this.#uses = countUses(nodes, roots);
  }

  count(root: NodeId, counter: number): void {
    const node = this.#nodes[root]!;
    // A result that nobody else needs, or has needed, is counted as it is computed, without being written anywhere.
    if (
      this.#uses[root] === 1 &&
      !this.#slotOf.has(root) &&
      (node.op === 'and' || node.op === 'or' || node.op === 'xor' || node.op === 'andNot')
    ) {
      const a = this.materialise(node.a);
      const b = this.materialise(node.b);
      this.steps.push({ op: COUNT_OF[node.op], dst: counter, a, b });
      this.#release(node.a);
      this.#release(node.b);
      return;
    }
    this.steps.push({ op: Opcode.Count, dst: counter, a: this.materialise(root), b: 0 });
    this.#release(root);
  }

  /** Emits the steps that compute a node, operands first, and says which slot holds it. Long chains do not recurse. */
  materialise(root: NodeId): number {
    const pending: NodeId[] = [root];
    for (let id = pending.at(-1); id !== undefined; id = pending.at(-1)) {
      const missing = this.#slotOf.has(id) ? [] : this.#missingOperands(id);
      if (missing.length > 0) {
        pending.push(...missing);
        continue;
      }
      pending.pop();
      if (!this.#slotOf.has(id)) this.#slotOf.set(id, this.#emit(this.#nodes[id]!));
    }
    return this.#slotOf.get(root)!;
  }

  #missingOperands(id: NodeId): NodeId[] {
    const node = this.#nodes[id]!;
    if (node.op === 'empty' || node.op === 'operand') return [];
    const operands = node.op === 'not' ? [node.a] : [node.b, node.a];
    return operands.filter((operand) => operand !== EMPTY && !this.#slotOf.has(operand));
  }

  #emit(node: Node): number {
    if (node.op === 'operand') return node.operand;
    if (node.op === 'empty') throw new Error('the empty set has no slot');
    if (node.op === 'not') {
      if (node.a === EMPTY) return this.#emitAll(node.universeBytes);
      const a = this.#slotOf.get(node.a)!;
      this.#release(node.a);
      return this.#push(Opcode.Not, a, node.universeBytes);
    }
    const a = this.#slotOf.get(node.a)!;
    const b = this.#slotOf.get(node.b)!;
    // Released first: the result may take the slot of an operand that is not needed again.
    this.#release(node.a);
    this.#release(node.b);
    return this.#push(STEP_OF[node.op], a, b);
  }

  // The complement of nothing: a slot is cleared by itself, whatever it held, then complemented.
  #emitAll(universeBytes: number): number {
    const slot = this.#take();
    this.steps.push({ op: Opcode.Xor, dst: slot, a: slot, b: slot });
    this.steps.push({ op: Opcode.Not, dst: slot, a: slot, b: universeBytes });
    return slot;
  }

  #push(op: Opcode, a: number, b: number): number {
    const dst = this.#take();
    this.steps.push({ op, dst, a, b });
    return dst;
  }

  #take(): number {
    const reused = this.#free.pop();
    if (reused !== undefined) return reused;
    this.slots += 1;
    return this.slots - 1;
  }

  #release(id: NodeId): void {
    this.#uses[id]! -= 1;
    const slot = this.#slotOf.get(id);
    if (this.#uses[id] === 0 && slot !== undefined && slot >= this.#operands) this.#free.push(slot);
  }
}

function countUses(nodes: readonly Node[], roots: readonly NodeId[]): number[] {
  const uses = new Array<number>(nodes.length).fill(0);
  for (const root of new Set(roots)) uses[root]! += 1;
  for (let id = nodes.length - 1; id > EMPTY; id -= 1) {
    const node = nodes[id]!;
    if (uses[id] === 0 || node.op === 'empty' || node.op === 'operand') continue;
    uses[node.a]! += 1;
    if (node.op !== 'not') uses[node.b]! += 1;
  }
  return uses;
}
