import type { ConnectionOptions } from 'node:tls';
import type { Cluster, Redis } from 'ioredis';
import { StoreError } from '../index.js';
import { isClusterNode, RedisStore, type RedisStoreOptions } from '../redis.js';
import { parseRedisUrl, type RedisAddress, type RedisHost } from './address.js';
import { UsageError } from './failure.js';
import { withProgress } from './progress.js';
import { explain } from './reason.js';
import { endIfSilent, SilenceError, type TimeoutOptions, timeoutMsOf } from './silence.js';
import { readTls, type TlsOptions } from './tls.js';

export interface ConnectOptions
  extends TimeoutOptions,
    TlsOptions,
    Pick<RedisStoreOptions, 'scripts' | 'maxKeyBytes'> {}

/** Until a server has closed its end of a connection, too; one that is silent never does. */
const DISCONNECT_TIMEOUT_MS = 100;
/** As long as a timer can run. */
const LONGEST_MS = 2 ** 31 - 1;

/** Connects, lets `use` work with the store, and closes the connection whatever happens. */
export async function withRedis<T>(
  url: string,
  options: ConnectOptions,
  use: (store: RedisStore, client: Redis | Cluster) => Promise<T>,
): Promise<T> {
  const address = parseRedisUrl(url);
  const timeoutMs = timeoutMsOf(options);
  const client = await createClient(address, options, timeoutMs);
  let connectionError: unknown;
  // What is wrong with a cluster is said of its nodes.
  for (const event of ['error', 'node error']) {
    client.on(event, (error) => {
      connectionError ??= error;
    });
  }
  let store: RedisStore | undefined;
  try {
    store = await withProgress(`connecting to ${address.server}`, async () => {
      await client.connect();
      if (!isCluster(client)) {
        await refuseNode(address, client);
        await selectDatabase(address, client);
      }
      return RedisStore.open(client, { scripts: options.scripts, maxKeyBytes: options.maxKeyBytes });
    }).catch((error: unknown) => {
      const isExplained = error instanceof UsageError || error instanceof StoreError;
      if (isExplained && !(connectionError instanceof SilenceError)) throw error;
      throw explain(address, connectionError ?? error, timeoutMs);
    });
    return await use(store, client);
  } finally {
    if (store === undefined) client.disconnect();
    else await store.close();
  }
}

async function createClient(
  address: RedisAddress,
  options: ConnectOptions,
  timeoutMs: number,
): Promise<Redis | Cluster> {
  const { kind, tls, hosts } = address;
  const common = {
    ...loginOf(address),
    ...(tls ? { tls: await readTls(options) } : {}),
    db: address.db,
    connectTimeout: timeoutMs,
    disconnectTimeout: DISCONNECT_TIMEOUT_MS,
    // It is the store that repeats commands.
    maxRetriesPerRequest: 0,
    enableReadyCheck: false,
  };
  const { Cluster, Redis } = await import('ioredis');
  const watch = (client: Redis): void => {
    if (timeoutMs === 0) return;
    endIfSilent(client, timeoutMs);
    // The store reads over a second connection.
    const { duplicate } = client;
    client.duplicate = (override) => {
      const second = duplicate.call(client, override);
      watch(second);
      return second;
    };
  };
  if (kind === 'cluster') {
    const cluster = new Cluster([...hosts], {
      lazyConnect: true,
      clusterRetryStrategy: () => null,
      retryDelayOnFailover: 0,
      retryDelayOnClusterDown: 0,
      // If the cluster fails this check, the client never says that it did not connect.
      enableReadyCheck: false,
      slotsRefreshTimeout: timeoutMs || LONGEST_MS,
      // A certificate is for a name, not for the address that it stands for.
      ...(tls ? { dnsLookup: (name, done) => done(null, name) } : {}),
      redisOptions: common,
    });
    cluster.on('+node', watch);
    return cluster;
  }
  const servers = kind === 'sentinel' ? sentinelsOf(address, common.tls, timeoutMs) : serverOf(address);
  const client = new Redis({ ...common, ...servers, lazyConnect: true, retryStrategy: () => null });
  watch(client);
  return client;
}

type Login = Pick<RedisAddress, 'username' | 'password'>;

/** As in redis-cli, a password that the URL lacks may come from the environment. */
function loginOf({ username, password = process.env.REDISCLI_AUTH, text }: RedisAddress): Login {
  if (username !== undefined && !password) {
    throw new UsageError(`expected user:password@ in the URL, got a user without a password at ${text}`);
  }
  return { ...(username ? { username } : {}), ...(password ? { password } : {}) };
}

function serverOf({ socket, hosts }: RedisAddress): Partial<RedisHost> | { path: string } {
  return socket === undefined ? { ...hosts[0] } : { path: socket };
}

function sentinelsOf(
  { hosts, master = '', sentinelUsername, sentinelPassword }: RedisAddress,
  tls: ConnectionOptions | undefined,
  timeoutMs: number,
) {
  return {
    sentinels: [...hosts],
    name: master,
    ...(sentinelUsername === undefined ? {} : { sentinelUsername }),
    ...(sentinelPassword === undefined ? {} : { sentinelPassword }),
    ...(tls === undefined ? {} : { sentinelTLS: tls, enableTLSForSentinelMode: true }),
    sentinelRetryStrategy: () => null,
    // Their answers are short: whoever waits for one hears nothing.
    ...(timeoutMs > 0 ? { sentinelCommandTimeout: timeoutMs } : {}),
  };
}

function isCluster(client: Redis | Cluster): client is Cluster {
  return client.isCluster;
}

/** A node names only the keys that it has itself, so its answers would be wrong. */
async function refuseNode({ kind, tls, server, socket, text }: RedisAddress, client: Redis): Promise<void> {
  if (!(await isClusterNode(client))) return;
  const hosts = kind === 'single' && socket === undefined ? server : 'host:port';
  throw new UsageError(
    `expected a Redis that stands alone at ${text}, got a node of a cluster; redis${tls ? 's' : ''}+cluster://${hosts} asks all of it`,
  );
}

/** Refused a database, a client says nothing and stays in the first one, whose answers would be wrong. */
async function selectDatabase({ db, text }: RedisAddress, client: Redis): Promise<void> {
  if (db === 0) return;
  await client.select(db).catch((cause: Error) => {
    if (!isReply(cause)) throw cause;
    throw new StoreError(`expected the database of ${text}, got ${JSON.stringify(cause.message)}`, { cause });
  });
}

function isReply(error: Error): boolean {
  return error.name === 'ReplyError';
}
