import { Cluster, Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { Bitmapist } from '../../../src/bitmapist.js';
import { restoreRdb } from '../../../src/rdb.js';
import { RedisStore } from '../../../src/store/redis/redis.js';
import { hasGolden, readGolden } from '../../support/golden/files.js';
import { readMarks } from '../../support/golden/marks.js';
import { startCluster } from '../../support/servers/cluster.js';
import { startRedis } from '../../support/servers/redis.js';
import { bytesOf, namesOf } from '../../support/store/conformance.js';

interface Place {
  readonly client: Redis | Cluster;
  close(): Promise<void>;
}

const places: Record<string, () => Promise<Place>> = {
  Redis: async () => {
    const server = await startRedis();
    const client = new Redis(server.url);
    return placeOf(client, () => server.stop());
  },
  'a cluster': async () => {
    const cluster = await startCluster();
    const client = new Cluster(cluster.nodes.map(({ host, port }) => ({ host, port })));
    return placeOf(client, () => cluster.stop());
  },
};

function placeOf(client: Redis | Cluster, stop: () => Promise<void>): Place {
  const close = async (): Promise<void> => {
    client.disconnect();
    await stop();
  };
  return { client, close };
}

describe.skipIf(!hasGolden)(
  'forgetting 1,000 people of real data (skipped where ../shared is absent)',
  () => {
    it.each(Object.keys(places))(
      'leaves exactly what a data set without their rows is, in %s, also after an interruption',
      { tags: 'long', timeout: 120_000 },
      async (name) => {
        const { client, close } = await places[name]!();
        try {
          const store = new RedisStore(client);
          await restoreRdb(readGolden('rdb/git_redis.rdb.gz'), store);
          await client.rpush('trackist_commit_2019-1-40', 'no event');
          await client.rpush('trackist_commit_1999-1', 'no bitmap');
          await client.expire('trackist_commit_u', 10_000);
          const forgotten = Array.from({ length: 1000 }, (_, at) => at * 2 + 1);
          const bitmapist = new Bitmapist({ store });
          const controller = new AbortController();
          const options = { onProgress: () => controller.abort(), signal: controller.signal };
          await expect(bitmapist.forget(forgotten, options)).rejects.toThrow(/abort/);
          const report = await bitmapist.forget(forgotten);
          expect(report.leftOut).toEqual(['trackist_commit_1999-1']);
          expect(report.keys).toBeGreaterThan(1000);

          const expected = new Bitmapist({ trackHourly: true, trackUnique: true });
          const people = new Set(forgotten);
          const left = readMarks('git_redis').filter(({ id }) => !people.has(id));
          await expected.markEvents(left.map((mark) => ({ ...mark, at: new Date(mark.at) })));
          const names = await namesOf(expected.store, '');
          const others = ['trackist_commit_1999-1', 'trackist_commit_2019-1-40'];
          expect(await namesOf(store, '')).toEqual([...names, ...others].sort());
          for (let from = 0; from < names.length; from += 1000) {
            const batch = names.slice(from, from + 1000);
            const [ours, theirs] = await Promise.all(
              [store, expected.store].map((each) => Promise.all(batch.map((key) => bytesOf(each, key)))),
            );
            expect(ours).toEqual(theirs);
          }
          expect(await client.ttl('trackist_commit_u')).toBeGreaterThan(9000);
        } finally {
          await close();
        }
      },
    );
  },
);
