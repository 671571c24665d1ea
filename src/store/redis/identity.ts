import type { Cluster, Redis } from 'ioredis';

/**
 * What names the data that a client reads: address, database and what it puts before keys; neither user nor password. The nodes of a
 * cluster come and go, so it has no name.
 */
export function identityOf(client: Redis | Cluster): string | undefined {
  if (client.isCluster) return undefined;
  const { host, port, path, sentinels, name, db = 0, keyPrefix = '' } = client.options as Redis['options'];
  const address = sentinels ? `sentinel ${name}` : (path ?? `${host}:${port}`);
  return `redis ${address} ${db}${keyPrefix === '' ? '' : ` ${keyPrefix}`}`;
}
