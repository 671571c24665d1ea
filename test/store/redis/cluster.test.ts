import { readFileSync } from 'node:fs';
import { Cluster, Redis } from 'ioredis';
import { Cluster as Cluster5 } from 'ioredis5';
import { Cluster as ClusterValkey } from 'iovalkey';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PartialWriteError, StoreError, WrongTypeError } from '../../../src/base/errors.js';
import { Bitmapist } from '../../../src/bitmapist.js';
import { bitmap, combine } from '../../../src/engine/expression.js';
import { writeRdb } from '../../../src/rdb.js';
import { isClusterNode } from '../../../src/store/redis/cluster-node.js';
import { RedisPeople } from '../../../src/store/redis/people.js';
import { RedisStore } from '../../../src/store/redis/redis.js';
import { countIds } from '../../support/bitmaps.js';
import { type RedisCluster, startCluster } from '../../support/servers/cluster.js';
import { startProxy } from '../../support/servers/proxy.js';
import { startRedis } from '../../support/servers/redis.js';
import { describeConformance, namesOf } from '../../support/store/conformance.js';
import { describeCopies, describePeople } from '../../support/store/people.js';

let cluster: RedisCluster;
let client: Cluster;

beforeAll(async () => {
  cluster = await startCluster();
  client = new Cluster(startNodes());
});

afterAll(async () => {
  client?.disconnect();
  await cluster?.stop();
});

const options = { maxId: 3_000_000, runs: 15 };

describeConformance('RedisStore on a cluster', () => emptyStore(client), options);
describePeople('RedisPeople on a cluster', () => noPeople(client), { runs: 10 });
describeCopies('RedisPeople on a cluster', () => noPeople(client));

describe.each([
  ['ioredis 6', (keyPrefix: string) => new Cluster(startNodes(), { keyPrefix })],
  ['ioredis 5', (keyPrefix: string) => new Cluster5(startNodes(), { keyPrefix })],
  ['iovalkey', (keyPrefix: string) => new ClusterValkey(startNodes(), { keyPrefix })],
])('a cluster with a key prefix through %s', (_, connect) => {
  let prefixed: ReturnType<typeof connect>;
  beforeAll(() => {
    prefixed = connect('app[1]*:');
  });
  afterAll(() => prefixed?.disconnect());

  describeConformance('RedisStore', () => emptyStore(prefixed), options);
  describePeople('RedisPeople', () => noPeople(prefixed), { runs: 5 });

  it('names only its own keys', async () => {
    const store = await emptyStore(prefixed);
    await client.set('app1x:a', '1');
    await store.write([{ key: 'a', ids: [1], value: 1 }]);
    expect(await namesOf(store, '')).toEqual(['a']);
  });
});

