/** Writing bits to Redis: a command per bit, or merged stretches if many bits of a key change. */

import { sendAll } from '../../base/requests.js';
import { sortIds } from '../../bitmap/sort.js';
import type { BitWrite, RequestOptions } from '../types.js';
import type { RedisLink } from './link.js';
import { cutStretches, isBulky, mergeStretch, type Stretch } from './merge.js';
import { Outcome } from './outcome.js';

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
  options: RequestOptions = {},
): Promise<void> {
  const outcome = new Outcome(writes);
  for (const [from, to] of phasesOf(writes)) {
    await sendSteps(link, writes, planSteps(link, writes, from, to, merges), outcome, options);
  }
  await outcome.settle(link);
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
