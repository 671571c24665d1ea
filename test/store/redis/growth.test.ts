import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Bitmapist } from '../../../src/bitmapist.js';
import { KeyGrowthError } from '../../../src/store/redis/growth.js';
import { RedisStore } from '../../../src/store/redis/redis.js';
import type { BitWrite } from '../../../src/store/types.js';
import { type RedisProxy, startProxy } from '../../support/servers/proxy.js';
import { type RedisServer, startRedis } from '../../support/servers/redis.js';

let server: RedisServer;
let proxy: RedisProxy;
let admin: Redis;
let client: Redis;

beforeAll(async () => {
  server = await startRedis();
  proxy = await startProxy(server);
  admin = new Redis(server.url);
  client = new Redis(proxy.url);
});

beforeEach(async () => {
  await admin.flushall();
  proxy.commands.length = 0;
});

afterAll(async () => {
  client?.disconnect();
  admin?.disconnect();
  await proxy?.stop();
  await server?.stop();
});

const MAX_KEY_BYTES = 1000;
const FIRST_BEYOND = MAX_KEY_BYTES * 8;

describe('a key that would become too long', () => {
  const many = Array.from({ length: 500 }, (_, id) => id);
  const cases: [string, readonly BitWrite[], boolean][] = [
    ['by a mark', [{ key: 'k', ids: [FIRST_BEYOND], value: 1 }], true],
    ['by a mark by itself', [{ key: 'k', ids: [FIRST_BEYOND], value: 1 }], false],
    ['by a mark that is taken back', [{ key: 'k', ids: [FIRST_BEYOND], value: 0 }], true],
    ['by one of many', [{ key: 'k', ids: Uint32Array.from([...many, FIRST_BEYOND]), value: 1 }], false],
    [
      'beside others that would not',
      [
        { key: 'a', ids: [1], value: 1 },
        { key: 'k', ids: [3, FIRST_BEYOND, 5], value: 1 },
        { key: 'b', ids: [2], value: 1 },
      ],
      true,
    ],
  ];

  it.each(cases)('is refused before anything is written: %s', async (_, writes, atomic) => {
    const store = new RedisStore(client, { maxKeyBytes: MAX_KEY_BYTES });
    const refusal = await store.write(writes, { atomic }).catch((error) => error);
    expect(refusal).toBeInstanceOf(KeyGrowthError);
    expect(refusal).toMatchObject({ key: 'k', neededBytes: 1001, maxKeyBytes: 1000 });
    expect(refusal.message).toBe(
      'expected keys of at most 1000 bytes (ids below 8000), got id 8000, for which key "k" would grow to 1001 bytes; a larger maxKeyBytes allows that, and people gives everybody a small number',
    );
    await expect(store.checkGrowth(writes)).rejects.toThrow(KeyGrowthError);
    expect(await admin.dbsize()).toBe(0);
  });

  it('is written to if it is as long already', async () => {
    const store = new RedisStore(client, { maxKeyBytes: MAX_KEY_BYTES });
    await admin.setbit('k', FIRST_BEYOND + 7, 0);
    await store.write([{ key: 'k', ids: [FIRST_BEYOND, 1], value: 1 }], { atomic: true });
    await store.write([{ key: 'k', ids: [FIRST_BEYOND + 1], value: 1 }]);
    expect(await admin.bitcount('k')).toBe(3);
    await expect(store.write([{ key: 'k', ids: [FIRST_BEYOND + 8], value: 1 }])).rejects.toThrow(
      'got id 8008, for which key "k" would grow to 1002 bytes',
    );
  });

  it('takes ids up to its limit, without a look at the server', async () => {
    const store = new RedisStore(client, { maxKeyBytes: MAX_KEY_BYTES });
    await store.write([{ key: 'k', ids: [FIRST_BEYOND - 1], value: 1 }], { atomic: true });
    await store.write([{ key: 'k', ids: [FIRST_BEYOND - 2], value: 1 }]);
    expect(await admin.strlen('k')).toBe(MAX_KEY_BYTES);
    expect(proxy.commands).not.toContain('strlen');
  });

  it('is one of more than 64 MiB unless told otherwise', async () => {
    const bitmapist = new Bitmapist({ store: new RedisStore(client) });
    await expect(bitmapist.markEvent('visit', [1, 2 ** 29])).rejects.toThrow('at most 67108864 bytes');
    await expect(bitmapist.markEvents([{ event: 'a', id: 2 ** 29, at: '2026-11-22' }])).rejects.toThrow(
      'expected to mark every row, got an error after 0 rows were written: expected keys of at most 67108864 bytes',
    );
    expect(await admin.dbsize()).toBe(0);
    await bitmapist.markUnique('visit', 2 ** 29 - 1);
    expect(await admin.strlen('trackist_visit_u')).toBe(2 ** 26);
  });

  it('is measured with GET by servers that know no STRLEN', async () => {
    const lesser = await startProxy(server, ['strlen', 'getrange']);
    const limited = new Redis(lesser.url);
    try {
      const store = new RedisStore(limited, { maxKeyBytes: MAX_KEY_BYTES });
      await admin.setbit('k', FIRST_BEYOND, 0);
      await store.write([{ key: 'k', ids: [FIRST_BEYOND], value: 1 }]);
      expect(await admin.bitcount('k')).toBe(1);
      await expect(store.write([{ key: 'other', ids: [FIRST_BEYOND], value: 1 }])).rejects.toThrow(
        KeyGrowthError,
      );
    } finally {
      limited.disconnect();
      await lesser.stop();
    }
  });

  it.each([0, -1, 1.5, Number.NaN, 2 ** 29 + 1, '64'])('is no %s bytes long at most', (maxKeyBytes) => {
    expect(() => new RedisStore(client, { maxKeyBytes: maxKeyBytes as number })).toThrow(
      'expected maxKeyBytes to be a whole number from 1 to 536870912, got',
    );
  });
});
