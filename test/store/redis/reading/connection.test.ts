import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { StoreError, WrongTypeError } from '../../../../src/base/errors.js';
import { bitmap, combine, type Expression } from '../../../../src/engine/expression.js';
import { RedisStore } from '../../../../src/store/redis/redis.js';
import { countIds } from '../../../support/bitmaps.js';
import { type FakeServer, startFake } from '../../../support/servers/fake.js';
import { type RedisProxy, startProxy } from '../../../support/servers/proxy.js';
import { type RedisServer, startRedis } from '../../../support/servers/redis.js';
import { untilReading } from '../../../support/store/opened.js';

const KEYS = Array.from({ length: 8 }, (_, index) => `k${index}`);
const KEY_BYTES = 400_000;
/** All keys have the same two bits in every byte, or one of them. */
const EXPECTED = KEY_BYTES * 2;
/** Small windows, so that a question takes many round trips. */
const windowed = { windowBytes: 16_384 };
/** Keeps a server from everything else for so many microseconds. */
const BUSY_SCRIPT = `
local function now() local time = redis.call('TIME') return time[1] * 1000000 + time[2] end
local start = now()
while now() - start < tonumber(ARGV[1]) do end`;
const BUSY_US = 300_000;
const impatient = { retryStrategy: () => 30, maxRetriesPerRequest: 2 };

function question(store: RedisStore): Expression {
  return combine(
    'or',
    KEYS.map((key) => bitmap(store, key)),
  );
}

async function fill(url: string): Promise<void> {
  const client = new Redis(url);
  for (const [index, key] of KEYS.entries()) {
    await client.set(key, Buffer.alloc(KEY_BYTES, index < 4 ? 0x11 : 0x01));
  }
  client.disconnect();
}

/** Reads of the beginnings of all keys, into targets that are full of something else. */
function beginnings(bytes: number): { key: string; byteOffset: number; target: Uint8Array }[] {
  return KEYS.map((key) => ({ key, byteOffset: 0, target: new Uint8Array(bytes).fill(0xee) }));
}

function optionsOf({ host, port }: { readonly host: string; readonly port: number }) {
  return { host, port, ...impatient };
}

