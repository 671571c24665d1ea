import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { complaintsOf, makeFolder, outputOf, runCommand } from '../support/cli/command.js';
import { type RedisServer, startRedis } from '../support/servers/redis.js';

/** People whose ids are texts, on the command line. */

const EVENTS = `user,timestamp,event
u_8f3a,2026-11-02,signup
"=cmd, ""x""",2026-11-02,signup
7,2026-11-03,signup
u_8f3a,2026-11-04,active
0b8ff3a0-5a3e-4b7e-9c50-7a7a6b3f2f11,2026-11-04,active
`;
const UUID = '0b8ff3a0-5a3e-4b7e-9c50-7a7a6b3f2f11';

let folder: Awaited<ReturnType<typeof makeFolder>>;
let server: RedisServer;
let client: Redis;
let events: string;
/** The same people in every kind of source. */
const KINDS = ['file', 'Redis', 'dump of it', 'packed dump of the file', 'folder', 'copy in Redis'] as const;
let sources: string[];

beforeAll(async () => {
  folder = await makeFolder();
  server = await startRedis();
  client = new Redis(server.url);
  events = await folder.write('events.csv', EVENTS);
  expect(await outputOf('import', events, '--to', server.url, '--people')).toBe(
    '5 rows, 2 events, 4 people\n',
  );
  const [fromRedis, fromFile, bitmaps] = ['redis.rdb', 'file.rdb.gz', 'bitmaps'].map(folder.path);
  await outputOf('export', server.url, '--to', fromRedis!);
  await outputOf('export', events, '--people', '--to', fromFile!);
  await outputOf('export', fromRedis!, '--to', bitmaps!, '--people');
  await outputOf('export', bitmaps!, '--to', `${server.url}/2`);
  sources = [events, server.url, fromRedis!, fromFile!, bitmaps!, `${server.url}/2`];
});

afterAll(async () => {
  client?.disconnect();
  await server?.stop();
  await folder?.remove();
});

