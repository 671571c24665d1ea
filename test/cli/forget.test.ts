import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { decodeFileName } from '../../src/bitmaps.js';
import { Bitmapist, MemoryStore } from '../../src/index.js';
import { loadStore, saveStore } from '../../src/node.js';
import { MemoryPeople } from '../../src/people.js';
import { RedisPeople, RedisStore } from '../../src/redis.js';
import { failureOf, MAIN, makeFolder, outputOf, runCommand } from '../support/cli/command.js';
import { startProxy } from '../support/servers/proxy.js';
import { type RedisServer, startRedis } from '../support/servers/redis.js';
import { bytesOf, namesOf } from '../support/store/conformance.js';

let server: RedisServer;
let client: Redis;
let folder: Awaited<ReturnType<typeof makeFolder>>;

beforeAll(async () => {
  server = await startRedis();
  client = new Redis(server.url);
  folder = await makeFolder();
});

beforeEach(() => client.flushall());

afterAll(async () => {
  client?.disconnect();
  await server?.stop();
  await folder?.remove();
});

/** Marks of a few people and, at will, without some of them. */
async function mark(bitmapist: Bitmapist, isMarked: (id: number) => boolean = () => true): Promise<void> {
  const some = (...ids: number[]) => ids.filter(isMarked);
  await bitmapist.markEvent('visit', some(1, 2, 900), { now: '2026-11-22T10:00', trackHourly: true });
  await bitmapist.markEvent('visit', some(2, 5), { now: '2026-11-28' });
  await bitmapist.markUnique('a\u0007b', some(2, 900));
}

async function contentsOf(store: MemoryStore | RedisStore): Promise<Record<string, Uint8Array>> {
  const keys = await namesOf(store, '');
  return Object.fromEntries(await Promise.all(keys.map(async (key) => [key, await bytesOf(store, key)])));
}

async function expected(): Promise<Record<string, Uint8Array>> {
  const store = new MemoryStore();
  await mark(new Bitmapist({ store }), (id) => id !== 2 && id !== 900);
  return contentsOf(store);
}

const REPORT = [
  '2 people: 12 bits of 7 keys cleared',
  'a\\u0007b  flag 2',
  'visit     months 2, weeks 3, days 3, hours 2',
];

