/** A client, how much may be asked of it at once, and what its server does without: what the parts of the store share. */

import { type Repeats, sendAll } from '../../base/requests.js';
import type { RequestOptions } from '../types.js';
import type { RedisCommands } from './commands.js';
import { explainFailure } from './failure.js';
import { isInterrupted, isPassing, isRefusedCommand } from './refusal.js';

/** What a server, or what passes for it, may not know or not allow. */
export type Feature =
  | 'ranges'
  | 'lengths'
  | 'counts'
  | 'regions'
  | 'scripts'
  | 'transactions'
  | 'unlink'
  | 'expiries';

export interface LinkOptions {
  readonly maxInFlight: number;
  /** Milliseconds for which a request is repeated that may succeed later. */
  readonly retryMs: number;
}

export class RedisLink {
  readonly commands: RedisCommands;
  readonly maxInFlight: number;
  /** Whether the server has been found to be no node of a cluster. */
  standsAlone = false;
  readonly #retryMs: number;
  readonly #lacking = new Set<Feature>();

  constructor(commands: RedisCommands, { maxInFlight, retryMs }: LinkOptions) {
    this.commands = commands;
    this.maxInFlight = maxInFlight;
    this.#retryMs = retryMs;
  }

  /**
   * Sends one request per item and hands every reply over as it comes.
   * @throws StoreError if a request fails; `keyOf` names the key that the error is about
   */
  sendAll<Item, Reply>(
    items: readonly Item[],
    request: {
      send(item: Item): Promise<Reply>;
      receive?(reply: Reply, item: Item, index: number): void;
      keyOf?(item: Item): string;
      readonly maxInFlight?: number;
      /** Whether it makes a difference if the server does it twice (default: no). */
      readonly once?: boolean;
    },
    options: RequestOptions | undefined,
  ): Promise<void> {
    return sendAll<[number, Item], Reply>({
      items: items.entries(),
      maxInFlight: Math.min(request.maxInFlight ?? this.maxInFlight, this.maxInFlight),
      signal: options?.signal,
      send: ([, item]) => request.send(item),
      receive: (reply, [index, item]) => request.receive?.(reply, item, index),
      repeats: this.repeats(request.once),
      fail: (error, [, item]) => explainFailure(this.commands, error, request.keyOf?.(item)),
    });
  }

  sendOne<Reply>(
    send: () => Promise<Reply>,
    key: string | undefined,
    options: RequestOptions | undefined,
  ): Promise<Reply> {
    return this.#sendOne(send, key, options, this.repeats());
  }

  /** As `sendOne`, but never repeated: what it asks may mean something else by then. */
  sendOnce<Reply>(send: () => Promise<Reply>, options: RequestOptions | undefined): Promise<Reply> {
    return this.#sendOne(send, undefined, options, undefined);
  }

  /**
   * A cluster's client knows its nodes once it has answered something. Transactions wait for that, also if it never comes;
   * other requests are refused then.
   * @param key one that the user may ask for; some may see no keys but those of a prefix
   */
  async untilConnected(key: string, options: RequestOptions | undefined): Promise<void> {
    await this.sendOne(() => this.commands.type(key), undefined, options);
  }

  /** Which failed requests are sent again. After a lost connection nobody knows whether they were served. */
  repeats(once = false): Repeats {
    return {
      limitMs: this.#retryMs,
      isWorthwhile: (error) =>
        isPassing(error, this.commands) || (!once && isInterrupted(error, this.commands)),
    };
  }

  /** Whether the server has been found to do without. */
  lacks(feature: Feature): boolean {
    return this.#lacking.has(feature);
  }

  /** Notes that the server does without. */
  goWithout(feature: Feature): void {
    this.#lacking.add(feature);
  }

  /**
   * Tries what servers may refuse. Once one has, in whatever words and without having done anything, `instead` serves, from
   * then on if it does serve.
   */
  async attempt<T>(feature: Feature, attempt: () => Promise<T>, instead: () => Promise<T>): Promise<T> {
    if (this.#lacking.has(feature)) return instead();
    try {
      return await attempt();
    } catch (refusal) {
      if (!isRefusedCommand(refusal)) throw refusal;
      const result = await instead().catch((error) => {
        throw isRefusedCommand(error) ? refusal : error;
      });
      this.#lacking.add(feature);
      return result;
    }
  }

  async #sendOne<Reply>(
    send: () => Promise<Reply>,
    key: string | undefined,
    options: RequestOptions | undefined,
    repeats: Repeats | undefined,
  ): Promise<Reply> {
    let received: Reply;
    await sendAll<unknown, Reply>({
      items: [undefined],
      maxInFlight: 1,
      signal: options?.signal,
      send,
      receive: (reply) => {
        received = reply;
      },
      repeats,
      fail: (error) => explainFailure(this.commands, error, key),
    });
    return received!;
  }
}
