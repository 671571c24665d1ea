import { createClient } from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Bitmapist } from '../../../src/bitmapist.js';
import { ClickHouseStore } from '../../../src/clickhouse.js';
import { MemoryStore } from '../../../src/index.js';
import { failureOf, makeFolder, outputOf, runCommand } from '../../support/cli/command.js';
import { type Chdb, openChdb } from './chdb.js';
import { type ClickHouseServer, PASSWORD, startClickHouse } from './server.js';

/** The command, and the client that it has, against a ClickHouse over HTTP. */

const ROWS = [
  '1,2026-10-30T10:00:00Z,signup',
  '2,2026-11-01T18:45:00Z,signup',
  '70000,2026-11-20T12:15:00Z,signup',
  '1,2026-11-02T09:30:00Z,active',
  `700000,2026-11-20T12:15:00Z,"it's \\ 100% {é:String}"`,
  ...Array.from({ length: 100 }, (_, id) => `${id * 7},2026-11-21T00:00:00Z,active`),
];

let chdb: Chdb;
let server: ClickHouseServer;
let folder: Awaited<ReturnType<typeof makeFolder>>;
let dump: string;

beforeAll(async () => {
  chdb = await openChdb();
  server = await startClickHouse(chdb);
  folder = await makeFolder();
  dump = folder.path('events.rdb');
  const events = await folder.write('events.csv', ['user,timestamp,event', ...ROWS, ''].join('\n'));
  await outputOf('export', events, '--to', dump, '--unique', '--hourly');
});

afterAll(async () => {
  await folder?.remove();
  await server?.stop();
  await chdb?.close();
});

describe('a table that the command has filled', () => {
  let table: string;
  beforeAll(async () => {
    table = `${server.url}default.events`;
    // Made the first time, merged the second.
    for (const _ of [1, 2]) expect(await outputOf('export', dump, '--to', table)).toBe('24 keys\n');
  });

  it.each([
    ['events'],
    ['events', '--prefix', 's'],
    ['count', 'signup@2026 & ~active@2026-W45'],
    ['count', `"it's \\\\ 100% {é:String}"@unique | active@2026-11-02T09`],
    ['count', 'signup@2025'],
    ['ids', `signup@2026 | "it's \\\\ 100% {é:String}"@2026`],
    ['people', 'signup@2026', '--flags', 'active', '--after', '1'],
    ['has', 'signup@2026-11', '70000'],
    ['inspect'],
    ['cohort', '--select1', 'signup', '--select2', 'active', '--now', '2026-11-30', '--format', 'json'],
    ['trend', '--events', 'active', '--unit', 'week', '--now', '2026-11-30', '--format', 'json'],
  ])('answers as the dump does: %s %s', async (command, ...args) => {
    const [there, local] = await Promise.all(
      [table, dump].map((source) => outputOf(command!, source, ...args)),
    );
    expect(there).toBe(local);
  });

  it('goes back into a dump with the same answers', async () => {
    const back = folder.path('back.rdb');
    expect(await outputOf('export', table, '--to', back)).toBe('24 keys\n');
    expect(await outputOf('inspect', back)).toBe(await outputOf('inspect', dump));
  });

  it('is what a file of rows makes of a table, packed or not', async () => {
    for (const name of ['events.rowbinary', 'events.rowbinary.gz']) {
      const path = folder.path(name);
      expect(await outputOf('export', dump, '--to', path)).toBe('24 keys\n');
      const count = `SELECT count() AS rows, sum(finalizeAggregation(ids)) AS ids FROM file('${path}', 'RowBinaryWithNamesAndTypes')`;
      const there =
        'SELECT count() AS rows, sum(c) AS ids FROM (SELECT groupBitmapMerge(ids) AS c FROM events GROUP BY event, unit, period)';
      const [file, rows] = await Promise.all(
        [count, there].map((statement) => chdb.run(`${statement} FORMAT CSV`, {})),
      );
      expect(Buffer.from(file!).toString()).toBe(Buffer.from(rows!).toString());
    }
  });

  it('is not found under another name, nor with another password', async () => {
    const at = new URL(server.httpUrl).host;
    expect(await failureOf('events', `${server.url}default.none`)).toEqual({
      code: 1,
      stderr: `bitmapist: expected the table default.none at ${at}, got a server without that table\n`,
    });
    expect(await failureOf('events', `${server.url}nowhere.events`)).toEqual({
      code: 1,
      stderr: `bitmapist: expected the table nowhere.events at ${at}, got a server without that database\n`,
    });
    expect(await failureOf('events', `clickhouse://default:wrong@${at}/events`)).toEqual({
      code: 1,
      stderr: `bitmapist: expected the user and the password of clickhouse://${at}/events, got some that it refuses\n`,
    });
    expect(await failureOf('events', 'clickhouse://127.0.0.1:1/events')).toEqual({
      code: 1,
      stderr:
        'bitmapist: expected a ClickHouse server at clickhouse://127.0.0.1:1/events, got a refused connection (is it running?)\n',
    });
  });

  it('takes the password from the environment', async () => {
    const url = `clickhouse://${new URL(server.httpUrl).host}/events`;
    const { stdout } = await runCommand(['count', url, 'active@2026'], { CLICKHOUSE_PASSWORD: PASSWORD });
    expect(stdout).toBe('101\n');
  });

  it('leaves out keys that no row can have, if it may', async () => {
    const store = new MemoryStore();
    await store.put('trackist_bitop_AND_trackist_a_u', Uint8Array.of(1));
    await store.put('trackist_a_u', Uint8Array.of(1));
    const { saveStore } = await import('../../../src/node.js');
    const path = folder.path('other.rdb');
    await saveStore(store, path);
    const target = `${server.url}default.other`;
    const sentence =
      'expected keys of events and their periods, in UTF-8, got "trackist_bitop_AND_trackist_a_u"';
    expect(await failureOf('export', path, '--to', target)).toEqual({
      code: 2,
      stderr: `bitmapist: ${sentence}; --skip-broken leaves out such keys\n`,
    });
    const { stdout, stderr } = await runCommand(['export', path, '--to', target, '--skip-broken']);
    expect(stdout).toBe('1 key\n');
    expect(stderr).toBe(
      'bitmapist: left out "trackist_bitop_AND_trackist_a_u", which is not that of an event in a period\n',
    );
  });
});

it('takes the client of the package @clickhouse/client as it is', async () => {
  const client = createClient({ url: server.httpUrl, password: PASSWORD });
  try {
    const store = new ClickHouseStore(client, { table: 'taken' });
    await store.createTable();
    const bitmapist = new Bitmapist({ store, trackUnique: true });
    await bitmapist.markEvent("a'\\\n\t{x}", [1, 2, 2 ** 32 - 1], { now: '2026-11-22' });
    const set = bitmapist.unique("a'\\\n\t{x}");
    expect(await set.count()).toBe(3);
    expect(await bitmapist.counts([set.not(), set.and(set.not())])).toEqual([2 ** 32 - 3, 0]);
    expect([...(await set.ids())]).toEqual([1, 2, 2 ** 32 - 1]);
    expect(await set.has(2)).toBe(true);
    expect(await bitmapist.eventNames()).toEqual(["a'\\\n\t{x}"]);
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(bitmapist.counts([set], { signal })).rejects.toThrow('enough');
    await set.delete();
    expect(await bitmapist.counts([set, set.not()])).toEqual([0, 0]);
  } finally {
    await client.close();
  }
});