describe('RedisStore on a cluster', () => {
  it('writes and names keys of all masters', async () => {
    const store = await emptyStore(client);
    const keys = Array.from({ length: 100 }, (_, index) => `k${index}`);
    await store.write(keys.map((key, id) => ({ key, ids: [id], value: 1 })));
    const sizes = await Promise.all(client.nodes('master').map((node) => node.dbsize()));
    expect(sizes.every((size) => size > 10)).toBe(true);
    expect(await namesOf(store, 'k')).toEqual([...keys].sort());
    expect(await store.delete(keys)).toBe(100);
  });

  it('names keys also when it is asked before the client is connected', async () => {
    const store = await emptyStore(client);
    await store.write([{ key: 'k', ids: [1], value: 1 }]);
    const fresh = new Cluster(startNodes(), { lazyConnect: true });
    try {
      expect(await namesOf(new RedisStore(fresh), '')).toEqual(['k']);
    } finally {
      fresh.disconnect();
    }
  });

  it('serves users with the permissions that the docs give, and no others', async () => {
    const store = await emptyStore(client);
    await store.write([
      { key: 'trackist_a', ids: [1, 2], value: 1 },
      { key: 'trackist_b', ids: [2, 3], value: 1 },
    ]);
    const page = docsOfRedis();
    const forClusters = /cluster's client asks for `([^`]*)`/.exec(page)![1]!.split(' ');
    for (const [, user, rules] of page.matchAll(/^ACL SETUSER (\w+) (.*)$/gm)) {
      const setUser = ['SETUSER', user!, ...rules!.split(' '), ...forClusters] as const;
      await Promise.all(client.nodes('all').map((node) => node.call('ACL', ...setUser)));
      const theirs = new Cluster(startNodes(), { redisOptions: { username: user!, password: 'secret' } });
      try {
        const limited = new RedisStore(theirs);
        const both = combine('and', [bitmap(limited, 'trackist_a'), bitmap(limited, 'trackist_b')]);
        expect(await countIds([both])).toEqual([1]);
        expect(await namesOf(limited, 'trackist_')).toEqual(['trackist_a', 'trackist_b']);
        if (user === 'reports') continue;
        const ids = Array.from({ length: 3000 }, (_, id) => id);
        await limited.write([{ key: 'trackist_c', ids, value: 1 }]);
        expect(await limited.count('trackist_c')).toBe(3000);
        expect(await limited.delete(['trackist_a', 'trackist_b', 'trackist_c'])).toBe(3);
      } finally {
        theirs.disconnect();
      }
    }
  });

  it.each(['plain', '{tag}name', 'name{tag}', '{}empty', 'brace}', 'open{', '{{double}}', ''])(
    'merges many bits of a key named %j',
    async (key) => {
      for (const keyPrefix of ['', 'p:', '{x}']) {
        const prefixed = new Cluster(startNodes(), { keyPrefix });
        try {
          const store = await emptyStore(prefixed);
          const ids = Array.from({ length: 3000 }, (_, index) => index * 3);
          await store.write([{ key, ids, value: 1 }]);
          expect(await store.count(key)).toBe(3000);
          expect(await namesOf(store, '')).toEqual([key]);
        } finally {
          prefixed.disconnect();
        }
      }
    },
  );

  it('says which keys of a batch were not written', async () => {
    const store = await emptyStore(client);
    await client.rpush('bad', 'x');
    const keys = ['a', 'bad', 'b', 'c'];
    const error = await store
      .write(
        keys.map((key) => ({ key, ids: [1], value: 1 })),
        { atomic: true },
      )
      .catch((reason) => reason);
    expect(error).toBeInstanceOf(PartialWriteError);
    expect(error.failedKeys).toEqual(['bad']);
    expect(error.cause).toBeInstanceOf(WrongTypeError);
    expect(await Promise.all(['a', 'b', 'c'].map((key) => store.count(key)))).toEqual([1, 1, 1]);
  });

  it('takes marks of one tick key by key, in their order, and tells each call of its own', async () => {
    const store = await emptyStore(client);
    await client.rpush('bad', 'x');
    const mark = (key: string, id: number, value: 0 | 1) =>
      store.write(
        [key, `${key}2`].map((name) => ({ key: name, ids: [id], value })),
        { atomic: true },
      );
    const calls = ['a', 'b', 'c', 'd'].flatMap((key) => [
      mark(key, 1, 1),
      mark(key, 2, 1),
      mark(key, 1, 0),
      mark(key, 3, 1),
    ]);
    const bad = store.write([{ key: 'bad', ids: [1], value: 1 }], { atomic: true });
    await expect(bad).rejects.toThrow(WrongTypeError);
    await Promise.all(calls);
    for (const key of ['a', 'b2', 'c', 'd2']) {
      expect(await client.getBuffer(key)).toEqual(Buffer.of(0x30));
    }
    const stats = await Promise.all(client.nodes('master').map((node) => node.info('commandstats')));
    expect(stats.join('')).toContain('cmdstat_bitfield');
  });

  it('ends a consistent read where the client has given up', async () => {
    const lost = new Cluster([{ host: '127.0.0.1', port: 1 }], { clusterRetryStrategy: () => null });
    lost.on('error', () => {});
    await expect(lost.get('k')).rejects.toThrow();
    await expect(new RedisStore(lost).snapshot(['{t}a', '{t}b'])).rejects.toThrow(StoreError);
  });

  it('refuses a consistent read across slots, and gives one within a slot', async () => {
    const store = await emptyStore(client);
    const keys = Array.from({ length: 12 }, (_, index) => `k${index}`);
    await store.write(keys.map((key) => ({ key, ids: [1], value: 1 })));
    const error = await store.snapshot(keys).catch((reason) => reason);
    expect(error).toBeInstanceOf(StoreError);
    expect(error.message).toContain('slot');
    // Two slots of one master: the client sends them, the server refuses.
    const [first, ...others] = await Promise.all(
      keys.map(async (key) => ({ key, slot: Number(await client.cluster('KEYSLOT', key)) })),
    );
    const part = (slot: number): number => Math.floor((slot * 3) / 16_384);
    const neighbour = others.find(({ slot }) => part(slot) === part(first!.slot))!;
    await expect(store.snapshot([first!.key, neighbour.key])).rejects.toThrow(/slot/);

    await store.write(['{t}a', '{t}b'].map((key) => ({ key, ids: [1, 2], value: 1 })));
    const snapshot = await store.snapshot(['{t}a', '{t}b', '{t}missing']);
    expect(await snapshot.byteLengths(['{t}a', '{t}b', '{t}missing'])).toEqual([1, 1, 0]);
  });
});

