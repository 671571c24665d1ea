/** Writing bits to Redis: a command per bit, or merged stretches if many bits of a key change. */

import { PartialWriteError, StoreError } from '../../base/errors.js';
import { sendAll } from '../../base/requests.js';
import { sortIds } from '../../bitmap/sort.js';
import type { BitWrite, RequestOptions, WriteOptions } from '../types.js';
import type { RedisLink } from './link.js';
import { cutStretches, isBulky, mergeStretch, type Stretch } from './merge.js';
import { explainFailure, isAboutKey, isRefusal, NoTransactionsError } from './refusal.js';

/** More bits than this in one transaction would keep the server from its other clients. */
const MAX_TRANSACTION_BITS = 10_000;

/** One request: a stretch of the write `index` that is merged, or a single bit of it. */
interface Step extends Stretch {
  readonly index: number;
}

/**
 * Sends all writes in their order, a bounded number of requests under way.
 * @param merges whether stretches may be merged by script
 * @throws StoreError, WrongTypeError if nothing was written, PartialWriteError if a part was
 */
export async function writeBits(
  link: RedisLink,
  writes: readonly BitWrite[],
  merges: boolean,
  options: WriteOptions = {},
): Promise<void> {
  const outcome = new Outcome(writes);
  const transacts = options.atomic === true && canTransact(link, writes);
  const isDone = transacts && (await transact(link, writes, outcome, options));
  if (!isDone) {
    for (const [from, to] of phasesOf(writes)) {
      await sendSteps(link, writes, planSteps(link, writes, from, to, merges), outcome, options);
    }
  }
  await outcome.settle(link);
  if (transacts && !isDone) link.goWithout('transactions');
}

/** Whether these writes can be made all or none: not on a cluster, whose transactions end at the border of a slot. */
function canTransact(link: RedisLink, writes: readonly BitWrite[]): boolean {
  const bits = writes.reduce((sum, { ids }) => sum + ids.length, 0);
  return !link.commands.isCluster && !link.lacks('transactions') && bits > 0 && bits <= MAX_TRANSACTION_BITS;
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
    repeats: link.repeats,
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
      if (error === null) outcome.confirm(index, 1);
      else outcome.refuse(index, error);
    }
  }
  return true;
}

async function sendSteps(
  link: RedisLink,
  writes: readonly BitWrite[],
  steps: Iterable<Step>,
  outcome: Outcome,
  options: RequestOptions,
): Promise<void> {
  const send = (step: Step): Promise<void> => {
    const { key, value } = writes[step.index]!;
    if (step.merges) return mergeStretch(link, key, step);
    return link.commands.setbit(key, step.ids[step.from]!, value);
  };
  await sendAll<Step, void>({
    items: untilHopeless(steps, outcome),
    maxInFlight: link.maxInFlight,
    signal: options.signal,
    send,
    receive: (_, { index, from, to }) => outcome.confirm(index, to - from),
    repeats: link.repeats,
    fail: (error, { index }) => {
      outcome.refuse(index, error);
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
    const all = { ids: write.ids, from: 0, to: write.ids.length, merges: false };
    const stretches = merges && isBulky(link, write) ? cutStretches(sortIds(write.ids)) : [all];
    for (const { ids, from, to, merges } of stretches) {
      if (merges) yield { index, ids, from, to, merges };
      else for (let at = from; at < to; at++) yield { index, ids, from: at, to: at + 1, merges };
    }
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

  confirm(index: number, bits: number): void {
    this.#confirmed[index]! += bits;
  }

  refuse(index: number, error: unknown): void {
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
