import { createReadStream } from 'node:fs';
import { Cluster, Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Bitmapist } from '../../src/bitmapist.js';
import { datesData } from '../../src/compat.js';
import { readEvents } from '../../src/csv.js';
import { RedisStore } from '../../src/store/redis/redis.js';
import { answerOf, readBitops, setOf, sha256, textOf } from '../support/golden/bitops.js';
import { goldenPath, hasGolden } from '../support/golden/files.js';
import {
  DATA_SETS,
  describeKey,
  optionsOf,
  periodText,
  readKeys,
  readReference,
  readRetention,
  segmentText,
} from '../support/golden/reference.js';
import { startCluster } from '../support/servers/cluster.js';
import { startProxy } from '../support/servers/proxy.js';
import { startRedis } from '../support/servers/redis.js';
import { namesOf } from '../support/store/conformance.js';
import { untilReading } from '../support/store/opened.js';

/** Every answer of the Python reference for real data, from Redis as it is found: clusters, lesser servers, key prefixes, over connections of either side. */

interface Place {
  readonly store: RedisStore;
  close(): Promise<void>;
}

const places: Record<string, () => Promise<Place>> = {
  'a cluster': async () => {
    const cluster = await startCluster();
    const client = new Cluster(cluster.nodes.map(({ host, port }) => ({ host, port })));
    return received(client, () => cluster.stop());
  },
  'a server that knows neither GETRANGE nor STRLEN': async () => {
    const server = await startRedis();
    const unknown = ['getrange', 'strlen', 'bitpos', 'unlink', 'hello', 'info', 'eval', 'multi', 'exec'];
    const proxy = await startProxy(server, unknown);
    const client = new Redis(proxy.url, { enableReadyCheck: false });
    return received(client, async () => {
      await proxy.stop();
      await server.stop();
    });
  },
  'a client with a key prefix': async () => {
    const server = await startRedis();
    return received(new Redis(server.url, { keyPrefix: 'app[1]*:' }), () => server.stop());
  },
  'connections of its own': async () => {
    const server = await startRedis();
    const store = await RedisStore.open(server.url);
    await untilReading(store, [server.url]);
    return opened(store, () => server.stop());
  },
  'connections of its own to a cluster': async () => {
    const cluster = await startCluster();
    const store = await RedisStore.open(new Cluster(cluster.nodes.map(({ host, port }) => ({ host, port }))));
    const urls = cluster.nodes.map(({ url }) => url);
    await untilReading(store, urls, 3);
    return opened(store, () => cluster.stop());
  },
};

function received(client: Redis | Cluster, stop: () => Promise<void>): Place {
  const close = async (): Promise<void> => {
    client.disconnect();
    await stop();
  };
  return { store: new RedisStore(client), close };
}

function opened(store: RedisStore, stop: () => Promise<void>): Place {
  const close = async (): Promise<void> => {
    await store.close();
    await stop();
  };
  return { store, close };
}

describe.skipIf(!hasGolden).each(Object.entries(places))('through %s', (_, open) => {
  let place: Place;
  beforeAll(async () => {
    place = await open();
  });
  afterAll(() => place?.close());

  describe.each(DATA_SETS)('the real data of %s', (name) => {
    describeData(name, () => place.store);
  });
});

function describeData(name: string, openStore: () => RedisStore): void {
  let store: RedisStore;
  let bitmapist: Bitmapist;
  const golden = hasGolden ? readReference(name) : undefined!;

  beforeAll(async () => {
    store = openStore();
    bitmapist = new Bitmapist({ store, trackHourly: name !== 'cdnow', trackUnique: true });
    for (const [segment, handler] of Object.entries(golden.meta.handlers ?? {})) {
      bitmapist.defineSegment(segment, segmentText(handler));
    }
    const { rows } = await bitmapist.markEvents(
      readEvents(createReadStream(goldenPath(`data/${name}.csv.gz`))),
    );
    expect(rows).toBe(golden.meta.rows);
  });

  afterAll(async () => {
    await store.delete(await namesOf(store, ''));
  });

  it('has the very keys and bytes that the reference writes', async () => {
    const keys = await namesOf(store, '');
    const reader = store.reader();
    const byteLengths = await reader.byteLengths(keys);
    const reads = keys.map((key, index) => ({
      key,
      byteOffset: 0,
      target: new Uint8Array(byteLengths[index]!),
    }));
    await reader.read(reads);
    expect(reads.map(({ key, target }) => describeKey(key, target)).sort()).toEqual(readKeys(name));
  });

  it('has every count and every name of the reference', async () => {
    const answers = golden.counts.map(([kind, event, args]) =>
      bitmapist.query(`"${event}"@${periodText(kind, args)}`).count(),
    );
    expect(await Promise.all(answers)).toEqual(golden.counts.map(([, , , count]) => count));
    expect(await bitmapist.eventNames()).toEqual(golden.event_names);
    for (const [prefix, names] of Object.entries(golden.event_names_prefix)) {
      expect(await bitmapist.eventNames({ prefix })).toEqual(names);
    }
  });

  it('has every combination of sets, as the reference or, with complements, the embedded store has it', async () => {
    const embedded = new Bitmapist({ trackHourly: name !== 'cdnow', trackUnique: true });
    await embedded.markEvents(readEvents(createReadStream(goldenPath(`data/${name}.csv.gz`))));
    for (const { expr, ...expected } of readBitops(name)) {
      const text = textOf(expr);
      const candidates = Object.keys(expected.contains).map(Number);
      const answer = await answerOf(setOf(bitmapist, expr), candidates);
      expect(answer, text).toEqual(await answerOf(setOf(embedded, expr), candidates));
      expect(answer.bytes.length, text).toBe(expected.strlen);
      if (!text.includes('~')) expect(sha256(answer.bytes), text).toBe(expected.value_sha256);
    }
  });

  it('has every cohort of the reference, to the last bit', async () => {
    for (const { params, percent, count } of golden.cohorts) {
      const { now, ...args } = optionsOf(params);
      const rows = await bitmapist.ask(datesData, args, { now });
      const counts = await bitmapist.ask(datesData, { ...args, as: 'counts' }, { now });
      expect([rows, counts], JSON.stringify(params)).toEqual([percent, count]);
    }
  });

  it('has the classic monthly retention', async () => {
    const { event, matrix } = readRetention(name);
    for (const [month, expected] of Object.entries(matrix)) {
      const table = await bitmapist.cohort({
        select1: `first_${event}`,
        select2: event,
        timeGroup: 'months',
        startDate: `${month}-01`,
        numResults: 1,
        numOfRows: expected.length - 1,
      });
      expect(table.rows[0]!.cells.map(({ count }) => count)).toEqual(expected);
    }
  });
}