describe('people with names', () => {
  it.each(KINDS)('are printed, in every format, from a %s', async (kind) => {
    const source = sources[KINDS.indexOf(kind)]!;
    const ask = (command: string, ...args: string[]) => outputOf(command, source, ...args, '--people');
    expect(await ask('ids', 'signup@2026')).toBe('u_8f3a\n=cmd, "x"\n7\n');
    expect(JSON.parse(await ask('ids', 'signup@2026', '--format', 'json'))).toEqual({
      expression: 'signup@2026',
      ids: ['u_8f3a', '=cmd, "x"', '7'],
      notes: [],
    });
    expect(await ask('count', 'active@2026 & ~signup@2026')).toBe('1\n');
    const people = (...args: string[]) => ask('people', 'signup@2026 | active@2026', ...args);
    expect(await people('--flags', 'active@2026')).toBe(
      [
        'id                                    active@2026',
        'u_8f3a                                yes',
        '=cmd, "x"                             no',
        '7                                     no',
        `${UUID}  yes`,
        '',
      ].join('\n'),
    );
    expect(await people('--flags', 'active@2026', '--format', 'csv')).toBe(
      `id,active@2026\r\nu_8f3a,1\r\n"'=cmd, ""x""",0\r\n7,0\r\n${UUID},1\r\n`,
    );
    expect(JSON.parse(await people('--format', 'rows'))).toEqual(
      ['u_8f3a', '=cmd, "x"', '7', UUID].map((id) => ({ id })),
    );
  });

  it.each(KINDS)('are asked for by their names in a %s', async (kind) => {
    const source = sources[KINDS.indexOf(kind)]!;
    const ask = (command: string, ...args: string[]) => outputOf(command, source, ...args, '--people');
    expect(await ask('has', 'signup@2026', 'u_8f3a')).toBe('true\n');
    expect(await ask('has', 'active@2026', '7')).toBe('false\n');
    expect(JSON.parse(await ask('has', 'active@2026', UUID, '--format', 'json'))).toMatchObject({
      id: UUID,
      has: true,
    });
    const people = (...args: string[]) => ask('people', 'signup@2026 | active@2026', ...args);
    expect(await people('--after', '=cmd, "x"')).toBe(`7\n${UUID}\n`);
    expect(await people('--from', '=cmd, "x"', '--to', '7')).toBe('=cmd, "x"\n7\n');
    expect(await people('--rank', '7')).toBe('2\n');
    expect(await people('--extent')).toBe(`u_8f3a ${UUID}\n`);
    expect(JSON.parse(await people('--rank', '7', '--format', 'rows'))).toEqual([{ id: '7', rank: 2 }]);
    expect((await people('--sample', '2', '--seed', '3')).split('\n')).toHaveLength(3);
    const unknown = await runCommand([
      'has',
      source,
      'signup@2026',
      'u_0000',
      '--people',
      '--format',
      'json',
    ]);
    const note = 'nobody here is called "u_0000"';
    expect(JSON.parse(unknown.stdout)).toEqual({
      expression: 'signup@2026',
      id: 'u_0000',
      has: false,
      notes: [note],
    });
    expect(complaintsOf(unknown.stderr)).toBe(`bitmapist: ${note}\n`);
  });

  it('are asked for by names that are known', async () => {
    const [, source] = sources as [string, string];
    for (const option of ['--after', '--from', '--to', '--rank']) {
      expect(await runCommand(['people', source, 'signup@2026', option, 'u_0000', '--people'])).toEqual({
        code: 2,
        stdout: '',
        stderr: `bitmapist: expected ${option} to be somebody who is known here, got "u_0000"\n`,
      });
    }
    // Nobody was given a number by being asked for.
    expect(await outputOf('people', server.url, 'signup@2026 | active@2026', '--extent')).toBe('0 3\n');
  });

  it('are numbers without the option, and the option is named if they are not', async () => {
    expect(await outputOf('ids', server.url, 'signup@2026')).toBe('0\n1\n2\n');
    expect(await runCommand(['ids', events, 'signup@2026'])).toEqual({
      code: 2,
      stdout: '',
      stderr: `bitmapist: ${events}, line 2: expected a user id from 0 to 4294967295, got "u_8f3a"; 0 rows were read before it; --people takes ids that are texts\n`,
    });
    const sentence = 'to be an integer from 0 to 4294967295, got "u_8f3a"; with --people it is a text';
    const has = await runCommand(['has', server.url, 'signup@2026', 'u_8f3a']);
    expect(has).toEqual({ code: 2, stdout: '', stderr: `bitmapist: expected id ${sentence}\n` });
    const after = await runCommand(['people', 'nowhere.csv', 'signup@2026', '--after', 'u_8f3a']);
    expect(after).toEqual({ code: 2, stdout: '', stderr: `bitmapist: expected --after ${sentence}\n` });
  });

  it('are written to files as they are, and to a terminal as they can be seen', async () => {
    const odd = await folder.write('odd.csv', 'user,timestamp,event\na\u001b[2Jb,2026-11-02,signup\n');
    const path = folder.path('odd.txt');
    await outputOf('ids', odd, 'signup@2026', '--people', '-o', path);
    expect(readFileSync(path, 'utf8')).toBe('a\u001b[2Jb\n');
  });

  it('keep their numbers when more of them are imported', async () => {
    const more = await folder.write(
      'more.jsonl',
      '{"user":"u_new","time":"2026-11-05","event":"active"}\n{"user":"u_8f3a","time":"2026-11-05","event":"active"}\n',
    );
    const { code, stdout } = await runCommand(['import', more, '--to', server.url, '--people']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '2 rows, 1 event, 2 people\n' });
    expect(await outputOf('ids', server.url, 'active@2026', '--people')).toBe(`u_8f3a\n${UUID}\nu_new\n`);
    expect(await outputOf('ids', server.url, 'active@2026')).toBe('0\n3\n4\n');
  });

  it('are told to be missing from a source that has only numbers', async () => {
    const note = 'no names of people here, only numbers';
    const numbers = await folder.write('numbers.csv', 'user,timestamp,event\n5,2026-11-02,signup\n');
    await outputOf('import', numbers, '--to', `${server.url}/1`);
    expect(await runCommand(['ids', `${server.url}/1`, 'signup@2026', '--people'])).toEqual({
      code: 0,
      stdout: '5\n',
      stderr: `bitmapist: ${note}\n`,
    });
  });

  it('are not copied among others, whose numbers would be theirs', async () => {
    await client.set('trackist_other_u', 'x');
    const { code, stderr } = await runCommand(['export', sources[2]!, '--to', server.url, '--replace']);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^bitmapist: expected a Redis that has no names of people yet, got one with \d, whose numbers stand for others\n$/,
    );
  });

  it('are told of if numbers come among them, which may be those of others', async () => {
    const other = `${server.url}/5`;
    await outputOf('export', sources[2]!, '--to', other);
    const told = `bitmapist: 4 people have names in that Redis, and ids were taken for numbers of theirs`;
    const numbers = await folder.write('among.csv', 'user,timestamp,event\n5,2026-11-02,late\n');
    expect((await runCommand(['import', numbers, '--to', other])).stderr).toBe(
      `bitmapist: read 1 row, 2026-11-02 to 2026-11-02\n${told}; --people takes ids of a file for names\n`,
    );
    expect((await runCommand(['import', numbers, '--to', other, '--people'])).stderr).not.toContain('names');
    expect((await runCommand(['export', numbers, '--to', other, '--replace'])).stderr).toContain(
      told.slice(13),
    );
  });

  it('are nobody in what has no names', async () => {
    expect(await runCommand(['ids', 'demo', 'pro@unique', '--people'])).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'bitmapist: expected --people with a file, a folder or a Redis, got demo, which has numbers alone\n',
    });
  });
});
