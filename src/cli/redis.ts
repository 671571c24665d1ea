import type { Cluster, Redis } from 'ioredis';
import { type Store, StoreError } from '../index.js';
import { isClusterNode, RedisStore, type RedisStoreOptions } from '../redis.js';
import { UsageError } from './failure.js';
import { decodePart, withoutPassword } from './url.js';

const CONNECT_TIMEOUT_MS = 10_000;
const DEFAULT_PORT = 6379;

export function isRedisUrl(text: string): boolean {
  return /^rediss?(\+cluster)?:\/\//.test(text);
}

/** The hosts of a URL, for people to read. */
export function serverOf(url: string): string {
  return withoutPassword(url).replace(/^.*?:\/\/|\/.*$/g, '');
}

/** Connects, lets `use` work with the store, and closes the connection whatever happens. */
export async function withRedis<T>(
  url: string,
  use: (store: Store) => Promise<T>,
  options?: RedisStoreOptions,
): Promise<T> {
  const client = await createClient(url);
  let connectionError: unknown;
  // What is wrong with a cluster is said of its nodes.
  for (const event of ['error', 'node error']) {
    client.on(event, (error) => {
      connectionError ??= error;
    });
  }
  try {
    await client.connect().catch((error: unknown) => {
      throw explain(url, connectionError ?? error);
    });
    if (!isCluster(client)) {
      await refuseNode(url, client);
      await selectDatabase(url, client);
    }
    return await use(new RedisStore(client, options));
  } finally {
    client.disconnect();
  }
}

async function createClient(url: string): Promise<Redis | Cluster> {
  const cluster = parseCluster(url);
  if (cluster === undefined) checkUrl(url);
  const { Cluster, Redis } = await import('ioredis');
  const options = {
    connectTimeout: CONNECT_TIMEOUT_MS,
    // A command that fails is reported, not repeated behind the user's back.
    maxRetriesPerRequest: 0,
    enableReadyCheck: false,
  };
  if (cluster === undefined) {
    return new Redis(url, { ...options, lazyConnect: true, retryStrategy: () => null });
  }
  const { nodes, username, password, tls } = cluster;
  return new Cluster(nodes, {
    lazyConnect: true,
    clusterRetryStrategy: () => null,
    redisOptions: {
      ...options,
      ...(username ? { username } : {}),
      ...(password ? { password } : {}),
      ...(tls ? { tls: {} } : {}),
    },
  });
}

function isCluster(client: Redis | Cluster): client is Cluster {
  return client.isCluster;
}

/** A node names only the keys that it has itself, so its answers would be wrong. */
async function refuseNode(url: string, client: Redis): Promise<void> {
  if (!(await isClusterNode(client))) return;
  const whole = withoutPassword(url).replace(/^(rediss?)/, '$1+cluster');
  throw new UsageError(
    `expected a Redis that stands alone at ${withoutPassword(url)}, got a node of a cluster; ${whole} asks all of it`,
  );
}

/** Refused a database, a client says nothing and stays in the first one, whose answers would be wrong. */
async function selectDatabase(url: string, client: Redis): Promise<void> {
  const { db = 0 } = client.options;
  if (db === 0) return;
  await client.select(db).catch((cause: Error) => {
    throw new StoreError(
      `expected the database of ${withoutPassword(url)}, got ${JSON.stringify(cause.message)}`,
      { cause },
    );
  });
}

interface ClusterAddress {
  readonly nodes: { readonly host: string; readonly port: number }[];
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly tls: boolean;
}

const CLUSTER_URL = /^redis(s?)\+cluster:\/\/(?:([^:]*)(?::(.*))?@)?([^@/?]+)(?:\/0?)?$/;

/** Reads `redis+cluster://[user:password@]host:port[,host:port]`; `undefined` for URLs of another kind. */
function parseCluster(url: string): ClusterAddress | undefined {
  if (!/^rediss?\+cluster:/.test(url)) return undefined;
  const [, tls, username, password, hosts = ''] = CLUSTER_URL.exec(url) ?? [];
  const nodes = hosts.split(',').map((host) => {
    const node = URL.canParse(`redis://${host}`) ? new URL(`redis://${host}`) : undefined;
    if (!node?.hostname) throw unreadable(url, 'redis+cluster://127.0.0.1:7000,127.0.0.1:7001');
    return { host: node.hostname.replace(/^\[|\]$/g, ''), port: Number(node.port || DEFAULT_PORT) };
  });
  return {
    nodes,
    username: username && decodePart(username),
    password: password && decodePart(password),
    tls: tls !== '',
  };
}

function checkUrl(url: string): void {
  const path = URL.canParse(url) ? new URL(url).pathname : undefined;
  if (path !== undefined && /^\/?\d*$/.test(path)) return;
  throw unreadable(url, 'redis://127.0.0.1:6379 or redis://:password@host:6379/0');
}

function unreadable(url: string, example: string): UsageError {
  return new UsageError(`expected a URL such as ${example}, got ${JSON.stringify(withoutPassword(url))}`);
}

function explain(url: string, cause: unknown): StoreError {
  const { message, code } = cause as NodeJS.ErrnoException;
  const server = withoutPassword(url);
  if (/^NOAUTH/.test(message)) {
    return new StoreError(
      `expected a password in the URL (redis://:password@host), got ${server}, which asks for one`,
      { cause },
    );
  }
  if (/^(WRONGPASS|ERR (AUTH|invalid password))/i.test(message)) {
    return new StoreError(`expected the password of ${server}, got one that it refuses`, { cause });
  }
  if (/cluster support disabled/.test(message)) {
    return new StoreError(
      `expected a Redis Cluster at ${server}, got a server that stands alone; ${server.replace('+cluster', '')} asks it`,
      { cause },
    );
  }
  const reason = REASONS[code ?? message] ?? message;
  return new StoreError(`expected a Redis server at ${server}, got ${reason}`, { cause });
}

const REASONS: Partial<Record<string, string>> = {
  ECONNREFUSED: 'a refused connection (is it running?)',
  ENOTFOUND: 'a host name that nobody knows',
  EAI_AGAIN: 'a host name that nobody knows',
  ETIMEDOUT: 'no answer in time',
  'Connection is closed.': 'no connection (is it running?)',
};
