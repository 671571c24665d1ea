import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureOf, makeFolder, outputOf, runCommand } from '../support/cli/command.js';
import { type RedisServer, startRedis } from '../support/servers/redis.js';

const EVENTS = `user,timestamp,event
1,2026-10-30,signup
2,2026-11-01,signup
3,2026-11-20,signup
5000000,2026-11-20,signup
1,2026-11-02,active
3,2026-11-03,active
3,2026-11-20,"paid, plan"
7,2026-11-20,=1+1
7,2026-11-20,id
`;

let folder: Awaited<ReturnType<typeof makeFolder>>;
let server: RedisServer;
let client: Redis;
let sources: string[];

beforeAll(async () => {
  folder = await makeFolder();
  server = await startRedis();
  client = new Redis(server.url);
  const events = await folder.write('events.csv', EVENTS);
  await outputOf('import', events, '--to', server.url, '--unique');
  const dump = folder.path('events.rdb');
  await outputOf('export', server.url, '--to', dump);
  sources = [dump, server.url];
});

afterAll(async () => {
  client?.disconnect();
  await server?.stop();
  await folder?.remove();
});

describe('the command people', () => {
  it('prints all of an expression, or a part, from any source', async () => {
    for (const source of sources) {
      const people = (...options: string[]) => outputOf('people', source, 'signup@2026', ...options);
      expect(await people()).toBe('1\n2\n3\n5000000\n');
      expect(await people('--offset', '1', '--limit', '2')).toBe('2\n3\n');
      expect(await people('--after', '2')).toBe('3\n5000000\n');
      expect(await people('--from', '2', '--to', '3', '--offset', '1')).toBe('3\n');
      expect(await people('--after', '5000000')).toBe('');
      expect(await people('--rank', '3')).toBe('2\n');
      expect(await people('--extent')).toBe('1 5000000\n');
      expect(await people('--sample', '10')).toBe(await people());
    }
  });

  it('draws the same sample from every source, another one by another seed', async () => {
    const [dump, redis] = sources.map(
      (source) =>
        (seed: string, ...options: string[]) =>
          outputOf(
            'people',
            source,
            'signup@2026 | ~signup@2026-11',
            '--sample',
            '9',
            '--seed',
            seed,
            ...options,
          ),
    );
    const drawn = await dump!('1');
    expect(drawn.split('\n').length).toBe(10);
    expect(await redis!('1')).toBe(drawn);
    expect(await dump!('2')).not.toBe(drawn);
    const joined = await redis!('1', '--flags', 'signup', '--format', 'csv');
    expect(
      joined
        .split('\r\n')
        .slice(1)
        .map((line) => line.split(',')[0]),
    ).toEqual(drawn.split('\n'));
  });

  it('joins flags by their names and by expressions, in every format', async () => {
    for (const source of sources) {
      const people = (format: string) =>
        outputOf(
          'people',
          source,
          'signup@2026',
          ...['--flags', 'active,"paid, plan"', '--flags', 'atLeast(1, active@2026-11-02, ~signup@2026-10)'],
          ...['--limit', '3', '--format', format],
        );
      const third = 'atLeast(1, active@2026-11-02, ~signup@2026-10)';
      expect(await people('csv')).toBe(
        `id,active,"paid, plan","${third}"\r\n1,1,0,1\r\n2,0,0,1\r\n3,1,1,1\r\n`,
      );
      const rows = [
        { id: 1, active: true, 'paid, plan': false, [third]: true },
        { id: 2, active: false, 'paid, plan': false, [third]: true },
        { id: 3, active: true, 'paid, plan': true, [third]: true },
      ];
      expect(JSON.parse(await people('rows'))).toEqual(rows);
      expect(JSON.parse(await people('json'))).toEqual({
        expression: 'signup@2026',
        people: rows,
        notes: [],
      });
      expect(await people('text')).toBe(
        `id  active  paid, plan  ${third}\n 1  yes     no          yes\n 2  no      no          yes\n 3  yes     yes         yes\n`,
      );
    }
  });

  it('tells places in every format, of nobody too', async () => {
    const [source] = sources;
    const people = (expression: string, option: string[], format: string) =>
      outputOf('people', source!, expression, ...option, '--format', format);
    const [rank, extent] = [['--rank', '3'], ['--extent']];
    expect(await people('signup@2026', rank, 'csv')).toBe('id,rank\r\n3,2\r\n');
    expect(await people('signup@2026', rank, 'json')).toBe(
      '{"expression":"signup@2026","id":3,"rank":2,"notes":[]}\n',
    );
    expect(await people('signup@2026', extent, 'rows')).toBe('[{"min":1,"max":5000000}]\n');
    expect(await people('signup@1999', extent, 'rows')).toBe('[]\n');
    expect(await people('signup@1999', extent, 'text')).toBe('');
    expect(await people('signup@1999', extent, 'csv')).toBe('min,max\r\n');
    expect(await people('signup@1999', extent, 'json')).toBe(
      '{"expression":"signup@1999","min":null,"max":null,"notes":[]}\n',
    );
    expect(await people('signup@1999', [], 'csv')).toBe('id\r\n');
    expect(await people('signup@1999', [], 'rows')).toBe('[]\n');
    expect(await people('signup@1999', [], 'json')).toBe(
      '{"expression":"signup@1999","people":[],"notes":[]}\n',
    );
    expect(await people('signup@1999', ['--flags', 'active'], 'text')).toBe('');
  });

  it('writes files as they end, with heads that no spreadsheet takes for formulas', async () => {
    const path = folder.path('people.csv');
    await outputOf('people', sources[0]!, 'id@2026', '--flags', '=1+1,id', '-o', path);
    expect(readFileSync(path, 'utf8')).toBe('id,"\'=1+1",id@unique\r\n7,1,1\r\n');
    const json = folder.path('people.json');
    await outputOf('people', sources[0]!, 'id@2026', '--flags', 'id', '-o', json);
    expect(JSON.parse(readFileSync(json, 'utf8')).people).toEqual([{ id: 7, 'id@unique': true }]);
  });

  it('writes a long list page by page', { tags: 'long' }, async () => {
    const bytes = Buffer.alloc(2 ** 20, 0x55);
    await client.set('trackist_many_u', bytes);
    await client.set('trackist_half_u', bytes.subarray(0, 2 ** 19));
    const path = folder.path('many.csv');
    await outputOf('people', server.url, 'many@unique', '--flags', 'half,~half@unique', '-o', path);
    const lines = readFileSync(path, 'utf8').split('\r\n');
    await client.del('trackist_many_u', 'trackist_half_u');
    expect(lines.length).toBe(2 + 2 ** 22);
    for (const place of [0, 1, 70_000, 2 ** 21 - 1, 2 ** 21, 2 ** 22 - 1]) {
      const is = Number(place < 2 ** 21);
      expect(lines[place + 1]).toBe(`${place * 2 + 1},${is},${1 - is}`);
    }
  });

  it('says which names nobody has, of flags too', async () => {
    for (const source of sources) {
      expect(await runCommand(['people', source, 'signup@2026-10', '--flags', 'activ'])).toEqual({
        code: 0,
        stdout: 'id  activ\n 1  no\n',
        stderr: 'bitmapist: no event "activ" here; did you mean "active"?\n',
      });
      const { stdout } = await runCommand(['people', source, 'sigup@2026', '--format', 'json']);
      expect(JSON.parse(stdout).notes).toEqual(['no event "sigup" here; did you mean "signup"?']);
    }
  });

  it.each([
    [['--limit', '0'], 'expected --limit to be a whole number of at least 1, got "0"'],
    [['--offset', '-1'], 'expected --offset to be a whole number of at least 0, got "-1"'],
    [
      ['--after', 'x'],
      'expected --after to be an integer from 0 to 4294967295, got "x"; with --people it is a text',
    ],
    [
      ['--sample', '3', '--seed', '4294967296'],
      'expected --seed to be a whole number from 0 to 4294967295, got "4294967296"',
    ],
    [['--seed', '1'], 'expected --seed beside --sample, got it alone'],
    [['--sample', '1', '--limit', '1'], 'expected --sample without --limit, got both'],
    [['--rank', '1', '--flags', 'active'], 'expected --rank without --flags, got both'],
    [['--extent', '--rank', '1'], 'expected --rank without --extent, got both'],
    [['--from', '3', '--to', '2'], 'expected ids up to one that is no smaller than 3, got up to 2'],
    [['--flags', 'active,'], 'expected names or expressions in --flags, got "active,"'],
    [['--flags', 'active,"active"'], 'expected each of --flags once, got "\\"active\\"" twice'],
  ])('refuses in a sentence what cannot be: %j', async (options, sentence) => {
    expect(await failureOf('people', sources[0]!, 'signup@2026', ...options)).toEqual({
      code: 2,
      stderr: `bitmapist: ${sentence}\n`,
    });
  });

  it('refuses flags of a file that marks none', async () => {
    const { code, stderr } = await failureOf(
      'people',
      folder.path('events.csv'),
      'signup@2026',
      '--flags',
      'active',
    );
    expect(code).toBe(2);
    expect(stderr).toContain('--unique');
  });
});
