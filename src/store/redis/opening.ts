/** Connections that the store makes itself: ioredis for everything, and beside it one that bytes are read over. */

import { once } from 'node:events';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { describe } from '../../base/errors.js';
import { isNodeOfCluster } from './cluster-node.js';
import { RedisCommands } from './commands.js';
import { identityOf } from './identity.js';
import { ClusterReading } from './reading/cluster.js';
import { ReadingConnection } from './reading/connection.js';
import type { Reading } from './reading/reading.js';
import { explainFailure, isRefusedCommand, refuseNode } from './refusal.js';

/** Where a store is: a URL, what ioredis is given, or a client of ioredis that nobody else uses. */
export type RedisServer = string | RedisOptions | Redis | Cluster;

export interface Opened {
  readonly client: Redis | Cluster;
  readonly reading: Reading;
  readonly identity: string | undefined;
  close(): Promise<void>;
}

const SCHEME = /^(?:unix:\/\/(?=\/)|(?:redis|valkey)(s?):\/\/)/i;
const CLOSED = 'Connection is closed.';

/** Connections are ended at once here; ioredis would wait for some time, also for what has ended. */
const OWN = { lazyConnect: true, disconnectTimeout: 0 };

/**
 * @throws StoreError if there is no connection, or one to a node of a cluster alone; RangeError for what is no URL
 */
export async function openServer(server: RedisServer): Promise<Opened> {
  const client = clientOf(server);
  // What fails is told to whoever asked for it; without a listener the process would end.
  client.on('error', () => {});
  const commands = new RedisCommands(client);
  try {
    await connect(client);
    if (client instanceof Redis) {
      // Refused a database, ioredis stays in the first one, whose answers would be wrong.
      if (client.options.db) await client.select(client.options.db);
      if (await isNodeOfCluster(commands, '')) throw refuseNode('a node of a cluster');
    }
  } catch (error) {
    client.disconnect();
    throw await explainFailure(commands, error);
  }
  const reading =
    client instanceof Cluster
      ? new ClusterReading(client, isRefusedCommand)
      : new ReadingConnection(client, isRefusedCommand);
  let ending: Promise<void> | undefined;
  return {
    client,
    reading,
    identity: identityOf(client),
    close: () => {
      reading.close();
      ending ??= end(client);
      return ending;
    },
  };
}

function clientOf(server: RedisServer): Redis | Cluster {
  if (server instanceof Redis || server instanceof Cluster) return server;
  if (typeof server === 'string') return new Redis(urlOf(server), OWN);
  if (typeof server !== 'object' || server === null) {
    throw new TypeError(`expected a URL, options or a client of ioredis, got ${describe(server)}`);
  }
  const options: RedisOptions = { ...server, ...OWN };
  // Which of the two it is makes no difference here.
  return new Redis(options as RedisOptions & { replyMapping: 'legacy' });
}

/** As ioredis understands it; what is said about a URL does not show it, for it may hold a password. */
function urlOf(text: string): string {
  const [scheme = '', secure] = SCHEME.exec(text) ?? [];
  const rest = text.slice(scheme.length);
  const url = secure === undefined ? rest : `redis${secure.toLowerCase()}://${rest}`;
  const path = secure === undefined ? '' : pathOf(url);
  if (scheme === '' || path === undefined || !/^\/?\d*$/.test(path)) {
    throw new RangeError(
      'expected a URL such as redis://:password@host:6379/0, rediss://host or unix:///run/redis.sock, got another text',
    );
  }
  return url;
}

/** `undefined` for what is no URL. */
function pathOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).pathname : undefined;
}

/** Resolves once the client can be used, and rejects with the first thing that keeps it from that. */
async function connect(client: Redis | Cluster): Promise<void> {
  if (client.status === 'ready') return;
  if (client.status === 'end') throw new Error(CLOSED);
  const waiting = new AbortController();
  const { signal } = waiting;
  // Both reject with an error that the client tells of meanwhile, which says more than what `connect` rejects with.
  const ready = once(client, 'ready', { signal });
  const closed = once(client, 'end', { signal }).then(() => Promise.reject(new Error(CLOSED)));
  const begun = client.status === 'wait' ? client.connect() : ready;
  await Promise.race([ready, closed, begun]).finally(() => waiting.abort());
}

/** Resolves once no connection of the client is left; what is under way on them rejects. */
async function end(client: Redis | Cluster): Promise<void> {
  const streams = (client instanceof Cluster ? client.nodes() : [client]).map(({ stream }) => stream);
  client.disconnect();
  await Promise.all(streams.map((stream) => stream && !stream.closed && close(stream)));
}

/** Also a connection that breaks just now, whose error is told to those who wait for an answer. */
function close(stream: Redis['stream']): Promise<unknown> {
  const closing = new Promise((resolve) => stream.once('close', resolve));
  stream.destroy();
  return closing;
}
