import { Opcode } from '../kernel/types.js';
import { EMPTY, type Graph, type Node, type NodeId } from './graph.js';

/**
 * Lays a graph of set operations out as steps over slots: intermediates share few slots, counts are fused into the last
 * step, and pairs that share operands are counted as tables.
 */

/** Slots are numbered from 0, operands first; `Opcode` says what a step does. */
export type Step = SlotStep | TableStep;

/** Makes a slot, or counts. */
export interface SlotStep {
  readonly op: Exclude<Opcode, TableStep['op']>;
  /** A slot, or the counter of a step that counts. */
  readonly dst: number;
  /** What it is made of. */
  readonly slots: readonly number[];
  /** The k of "at least k", or how far a complement reaches, in bytes; 0 otherwise. */
  readonly number: number;
}

/** Counts what rows and columns, which are slots, have in common. */
export interface TableStep {
  readonly op: typeof Opcode.CountTable;
  readonly rows: readonly number[];
  readonly columns: readonly number[];
  /** Row by row, columns ascending; rows and columns by their places above. */
  readonly cells: readonly TableCell[];
}

export interface TableCell {
  readonly row: number;
  readonly column: number;
  readonly counter: number;
}

export interface Program {
  readonly steps: readonly Step[];
  /** Slots in use: one per operand, then the intermediates. */
  readonly slots: number;
  readonly counters: number;
  /** Per root: the counter, or slot, that holds its answer; `undefined` if the answer is known to be empty. */
  readonly outputs: readonly (number | undefined)[];
}

const STEP_OF: Readonly<Record<string, SlotStep['op']>> = {
  and: Opcode.And,
  or: Opcode.Or,
  xor: Opcode.Xor,
  andNot: Opcode.AndNot,
  not: Opcode.Not,
  atLeast: Opcode.AtLeast,
};
const COUNT_OF: Readonly<Record<string, SlotStep['op']>> = {
  and: Opcode.CountAnd,
  or: Opcode.CountOr,
  xor: Opcode.CountXor,
  andNot: Opcode.CountAndNot,
  atLeast: Opcode.CountAtLeast,
};

/** A table is counted before so many intermediates wait for it. */
const MAX_WAITING = 256;

/** A program that counts every root. */
export function countingProgram(graph: Graph, roots: readonly NodeId[], operands: number): Program {
  const layout = new Layout(graph.nodes, roots, operands);
  const counterOf = new Map<NodeId, number>();
  const outputs = roots.map((root) => {
    if (root === EMPTY) return undefined;
    let counter = counterOf.get(root);
    if (counter === undefined) {
      counter = counterOf.size;
      counterOf.set(root, counter);
      layout.count(root, counter);
    }
    return counter;
  });
  layout.countTable();
  return { steps: layout.steps, slots: layout.slots, counters: counterOf.size, outputs };
}

/** A program that leaves every root in a slot of its own or in its operand's. */
export function bitmapProgram(graph: Graph, roots: readonly NodeId[], operands: number): Program {
  const layout = new Layout(graph.nodes, roots, operands);
  const outputs = roots.map((root) => (root === EMPTY ? undefined : layout.materialise(root)));
  return { steps: layout.steps, slots: layout.slots, counters: 0, outputs };
}

/** Hands out slots: a slot is free again once the last step that needs it has run. */
class Layout {
  readonly steps: Step[] = [];
  readonly #nodes: readonly Node[];
  /** Per node, how many steps are still to need it, and whether more than one ever does. */
  readonly #uses: number[];
  readonly #isShared: boolean[];
  readonly #slotOf: (number | undefined)[];
  readonly #free: number[] = [];
  readonly #operands: number;
  #waiting: { readonly a: NodeId; readonly b: NodeId; readonly counter: number }[] = [];
  slots: number;

  constructor(nodes: readonly Node[], roots: readonly NodeId[], operands: number) {
    this.#nodes = nodes;
    this.#operands = operands;
    this.slots = operands;
    this.#uses = countUses(nodes, roots);
    this.#isShared = nodes.map((node, id) => node.op === 'operand' || this.#uses[id]! > 1);
    this.#slotOf = nodes.map((node) => (node.op === 'operand' ? node.number : undefined));
  }

