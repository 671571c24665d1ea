/** A client, how much may be asked of it at once, and what its server does without: what the parts of the store share. */

import { type Repeats, sendAll, sendOne } from '../../base/requests.js';
import type { RequestOptions } from '../types.js';
import type { RedisCommands } from './commands.js';
import { Pace } from './pace.js';
import type { Reading } from './reading/reading.js';
import { explainFailure, isInterrupted, isPassing, isRefusedCommand } from './refusal.js';

/** What a server, or what passes for it, may not know or not allow. */
export type Feature =
  | 'ranges'
  | 'lengths'
  | 'counts'
  | 'regions'
  | 'dumps'
  | 'scripts'
  | 'transactions'
  | 'fields'
  | 'unlink'
  | 'expiries';

/** Some megabytes of text. */
const MAX_LONG_KEYS = 20_000;

/** One request per item. */
interface ItemRequests<Item, Reply> {
  send(item: Item): Promise<Reply>;
  readonly receive?: ((reply: Reply, item: Item) => void) | undefined;
  /** The key that a failure is about. */
  readonly keyOf?: ((item: Item) => string | undefined) | undefined;
  /** Fewer than the client may be asked at once. */
  readonly maxInFlight?: number;
  /** Whether it makes a difference if the server does it twice (default: no). */
  readonly once?: boolean;
}

export class RedisLink {
  readonly commands: RedisCommands;
  readonly maxInFlight: number;
  /** Which failed requests are sent again. */
  readonly repeats: Repeats;
  /** What ranges are read over first, if the connections are the store's own. */
  reading: Reading | undefined;
  /** How fast what is read comes in. */
  readonly pace = new Pace();
  /** Whether the server has been found to be no node of a cluster. */
  standsAlone = false;
  readonly #lacking = new Set<Feature>();
  readonly #longKeys = new Set<string>();

  /** `retryMs`: milliseconds for which a request is repeated that may succeed later. */
  constructor(commands: RedisCommands, maxInFlight: number, retryMs: number) {
    this.commands = commands;
    this.maxInFlight = maxInFlight;
    this.repeats = {
      limitMs: retryMs,
      isWorthwhile: (error) => isPassing(error, commands) || isInterrupted(error, commands),
    };
  }

  /**
   * Sends one request per item and hands every reply over as it comes.
   * @throws StoreError if a request fails
   */
  sendAll<Item, Reply>(
    items: Iterable<Item>,
    { send, receive, keyOf, maxInFlight = this.maxInFlight, once = false }: ItemRequests<Item, Reply>,
    options: RequestOptions | undefined,
  ): Promise<void> {
    const { commands, repeats } = this;
    return sendAll<Item, Reply>({
      items,
      maxInFlight: Math.min(maxInFlight, this.maxInFlight),
      signal: options?.signal,
      send,
      receive,
      // After a lost connection nobody knows whether a request was served.
      repeats: once ? { ...repeats, isWorthwhile: (error) => isPassing(error, commands) } : repeats,
      fail: (error, item) => explainFailure(commands, error, keyOf?.(item)),
    });
  }

  /** Sends a request about `key`, if it is about one. */
  async sendOne<Reply>(
    send: () => Promise<Reply>,
    key: string | undefined,
    options: RequestOptions | undefined,
  ): Promise<Reply> {
    const signal = options?.signal;
    try {
      return await sendOne(send, this.repeats, signal);
    } catch (error) {
      throw signal?.aborted ? error : await explainFailure(this.commands, error, key);
    }
  }

  /** Whether a key was longer than what was first read of it. A hint: it may be gone by now. */
  isLong(key: string): boolean {
    return this.#longKeys.has(key);
  }

  noteLong(keys: readonly string[]): void {
    if (this.#longKeys.size + keys.length > MAX_LONG_KEYS) this.#longKeys.clear();
    for (const key of keys) this.#longKeys.add(key);
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
    if (this.lacks(feature)) return instead();
    try {
      return await attempt();
    } catch (refusal) {
      if (!isRefusedCommand(refusal)) throw refusal;
      const result = await instead().catch((error) => {
        throw isRefusedCommand(error) ? refusal : error;
      });
      this.goWithout(feature);
      return result;
    }
  }
}