describe('one node of a cluster', () => {
  const names = Array.from({ length: 8 }, (_, index) => `event ${index * 7919}`);
  let node: Redis;
  let analytics: Bitmapist;
  beforeAll(async () => {
    await emptyStore(client);
    const whole = new Bitmapist({ store: new RedisStore(client) });
    for (const name of names) await whole.markEvent(name, [1, 2], { now: '2026-11-22' });
    node = new Redis(cluster.nodes[0]!.url);
    analytics = new Bitmapist({ store: new RedisStore(node) });
  });
  afterAll(() => node?.disconnect());

  const lists: [string, (analytics: Bitmapist) => Promise<unknown>][] = [
    ['names of events', (each) => each.eventNames()],
    ['keys of another prefix', (each) => namesOf(each.store, '')],
    ['a dump', (each) => drain(writeRdb(each.store))],
    ['deletions', (each) => each.deleteAllEvents()],
  ];

  it.each(lists)('is refused where a part would be taken for the whole: %s', async (_, list) => {
    const calls = [() => list(analytics), () => list(analytics)];
    for (const call of calls) {
      await expect(call()).rejects.toThrow(
        'expected a Redis that stands alone, or a client of the whole cluster (Cluster of ioredis), got one of its nodes, which names only its own keys',
      );
    }
  });

  it.each(lists.slice(0, 1))('is refused also if it may not say what it is: %s', async (_, list) => {
    const [, user, rules] = /^ACL SETUSER (reports) (.*)$/m.exec(docsOfRedis())!;
    await node.call('ACL', 'SETUSER', user!, ...rules!.split(' '));
    const theirs = new Redis(cluster.nodes[0]!.url, {
      username: user!,
      password: 'secret',
      enableReadyCheck: false,
    });
    try {
      const limited = new Bitmapist({ store: new RedisStore(theirs) });
      await expect(list(limited)).rejects.toThrow('got one of its nodes, which names only its own keys');
    } finally {
      theirs.disconnect();
    }
  });

  it('is refused for a key of another node, with what to use', async () => {
    const counts = names.map((name) => analytics.day(name, '2026-11-22').count());
    const outcomes = await Promise.allSettled(counts);
    const refused = outcomes.filter(({ status }) => status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThan(names.length);
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled') expect(outcome.value).toBe(2);
      else {
        expect(outcome.reason).toBeInstanceOf(StoreError);
        expect(outcome.reason.message).toMatch(
          /^expected a Redis that stands alone, or a client of the whole cluster \(Cluster of ioredis\), got "MOVED /,
        );
      }
    }
  });

  it('is told from a server that stands alone', async () => {
    const alone = await startRedis();
    const other = new Redis(alone.url);
    try {
      expect(await isClusterNode(node)).toBe(true);
      expect(await isClusterNode(client)).toBe(false);
      expect(await isClusterNode(other)).toBe(false);
    } finally {
      other.disconnect();
      await alone.stop();
    }
  });
});

describe('a server that stands alone', () => {
  it.each<[string, string[]]>([
    ['says so', []],
    ['knows no INFO', ['info']],
    ['knows neither INFO nor transactions', ['info', 'multi', 'exec']],
  ])(
    'is asked once per store whether it does, and tried by a transaction only if it does not say, as if it %s',
    async (_, refused) => {
      const alone = await startRedis();
      const proxy = await startProxy(alone, refused);
      const other = new Redis(proxy.url, { enableReadyCheck: false });
      try {
        const store = new RedisStore(other);
        await store.write([{ key: 'k', ids: [1], value: 1 }]);
        proxy.commands.length = 0;
        expect(await namesOf(store, '')).toEqual(['k']);
        const tried = refused.length === 0 ? [] : ['multi', 'get', 'get', 'exec'];
        expect(proxy.commands).toEqual(['info', ...tried, 'scan']);
        proxy.commands.length = 0;
        expect(await namesOf(store, '')).toEqual(['k']);
        expect(proxy.commands).toEqual(['scan']);
      } finally {
        other.disconnect();
        await proxy.stop();
        await alone.stop();
      }
    },
  );
});

function docsOfRedis(): string {
  return readFileSync(new URL('../../../docs/redis.md', import.meta.url), 'utf8');
}

async function drain(items: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of items);
}

function startNodes(): { host: string; port: number }[] {
  return cluster.nodes.map(({ host, port }) => ({ host, port }));
}

async function noPeople(target: Cluster | Cluster5 | ClusterValkey): Promise<RedisPeople> {
  await emptyStore(target);
  return new RedisPeople(target);
}

async function emptyStore(target: Cluster | Cluster5 | ClusterValkey): Promise<RedisStore> {
  // A cluster's client knows its nodes once it has answered something.
  await client.get('connected');
  await Promise.all(client.nodes('master').map((node) => node.flushall()));
  return new RedisStore(target);
}
