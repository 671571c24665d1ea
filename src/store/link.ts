/** A client and how much may be asked of it at once: what the parts of the Redis store share. */

import type { RedisClient } from './client.js';
import { explainFailure } from './failure.js';
import { sendAll } from './requests.js';
import type { RequestOptions } from './types.js';

export class RedisLink {
  readonly client: RedisClient;
  readonly maxInFlight: number;

  constructor(client: RedisClient, maxInFlight: number) {
    this.client = client;
    this.maxInFlight = maxInFlight;
  }

  get isCluster(): boolean {
    return typeof this.client.nodes === 'function';
  }

  get keyPrefix(): string {
    return this.client.options?.keyPrefix ?? '';
  }

  /**
   * Sends one request per item and hands every reply over as it comes.
   * @throws StoreError where a request fails; `keyOf` names the key that the error is about
   */
  sendAll<Item, Reply>(
    items: readonly Item[],
    request: {
      send(item: Item): Promise<Reply>;
      receive?(reply: Reply, item: Item, index: number): void;
      keyOf?(item: Item): string;
      readonly maxInFlight?: number;
    },
    options: RequestOptions | undefined,
  ): Promise<void> {
    return sendAll<Reply>({
      maxInFlight: Math.min(request.maxInFlight ?? this.maxInFlight, this.maxInFlight),
      signal: options?.signal,
      send: (index) => (index < items.length ? request.send(items[index]!) : undefined),
      receive: (reply, index) => request.receive?.(reply, items[index]!, index),
      explain: (error, index) => explainFailure(this.client, error, request.keyOf?.(items[index]!)),
    });
  }

  async sendOne<Reply>(
    send: () => Promise<Reply>,
    key: string | undefined,
    options: RequestOptions | undefined,
  ): Promise<Reply> {
    const replies: Reply[] = [];
    await sendAll<Reply>({
      maxInFlight: 1,
      signal: options?.signal,
      send: (index) => (index === 0 ? send() : undefined),
      receive: (reply) => replies.push(reply),
      explain: (error) => explainFailure(this.client, error, key),
    });
    return replies[0]!;
  }
}
