import { readFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findNotes } from '../../src/cli/notes.js';
import { Bitmapist } from '../../src/index.js';
import { RedisStore } from '../../src/redis.js';
import { complaintsOf, makeFolder, outputOf, runCommand } from '../support/cli/command.js';
import { startProxy } from '../support/servers/proxy.js';
import { type RedisServer, startRedis } from '../support/servers/redis.js';

const EVENTS = `user,timestamp,event
1,2024-03-01T10:00:00Z,signup
2,2024-03-02T10:00:00Z,signup
1,2024-03-03T10:00:00Z,active
`;
const SIGUP = 'no event "sigup" here; did you mean "signup"?';
const ACTVE = 'no event "actve" here; did you mean "active"?';

let folder: Awaited<ReturnType<typeof makeFolder>>;
let csv: string;
let dump: string;
let server: RedisServer;
let client: Redis;

beforeAll(async () => {
  folder = await makeFolder();
  csv = await folder.write('events.csv', EVENTS);
  dump = folder.path('events.rdb');
  await outputOf('export', csv, '--to', dump);
  await outputOf('export', csv, '--to', folder.path('bitmaps'));
  server = await startRedis();
  client = new Redis(server.url);
  await outputOf('import', csv, '--to', server.url);
});

afterAll(async () => {
  client?.disconnect();
  await server?.stop();
  await folder?.remove();
});

/** What a command answers and says beside it, if it succeeds. */
async function answerOf(...args: string[]): Promise<{ stdout: string; notes: string[] }> {
  const { code, stdout, stderr } = await runCommand(args);
  expect({ args, code }).toEqual({ args, code: 0 });
  const lines = complaintsOf(stderr).split('\n').slice(0, -1);
  for (const line of lines) expect(line).toMatch(/^bitmapist: /);
  return { stdout, notes: lines.map((line) => line.replace('bitmapist: ', '')) };
}

const COHORT = ['--time-group', 'months', '--num-results', '1', '--num-of-rows', '0', '--now', '2024-03-31'];

describe('a name that no event has', () => {
  it.each(['file', 'dump', 'folder', 'Redis'])('is told beside the answer of a %s', async (kind) => {
    const source = { file: csv, dump, folder: folder.path('bitmaps'), Redis: server.url }[kind]!;
    expect(await answerOf('count', source, 'sigup@2024')).toEqual({ stdout: '0\n', notes: [SIGUP] });
    expect(await answerOf('ids', source, 'sigup@2024-03')).toEqual({ stdout: '', notes: [SIGUP] });
    const has = await answerOf('has', source, 'sigup@2024-W09', '1');
    expect(has).toEqual({ stdout: 'false\n', notes: [SIGUP] });
    const flags = await answerOf('count', source, 'sigup@unique', '--unique');
    expect(flags).toEqual({ stdout: '0\n', notes: [SIGUP] });
    const table = await answerOf('cohort', source, '--select1', 'sigup', '--select2', 'active', ...COHORT);
    expect(table.notes).toEqual([SIGUP]);
    expect(table.stdout).toContain('sigup → active\n');
    const back = await answerOf('cohort', source, '--select1', 'signup', '--select2', 'actve', ...COHORT);
    expect(back.notes).toEqual([ACTVE]);
  });

  it('is told of the demo, and of a name that a shell or a habit has changed', async () => {
    expect((await answerOf('count', 'demo', 'actve@year')).notes).toEqual([ACTVE]);
    expect(await answerOf('count', csv, '!signup@2024')).toEqual({
      stdout: '0\n',
      notes: ['no event "!signup" here; did you mean "signup"?'],
    });
  });

  it('is told of every part of an expression, also where the answer is not empty', async () => {
    for (const source of [csv, dump]) {
      expect(await answerOf('count', source, 'signup@2024 & ~(sigup@2024 | pay@2024)')).toEqual({
        stdout: '2\n',
        notes: [SIGUP, 'no event "pay" here'],
      });
      expect((await answerOf('ids', source, 'signup@2024 | sigup@2024')).notes).toEqual([SIGUP]);
    }
    // A Redis may hold millions of keys; nobody looks through them for an answer that is there.
    expect((await answerOf('count', server.url, 'signup@2024 & ~sigup@2024')).notes).toEqual([]);
  });

  it('is told of flags, and of lines, steps and parts that are empty beside others', async () => {
    const now = ['--now', '2024-03-31', '--num-results', '1', '--time-group', 'months'];
    for (const source of [dump, server.url]) {
      const by = await answerOf(
        'lifecycle',
        source,
        '--event',
        'active',
        '--by',
        'sigup,active@2024',
        ...now,
      );
      expect(by.notes).toEqual([SIGUP]);
      const entered = ['retention', source, '--start', 'signup', '--return', 'active', '--entry', 'sigup'];
      expect((await answerOf(...entered, ...now)).notes).toEqual([SIGUP]);
      expect((await answerOf('funnel', source, '--steps', 'signup,actve', ...now)).notes).toEqual([ACTVE]);
      const lines = ['series', source, 'signup@{period}', 'actve@{period}', ...now];
      const [note] = (await answerOf(...lines)).notes.filter((each) => each.startsWith('no '));
      expect(note).toBe(ACTVE);
    }
  });

  it('is that of no flag if it is an event with dates, and the other way round', async () => {
    const flagged = await folder.write(
      'flagged.csv',
      'user,timestamp,event\n1,2024-03-01T10:00:00Z,signup\n2,2024-03-01T10:00:00Z,pro\n',
    );
    const folderOf = folder.path('flagged');
    await outputOf('export', flagged, '--unique', '--to', folderOf);
    for (const name of await readdir(folderOf)) {
      const isOther = name.includes('signup')
        ? name.endsWith('_u')
        : name.includes('pro_') && !name.endsWith('_u');
      if (isOther) await rm(join(folderOf, name));
    }
    const now = ['--now', '2024-03-31', '--num-results', '1', '--time-group', 'months'];
    const noFlag = ['no flag "signup" here, but an event with dates'];
    const noDates = ['no dates of "pro" here, but a flag without them'];
    const asked = async (...args: string[]) =>
      (await answerOf(...args.toSpliced(1, 0, folderOf), ...now)).notes;
    expect(await asked('lifecycle', '--event', 'signup', '--by', 'signup')).toEqual(noFlag);
    expect(await asked('lifecycle', '--event', 'signup', '--by', 'pro')).toEqual([]);
    expect(await asked('retention', '--start', 'signup', '--return', 'signup', '--entry', 'signup')).toEqual(
      noFlag,
    );
    expect(await asked('lifecycle', '--event', 'pro')).toEqual(noDates);
    expect(
      await asked('lifecycle', '--event', 'vip', '--segment', 'vip=signup@{period} & pro@unique'),
    ).toEqual([]);
    expect((await answerOf('similar', folderOf, '--event', 'pro', ...now)).notes).toEqual([]);
    expect((await answerOf('count', folderOf, 'signup@unique')).notes).toEqual(noFlag);
    expect((await answerOf('people', folderOf, 'signup@2024', '--flags', 'signup')).notes).toEqual(noFlag);
  });

  it('is told of segments and of what they are made of', async () => {
    const vip = ['--segment', 'vip=signup@{period} & actve@{period}'];
    for (const source of [csv, server.url]) {
      expect((await answerOf('count', source, 'vip@2024', ...vip)).notes).toEqual([ACTVE]);
      expect(
        (await answerOf('count', source, 'viip@2024', '--segment', 'vip=signup@{period}')).notes,
      ).toEqual(['no event "viip" here; did you mean "vip"?']);
      expect((await answerOf('count', source, 'vip@1999', '--segment', 'vip=signup@{period}')).notes).toEqual(
        [],
      );
    }
  });

  it('is not a name that has nobody in the period', async () => {
    for (const source of [csv, dump, server.url]) {
      expect(await answerOf('count', source, 'signup@1999')).toEqual({ stdout: '0\n', notes: [] });
      const table = ['cohort', source, '--select1', 'signup', '--select2', 'active', '--now', '1999-01-01'];
      expect((await answerOf(...table)).notes).toEqual([]);
    }
  });

  it('is told below tables that are written to files', async () => {
    const cohort = ['cohort', csv, '--select1', 'sigup', '--select2', 'active', ...COHORT];
    for (const ending of ['html', 'md', 'txt', 'json']) {
      const path = folder.path(`table.${ending}`);
      expect((await answerOf(...cohort, '-o', path)).notes).toEqual([SIGUP]);
      const text = readFileSync(path, 'utf8');
      if (ending === 'json') expect(JSON.parse(text).notes).toEqual([SIGUP]);
      else expect(text.replaceAll('&quot;', '"')).toContain(SIGUP);
    }
    const known = await outputOf(...cohort.with(3, 'signup'), '--format', 'json');
    expect(JSON.parse(known).notes).toEqual([]);
  });

  it('does nothing to a terminal, whatever it is', async () => {
    const { stderr } = await runCommand(['count', csv, '"\u001b[2J\u202e"@2024']);
    expect(complaintsOf(stderr)).toBe('bitmapist: no event "\\u001b[2J\\u202e" here\n');
  });
});

