import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { AbstractConnector, Cluster, Redis, type RedisOptions } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StoreError } from '../../../src/base/errors.js';
import { Bitmapist } from '../../../src/bitmapist.js';
import { RedisStore } from '../../../src/store/redis/redis.js';
import { usedBytes } from '../../support/memory.js';
import { type Certificates, makeCertificates } from '../../support/servers/certificates.js';
import { type RedisCluster, startCluster } from '../../support/servers/cluster.js';
import { type RedisServer, startRedis } from '../../support/servers/redis.js';
import { bytesOf, describeConformance, namesOf } from '../../support/store/conformance.js';
import { untilReading } from '../../support/store/opened.js';

let server: RedisServer;

beforeAll(async () => {
  server = await startRedis();
});

afterAll(() => server?.stop());

async function emptied(store: RedisStore): Promise<RedisStore> {
  await store.delete(await namesOf(store, ''));
  return store;
}

/** Several reads at once, of which some end within their bitmaps, some after them, and some are of nothing. */
async function expectReads(store: RedisStore): Promise<void> {
  const keys = Array.from({ length: 12 }, (_, index) => `ключ ${index}`);
  await store.write(keys.map((key, index) => ({ key, ids: [index, 8000 * index + 7], value: 1 })));
  const targets = keys.map(() => new Uint8Array(5000).fill(0xee));
  await store.read(
    ['none', ...keys].map((key, at) => ({
      key,
      byteOffset: 0,
      target: targets[at - 1] ?? new Uint8Array(3),
    })),
  );
  for (const [index, key] of keys.entries()) {
    const expected = new Uint8Array(5000);
    expected.set((await bytesOf(store, key)).subarray(0, 5000));
    expect(targets[index]).toEqual(expected);
  }
}

describe('a store that was opened', () => {
  let store: RedisStore;
  beforeAll(async () => {
    store = await RedisStore.open(server.url);
    await untilReading(store, [server.url]);
  });
  afterAll(() => store?.close());

  describeConformance('RedisStore', () => emptied(store), { maxId: 3_000_000, runs: 40 });
});

describe('a store that was opened with a key prefix', () => {
  let store: RedisStore;
  beforeAll(async () => {
    const { host, port } = server;
    store = await RedisStore.open({ host, port, keyPrefix: 'приложение[1]*:' });
    await untilReading(store, [server.url]);
  });
  afterAll(() => store?.close());

  describeConformance('RedisStore', () => emptied(store), { maxId: 3_000_000, runs: 20 });

  it('reads keys of any name', () => expectReads(store));
});