describe('reads over a connection of their own', () => {
  let server: RedisServer;
  let proxy: RedisProxy;
  let store: RedisStore;

  beforeAll(async () => {
    server = await startRedis({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] });
    await fill(server.url);
  });

  beforeEach(async () => {
    proxy = await startProxy(server);
    store = await RedisStore.open(optionsOf(proxy));
    await untilReading(store, [server.url]);
    return async () => {
      await store.close();
      await proxy.stop();
    };
  });

  afterAll(() => server?.stop());

  it('are asked for in one go per call, and answer several questions at once', async () => {
    proxy.commands.length = 0;
    await store.reader().readFirst(beginnings(500_000));
    expect(proxy.commands).toEqual([...KEYS.map(() => 'getrange'), 'ping']);
    const questions = Array.from({ length: 5 }, () => countIds([question(store)], windowed));
    expect(await Promise.all(questions)).toEqual(questions.map(() => [EXPECTED]));
  });

  it.each([100, 20_000, 500_000, 2_000_000])('that are cut after %i bytes are made again', async (bytes) => {
    proxy.cutAfterBytes = bytes;
    expect(await countIds([question(store)], windowed)).toEqual([EXPECTED]);
    expect(proxy.cutAfterBytes).toBe(Number.POSITIVE_INFINITY);
    // The connection comes back as well.
    await untilReading(store, [server.url]);
    expect(await countIds([question(store)], windowed)).toEqual([EXPECTED]);
  });

  it.each([0, 3, 10, 30])(
    'of a server that is killed and comes back after %i ms are right or refused',
    async (delayMs) => {
      const asked = countIds([question(store)], windowed).catch((error) => error);
      await sleep(delayMs);
      await server.kill();
      await server.restart();
      const outcome = await asked;
      if (!(outcome instanceof StoreError)) expect(outcome).toEqual([EXPECTED]);
      await untilReading(store, [server.url]);
      expect(await countIds([question(store)], windowed)).toEqual([EXPECTED]);
    },
  );

  it('of a server that is gone for good are refused', async () => {
    const mortal = await startRedis();
    await fill(mortal.url);
    const lost = await RedisStore.open({ ...optionsOf(mortal), retryStrategy: () => null });
    try {
      await untilReading(lost, [mortal.url]);
      const asked = countIds([question(lost)], { windowBytes: 4096 }).catch((error) => error);
      await mortal.kill();
      expect(await asked).toBeInstanceOf(StoreError);
      await expect(countIds([question(lost)], windowed)).rejects.toThrow(StoreError);
    } finally {
      await lost.close();
      await mortal.stop();
    }
  });

  it('of a key that is no bitmap name it, wherever it comes', async () => {
    const admin = new Redis(server.url);
    await admin.rpush('список', 'a');
    admin.disconnect();
    for (const place of [0, 3, 8]) {
      const reads = beginnings(30_000);
      reads.splice(place, 0, { key: 'список', byteOffset: 0, target: new Uint8Array(30_000) });
      const error = await store
        .reader()
        .readFirst(reads)
        .catch((reason) => reason);
      expect(error).toBeInstanceOf(WrongTypeError);
      expect(error.key).toBe('список');
    }
    expect(await countIds([question(store)], windowed)).toEqual([EXPECTED]);
  });

  it('of a server that is busy wait for it, and go on over their connection', async () => {
    const admin = new Redis(server.url);
    try {
      await admin.config('SET', 'busy-reply-threshold', 1);
      const busy = admin.eval(BUSY_SCRIPT, 0, BUSY_US);
      await sleep(20);
      proxy.commands.length = 0;
      const reads = beginnings(30_000);
      await store.read(reads);
      await busy;
      expect(reads.map(({ target }) => target[29_999])).toEqual([17, 17, 17, 17, 1, 1, 1, 1]);
      // Refused there, and asked for again by the client.
      expect(proxy.commands.filter((name) => name === 'getrange').length).toBeGreaterThan(KEYS.length);
      proxy.commands.length = 0;
      await store.reader().readFirst(beginnings(500_000));
      expect(proxy.commands).toEqual([...KEYS.map(() => 'getrange'), 'ping']);
    } finally {
      await admin.config('SET', 'busy-reply-threshold', 5000);
      admin.disconnect();
    }
  });

  it('end when a signal says so, wherever they are, and leave the connection to others', async () => {
    proxy.pieceBytes = 3000;
    proxy.delayMs = 2;
    for (const waitMs of [0, 1, 5, 20, 40]) {
      const controller = new AbortController();
      const reads = beginnings(30_000);
      const asked = store.read(reads, { signal: controller.signal });
      await sleep(waitMs);
      controller.abort(new Error('enough'));
      await expect(asked).rejects.toThrow('enough');
      const before = reads.map(({ target }) => Buffer.from(target));
      await sleep(60);
      // Replies that come later are written nowhere.
      expect(reads.every(({ target }, index) => before[index]!.equals(target))).toBe(true);
    }
    proxy.delayMs = 0;
    proxy.commands.length = 0;
    expect(await countIds([question(store)], windowed)).toEqual([EXPECTED]);
    expect(proxy.commands).toContain('ping');
    expect(proxy.commands).not.toContain('hello');
  });

  it('are rejected when the store is closed meanwhile', async () => {
    proxy.delayMs = 300;
    const asked = store.read(beginnings(300_000));
    await sleep(20);
    await store.close();
    await expect(asked).rejects.toThrow(StoreError);
  });

  it('of a server that falls silent end as other commands do', async () => {
    const patient = await RedisStore.open({ ...optionsOf(proxy), commandTimeout: 200 });
    try {
      await untilReading(patient, [server.url], 2);
      proxy.silentFrom = 'getrange';
      const error = await patient.read(beginnings(30_000)).catch((reason) => reason);
      expect(error).toBeInstanceOf(StoreError);
      expect(error.message).toContain('timed out');
    } finally {
      await patient.close();
    }
  });

  it('wait for bytes that come slowly, but not for none', async () => {
    const steady = await RedisStore.open({ ...optionsOf(proxy), socketTimeout: 400 });
    try {
      await untilReading(steady, [server.url], 2);
      proxy.commands.length = 0;
      proxy.pieceBytes = 5000;
      proxy.delayMs = 60;
      const reads = beginnings(30_000);
      await steady.read(reads);
      expect(reads.map(({ target }) => target[29_999])).toEqual([17, 17, 17, 17, 1, 1, 1, 1]);
      expect(proxy.commands.filter((name) => name === 'getrange')).toHaveLength(KEYS.length);
    } finally {
      await steady.close();
    }
  });
});

