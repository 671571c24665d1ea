import type { SetPart, SetQuestion } from '../types.js';
import { Circuit, gateOf, isOpposite, NONE, opposite, type Wire } from './circuit.js';
import { atLeast } from './threshold.js';

/** A question as gates, and which of them are counted in which query. */

export interface CountPlan {
  readonly circuit: Circuit;
  /** Per root. */
  readonly wires: readonly Wire[];
  /** Per root: places of the keys whose end complements reach to; empty if its number does not depend on that. */
  readonly universes: readonly (readonly number[])[];
  readonly batches: readonly CountBatch[];
}

/** What one query counts. */
export interface CountBatch {
  /** Places of the keys that it reads. */
  readonly keys: readonly number[];
  /** Gates that are counted, each once; never the one without ids. */
  readonly counted: readonly number[];
}

/** How much one query may ask. */
export interface BatchLimits {
  readonly gates: number;
  /** Of the text of a key: keys are parameters, which servers limit as well. */
  readonly keyBytes: number;
  readonly sizeOf: (place: number) => number;
}

/**
 * Roots share a query as long as that stays within the limits; equal gates are then worked out once.
 * @returns `undefined` if one root alone goes beyond them
 */
export function planCounts(question: SetQuestion, limits: BatchLimits): CountPlan | undefined {
  const circuit = new Circuit();
  const made: Wire[] = [];
  for (const part of question.parts)
    made.push(
      wireOf(
        circuit,
        part,
        part.operands.map((operand) => made[operand]!),
      ),
    );
  const wires = question.roots.map((root) => made[root]!);
  const universes = question.roots.map((root, index) =>
    isOpposite(wires[index]!) ? keysIn(question.parts, root) : [],
  );
  const batches = cutBatches(circuit, wires, universes, limits);
  return batches && { circuit, wires, universes, batches };
}

function wireOf(circuit: Circuit, { kind, number }: SetPart, of: readonly Wire[]): Wire {
  switch (kind) {
    case 'bitmap':
      return circuit.key(number);
    case 'not':
      return opposite(of[0]!);
    case 'atLeast':
      return atLeast(circuit, number, of);
    case 'andNot':
      return of.length === 1 ? of[0]! : circuit.andNot(of[0]!, circuit.join('or', of.slice(1)));
    default:
      return of.length === 0 ? NONE : circuit.join(kind, of);
  }
}

/** The keys that a part is made of. */
function keysIn(parts: readonly SetPart[], root: number): number[] {
  const seen = new Set([root]);
  // What is added to a set while it is gone through has its turn as well.
  for (const place of seen) for (const operand of parts[place]!.operands) seen.add(operand);
  return [...seen]
    .map((place) => parts[place]!)
    .flatMap(({ kind, number }) => (kind === 'bitmap' ? [number] : []));
}

function cutBatches(
  { gates }: Circuit,
  wires: readonly Wire[],
  universes: CountPlan['universes'],
  limits: BatchLimits,
): CountBatch[] | undefined {
  const batches: CountBatch[] = [];
  let batch = new Batch();
  const asked = new Set([gateOf(NONE)]);
  const told = new Set<number>();
  for (const [index, wire] of wires.entries()) {
    const gate = gateOf(wire);
    const needs = needsOf(gates, gate, universes[index]!);
    if (asked.has(gate) && needs.keys.every((key) => told.has(key))) continue;
    if (!batch.takes(needs, limits)) {
      batches.push(batch.end());
      batch = new Batch();
      if (!batch.takes(needs, limits)) return undefined;
    }
    asked.add(gate);
    for (const key of needs.keys) told.add(key);
    batch.add(gate, needs);
  }
  batches.push(batch.end());
  return batches.filter(({ keys }) => keys.length > 0);
}

interface Needs {
  readonly gates: readonly number[];
  readonly keys: readonly number[];
}

/** The gates that one is made of, itself included, and all keys that have a part in its number. */
function needsOf(gates: Circuit['gates'], gate: number, universe: readonly number[]): Needs {
  const seen = new Set([gate]);
  for (const number of seen) {
    const { op, a, b } = gates[number]!;
    if (op !== 'empty' && op !== 'key') seen.add(a).add(b);
  }
  const own = [...seen].filter((number) => gates[number]!.op === 'key').map((number) => gates[number]!.a);
  return { gates: [...seen], keys: [...own, ...universe] };
}

class Batch {
  readonly keys = new Set<number>();
  readonly #gates = new Set<number>();
  readonly #counted = new Set<number>();
  #keyBytes = 0;

  takes({ gates, keys }: Needs, limits: BatchLimits): boolean {
    const gateCount = gates.reduce((sum, gate) => sum + Number(!this.#gates.has(gate)), this.#gates.size);
    const added = new Set(keys.filter((key) => !this.keys.has(key)));
    const keyBytes = [...added].reduce((sum, key) => sum + limits.sizeOf(key), this.#keyBytes);
    if (gateCount > limits.gates || keyBytes > limits.keyBytes) return false;
    this.#keyBytes = keyBytes;
    return true;
  }

  add(gate: number, { gates, keys }: Needs): void {
    for (const number of gates) this.#gates.add(number);
    for (const key of keys) this.keys.add(key);
    if (gate !== gateOf(NONE)) this.#counted.add(gate);
  }

  end(): CountBatch {
    return { keys: [...this.keys], counted: [...this.#counted] };
  }
}
