/** Counts sets of ids where they are: a question becomes SQL. */

import type { RequestOptions, SetQuestion } from '../types.js';
import { gateOf, isOpposite } from './circuit.js';
import { type CountBatch, type CountPlan, planCounts } from './counting.js';
import { type RowName, rowNameOf } from './keys.js';
import { type ClickHouseLink, keyParameters, MAX_PARAMETER_BYTES, parameterBytes } from './link.js';
import { onlyRow, readNumbers } from './replies.js';
import { counts } from './sql.js';

/** Servers read statements of up to 50,000 pieces and 256 KiB; a gate takes about 12 pieces and 60 bytes. */
const MAX_GATES = 3000;

/**
 * Counts sets of rows of a table. A whole table of retention, hundreds of pairs, is one query: what several sets need is worked
 * out once, and complements are told from the numbers of what they leave out.
 */
export class ClickHouseCounter {
  readonly #link: ClickHouseLink;
  readonly #prefix: string;

  constructor(link: ClickHouseLink, prefix: string) {
    this.#link = link;
    this.#prefix = prefix;
  }

  /**
   * How many ids each root of a question has; `undefined` if it asks more than a query can hold. Keys that no row can have count
   * as empty.
   * @throws StoreError
   */
  async countSets(question: SetQuestion, options?: RequestOptions): Promise<number[] | undefined> {
    const names = question.keys.map((key) => rowNameOf(key, this.#prefix));
    const plan = planCounts(withoutUnknown(question, names), {
      gates: MAX_GATES,
      keyBytes: MAX_PARAMETER_BYTES,
      sizeOf: (place) => parameterBytes(names[place]!),
    });
    if (plan === undefined) return undefined;
    const texts = plan.batches.map(({ keys, counted }) =>
      counts(this.#link.table, plan.circuit, keys, counted),
    );
    const told = new Told();
    for (const [index, batch] of plan.batches.entries()) {
      const text = texts[index];
      if (text === undefined) return undefined;
      const parameters = keyParameters(batch.keys.map((place) => names[place]!));
      told.add(batch, onlyRow(await this.#link.rows(text, parameters, options)));
    }
    return question.roots.map((_, root) => told.count(plan, root));
  }
}

/** A key that no row can have is a set without ids, which is the join of none. */
function withoutUnknown(question: SetQuestion, names: readonly (RowName | undefined)[]): SetQuestion {
  const parts = question.parts.map((part) =>
    part.kind === 'bitmap' && names[part.number] === undefined ? { ...part, kind: 'or' as const } : part,
  );
  return { ...question, parts };
}

/** What queries have told. */
class Told {
  readonly #counts = new Map<number, number>();
  readonly #ends = new Map<number, number>();

  add({ keys, counted }: CountBatch, row: Record<string, unknown>): void {
    for (const [index, count] of readNumbers(row, 'counts', counted.length).entries()) {
      this.#counts.set(counted[index]!, count);
    }
    for (const [index, end] of readNumbers(row, 'ends', keys.length).entries()) {
      this.#ends.set(keys[index]!, end);
    }
  }

  count({ wires, universes }: CountPlan, root: number): number {
    const wire = wires[root]!;
    const count = this.#counts.get(gateOf(wire)) ?? 0;
    if (!isOpposite(wire)) return count;
    const end = Math.max(0, ...universes[root]!.map((key) => this.#ends.get(key)!));
    // Bitmaps end with a whole byte.
    return Math.ceil(end / 8) * 8 - count;
  }
}
