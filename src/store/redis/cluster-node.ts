/** Whether a server is a node of a cluster, and so has only some of the keys. */

import type { RedisClient } from './client.js';
import { RedisCommands } from './commands.js';
import { explainFailure, isMisplaced, isRefusedCommand } from './refusal.js';

/** Two keys of different slots, whatever stands before them without braces. */
const SUFFIXES = ['bitmapist-wasm:a', 'bitmapist-wasm:b'];

/**
 * Whether the server of `client` is a node of a cluster: such a one has only some of the keys, so a client of the whole
 * cluster is needed. The server is asked what it says of itself; if it does not say, it is tried with a transaction over two keys
 * that no node serves together. One that allows neither is taken to stand alone.
 * @throws StoreError if it does not answer
 * @example
 * import { Redis } from 'ioredis';
 * import { isClusterNode } from 'bitmapist-wasm/redis';
 *
 * const client = new Redis(process.env.REDIS_URL ?? 'redis://localhost');
 * console.log(await isClusterNode(client)); // false
 * client.disconnect();
 */
export async function isClusterNode(client: RedisClient): Promise<boolean> {
  const commands = new RedisCommands(client);
  if (commands.isCluster) return false;
  try {
    return await isNodeOfCluster(commands, '');
  } catch (error) {
    throw await explainFailure(commands, error);
  }
}

/** @param prefix of keys that the user may ask for; some may ask for no others */
export async function isNodeOfCluster(commands: RedisCommands, prefix: string): Promise<boolean> {
  const text = await orRefused(commands.info('cluster'));
  const [, enabled] = /^cluster_enabled:([01])/m.exec(text ?? '') ?? [];
  if (enabled !== undefined) return enabled === '1';
  try {
    await orRefused(commands.getAll(SUFFIXES.map((suffix) => prefix + suffix)));
    return false;
  } catch (error) {
    if (isMisplaced(error)) return true;
    throw error;
  }
}

/** `undefined` if the server does not know the command or does not allow it. */
async function orRefused<T>(reply: Promise<T>): Promise<T | undefined> {
  try {
    return await reply;
  } catch (error) {
    if (isRefusedCommand(error)) return undefined;
    throw error;
  }
}
