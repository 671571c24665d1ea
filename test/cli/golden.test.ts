import { createReadStream } from 'node:fs';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { datesData } from '../../src/compat.js';
import { readEvents } from '../../src/csv.js';
import { Bitmapist } from '../../src/index.js';
import { RedisStore } from '../../src/redis.js';
import { outputOf, runCommand } from '../support/cli/command.js';
import { goldenPath, hasGolden } from '../support/golden/files.js';
import {
  type CohortParams,
  DATA_SETS,
  describeKey,
  type Handler,
  optionsOf,
  periodText,
  readKeys,
  readReference,
  readRetention,
  segmentText,
} from '../support/golden/reference.js';
import { type RedisServer, startRedis } from '../support/servers/redis.js';

/** Every answer of the Python reference for four real data sets, from Redis and from the embedded store. */

describe.skipIf(!hasGolden).each(DATA_SETS)('the real data of %s', (name) => {
  const file = goldenPath(`data/${name}.csv.gz`);
  const tracking = { trackHourly: name !== 'cdnow', trackUnique: true };
  const flags = name === 'cdnow' ? ['--unique'] : ['--unique', '--hourly'];
  const golden = hasGolden ? readReference(name) : undefined!;
  const embedded = new Bitmapist(tracking);
  let server: RedisServer;
  let client: Redis;
  let remote: Bitmapist;

  beforeAll(async () => {
    server = await startRedis();
    client = new Redis(server.url);
    remote = new Bitmapist({ store: new RedisStore(client) });
    await embedded.markEvents(readEvents(createReadStream(file)));
    for (const [segment, handler] of Object.entries(golden.meta.handlers ?? {})) {
      for (const bitmapist of [embedded, remote]) bitmapist.defineSegment(segment, segmentText(handler));
    }
    const { rows, users } = golden.meta;
    expect(await outputOf('import', file, '--to', server.url, ...flags)).toBe(
      `${rows} rows, ${golden.event_names.length} events, ${users} ids\n`,
    );
  });

  afterAll(async () => {
    client?.disconnect();
    await server?.stop();
  });

  it('is imported to the very keys and bytes that the reference writes', async () => {
    const keys = (await client.keys('*')).sort();
    const values = await Promise.all(keys.map((key) => client.getBuffer(key)));
    expect(keys.map((key, index) => describeKey(key, values[index]!))).toEqual(readKeys(name));
  });

  it('has every count of the reference', async () => {
    const expected = golden.counts.map(([, , , count]) => count);
    for (const bitmapist of [embedded, remote]) {
      const answers = golden.counts.map(([kind, event, args]) =>
        bitmapist.query(`"${event}"@${periodText(kind, args)}`).count(),
      );
      expect(await Promise.all(answers)).toEqual(expected);
    }
  });

  it('has the event names of the reference, whatever the prefix', async () => {
    for (const bitmapist of [embedded, remote]) {
      expect(await bitmapist.eventNames()).toEqual(golden.event_names);
      for (const [prefix, names] of Object.entries(golden.event_names_prefix)) {
        expect(await bitmapist.eventNames({ prefix })).toEqual(names);
      }
    }
    const { stdout } = await runCommand(['events', server.url, '--prefix', 'co']);
    expect(stdout).toBe(
      golden.event_names
        .filter((event) => event.startsWith('co'))
        .map(line)
        .join(''),
    );
  });

  it.each(['embedded', 'redis'])('has every cohort of the reference, to the last bit (%s)', async (kind) => {
    const bitmapist = kind === 'redis' ? remote : embedded;
    for (const { params, percent, count } of golden.cohorts) {
      const { now, ...args } = optionsOf(params);
      const rows = await bitmapist.ask(datesData, args, { now });
      expect(rows, JSON.stringify(params)).toEqual(percent);
      const counts = await bitmapist.ask(datesData, { ...args, as: 'counts' }, { now });
      expect(counts, JSON.stringify(params)).toEqual(count);
    }
  });

  it('has the same cohorts through the command, from a file and from Redis', async () => {
    const { handlers = {} } = golden.meta;
    const plain = golden.cohorts.filter(({ params }) => !usesHandler(params, handlers));
    const chosen = plain.filter((_, index) => index % Math.ceil(plain.length / 4) === 0);
    for (const [index, { params, percent, count }] of chosen.entries()) {
      const source = index % 2 === 0 ? server.url : file;
      const withCounts = index % 4 >= 2;
      const args = ['cohort', source, ...flagsOf(params), '--compat', '--format', 'dates-data'];
      const stdout = await outputOf(...args, ...(withCounts ? ['--counts'] : []));
      expect(JSON.parse(stdout)).toEqual(withCounts ? count : percent);
    }
  });

  it('has the classic monthly retention', async () => {
    const retention = readRetention(name);
    expect(Object.keys(retention.matrix)).not.toHaveLength(0);
    for (const bitmapist of [embedded, remote]) {
      for (const [month, expected] of Object.entries(retention.matrix)) {
        const table = await bitmapist.cohort({
          select1: `first_${retention.event}`,
          select2: retention.event,
          timeGroup: 'months',
          startDate: `${month}-01`,
          numResults: 1,
          numOfRows: expected.length - 1,
        });
        const [row] = table.rows;
        expect(row!.size).toBe(expected[0]);
        expect(row!.cells.map(({ count }) => count)).toEqual(expected);
      }
    }
  });
});

function line(text: string): string {
  return `${text}\n`;
}

function usesHandler(params: CohortParams, handlers: Record<string, Handler>): boolean {
  const { select1, select1b, select2, select2b } = params;
  return [select1, select1b, select2, select2b].some(
    (name) => name !== null && Object.hasOwn(handlers, name),
  );
}

function flagsOf(params: CohortParams): string[] {
  const flags: [string, string | number | null][] = [
    ['--select1', params.select1],
    ['--select1b', params.select1b],
    ['--select2', params.select2],
    ['--select2b', params.select2b],
    ['--time-group', params.time_group],
    ['--num-results', params.num_results],
    ['--num-of-rows', params.num_of_rows],
    ['--start-date', params.start_date],
    ['--now', params.now],
  ];
  return flags.flatMap(([flag, value]) => (value === null ? [] : [flag, String(value)]));
}
