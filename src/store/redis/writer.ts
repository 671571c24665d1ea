/** Writing bits to Redis: a command per bit, or merged stretches where many bits of a key change. */

import { PartialWriteError, StoreError } from '../../base/errors.js';
import { sendAll } from '../../base/requests.js';
import { sortIds } from '../../bitmap/sort.js';
import type { BitWrite, RequestOptions, WriteOptions } from '../types.js';
import { explainFailure } from './failure.js';
import type { RedisLink } from './link.js';
import { cutStretches, isBulky, mergeStretch, type Stretch } from './merge.js';
import { isAboutKey, isRefusal, NoTransactionsError } from './refusal.js';
import { canTransact } from './transaction.js';

/** One request: it writes `bits` bits of the write `index`. */
interface Step {
  readonly index: number;
  readonly bits: number;
  send(): Promise<unknown>;
}

export interface WriteMode extends WriteOptions {
  /** Whether stretches may be merged by script. */
  readonly merges: boolean;
}

/**
 * Sends all writes in their order, a bounded number of requests under way.
 * @throws StoreError, WrongTypeError if nothing was written, PartialWriteError if a part was
 */
export async function writeBits(
  link: RedisLink,
  writes: readonly BitWrite[],
  mode: WriteMode,
): Promise<void> {
  const outcome = new Outcome(writes);
  const transacts = mode.atomic === true && canTransact(link, writes);
  const isDone = transacts && (await transact(link, writes, outcome, mode));
  if (!isDone) {
    for (const [from, to] of phasesOf(writes)) {
      await sendSteps(link, planSteps(link, writes, from, to, mode.merges), outcome, mode);
    }
  }
  await outcome.settle(link);
  if (transacts && !isDone) link.goWithout('transactions');
}

/**
 * Sets and clears bits in one MULTI … EXEC, in one round trip: nobody sees a part of them, and nothing is written if the
 * server refuses the transaction. A command that fails within it (a key of another type) undoes nothing. `false` if the
 * server knows no transactions.
 */
async function transact(
  link: RedisLink,
  writes: readonly BitWrite[],
  outcome: Outcome,
  options: RequestOptions,
): Promise<boolean> {
  let errors: readonly (Error | null)[] | undefined;
  let failure: unknown;
  await sendAll({
    items: [writes],
    maxInFlight: 1,
    signal: options.signal,
    send: () => link.commands.setBits(writes),
    receive: (received) => {
      errors = received;
    },
    repeats: link.repeats(),
    fail: (error) => {
      failure = error;
      return undefined;
    },
  });
  if (failure instanceof NoTransactionsError) return false;
  let at = 0;
  for (const [index, { ids }] of writes.entries()) {
    for (let bit = 0; bit < ids.length; bit++) {
      const error = errors === undefined ? failure : errors[at++];
      if (error === null) outcome.confirm({ index, bits: 1 });
      else outcome.refuse({ index }, error);
    }
  }
  return true;
}

async function sendSteps(
  link: RedisLink,
  steps: Iterable<Step>,
  outcome: Outcome,
  options: RequestOptions,
): Promise<void> {
  await sendAll<Step, unknown>({
    items: untilHopeless(steps, outcome),
    maxInFlight: link.maxInFlight,
    signal: options.signal,
    send: (step) => step.send(),
    receive: (_, step) => outcome.confirm(step),
    repeats: link.repeats(),
    fail: (error, step) => {
      outcome.refuse(step, error);
      return undefined;
    },
  });
}

/** What has failed for all keys would only fail again with every further request. */
function* untilHopeless(steps: Iterable<Step>, outcome: Outcome): Generator<Step, void> {
  for (const step of steps) {
    if (outcome.isHopeless) return;
    yield step;
  }
}

/**
 * Runs of writes, `[from, to)`, in which no key is both set and cleared. Within one it does not matter which request is
 * served first: some are repeated, and a cluster's client sends some to another node.
 */
function* phasesOf(writes: readonly BitWrite[]): Generator<[from: number, to: number], void> {
  let from = 0;
  const values = new Map<string, 0 | 1>();
  for (const [index, { key, value }] of writes.entries()) {
    if ((values.get(key) ?? value) !== value) {
      yield [from, index];
      from = index;
      values.clear();
    }
    values.set(key, value);
  }
  yield [from, writes.length];
}

function* planSteps(
  link: RedisLink,
  writes: readonly BitWrite[],
  from: number,
  to: number,
  merges: boolean,
): Generator<Step, void> {
  for (let index = from; index < to; index++) {
    const write = writes[index]!;
    const { key, ids, value } = write;
    if (!merges || !isBulky(link, write)) {
      yield* bitSteps(link, index, key, ids, 0, ids.length, value);
      continue;
    }
    for (const stretch of cutStretches(sortIds(ids))) {
      if (stretch.merges) yield mergeStep(link, index, key, stretch);
      else yield* bitSteps(link, index, key, stretch.ids, stretch.from, stretch.to, value);
    }
  }
}

function mergeStep(link: RedisLink, index: number, key: string, stretch: Stretch): Step {
  return { index, bits: stretch.to - stretch.from, send: () => mergeStretch(link, key, stretch) };
}

function* bitSteps(
  link: RedisLink,
  index: number,
  key: string,
  ids: ArrayLike<number>,
  from: number,
  to: number,
  value: 0 | 1,
): Generator<Step, void> {
  for (let at = from; at < to; at++) {
    const id = ids[at]!;
    yield { index, bits: 1, send: () => link.commands.setbit(key, id, value) };
  }
}

/** What is known of a write: the bits confirmed per key, and the first error of each key. */
class Outcome {
  /** Nothing more can be written for now. */
  isHopeless = false;
  readonly #writes: readonly BitWrite[];
  readonly #confirmed: number[];
  readonly #failures = new Map<string, unknown>();

  constructor(writes: readonly BitWrite[]) {
    this.#writes = writes;
    this.#confirmed = writes.map(() => 0);
  }

  confirm({ index, bits }: Pick<Step, 'index' | 'bits'>): void {
    this.#confirmed[index]! += bits;
  }

  refuse({ index }: Pick<Step, 'index'>, error: unknown): void {
    const { key } = this.#writes[index]!;
    if (!this.#failures.has(key)) this.#failures.set(key, error);
    this.isHopeless ||= !isAboutKey(error);
  }

  /** Throws what describes a write of which not every bit was confirmed. */
  async settle(link: RedisLink): Promise<void> {
    const [failure] = this.#failures;
    if (failure === undefined) return;
    const [key, error] = failure;
    const cause = await explainFailure(link.commands, error, key);
    const written = this.#confirmed.reduce((sum, bits) => sum + bits, 0);
    if (written === 0) {
      if ([...this.#failures.values()].every(isRefusal)) throw cause;
      throw new StoreError(`${cause.message}; no bit is confirmed as written`, { cause: error });
    }
    const total = this.#writes.reduce((sum, { ids }) => sum + ids.length, 0);
    const failed = this.#writes.filter(({ ids }, index) => this.#confirmed[index]! < ids.length);
    throw new PartialWriteError(
      `expected to write ${total} bits, got ${written} confirmed; ${cause.message}`,
      [...new Set(failed.map((write) => write.key))],
      { cause },
    );
  }
}
