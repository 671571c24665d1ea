/** Stores that are known to read over connections of their own. */

import { Redis } from 'ioredis';
import type { RedisStore } from '../../../src/store/redis/redis.js';

const TIMEOUT_MS = 10_000;

/**
 * Reads through the store until it does so over connections of its own.
 * @param urls of its servers
 * @param connections how many such connections they have then, of all stores
 */
export async function untilReading(
  store: RedisStore,
  urls: readonly string[],
  connections = 1,
): Promise<void> {
  const admins = urls.map((url) => new Redis(url));
  const keys = Array.from({ length: connections * 20 }, (_, index) => `missing${index}`);
  const deadline = Date.now() + TIMEOUT_MS;
  try {
    for (;;) {
      await store.read(keys.map((key) => ({ key, byteOffset: 0, target: new Uint8Array(1) })));
      const lists = await Promise.all(admins.map((admin) => admin.client('LIST')));
      // Nobody else sends a PING.
      const reading = lists.join('').match(/ cmd=ping /g)?.length ?? 0;
      if (reading >= connections) return;
      if (Date.now() > deadline)
        throw new Error(`expected ${connections} connections, got ${lists.join('')}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  } finally {
    for (const admin of admins) admin.disconnect();
  }
}
