/**
 * Writes that are to be all or none, and begin in one tick, leave in one transaction: a server and its client spend more on
 * the commands around the bits than on the bits. Each call is told what became of its own.
 */

import { nextTick } from 'node:process';
import { pause } from '../../base/abort.js';
import { Patience } from '../../base/patience.js';
import { sendAll } from '../../base/requests.js';
import type { BitWrite, RequestOptions } from '../types.js';
import { Call, signalOfAll } from './call.js';
import type { RedisLink } from './link.js';
import { Outcome } from './outcome.js';
import { isAboutKey, NoTransactionsError } from './refusal.js';

/** More bits than this in one transaction would keep the server from its other clients. */
const MAX_TRANSACTION_BITS = 10_000;

/** How bits are written without transactions. */
type WriteApart = (writes: readonly BitWrite[], options: RequestOptions) => Promise<void>;

export class Gathering {
  readonly #link: RedisLink;
  readonly #writeApart: WriteApart;
  /** Those that wait for the end of the tick, or for room. */
  #waiting: Call[] = [];
  #isScheduled = false;
  #underWay = 0;

  constructor(link: RedisLink, writeApart: WriteApart) {
    this.#link = link;
    this.#writeApart = writeApart;
  }

  /**
   * Sets and clears bits in one round trip: nobody sees a part of them, and nothing is written if the server refuses the
   * transaction. A command that fails within it (a key of another type) undoes nothing.
   */
  write(writes: readonly BitWrite[], options: RequestOptions): Promise<void> {
    const bits = countBits(writes);
    if (!this.#canTransact(bits)) return this.#writeApart(writes, options);
    options.signal?.throwIfAborted();
    const call = new Call(writes, bits, options.signal);
    this.#waiting.push(call);
    if (!this.#isScheduled) {
      this.#isScheduled = true;
      nextTick(() => {
        this.#isScheduled = false;
        this.#sendWaiting();
      });
    }
    return call.promise;
  }

  /** Not on a cluster, whose transactions end at the border of a slot. */
  #canTransact(bits: number): boolean {
    const { commands } = this.#link;
    return (
      bits > 0 && bits <= MAX_TRANSACTION_BITS && !commands.isCluster && !this.#link.lacks('transactions')
    );
  }

  /** As many transactions as may be under way; what finds no room travels together later. */
  #sendWaiting(): void {
    while (this.#waiting.length > 0 && this.#underWay < this.#link.maxInFlight) {
      this.#underWay += 1;
      this.#sendTogether(this.#takeWaiting()).finally(() => {
        this.#underWay -= 1;
        this.#sendWaiting();
      });
    }
  }

  #takeWaiting(): readonly Call[] {
    const waiting = this.#waiting;
    let length = 0;
    let bits = 0;
    while (length < waiting.length && bits + waiting[length]!.bits <= MAX_TRANSACTION_BITS) {
      bits += waiting[length]!.bits;
      length += 1;
    }
    this.#waiting = waiting.slice(length);
    return waiting.slice(0, length);
  }

  /** One transaction with the bits of all calls, in their order, which is repeated if that may help. */
  async #sendTogether(gathered: readonly Call[]): Promise<void> {
    const { commands, repeats } = this.#link;
    let patience: Patience | undefined;
    for (;;) {
      const calls = gathered.filter(isAwaited);
      if (calls.length === 0) return;
      try {
        const errors = await commands.setBits(writesOf(calls));
        let bit = 0;
        for (const call of calls) {
          tell(this.#link, call, errors, bit);
          bit += call.bits;
        }
        return;
      } catch (failure) {
        patience ??= new Patience(repeats.limitMs);
        const pauseMs = repeats.isWorthwhile(failure) ? patience.next() : undefined;
        if (pauseMs === undefined) return this.#giveIn(calls, failure);
        // If nobody waits any more, it ends early.
        await pause(pauseMs, signalOfAll(calls)).catch(() => {});
      }
    }
  }

  /** What becomes of calls whose transaction failed as a whole. */
  async #giveIn(calls: readonly Call[], failure: unknown): Promise<void> {
    if (failure instanceof NoTransactionsError) {
      await this.#sendEach(calls, (call) => this.#sendApart(call));
    } else if (calls.length > 1 && isAboutKey(failure)) {
      // What is refused takes all others with it, and nothing was done.
      await this.#sendEach(calls, (call) => this.#sendTogether([call]));
    } else {
      for (const call of calls) tell(this.#link, call, new Array(call.bits).fill(failure), 0);
    }
  }

  /** Each by itself, in their order; `send` does not reject. */
  #sendEach(calls: readonly Call[], send: (call: Call) => Promise<void>): Promise<void> {
    return sendAll({
      items: calls.filter(({ isOver }) => !isOver),
      maxInFlight: this.#link.maxInFlight,
      send,
    });
  }

  async #sendApart(call: Call): Promise<void> {
    try {
      await this.#writeApart(call.writes, { signal: call.signal });
      this.#link.goWithout('transactions');
      call.resolve();
    } catch (error) {
      call.reject(error);
    }
  }
}

function isAwaited({ isOver }: Call): boolean {
  return !isOver;
}

function writesOf(calls: readonly Call[]): readonly BitWrite[] {
  return calls.length === 1 ? calls[0]!.writes : calls.flatMap(({ writes }) => writes);
}

/** Tells a call what became of it, by the error that each of its bits ended in, or `null`, from place `from` on. */
function tell(link: RedisLink, call: Call, errors: readonly unknown[], from: number): void {
  let bit = from;
  while (bit < from + call.bits && errors[bit] === null) bit += 1;
  if (bit === from + call.bits) {
    call.resolve();
    return;
  }
  bit = from;
  const outcome = new Outcome(call.writes);
  for (const [index, { ids }] of call.writes.entries()) {
    for (let at = 0; at < ids.length; at++) {
      const error = errors[bit++];
      if (error === null) outcome.confirm(index, 1);
      else outcome.refuse(index, error);
    }
  }
  outcome.settle(link).then(
    () => call.resolve(),
    (error) => call.reject(error),
  );
}

function countBits(writes: readonly BitWrite[]): number {
  let bits = 0;
  for (const { ids } of writes) bits += ids.length;
  return bits;
}
