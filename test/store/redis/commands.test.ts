import { describe, expect, it } from 'vitest';
import type { RedisClient } from '../../../src/store/redis/client.js';
import { RedisStore } from '../../../src/store/redis/redis.js';

/** A client whose connection notes what it is told. */
function clientOf(log: string[], stream: unknown): RedisClient {
  const commands = {
    stream,
    strlen: async (key: string) => {
      log.push(`strlen ${key}`);
      return later();
    },
    bitcount: async (key: string) => {
      log.push(`bitcount ${key}`);
      return later();
    },
  };
  return commands as unknown as RedisClient;
}

/** A server answers in another tick. */
function later(): Promise<number> {
  return new Promise((resolve) => setImmediate(resolve, 1));
}

function streamOf(log: string[]) {
  return { cork: () => void log.push('cork'), uncork: () => void log.push('uncork') };
}

describe('the commands of one tick', () => {
  it('leave in one write, and those of the next in another', async () => {
    const log: string[] = [];
    const store = new RedisStore(clientOf(log, streamOf(log)));
    await store.byteLengths(['a', 'b']);
    expect(log).toEqual(['cork', 'strlen a', 'strlen b', 'uncork']);
    log.length = 0;
    await Promise.all([store.count('c'), store.byteLengths(['d'])]);
    expect(log).toEqual(['cork', 'bitcount c', 'strlen c', 'strlen d', 'uncork']);
  });

  it('go on over a new connection when the client makes one', async () => {
    const log: string[] = [];
    const client = clientOf(log, undefined) as { stream?: unknown } & RedisClient;
    const store = new RedisStore(client);
    await store.byteLengths(['a']);
    client.stream = streamOf(log);
    await store.byteLengths(['a']);
    expect(log).toEqual(['strlen a', 'cork', 'strlen a', 'uncork']);
  });

  it('are sent all the same over a connection that cannot be held back', async () => {
    for (const stream of [null, 1, {}, { cork: () => {} }, { uncork: () => {} }]) {
      expect(await new RedisStore(clientOf([], stream)).byteLengths(['a'])).toEqual([1]);
    }
  });
});