describe('a Redis that is asked for a name', () => {
  it('names only keys that begin like it', async () => {
    const proxy = await startProxy(server);
    try {
      await answerOf('count', proxy.url, 'signup@2024');
      expect(proxy.commands).not.toContain('scan');
      await client.config('SET', 'slowlog-log-slower-than', '0');
      await client.slowlog('RESET');
      expect((await answerOf('count', proxy.url, 'sigup@2024')).notes).toEqual([SIGUP]);
      const log = (await client.slowlog('GET', '100')) as [number, number, number, string[]][];
      const scans = log.map(([, , , words]) => words).filter(([name]) => /^scan$/i.test(name!));
      expect(scans.length).toBeGreaterThan(0);
      for (const words of scans) expect(words.join(' ')).toMatch(/ MATCH trackist_si\*/i);
    } finally {
      await client.config('SET', 'slowlog-log-slower-than', '10000');
      await proxy.stop();
    }
  });

  it('answers also where it refuses to name keys', async () => {
    const proxy = await startProxy(server, ['scan']);
    try {
      const { stdout, notes } = await answerOf('count', proxy.url, 'sigup@2024');
      expect(stdout).toBe('0\n');
      expect(notes).toHaveLength(1);
      expect(notes[0]).toMatch(/^no answer whether there are the events asked for: .*scan/);
    } finally {
      await proxy.stop();
    }
  });

  it('is not looked through for ever', async () => {
    const proxy = await startProxy(server);
    const slow = new Redis(proxy.url);
    try {
      await slow.ping();
      proxy.delayMs = 5000;
      const bitmapist = new Bitmapist({ store: new RedisStore(slow) });
      const sigup = [{ name: 'sigup', isFlag: false }];
      const started = performance.now();
      expect(await findNotes(bitmapist, sigup, { isEmpty: true, maxLookMs: 100 })).toEqual([
        { text: 'no end to the search for the events asked for within 100 ms' },
      ]);
      expect(performance.now() - started).toBeLessThan(2000);
    } finally {
      slow.disconnect();
      await proxy.stop();
    }
  });
});
