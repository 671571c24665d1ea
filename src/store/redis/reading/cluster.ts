/** A cluster that ranges of bytes are read from: each from the master that has its key, over a connection per master. */

// @ts-expect-error: it comes without types.
import untypedSlotOf from 'cluster-key-slot';
import type { Cluster, Redis } from 'ioredis';
import type { ByteRead } from '../../types.js';
import { REFUSED } from './batch.js';
import { ReadingConnection } from './connection.js';
import type { Reading } from './reading.js';

const slotOf: (key: string) => number = untypedSlotOf;

export class ClusterReading implements Reading {
  readonly #cluster: Cluster;
  readonly #isLasting: (error: unknown) => boolean;
  readonly #connections = new Map<Redis, ReadingConnection>();

  /** @param isLasting as of a `ReadingConnection` */
  constructor(cluster: Cluster, isLasting: (error: unknown) => boolean) {
    this.#cluster = cluster;
    this.#isLasting = isLasting;
    cluster.on('-node', (node: Redis) => {
      this.#connections.get(node)?.close();
      this.#connections.delete(node);
    });
  }

  async read(
    reads: readonly ByteRead[],
    keyPrefix: string,
    signal: AbortSignal | undefined,
  ): Promise<ArrayLike<number>> {
    const found = new Int32Array(reads.length).fill(REFUSED);
    const shares = [...this.#share(reads, keyPrefix)].map(async ([node, places]) => {
      const own = places.map((place) => reads[place]!);
      const served = await this.#connectionTo(node).read(own, keyPrefix, signal);
      if (served === undefined) return;
      for (const [index, place] of places.entries()) found[place] = served[index]!;
    });
    // Nothing is written to a target after the first failure was told.
    await Promise.allSettled(shares);
    await Promise.all(shares);
    return found;
  }

  close(): void {
    for (const connection of this.#connections.values()) connection.close();
    this.#connections.clear();
  }

  /** Which reads each master is to be asked for; a slot that nobody is known to have is nobody's. */
  #share(reads: readonly ByteRead[], keyPrefix: string): Map<Redis, number[]> {
    const masters = new Map<string, Redis>();
    for (const node of this.#cluster.nodes('master')) masters.set(addressOf(node), node);
    const shares = new Map<Redis, number[]>();
    for (const [place, { key }] of reads.entries()) {
      const [address = ''] = this.#cluster.slots[slotOf(keyPrefix + key)] ?? [];
      const master = masters.get(address);
      if (master === undefined) continue;
      const share = shares.get(master);
      if (share === undefined) shares.set(master, [place]);
      else share.push(place);
    }
    return shares;
  }

  #connectionTo(node: Redis): ReadingConnection {
    let connection = this.#connections.get(node);
    if (connection === undefined) {
      connection = new ReadingConnection(node, this.#isLasting);
      this.#connections.set(node, connection);
    }
    return connection;
  }
}

/** As the client writes it in its list of slots. */
function addressOf({ options: { host, port } }: Redis): string {
  return `${host}:${port}`;
}