describe('forget', () => {
  it('clears people in Redis, and says what was cleared', async () => {
    const store = new RedisStore(client);
    await mark(new Bitmapist({ store }));
    await client.rpush('trackist_list_u', 'x');
    const { code, stdout, stderr } = await runCommand(['forget', server.url, '2', '900']);
    expect([code, stderr]).toEqual([0, 'bitmapist: left out "trackist_list_u", which holds no bitmap\n']);
    expect(stdout).toBe(`${REPORT.join('\n')}\n`);
    await client.del('trackist_list_u');
    expect(await contentsOf(store)).toEqual(await expected());
    expect(await outputOf('forget', server.url, '2', '900')).toBe('2 people: 0 bits of 0 keys cleared\n');
  });

  it('clears people in a dump, packed or not', async () => {
    const memory = new Bitmapist({ store: new MemoryStore() });
    await mark(memory);
    const path = folder.path('events.rdb');
    await saveStore(memory.store, path);
    const json = JSON.parse(await outputOf('forget', path, '2', '900', '--format', 'json'));
    expect(json).toMatchObject({ people: 2, bits: 12, keys: 7, leftOut: [], unknown: [] });
    expect(json.events[0]).toEqual({ event: 'a\u0007b', month: 0, week: 0, day: 0, hour: 0, unique: 2 });
    expect(await contentsOf(await loadStore(path))).toEqual(await expected());
    expect(await outputOf('forget', path, '5', '--key-prefix', 'other_')).toContain(
      '1 person: 0 bits of 0 keys',
    );
  });

  it('clears people in a folder, whose index and other files stay right', async () => {
    const memory = new Bitmapist({ store: new MemoryStore() });
    await mark(memory);
    await memory.store.put('other', Uint8Array.of(0xff));
    const dump = folder.path('for-folder.rdb');
    await saveStore(memory.store, dump);
    const path = folder.path('bitmaps');
    await outputOf('export', dump, '--to', path, '--key-prefix', '');
    await cp(path, folder.path('copy'), { recursive: true });
    expect(await outputOf('forget', path, '2', '900')).toBe(`${REPORT.join('\n')}\n`);
    const wanted = await expected();
    const index = JSON.parse(readFileSync(`${path}/@index.json`, 'utf8'));
    const lengths = Object.entries(wanted).map(([key, { length }]) => [key, length]);
    expect(index).toEqual(Object.fromEntries([...lengths, ['other', 1]]));
    expect(readdirSync(path)).toHaveLength(Object.keys(index).length + 1);
    const again = folder.path('again.rdb');
    await outputOf('export', path, '--to', again);
    expect(await contentsOf(await loadStore(again))).toEqual(wanted);
    // As if it had been interrupted before the index.
    await cp(folder.path('copy/@index.json'), `${path}/@index.json`);
    await outputOf('forget', path, '2', '900');
    expect(JSON.parse(readFileSync(`${path}/@index.json`, 'utf8'))).toEqual(index);
  });

  it('clears people and their texts in a folder that has names, and leaves no name in one that nobody asked it for', async () => {
    const people = new MemoryPeople();
    const bitmapist = new Bitmapist({ people });
    await bitmapist.markUnique('pro', ['ann', 'bob', '7']);
    const dump = folder.path('names.rdb');
    await saveStore(bitmapist.store, dump, { people });
    const [named, unnamed] = [folder.path('named'), folder.path('unnamed')];
    const { stderr } = await runCommand(['export', dump, '--to', unnamed]);
    expect(stderr).toBe(
      'bitmapist: left out the names of people, since folders are for publishing; --people takes them along\n',
    );
    expect(readdirSync(unnamed)).toEqual(['@index.json', 'trackist_pro_u']);
    await outputOf('export', dump, '--to', named, '--people', '--key-prefix', '');
    const printed = await outputOf('forget', named, 'bob', 'zoe', '--people', '--key-prefix', '');
    expect(printed).toContain('1 bit of 1 key cleared, 1 text removed');
    expect(await outputOf('ids', named, 'pro@unique', '--people')).toBe('ann\n7\n');
    expect(await outputOf('forget', named, '0')).toContain('1 bit of 1 key cleared, 1 text removed');
    expect(await outputOf('ids', named, 'pro@unique', '--people')).toBe('7\n');
    const files = readdirSync(named).filter((name) => name !== '@index.json');
    const contents = files.map((name) => readFileSync(`${named}/${name}`, 'latin1')).join();
    expect(contents).not.toMatch(/ann|bob/);
    const index = JSON.parse(readFileSync(`${named}/@index.json`, 'utf8')) as Record<string, number>;
    const lengths = files.map((name) => [decodeFileName(name), statSync(`${named}/${name}`).size]);
    expect(index).toEqual(Object.fromEntries(lengths));
  });

  it('takes texts of people, which are forgotten as well, also those of numbers', async () => {
    const people = new RedisPeople(client);
    const bitmapist = new Bitmapist({ store: new RedisStore(client), people });
    await bitmapist.markUnique('pro', ['ann', 'bob', '7']);
    const printed = await outputOf('forget', server.url, 'bob', 'zoe', '--people');
    expect(printed).toBe('1 person: 1 bit of 1 key cleared, 1 text removed\npro  flag 1\nunknown: "zoe"\n');
    expect(await people.numbersOf(['ann', 'bob'])).toEqual([0, undefined]);
    expect(await outputOf('forget', server.url, '0')).toContain('1 text removed');
    expect(await people.numbersOf(['ann', '7'])).toEqual([undefined, 2]);
    const dump = folder.path('people.rdb');
    await saveStore(bitmapist.store, dump, { people });
    expect(await outputOf('forget', dump, '7', '--people')).toBe(
      '1 person: 1 bit of 1 key cleared, 1 text removed\npro  flag 1\n',
    );
  });

  it('can be done again after it was killed', { timeout: 60_000 }, async () => {
    const store = new RedisStore(client);
    const events = Array.from({ length: 2000 }, (_, index) => `e${index}`);
    const marked = async (bitmapist: Bitmapist, ids: number[]) => {
      const batch = bitmapist.batch();
      for (const event of events) batch.markUnique(event, ids);
      await batch.send();
    };
    await marked(new Bitmapist({ store }), [1, 2]);
    const proxy = await startProxy(server);
    try {
      proxy.silentFrom = 'eval';
      const child = spawn(process.execPath, [MAIN, 'forget', proxy.url, '2']);
      const cleared = async () => {
        const counts = await Promise.all(events.map((event) => client.bitcount(`trackist_${event}_u`)));
        return counts.filter((count) => count === 1).length;
      };
      while ((await cleared()) === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      child.kill('SIGKILL');
      await once(child, 'exit');
      expect(await cleared()).toBeLessThan(2000);
      proxy.silentFrom = undefined;
      const left = 2000 - (await cleared());
      expect(await outputOf('forget', proxy.url, '2')).toContain(`${left.toLocaleString('en-US')} bits of`);
    } finally {
      await proxy.stop();
    }
    const wanted = new MemoryStore();
    await marked(new Bitmapist({ store: wanted }), [1]);
    expect(await contentsOf(store)).toEqual(await contentsOf(wanted));
  });

  it('refuses sources that are only read, and what is no id, with a sentence', async () => {
    const csv = await folder.write('events.csv', 'user,timestamp,event\n1,1,a\n');
    for (const source of [csv, 'https://example.com/bitmaps/', 'demo', '-']) {
      expect(await failureOf('forget', source, '1')).toEqual({
        code: 2,
        stderr: `bitmapist: expected a redis:// URL, an .rdb or .rdb.gz file or a folder of bitmaps, got ${JSON.stringify(source)}; other sources are only read, so people are taken out of what they are made of\n`,
      });
    }
    expect((await failureOf('forget', server.url, 'ann')).stderr).toBe(
      'bitmapist: expected id to be an integer from 0 to 4294967295, got "ann"; with --people it is a text\n',
    );
    expect((await failureOf('forget', folder.path('none.rdb'), '1')).code).toBe(2);
    expect((await failureOf('forget', server.url)).stderr).toContain('id');
    expect(existsSync(folder.path('none.rdb'))).toBe(false);
  });
});

describe('import', () => {
  const rows = ['user,timestamp,event', '1,1774000000,visit', '4000000000,1774000000,visit', ''].join('\n');

  it('refuses a file with an id that would make a key too long before it writes anything', async () => {
    const file = await folder.write('large.csv', rows);
    const { code, stderr } = await failureOf('import', file, '--to', server.url);
    expect(code).toBe(2);
    expect(stderr).toBe(
      `bitmapist: expected ids below 536870912 in ${file}, got 4000000000, for which key "trackist_visit_2026-3" would take 500,000,001 bytes; nothing was written; --max-key-bytes 500000001 allows that\n`,
    );
    expect(await client.dbsize()).toBe(0);
  });

  it('takes such an id if it is told so, or if the keys are as long already', async () => {
    const file = await folder.write('wide.csv', rows.replace('4000000000', '9000'));
    const limited = ['import', file, '--to', server.url, '--max-key-bytes'];
    expect((await failureOf(...limited, '1000')).stderr).toContain('--max-key-bytes 1126 allows that');
    expect(await client.dbsize()).toBe(0);
    expect(await outputOf(...limited, '1126')).toBe('2 rows, 1 event, 2 ids\n');
    expect(await outputOf(...limited, '1000')).toBe('2 rows, 1 event, 2 ids\n');
    expect((await failureOf(...limited, '0')).stderr).toContain('expected maxKeyBytes to be a whole number');
  });
});