  count(root: NodeId, counter: number): void {
    const { op, operands, number } = this.#nodes[root]!;
    const fused = COUNT_OF[op];
    // A result that nobody else needs, or has needed, is counted as it is computed, without being written anywhere.
    if (fused === undefined || this.#uses[root]! > 1 || this.#slotOf[root] !== undefined) {
      this.steps.push({ op: Opcode.Count, dst: counter, slots: [this.materialise(root)], number: 0 });
      this.#release([root]);
      return;
    }
    const slots = operands.map((operand) => this.materialise(operand));
    // Pairs of what lies in slots for others too wait for each other.
    if (op === 'and' && operands.every((operand) => this.#isShared[operand])) {
      this.#waiting.push({ a: operands[0]!, b: operands[1]!, counter });
      if (this.slots - this.#operands > MAX_WAITING) this.countTable();
    } else {
      this.steps.push({ op: fused, dst: counter, slots, number });
      this.#release(operands);
    }
  }

  /** Counts the pairs that wait, which share operands, in one step. */
  countTable(): void {
    if (this.#waiting.length === 0) return;
    let rows = placesOf(this.#waiting.map(({ a }) => this.#slotOf[a]!));
    let columns = placesOf(this.#waiting.map(({ b }) => this.#slotOf[b]!));
    // A row is read once for all its columns.
    const isTurned = rows.size > columns.size;
    if (isTurned) [rows, columns] = [columns, rows];
    const cells = this.#waiting.map(({ a, b, counter }) => ({
      row: rows.get(this.#slotOf[isTurned ? b : a]!)!,
      column: columns.get(this.#slotOf[isTurned ? a : b]!)!,
      counter,
    }));
    cells.sort((x, y) => x.row - y.row || x.column - y.column);
    this.steps.push({ op: Opcode.CountTable, rows: [...rows.keys()], columns: [...columns.keys()], cells });
    for (const { a, b } of this.#waiting) this.#release([a, b]);
    this.#waiting = [];
  }

  /** Emits the steps that compute a node, operands first, and says which slot holds it. Long chains do not recurse. */
  materialise(root: NodeId): number {
    const known = this.#slotOf[root];
    if (known !== undefined) return known;
    const pending: NodeId[] = [root];
    for (let id = pending.at(-1); id !== undefined; id = pending.at(-1)) {
      const { operands } = this.#nodes[id]!;
      const before = pending.length;
      for (let index = operands.length - 1; index >= 0; index -= 1) {
        const operand = operands[index]!;
        if (operand !== EMPTY && this.#slotOf[operand] === undefined) pending.push(operand);
      }
      if (pending.length > before) continue;
      pending.pop();
      this.#slotOf[id] ??= this.#emit(this.#nodes[id]!);
    }
    return this.#slotOf[root]!;
  }

  #emit({ op, operands, number }: Node): number {
    const slots = operands.map((operand) => this.#slotOf[operand]!);
    // Released first, if the step reads before it writes: the result may take the slot of an operand not needed again.
    if (op !== 'atLeast') this.#release(operands);
    const dst = this.#take();
    if (op === 'atLeast') this.#release(operands);
    if (operands[0] === EMPTY) {
      // The complement of nothing: a slot is cleared by itself, whatever it held, then complemented.
      slots[0] = dst;
      this.steps.push({ op: Opcode.Xor, dst, slots: [dst, dst], number: 0 });
    }
    this.steps.push({ op: STEP_OF[op]!, dst, slots, number });
    return dst;
  }

  #take(): number {
    return this.#free.pop() ?? this.slots++;
  }

  #release(ids: readonly NodeId[]): void {
    for (const id of ids) {
      this.#uses[id]! -= 1;
      const slot = this.#slotOf[id];
      if (this.#uses[id] === 0 && slot !== undefined && slot >= this.#operands) this.#free.push(slot);
    }
  }
}

/** Slots by the order in which they come up. */
function placesOf(slots: readonly number[]): Map<number, number> {
  const places = new Map<number, number>();
  for (const slot of slots) if (!places.has(slot)) places.set(slot, places.size);
  return places;
}

function countUses(nodes: readonly Node[], roots: readonly NodeId[]): number[] {
  const uses = new Array<number>(nodes.length).fill(0);
  for (const root of roots) uses[root] = 1;
  for (let id = nodes.length - 1; id > EMPTY; id -= 1) {
    if (uses[id]! > 0) for (const operand of nodes[id]!.operands) uses[operand]! += 1;
  }
  return uses;
}
