import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { encodeRdb, type RdbEntry } from '../../src/rdb.js';
import { failureOf, makeFolder, outputOf, runCommand } from '../support/cli/command.js';
import { type RedisServer, startRedis } from '../support/servers/redis.js';

const EVENTS = `user,timestamp,event
1,2026-10-30T10:00:00Z,signup
1,2026-11-02T09:30:00Z,active
2,2026-11-01T18:45:00Z,signup
2,2026-11-03T08:00:00Z,active
70000,2026-11-20T12:15:00Z,signup
70000,2026-11-20T12:15:00Z,"paid/plan"
`;

let folder: Awaited<ReturnType<typeof makeFolder>>;
let events: string;
let server: RedisServer;
let client: Redis;

beforeAll(async () => {
  folder = await makeFolder();
  events = await folder.write('events.csv', EVENTS);
  server = await startRedis();
  client = new Redis(server.url);
});

beforeEach(async () => {
  await client.flushall();
});

afterAll(async () => {
  client?.disconnect();
  await server?.stop();
  await folder?.remove();
});

async function writeDump(name: string, entries: readonly RdbEntry[]): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of encodeRdb(entries)) chunks.push(chunk.slice());
  return folder.write(name, Buffer.concat(chunks));
}

describe('a copy of a source', () => {
  it('answers as the source does, be it a dump, a folder or a Redis', async () => {
    const dump = folder.path('copy.rdb');
    const packed = folder.path('copy.rdb.gz');
    const bitmaps = folder.path('bitmaps');
    const chain = [events, dump, packed, bitmaps, server.url];
    for (const [at, to] of chain.slice(1).entries()) {
      expect(await outputOf('export', chain[at]!, '--to', to, '--unique', '--hourly')).toBe('23 keys\n');
    }
    expect(readdirSync(bitmaps)).toContain('trackist_paid%2Fplan_2026-11');
    expect(gunzipSync(readFileSync(packed)).subarray(0, 5).toString()).toBe('REDIS');
    const cohort = [
      '--select1',
      'signup',
      '--select2',
      'active',
      '--time-group',
      'weeks',
      '--now',
      '2026-11-30',
    ];
    const expected = await outputOf('cohort', events, ...cohort, '--format', 'json');
    for (const source of chain.slice(1)) {
      expect(await outputOf('events', source)).toBe('active\npaid/plan\nsignup\n');
      expect(await outputOf('count', source, 'active@2026-11-02T09 | "paid/plan"@unique')).toBe('2\n');
      expect(await outputOf('cohort', source, ...cohort, '--format', 'json')).toBe(expected);
    }
    expect(await client.dbsize()).toBe(23);
    expect(readdirSync(folder.path('.')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('replaces in Redis only what it is told to replace', async () => {
    await client.set('trackist_active_2026-11', 'theirs');
    const refused = await failureOf('export', events, '--to', server.url);
    expect(refused).toEqual({
      code: 2,
      stderr:
        'bitmapist: expected a Redis that has none of the 14 keys, got one that has "trackist_active_2026-11"; --replace replaces what is there\n',
    });
    expect(await client.dbsize()).toBe(1);
    expect(await outputOf('export', events, '--to', server.url, '--replace')).toBe('14 keys\n');
    expect(await outputOf('ids', server.url, 'active@2026-11')).toBe('1\n2\n');
  });

  it('replaces no key of Redis unasked, however many others come before it', async () => {
    const keys = Array.from({ length: 1001 }, (_, index) => `trackist_event${index}_2026-11`);
    const dump = await writeDump(
      'many.rdb',
      keys.map((key) => ({ key, bytes: Uint8Array.of(0x80) })),
    );
    await client.set(keys.at(-1)!, 'theirs');
    expect((await failureOf('export', dump, '--to', server.url)).stderr).toContain(
      'expected a Redis that has none of the 1001 keys, got one that has "trackist_event1000_2026-11"',
    );
    expect(await client.dbsize()).toBe(1);
  });

  it('exports each of many keys of a Redis once, those after one that holds something else too', async () => {
    const keys = Array.from({ length: 600 }, (_, index) => `trackist_event${index}_2026-11`);
    await client.mset(Object.fromEntries(keys.map((key) => [key, 'x'])));
    await client.rpush('trackist_a_2026-12', 'job');
    expect(await runCommand(['export', server.url, '--to', folder.path('each-once.rdb')])).toEqual({
      code: 0,
      stdout: '600 keys\n',
      stderr: 'bitmapist: left out "trackist_a_2026-12", which holds no bitmap\n',
    });
  });

  it('takes the time to live of its keys along', async () => {
    await client.setbit('trackist_active_2026-11', 7, 1);
    await client.pexpire('trackist_active_2026-11', 3_600_000);
    const dump = folder.path('expiring.rdb');
    await outputOf('export', server.url, '--to', dump);
    await client.flushall();
    await outputOf('export', dump, '--to', server.url);
    expect(await client.ttl('trackist_active_2026-11')).toBeGreaterThan(3000);
  });

  it('leaves out keys of a Redis that hold something else, and names them', async () => {
    await client.set('trackist_a_2026-11', Buffer.of(0x40));
    await client.rpush('trackist_a_2026-12', 'job');
    const dump = folder.path('strings.rdb');
    expect(await runCommand(['export', server.url, '--to', dump])).toEqual({
      code: 0,
      stdout: '1 key\n',
      stderr: 'bitmapist: left out "trackist_a_2026-12", which holds no bitmap\n',
    });
    expect(await outputOf('ids', dump, 'a@2026-11')).toBe('1\n');
    await client.del('trackist_a_2026-11');
    const before = readFileSync(dump);
    const failure = await failureOf('export', server.url, '--to', dump);
    expect(failure.stderr).toContain('expected keys that begin with "trackist_"');
    expect(readFileSync(dump)).toEqual(before);
  });

  it('is refused before anything is written if the target cannot have a key, or goes without it', async () => {
    const bytes = Uint8Array.of(0x40);
    const long = `trackist_${'x'.repeat(300)}_2026-11`;
    const dump = await writeDump('broken.rdb', [
      // More than a batch before them.
      ...Array.from({ length: 400 }, (_, at) => ({ db: 0, key: `trackist_event ${at}_2026-11`, bytes })),
      { db: 0, key: 'trackist_a\udcff_2026-11', bytes },
      { db: 0, key: 'trackist_b\udcff\u009b_2026-11', bytes },
      { db: 0, key: long, bytes },
      { db: 1, key: 'trackist_c_2026-11', bytes },
    ]);
    const to = [server.url, folder.path('unbroken')];
    expect(await failureOf('export', dump, '--db', '0', '--to', to[0]!)).toEqual({
      code: 2,
      stderr:
        'bitmapist: expected keys that are UTF-8, got "trackist_a\\udcff_2026-11" and 1 more such key; --skip-broken leaves out such keys\n',
    });
    expect(await client.dbsize()).toBe(0);
    expect(await failureOf('export', dump, '--db', '0', '--to', to[1]!)).toEqual({
      code: 2,
      stderr: `bitmapist: expected a key whose file name has 1 to 255 characters, got ${long.length} for "${long.slice(0, 100)}"; --skip-broken leaves out such keys\n`,
    });
    expect(existsSync(to[1]!)).toBe(false);
    expect(await runCommand(['export', dump, '--db', '0', '--skip-broken', '--to', to[0]!])).toEqual({
      code: 0,
      stdout: '401 keys\n',
      stderr:
        'bitmapist: left out "trackist_a\\udcff_2026-11", which is no UTF-8\n' +
        'bitmapist: left out "trackist_b\\udcff\\u009b_2026-11", which is no UTF-8\n',
    });
    expect(await client.dbsize()).toBe(401);
    expect(await runCommand(['export', dump, '--db', '0', '--skip-broken', '--to', to[1]!])).toEqual({
      code: 0,
      stdout: '402 keys\n',
      stderr: `bitmapist: left out "${long}", which is too long for the name of a file\n`,
    });
    // A dump can have any key.
    expect(await outputOf('export', dump, '--db', '0', '--to', folder.path('whole-copy.rdb'))).toBe(
      '403 keys\n',
    );
  });

  it('never takes the place of files it does not replace as a whole', async () => {
    await mkdir(folder.path('full'));
    await folder.write('full/notes.md', 'mine');
    expect(await failureOf('export', events, '--to', folder.path('full'))).toEqual({
      code: 2,
      stderr: `bitmapist: expected a new or an empty folder, got ${JSON.stringify(folder.path('full'))}, which holds files\n`,
    });
    for (const to of [events, folder.path('dump.gz')]) {
      expect(await failureOf('export', events, '--to', to)).toEqual({
        code: 2,
        stderr: `bitmapist: expected an .rdb, .rdb.gz, .parquet or .rowbinary file, a folder or a redis:// or clickhouse:// URL after --to, got ${JSON.stringify(to)}\n`,
      });
    }
    const notes = folder.path('full/notes.md');
    expect((await failureOf('export', events, '--to', notes)).stderr).toContain(
      'expected a folder to write to',
    );
    expect(readFileSync(notes, 'utf8')).toBe('mine');
  });

  it('is not made of nothing', async () => {
    const dump = await writeDump('good.rdb', [{ key: 'trackist_a_2026-1', bytes: Uint8Array.of(1) }]);
    const before = readFileSync(dump);
    const failure = await failureOf('export', server.url, '--to', dump);
    expect(failure.code).toBe(2);
    expect(failure.stderr).toContain('expected keys that begin with "trackist_" in redis://');
    expect(readFileSync(dump)).toEqual(before);
    expect((await failureOf('export', dump, '--to', folder.path('none'), '--key-prefix', 'x_')).code).toBe(2);
    expect(existsSync(folder.path('none'))).toBe(false);
  });
});

describe('a dump', () => {
  it('may hold bitmaps in several databases, one of which is asked', async () => {
    const dump = await writeDump('several.rdb', [
      { db: 0, key: 'trackist_a_2026-1', bytes: Uint8Array.of(0x40) },
      { db: 0, key: 'session', bytes: Uint8Array.of(1) },
      { db: 3, key: 'trackist_a_2026-1', bytes: Uint8Array.of(0x60) },
    ]);
    expect(await outputOf('ids', dump, 'a@2026-01', '--db', '3')).toBe('1\n2\n');
    expect(await outputOf('ids', dump, 'a@2026-01', '--db', '0')).toBe('1\n');
    const { code, stderr } = await failureOf('ids', dump, 'a@2026-01');
    expect(code).toBe(1);
    expect(stderr).toContain(
      'expected the bitmaps of one database, got some of database 0 and of database 3',
    );
  });

  it('that is cut off is refused, and the place is named', async () => {
    const whole = readFileSync(
      await writeDump('whole.rdb', [{ key: 'trackist_a_2026-1', bytes: Uint8Array.of(1) }]),
    );
    const cut = await folder.write('cut.rdb', whole.subarray(0, -9));
    const { code, stderr } = await failureOf('events', cut);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^bitmapist: .*cut\.rdb: expected .*, after 1 key \(at byte \d+\)\n$/);
  });
});

describe('inspect', () => {
  it('prints a table of events with their periods, ids and bytes', async () => {
    await outputOf('export', events, '--to', server.url);
    await client.set('trackist_pro_u', Buffer.of(0xf0));
    await client.rpush('queue', 'job');
    const text = await outputOf('inspect', server.url);
    expect(text.split('\n')).toEqual([
      'Event      From        To          Months  Weeks  Days  Flag  Ids       Raw  Compressed',
      'active     2026-11-02  2026-11-03       1      1     2          2       4 B        76 B',
      'paid/plan  2026-11-20  2026-11-20       1      1     1          1  25.6 KiB        54 B',
      'pro                                                        1    4       1 B        15 B',
      'signup     2026-10-30  2026-11-20       2      2     3          3  25.6 KiB       138 B',
      '',
      '4 events   2026-10-30  2026-11-20       4      4     6     1    5  51.3 KiB       283 B',
      '',
      '1 other key, such as "queue"',
      '',
    ]);
  });

  it('says the same of the same bitmaps, whatever source they are in', async () => {
    const rows = [...Array(40).keys(), 70_000, ...Array(30).keys()].map(
      (id, at) => `${id},2026-11-0${1 + (at % 3)}T10:00:00Z,${at < 41 ? 'in a row' : 'again'}\n`,
    );
    const source = await folder.write('runs.csv', `user,timestamp,event\n${rows.join('')}`);
    const chain = ['runs.csv.gz', 'runs.rdb', 'runs.rdb.gz', 'runs'].map(folder.path);
    await folder.write('runs.csv.gz', gzipSync(readFileSync(source)));
    for (const to of [...chain.slice(1), server.url])
      await outputOf('export', source, '--to', to, '--unique');
    const inspected = await outputOf('inspect', source, '--unique', '--format', 'json');
    for (const copy of [...chain, server.url]) {
      expect(await outputOf('inspect', copy, '--unique', '--format', 'json')).toBe(inspected);
    }
  });

  it('counts the ids of an event of which there is nothing but a flag', async () => {
    const entries = [
      { key: 'trackist_pro_u', bytes: Uint8Array.of(0xf0) },
      { key: 'trackist_pro_W2026-1', bytes: Uint8Array.of(0x0f) },
      { key: 'trackist_vip_u', bytes: Uint8Array.of(0x1c) },
    ];
    const dump = await writeDump('flags.rdb', entries.slice(2));
    const { events: listed, total } = JSON.parse(await outputOf('inspect', dump, '--format', 'json'));
    expect(listed).toMatchObject([{ event: 'vip', keys: { month: 0, unique: 1 }, ids: 3, bytes: 1 }]);
    expect(total).toMatchObject({ keys: { unique: 1 }, ids: 3, bytes: 1 });
    expect(listed[0].from).toBeUndefined();
    const mixed = JSON.parse(
      await outputOf('inspect', await writeDump('mixed-flags.rdb', entries), '--format', 'json'),
    );
    expect(mixed.events.map(({ event, ids }: { event: string; ids: number }) => [event, ids])).toEqual([
      ['pro', 8],
      ['vip', 3],
    ]);
    // Ids 3, 4 and 5 of vip are among them.
    expect(mixed.total.ids).toBe(8);
  });

  it('knows how many keys of a dump are none of its own', async () => {
    const dump = await writeDump('mixed.rdb', [
      { key: 'trackist_a\u001b[2J_2026-11', bytes: Uint8Array.of(0x40) },
      { key: 'trackist_bitop_AND_trackist_a_2026-1-trackist_b_2026-1', bytes: Uint8Array.of(1) },
      ...Array.from({ length: 7 }, (_, at) => ({ key: `session:${at}`, bytes: Uint8Array.of(1) })),
    ]);
    const text = await outputOf('inspect', dump);
    expect(text).toContain('a\\u001b[2J  2026-11  2026-11       1    1  1 B');
    expect(text).toContain(
      '8 other keys, such as "trackist_bitop_AND_trackist_a_2026-1-trackist_b_2026-1", "session:0", "session:1"',
    );
    const path = folder.path('inspect.json');
    await outputOf('inspect', dump, '-o', path);
    const { events: listed, total, others } = JSON.parse(readFileSync(path, 'utf8'));
    expect(listed).toMatchObject([{ event: 'a\u001b[2J', keys: { month: 1, day: 0 }, ids: 1, bytes: 1 }]);
    expect(total).toMatchObject({ from: '2026-11', to: '2026-11', ids: 1 });
    expect(others.count).toBe(8);
    expect(await outputOf('inspect', dump, '--prefix', 'b')).toContain('8 other keys');
  });

  it('counts everybody who ever did an event, whichever keys there are', async () => {
    const dump = await writeDump('ever.rdb', [
      { key: 'trackist_months_2026-1', bytes: Uint8Array.of(0x60) },
      { key: 'trackist_months_u', bytes: Uint8Array.of(0x10) },
      { key: 'trackist_days_2026-1-5', bytes: Uint8Array.of(0x40) },
      { key: 'trackist_days_2026-2-5', bytes: Uint8Array.of(0x20) },
      // One of its months is lost.
      { key: 'trackist_mixed_2026-1-5', bytes: Uint8Array.of(0x40) },
      { key: 'trackist_mixed_2026-2-5', bytes: Uint8Array.of(0x20) },
      { key: 'trackist_mixed_2026-2', bytes: Uint8Array.of(0x20) },
    ]);
    await outputOf('export', dump, '--to', server.url);
    for (const source of [dump, server.url]) {
      const { events: listed, total } = JSON.parse(await outputOf('inspect', source, '--format', 'json'));
      expect(listed.map(({ event, ids }: { event: string; ids: number }) => [event, ids])).toEqual([
        ['days', 2],
        ['mixed', 2],
        ['months', 3],
      ]);
      expect(total.ids).toBe(3);
    }
  });

  it('counts keys of other types in a dump, and files of other names in a folder', async () => {
    await client.setbit('trackist_a_W2026-1', 3, 1);
    await client.rpush('queue', 'job');
    await client.call('SAVE');
    const [, path] = (await client.config('GET', 'dir')) as string[];
    const dump = await outputOf('inspect', join(path!, 'dump.rdb'));
    expect(dump).toContain('a        2026-W01  2026-W01      1    1  1 B        18 B\n');
    expect(dump).toContain('1 other key\n');
    await outputOf('export', server.url, '--to', folder.path('few'));
    await folder.write('few/README', 'notes');
    const text = await outputOf('inspect', folder.path('few'));
    expect(text).toContain('a        2026-W01  2026-W01      1    1  1 B        18 B\n');
    expect(text).toContain('1 other key, such as "README"\n');
  });

  it('counts keys of a Redis that are named like bitmaps and hold something else', async () => {
    await client.set('trackist_a_2026-11', Buffer.of(0x40));
    await client.rpush('trackist_a_2026-12', 'job');
    const text = await outputOf('inspect', server.url);
    expect(text).toContain('a        2026-11  2026-11       1    1  1 B        18 B\n');
    expect(text).toContain('1 other key, such as "trackist_a_2026-12"\n');
  });

  it('wants one database of a dump', async () => {
    const dump = await writeDump('two.rdb', [
      { db: 0, key: 'trackist_a_2026-1', bytes: Uint8Array.of(0x40) },
      { db: 1, key: 'trackist_a_2026-2', bytes: Uint8Array.of(0x60) },
    ]);
    expect(await failureOf('inspect', dump)).toEqual({
      code: 2,
      stderr:
        'bitmapist: expected the bitmaps of one database, got some of database 0 and of database 1; --db chooses one\n',
    });
    expect(await outputOf('inspect', dump, '--db', '1')).toContain('2026-02  2026-02       1    2  1 B');
  });

  const shared = new URL('../../../shared/', import.meta.url);
  describe.skipIf(!existsSync(shared))('over the dumps in ../shared', () => {
    it.each(['git_express', 'cdnow'])('finds every key, byte and id of %s', async (name) => {
      const path = fileURLToPath(new URL(`rdb/${name}.rdb.gz`, shared));
      const { events: listed, total } = JSON.parse(await outputOf('inspect', path, '--format', 'json'));
      const [, ...lines] = readShared(`expected/${name}.keys.tsv.gz`).trimEnd().split('\n');
      const keys = lines.map((line) => line.split('\t'));
      const sum = (numbers: number[]): number => numbers.reduce((all, number) => all + number, 0);
      expect(sum(Object.values<number>(total.keys))).toBe(keys.length);
      expect(total.bytes).toBe(sum(keys.map(([, , strlen]) => Number(strlen))));
      const [, ...rows] = readShared(`data/${name}.csv.gz`).trimEnd().split('\n');
      const cells = rows.map((row) => row.split(','));
      const usersOf = (event: string): Set<string> =>
        new Set(cells.filter((cell) => cell[2] === event).map(([user]) => user!));
      expect(listed.map(({ event, ids }: { event: string; ids: number }) => [event, ids])).toEqual(
        [...new Set(cells.map((cell) => cell[2]!))].sort().map((event) => [event, usersOf(event).size]),
      );
      expect(total.ids).toBe(new Set(cells.map(([user]) => user)).size);
      const dayOf = (at: number): string =>
        new Date(Number(cells.at(at)![1]) * 1000).toISOString().slice(0, 10);
      expect([total.from, total.to]).toEqual([dayOf(0), dayOf(-1)]);
    });
  });

  function readShared(path: string): string {
    return gunzipSync(readFileSync(new URL(path, shared))).toString();
  }
});
