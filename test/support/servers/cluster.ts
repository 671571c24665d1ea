/** A Redis Cluster for tests: three masters, each with a replica, on loopback. */

import { Redis } from 'ioredis';
import { type RedisServer, startRedis } from './redis.js';

const MASTERS = 3;
const SLOTS = 16_384;
const START_TIMEOUT_MS = 30_000;
/** A master that is silent for so long is replaced by its replica. */
const NODE_TIMEOUT_MS = 1500;

export interface RedisCluster {
  /** Masters first, then the replica of each. */
  readonly nodes: readonly RedisServer[];
  stop(): Promise<void>;
}

export async function startCluster(): Promise<RedisCluster> {
  const args = ['--cluster-enabled', 'yes', '--cluster-node-timeout', String(NODE_TIMEOUT_MS)];
  args.push('--repl-diskless-sync-delay', '0');
  const starts = await Promise.allSettled(Array.from({ length: MASTERS * 2 }, () => startRedis({ args })));
  const nodes = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  const clients = nodes.map(({ url }) => new Redis(url, { enableReadyCheck: false }));
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.stop()));
  };
  try {
    for (const start of starts) if (start.status === 'rejected') throw start.reason;
    await join(nodes, clients);
  } catch (error) {
    await stop();
    throw error;
  } finally {
    for (const client of clients) client.disconnect();
  }
  return { nodes, stop };
}

async function join(nodes: readonly RedisServer[], clients: readonly Redis[]): Promise<void> {
  const masters = clients.slice(0, MASTERS);
  for (const [index, client] of clients.entries()) {
    await client.call('CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1));
    await client.call('CLUSTER', 'MEET', nodes[0]!.host, String(nodes[0]!.port));
  }
  for (const [index, master] of masters.entries()) {
    const [first, end] = [index, index + 1].map((part) => Math.floor((SLOTS * part) / MASTERS));
    const slots = Array.from({ length: end! - first! }, (_, slot) => String(first! + slot));
    await master.call('CLUSTER', 'ADDSLOTS', ...slots);
  }
  await until(clients, async (client) => (await info(client)).includes(`known_nodes:${clients.length}`));
  for (const [index, replica] of clients.slice(MASTERS).entries()) {
    await replica.call('CLUSTER', 'REPLICATE', String(await masters[index]!.call('CLUSTER', 'MYID')));
  }
  await until(clients, async (client) => (await info(client)).includes('cluster_state:ok'));
  await until(clients.slice(MASTERS), async (client) =>
    (await client.info('replication')).includes('master_link_status:up'),
  );
  // Clients learn of a failover from whatever node they ask, so all of them know the replicas first.
  await until(clients, async (client) => {
    const known = String(await client.call('CLUSTER', 'NODES'));
    return known.split('\n').filter((line) => / (myself,)?slave /.test(line)).length === MASTERS;
  });
}

async function info(client: Redis): Promise<string> {
  return String(await client.call('CLUSTER', 'INFO'));
}

async function until(clients: readonly Redis[], holds: (client: Redis) => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (const client of clients) {
    while (!(await holds(client))) {
      if (Date.now() > deadline) throw new Error(`expected a cluster, got ${await info(client)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