describe('a server that answers ranges over the second connection', () => {
  let fake: FakeServer | undefined;

  beforeEach(() => async () => {
    await fake?.stop();
    fake = undefined;
  });

  const body = (words: readonly string[]) => {
    const length = Number(words[3]) - Number(words[2]) + 1;
    return `$${length}\r\n${words[1]!.slice(-1).repeat(length)}\r\n`;
  };

  /** What comes of reads if ranges are answered over the second connection as `answer` says. */
  async function readThrough(answer: (words: readonly string[]) => string | undefined): Promise<string[]> {
    fake = await startFake((words, connection) => {
      const name = words[0]!.toLowerCase();
      if (connection > 0 && (name === 'getrange' || name === 'ping')) return answer(words);
      if (name === 'getrange') return body(words);
      if (name === 'strlen') return ':1000\r\n';
      if (name === 'ping') return '+PONG\r\n';
      if (name === 'info') return '$19\r\ncluster_enabled:0\r\n\r\n';
      return '-ERR unknown command\r\n';
    });
    const store = await RedisStore.open({ port: Number(new URL(fake.url).port), protocol: 2, ...impatient });
    try {
      const texts = new Set<string>();
      // The first goes through the client, whatever happens to the second connection later.
      for (let round = 0; round < 40 && texts.size < 2 && !fake.commands[1]?.includes('ping'); round++) {
        const reads = beginnings(100);
        await store.read(reads);
        texts.add(reads.map(({ target }) => new TextDecoder().decode(target.subarray(0, 2))).join(' '));
        await sleep(10);
      }
      expect(fake.commands[1]).toContain('getrange');
      return [...texts];
    } finally {
      await store.close();
    }
  }

  const right = ['00 11 22 33 44 55 66 77'];
  const once = (text: string) => {
    let isDone = false;
    return (words: readonly string[]) => {
      if (words[0] !== 'GETRANGE') return '+PONG\r\n';
      if (isDone) return body(words);
      isDone = true;
      return text;
    };
  };

  it.each([
    ['as it should', body],
    ['with more than was asked for', once(`$101\r\n${'x'.repeat(101)}\r\n`)],
    ['with text', once('+QUEUED\r\n')],
    ['with a number', once(':1\r\n')],
    ['with what is no reply', once('what?\r\n')],
    ['with a reply too many', once(`$1\r\nx\r\n$1\r\nx\r\n`)],
    ['with a reply too few', once('')],
    ['with an error', once('-ERR not now\r\n')],
    ['with news in between', once(`>2\r\n+a\r\n*1\r\n$1\r\nb\r\n$100\r\n${'0'.repeat(100)}\r\n`)],
    ['by closing it', once(undefined as unknown as string)],
  ])('%s is read right', async (_, answer) => {
    expect(await readThrough((words) => (words[0] === 'GETRANGE' ? answer(words) : '+PONG\r\n'))).toEqual(
      right,
    );
  });

  it('but refuses a PING is read right, by its other connection', async () => {
    expect(
      await readThrough((words) => (words[0] === 'GETRANGE' ? body(words) : '-NOPERM ping\r\n')),
    ).toEqual(right);
  });
});

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
