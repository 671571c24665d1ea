import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outputOf } from '../support/cli/command.js';
import { goldenPath, hasGolden } from '../support/golden/files.js';
import { type RedisServer, startRedis } from '../support/servers/redis.js';

const FORMATS = ['text', 'html', 'svg', 'curves', 'markdown', 'csv', 'json', 'dates-data'];

/** Per data set: rows, the event that makes somebody new, what comes back, a year in the middle. */
const DATA_SETS: readonly [name: string, rows: string, first: string, again: string, start: string][] = [
  ['cdnow', '100905', 'first_purchase', 'purchase', '1997-03-01'],
  ['onlineretail', '71035', 'first_invoice', 'invoice', '2011-03-01'],
  ['git_express', '7033', 'first_commit', 'commit', '2014-01-01'],
  ['git_redis', '14545', 'first_commit', 'commit', '2014-01-01'],
  ['git_cargo', '31930', 'first_commit', 'commit', '2018-01-01'],
  ['git_curl', '41108', 'first_commit', 'commit', '2000-01-01'],
];

describe.skipIf(!hasGolden)('every real data set (skipped where ../shared is absent)', () => {
  let server: RedisServer;
  let client: Redis;

  beforeAll(async () => {
    server = await startRedis();
    client = new Redis(server.url);
  });

  afterAll(async () => {
    client?.disconnect();
    await server?.stop();
  });

  it.each(DATA_SETS)(
    '%s goes through import, events and cohorts in all formats without a warning',
    async (...set) => {
      const [name, rows, first, again, start] = set;
      const file = goldenPath(`data/${name}.csv.gz`);
      await client.flushall();
      expect((await outputOf('import', file, '--to', server.url)).replaceAll(/\D+/g, ' ')).toContain(rows);
      const events = await outputOf('events', server.url);
      expect(events.split('\n')).toEqual(expect.arrayContaining([first, again]));
      const cohort = ['--select1', first, '--select2', again, '--time-group', 'months', '--num-results', '4'];
      const table = ['--num-of-rows', '3', '--start-date', start, ...cohort];
      for (const format of FORMATS) {
        const fromRedis = await outputOf(
          'cohort',
          server.url,
          ...table,
          '--format',
          format,
          '--now',
          '2027-01-01',
        );
        expect(fromRedis.length).toBeGreaterThan(100);
        expect(fromRedis).not.toMatch(/NaN|undefined|\[object/);
      }
    },
    120_000,
  );
});
