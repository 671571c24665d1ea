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
import { groupByKey, type KeyBits, MAX_FIELDS, roundsOf } from './fields.js';
import type { RedisLink } from './link.js';
import { isBulky } from './merge.js';
import { Outcome } from './outcome.js';
import { codeOf, isAboutKey, NoTransactionsError } from './refusal.js';

/** More bits than this in one transaction would keep the server from its other clients. */
const MAX_TRANSACTION_BITS = 10_000;

/** How bits are written without transactions. */
type WriteApart = (writes: readonly BitWrite[], options: RequestOptions) => Promise<void>;

export class Gathering {
  readonly #link: RedisLink;
  readonly #writeApart: WriteApart;
  /** Those that wait for the end of the tick, or for room. */
  #waiting: Call[] = [];
  /** The keys that they change, and perhaps others. */
  readonly #waitingKeys = new Set<string>();
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
    options.signal?.throwIfAborted();
    const bits = countBits(writes);
    if (bits === 0) return Promise.resolve();
    if (bits > MAX_TRANSACTION_BITS || !(this.#transacts || this.#gathersKeys(writes))) {
      this.flush();
      return this.#writeApart(writes, options);
    }
    const call = new Call(writes, bits, options.signal);
    this.#waiting.push(call);
    for (const { key } of writes) this.#waitingKeys.add(key);
    if (!this.#isScheduled) {
      this.#isScheduled = true;
      nextTick(() => {
        this.#isScheduled = false;
        this.flush();
      });
    }
    return call.promise;
  }

  /** Sends what waits if it changes one of `keys`, so that no read of the tick overtakes it. */
  flushBefore(keys: readonly string[]): void {
    if (this.#waitingKeys.size > 0 && keys.some((key) => this.#waitingKeys.has(key))) this.flush();
  }

  /** Not on a cluster, whose transactions end at the border of a slot. */
  get #transacts(): boolean {
    return !this.#link.commands.isCluster && !this.#link.lacks('transactions');
  }