describe('RedisStore.open', () => {
  it('takes a database by URL, by options and with a client', async () => {
    const url = `${server.url}/3`;
    const { host, port } = server;
    for (const place of [url, url.replace('redis', 'VALKEY'), { host, port, db: 3 }, new Redis(url)]) {
      await using store = await RedisStore.open(place);
      await untilReading(store, [server.url]);
      await emptied(store);
      await expectReads(store);
    }
    await using other = await RedisStore.open(`${server.url}/4`);
    expect(await namesOf(other, '')).toEqual([]);
  });

  it('speaks the older protocol if told to', async () => {
    const { host, port } = server;
    await using store = await RedisStore.open({ host, port, protocol: 2, db: 5 });
    await untilReading(store, [server.url]);
    await expectReads(store);
  });

  it('takes a socket', async () => {
    // The path of a socket may have about a hundred characters.
    const folder = await mkdtemp(join(tmpdir(), 'bm-'));
    const path = join(folder, 'r.sock');
    const local = await startRedis({ args: ['--unixsocket', path] });
    try {
      for (const place of [`unix://${path}?db=2`, { path, db: 2 }]) {
        await using store = await RedisStore.open(place);
        await untilReading(store, [local.url]);
        await expectReads(store);
      }
      await using store = await RedisStore.open(`${local.url}/2`);
      expect(await namesOf(store, '')).toHaveLength(12);
    } finally {
      await local.stop();
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('leaves nothing behind that keeps a process alive', async () => {
    const before = handles();
    const store = await RedisStore.open(server.url);
    await untilReading(store, [server.url]);
    const read = store.read(['a', 'b'].map((key) => ({ key, byteOffset: 0, target: new Uint8Array(9) })));
    await Promise.all([store.close(), store.close(), read.catch(() => {})]);
    await store.close();
    await expect.poll(handles).toEqual(before);
    await expect(store.count('a')).rejects.toThrow(StoreError);
    await expect(store.read([{ key: 'a', byteOffset: 0, target: new Uint8Array(20_000) }])).rejects.toThrow(
      StoreError,
    );
  });

  it('needs no more memory after a hundred tables than after a few', { timeout: 60_000 }, async () => {
    await using store = await RedisStore.open(server.url);
    const bitmapist = new Bitmapist({ store });
    const days = Array.from({ length: 20 }, (_, index) => index + 1);
    for (const day of days) await store.put(`trackist_seen_2026-11-${day}`, Buffer.alloc(100_000, day));
    await untilReading(store, [server.url]);
    const ask = async (tables: number): Promise<void> => {
      for (let table = 0; table < tables; table++) {
        const { rows } = await bitmapist.cohort({
          select1: 'seen',
          select2: 'seen',
          timeGroup: 'days',
          now: '2026-11-20',
          startDate: '2026-11-01',
          numOfRows: 19,
          numResults: 10,
        });
        // Of the day 3, 0b11, and of the day after it.
        expect(rows[2]!.cells.slice(0, 2).map(({ count }) => count)).toEqual([200_000, 0]);
      }
    };
    await ask(20);
    const before = await usedBytes();
    await ask(100);
    expect((await usedBytes()) - before).toBeLessThan(2 ** 21);
  });

  it('is closed also if its connection breaks just now', async () => {
    const client = new Redis(server.url);
    const store = await RedisStore.open(client);
    client.stream.destroy(new Error('broken'));
    await expect(store.close()).resolves.toBeUndefined();
  });

  it('opens no second connection that would be less safe than the first', async () => {
    const certificates = await makeCertificates();
    const secure = await startRedis({ tls: certificates });
    const ca = await readFile(certificates.ca);
    const { port } = secure;
    // As for a tunnel: what ioredis is told says nothing of TLS.
    class Tunnel extends AbstractConnector {
      override async connect() {
        this.stream = connectTls({ port, ca, host: '127.0.0.1' });
        return this.stream;
      }
    }
    const Connector = Tunnel as unknown as NonNullable<RedisOptions['Connector']>;
    try {
      await using store = await RedisStore.open({ port, Connector });
      for (let round = 0; round < 5; round++) {
        await expectReads(store);
        await sleep(5);
      }
      const admin = new Redis({ port, Connector });
      const ids = String(await admin.client('LIST'))
        .match(/(?<=^id=)\d+/gm)!
        .map(Number);
      // Nobody has knocked in between, with whatever success.
      expect(ids).toEqual([ids[0], ids[0]! + 1]);
      admin.disconnect();
    } finally {
      await secure.stop();
      await certificates.remove();
    }
  });

  it('leaves a client alone that was received', async () => {
    const client = new Redis(server.url);
    const store = new RedisStore(client);
    await store.close();
    expect(await client.ping()).toBe('PONG');
    client.disconnect();
  });

  it('says why there is no connection', async () => {
    const locked = await startRedis({ password: 'sesame' });
    const hasty = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    try {
      const refusals: [string | RedisOptions, RegExp][] = [
        ['redis://127.0.0.1:1', /^expected an answer from Redis, got none: connect ECONNREFUSED/],
        ['unix:///nowhere/redis.sock', /^expected an answer from Redis, got none: connect ENOENT/],
        [`redis://127.0.0.1:${locked.port}`, /^expected Redis to accept the password, got "NOAUTH/],
        [{ port: locked.port, password: 'x' }, /^expected Redis to accept the password, got "WRONGPASS/],
        [`${server.url}/99`, /^expected an answer from Redis, got "ERR DB index is out of range"/],
        [
          { sentinels: [{ port: 1 }], name: 'main' },
          /^expected an answer from Redis, got none: All sentinels/,
        ],
        [{ port: portOf(hasty) }, /^expected an answer from Redis, got none: /],
      ];
      for (const [place, message] of refusals) {
        const error = await RedisStore.open(place).catch((reason) => reason);
        expect(error).toBeInstanceOf(StoreError);
        expect(error.message).toMatch(message);
      }
    } finally {
      hasty.close();
      await locked.stop();
    }
  });

  it('refuses what names no server, and shows none of it', async () => {
    for (const text of [
      '',
      'localhost',
      'http://:secret@host',
      'redis://:secret@ho st',
      'redis://:secret@host/ten',
      'unix://here',
    ]) {
      const error = await RedisStore.open(text).catch((reason) => reason);
      expect(error).toBeInstanceOf(RangeError);
      expect(error.message).toBe(
        'expected a URL such as redis://:password@host:6379/0, rediss://host or unix:///run/redis.sock, got another text',
      );
    }
    await expect(RedisStore.open(6379 as never)).rejects.toThrow(
      new TypeError('expected a URL, options or a client of ioredis, got 6379'),
    );
    await expect(RedisStore.open(server.url, { maxInFlight: 0 })).rejects.toThrow(RangeError);
  });
});

describe('a server that speaks TLS and wants a password', () => {
  let certificates: Certificates;
  let secure: RedisServer;
  beforeAll(async () => {
    certificates = await makeCertificates();
    secure = await startRedis({ tls: certificates, password: 'open sesame' });
  });
  afterAll(async () => {
    await secure?.stop();
    await certificates?.remove();
  });

  it('is read over both connections, if it shows whose it is', async () => {
    const ca = await readFile(certificates.ca);
    for (const host of ['localhost', '127.0.0.1']) {
      const options = { host, port: secure.port, family: 4, password: 'open sesame', tls: { ca } };
      await using store = await RedisStore.open(options);
      await untilReadingOver(store, () => new Redis(options));
      await expectReads(store);
    }
    const stranger = await RedisStore.open(secure.url).catch((reason) => reason);
    expect(stranger).toBeInstanceOf(StoreError);
    expect(stranger.message).toContain('certificate');
  });

  async function untilReadingOver(store: RedisStore, connect: () => Redis): Promise<void> {
    const admin = connect();
    try {
      for (;;) {
        await store.read(['a', 'b'].map((key) => ({ key, byteOffset: 0, target: new Uint8Array(1) })));
        if (String(await admin.client('LIST')).includes(' cmd=ping ')) return;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    } finally {
      admin.disconnect();
    }
  }
});

describe('a server that a sentinel knows', () => {
  it('is followed to where its replica has taken over', { timeout: 60_000 }, async () => {
    const master = await startRedis();
    const replica = await startRedis({ args: ['--replicaof', master.host, String(master.port)] });
    const sentinel = await startRedis({ sentinelOf: { name: 'main', master } });
    const admin = new Redis(sentinel.url);
    const { host, port } = sentinel;
    try {
      await admin.call('SENTINEL', 'SET', 'main', 'down-after-milliseconds', '500');
      await using store = await RedisStore.open(
        { sentinels: [{ host, port }], name: 'main', retryStrategy: () => 50, maxRetriesPerRequest: null },
        { retryMs: 30_000 },
      );
      await untilReading(store, [master.url]);
      await expectReads(store);
      while (!String(await admin.call('SENTINEL', 'REPLICAS', 'main')).includes(String(replica.port)))
        await sleep(50);
      const linked = new Redis(replica.url);
      while (!(await linked.info('replication')).includes('master_link_status:up')) await sleep(50);
      linked.disconnect();
      await admin.call('SENTINEL', 'FAILOVER', 'main').catch(() => {});
      while (
        Number(((await admin.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'main')) as string[])[1]) !==
        replica.port
      )
        await sleep(50);
      await untilReading(store, [replica.url]);
      await expectReads(store);
    } finally {
      admin.disconnect();
      for (const each of [sentinel, replica, master]) await each.stop();
    }
  });
});

describe('a cluster', () => {
  let cluster: RedisCluster;
  let store: RedisStore;
  const open = (options = {}) =>
    RedisStore.open(
      new Cluster(
        cluster.nodes.map(({ host, port }) => ({ host, port })),
        options,
      ),
    );
  const urls = () => cluster.nodes.map(({ url }) => url);

  beforeAll(async () => {
    cluster = await startCluster();
    store = await open({ keyPrefix: 'p:' });
    await untilReading(store, urls(), 3);
  }, 60_000);
  afterAll(async () => {
    await store?.close();
    await cluster?.stop();
  });

  describeConformance('RedisStore', () => emptied(store), { maxId: 3_000_000, runs: 10 });

  it('is read from each of its masters', () => expectReads(store));

  it('is refused if one of its nodes is given alone', async () => {
    const error = await RedisStore.open(cluster.nodes[0]!.url).catch((reason) => reason);
    expect(error).toBeInstanceOf(StoreError);
    expect(error.message).toBe(
      'expected a Redis that stands alone, or a client of the whole cluster (Cluster of ioredis), got a node of a cluster',
    );
  });

  it('is read right when a slot has moved, and when a replica has taken over', {
    timeout: 60_000,
  }, async () => {
    const admins = cluster.nodes.map(({ url }) => new Redis(url));
    try {
      await expectReads(store);
      const { length } = await namesOf(store, '');
      // The replicas become masters, one after the other.
      for (const replica of [3, 4, 5]) {
        await admins[replica]!.call('CLUSTER', 'FAILOVER');
        while ((await admins[replica]!.role())[0] !== 'master') {
          await expectReads(store);
          await sleep(10);
        }
        await expectReads(store);
      }
      await untilReading(store, urls(), 3);
      await expectReads(store);
      expect(await namesOf(store, '')).toHaveLength(length);
    } finally {
      for (const admin of admins) admin.disconnect();
    }
  });
});

function handles(): string[] {
  return process
    .getActiveResourcesInfo()
    .filter((name) => /TCP|TLS|Pipe.*Wrap|Timeout/.test(name))
    .sort();
}

function portOf(listener: ReturnType<typeof createServer>): number {
  const address = listener.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