  /** Without transactions bits of a key may be one command still; many of them are merged in another way. */
  #gathersKeys(writes: readonly BitWrite[]): boolean {
    const link = this.#link;
    const hasFields = link.commands.hasFields && !link.lacks('fields');
    return hasFields && !writes.some((write) => isBulky(link, write));
  }

  /**
   * Sends what waits for the end of the tick, so that nothing later overtakes it: as many transactions as may be under way.
   * What finds no room travels together later.
   */
  flush(): void {
    while (this.#waiting.length > 0 && this.#underWay < this.#link.maxInFlight) {
      this.#underWay += 1;
      this.#sendGroup(this.#takeWaiting()).finally(() => {
        this.#underWay -= 1;
        this.flush();
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
    if (this.#waiting.length === 0) this.#waitingKeys.clear();
    return waiting.slice(0, length);
  }

  async #sendGroup(calls: readonly Call[]): Promise<void> {
    if (this.#transacts) await this.#sendTogether(calls, !this.#link.lacks('fields'));
    else await this.#sendByKey(calls.filter(isAwaited));
  }

  /** Without transactions: the bits of all calls, key by key. */
  async #sendByKey(calls: readonly Call[]): Promise<void> {
    const [only] = calls;
    if (only === undefined) return;
    const writes = writesOf(calls);
    if (calls.length === 1 && only.bits === writes.length) return this.#sendApart(only);
    const errors = new Array<unknown>(countBits(writes)).fill(null);
    const send = (bits: KeyBits) => this.#link.commands.setKeyFields(bits);
    await this.#sendGroups(groupByKey(writes, MAX_FIELDS), errors, send, signalOfAll(calls)).catch(() => {
      // Nobody waits any more.
    });
    if (!calls.some(isAwaited)) return;
    await this.#setApart(writes, errors);
    this.#tellAll(calls, errors);
  }

  /**
   * One transaction with the bits of all calls, in their order, which is repeated if that may help.
   * @param asFields whether bits of a key may be one command
   * @returns whether the server has taken it
   */
  async #sendTogether(gathered: readonly Call[], asFields: boolean): Promise<boolean> {
    const { commands, repeats } = this.#link;
    let patience: Patience | undefined;
    for (;;) {
      const calls = gathered.filter(isAwaited);
      if (calls.length === 0) return false;
      const writes = writesOf(calls);
      // A bit in each of several keys, as most calls set that come alone, is none the faster for it.
      const sharesKeys = asFields && (calls.length > 1 || calls[0]!.bits > writes.length);
      try {
        const errors: unknown[] = await (sharesKeys ? commands.setFields(writes) : commands.setBits(writes));
        if (sharesKeys) await this.#setApart(writes, errors);
        this.#tellAll(calls, errors);
        return true;
      } catch (failure) {
        patience ??= new Patience(repeats.limitMs);
        const pauseMs = repeats.isWorthwhile(failure) ? patience.next() : undefined;
        if (pauseMs === undefined) {
          await this.#giveIn(calls, sharesKeys, failure);
          return false;
        }
        // If nobody waits any more, it ends early.
        await pause(pauseMs, signalOfAll(calls)).catch(() => {});
      }
    }
  }

  #tellAll(calls: readonly Call[], errors: readonly unknown[]): void {
    let bit = 0;
    for (const call of calls) {
      tell(this.#link, call, errors, bit);
      bit += call.bits;
    }
  }

  /** Of bits in one command, one that the server does not take (an id beyond its own limit) stops the others. */
  async #setApart(writes: readonly BitWrite[], errors: unknown[]): Promise<void> {
    const isStopped = (error: unknown) =>
      error !== null && isAboutKey(error) && codeOf(error) !== 'WRONGTYPE';
    if (!errors.some(isStopped)) return;
    const bits = groupByKey(writes, 1);
    // All bits of such a key: what was taken may have been meant to come after what was not.
    const keys = new Set(bits.filter(({ places }) => isStopped(errors[places[0]!])).map(({ key }) => key));
    const stopped = bits.filter(({ key }) => keys.has(key));
    const send = ({ key, ids, values }: KeyBits) => this.#link.commands.setbit(key, ids[0]!, values[0]!);
    if (await this.#sendGroups(stopped, errors, send)) this.#link.goWithout('fields');
  }

  /**
   * Sends groups of bits, each by itself, and notes at the place of each bit the error that it ended in, or `null`.
   * @returns whether the server has taken all of them
   */
  async #sendGroups(
    groups: readonly KeyBits[],
    errors: unknown[],
    send: (bits: KeyBits) => Promise<void>,
    signal?: AbortSignal,
  ): Promise<boolean> {
    const { repeats, maxInFlight } = this.#link;
    let areTaken = true;
    /** What would only fail again with every further round. */
    let failure: unknown;
    const note = ({ places }: KeyBits, error: unknown): void => {
      for (const place of places) errors[place] = error;
    };
    for (const items of roundsOf(groups)) {
      if (failure !== undefined) {
        for (const bits of items) note(bits, failure);
        continue;
      }
      await sendAll({
        items,
        maxInFlight,
        signal,
        send,
        receive: (_, bits) => note(bits, null),
        repeats,
        fail: (error, bits) => {
          note(bits, error);
          areTaken = false;
          if (!isAboutKey(error)) failure = error;
          return undefined;
        },
      });
    }
    return areTaken;
  }

  /** What becomes of calls whose transaction failed as a whole. */
  async #giveIn(calls: readonly Call[], asFields: boolean, failure: unknown): Promise<void> {
    if (failure instanceof NoTransactionsError) {
      await this.#sendEach(calls, (call) => this.#sendApart(call));
    } else if (isAboutKey(failure) && (calls.length > 1 || asFields)) {
      // What is refused takes all others with it, and nothing was done.
      let refused = 0;
      await this.#sendEach(calls, async (call) => {
        if (!(await this.#sendTogether([call], false))) refused += 1;
      });
      if (asFields && refused === 0) this.#link.goWithout('fields');
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
      if (!this.#link.commands.isCluster) this.#link.goWithout('transactions');
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
