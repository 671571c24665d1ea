import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeFolder, outputOf, readStart, runCommand } from '../support/cli/command.js';
import { startProxy } from '../support/servers/proxy.js';
import { type RedisServer, startRedis } from '../support/servers/redis.js';

const EVENTS = `user,timestamp,event
1,2026-10-30,signup
1,2026-11-02T09:30:00Z,active
2,2026-11-01,signup
2,2026-11-03T10:00:00Z,active
3,2026-11-20,signup
3,2026-11-20,"paid plan"
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

describe('the command', () => {
  it('answers from a file and from Redis alike', async () => {
    const packed = await folder.write('events.csv.gz', gzipSync(EVENTS));
    expect(await outputOf('import', packed, '--to', server.url, '--unique')).toBe(
      '6 rows, 3 events, 3 ids\n',
    );
    for (const source of [events, packed, server.url]) {
      expect(await outputOf('events', source)).toBe('active\npaid plan\nsignup\n');
      expect(await outputOf('events', source, '--prefix', 'p')).toBe('paid plan\n');
      expect(await outputOf('count', source, 'signup@2026')).toBe('3\n');
      expect(await outputOf('count', source, 'active@2026-W45 & ~"paid plan"@2026-11')).toBe('2\n');
      expect(await outputOf('ids', source, 'signup@2026-11 | signup@2026-10-30')).toBe('1\n2\n3\n');
      expect(await outputOf('ids', source, 'signup@1999')).toBe('');
      expect(await outputOf('has', source, 'signup@2026-11', '2')).toBe('true\n');
      expect(await outputOf('has', source, 'signup@2026-11', '1')).toBe('false\n');
      expect(await outputOf('count', source, 'signup@unique ^ active@unique', '--unique')).toBe('1\n');
    }
  });

  it('says after every answer about a file which days it read, so that a wrong unit shows', async () => {
    const span = 'bitmapist: read 6 rows, 2026-10-30 to 2026-11-20\n';
    for (const args of [
      ['import', events, '--to', server.url],
      ['events', events],
      ['count', events, 'signup@2026'],
      ['ids', events, 'signup@2026'],
      ['has', events, 'signup@2026', '1'],
      ['cohort', events, '--select1', 'signup', '--select2', 'active'],
      ['inspect', events],
      ['export', events, '--to', folder.path('span.rdb')],
    ]) {
      const { code, stderr } = await runCommand(args);
      expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: span });
    }
    const zone = ['--time-zone', 'Asia/Tokyo'];
    const late = await folder.write('late.csv', 'user,timestamp,event\n1,2026-11-01 22:30:00+00,late\n');
    expect((await runCommand(['count', late, 'late@2026-11-02', ...zone])).stdout).toBe('1\n');
    expect((await runCommand(['events', late, ...zone])).stderr).toBe(
      'bitmapist: read 1 row, 2026-11-02 to 2026-11-02\n',
    );
    const mixed = await folder.write(
      'mixed.csv',
      'user,timestamp,event\n1,20261231,a\n1,1793579400,a\n1,2026-11-30 10:00,a\n1,2026-01-01T00:30:00+02:00,a\n',
    );
    expect((await runCommand(['events', mixed])).stderr).toBe(
      'bitmapist: read 4 rows, 2025-12-31 to 2026-12-31\n',
    );
    const empty = await folder.write('empty.csv', 'user,timestamp,event\n');
    expect((await runCommand(['events', empty])).stderr).toBe('bitmapist: read 0 rows\n');
  });

  it('marks without scripts if told to', async () => {
    const rows = Array.from({ length: 300 }, (_, id) => `${id},2026-11-22,active\n`);
    const many = await folder.write('many.csv', `user,timestamp,event\n${rows.join('')}`);
    const proxy = await startProxy(server);
    try {
      for (const options of [[], ['--no-scripts']]) {
        proxy.commands.length = 0;
        expect(await outputOf('import', many, '--to', proxy.url, ...options)).toBe(
          '300 rows, 1 event, 300 ids\n',
        );
        expect(proxy.commands.includes('eval')).toBe(options.length === 0);
        expect(await client.bitcount('trackist_active_2026-11-22')).toBe(300);
        await client.flushall();
      }
    } finally {
      await proxy.stop();
    }
  });

  it('says what it did to one row as it does to many', async () => {
    const one = await folder.write('one.csv', 'user,timestamp,event\n7,2026-10-30,signup\n');
    expect(await outputOf('import', one, '--to', server.url)).toBe('1 row, 1 event, 1 id\n');
    const empty = await folder.write('empty.csv', 'user,timestamp,event\n');
    expect(await outputOf('import', empty, '--to', server.url)).toBe('0 rows, 0 events, 0 ids\n');
  });

  it('marks hours, another prefix and another time zone where asked to', async () => {
    const zone = ['--time-zone', 'Asia/Tokyo'];
    const prefix = ['--key-prefix', 'bitmapist_'];
    const timed = await folder.write('timed.csv', 'user,timestamp,event\n1,2026-11-02T09:30:00Z,active\n');
    await outputOf('import', timed, '--to', server.url, '--hourly', ...prefix, ...zone);
    expect(await client.exists('bitmapist_active_2026-11-2-18')).toBe(1);
    expect(await outputOf('count', server.url, 'active@2026-11-02T18', ...prefix)).toBe('1\n');
    expect(await runCommand(['count', server.url, 'active@2026-11-02T18'])).toEqual({
      code: 0,
      stdout: '0\n',
      stderr: 'bitmapist: no event "active" here\n',
    });
    expect(await outputOf('count', timed, 'active@2026-11-02T18', '--hourly', ...zone)).toBe('1\n');
  });

  it('takes day, week and month for the current ones', async () => {
    const today = new Date().toISOString().slice(0, 10);
    const now = await folder.write('now.csv', `user,timestamp,event\n7,${today},active\n`);
    for (const period of ['day', 'week', 'month', 'year']) {
      // The day may end between the file and the question.
      expect(await outputOf('count', now, `active@${period} | active@${period}-1`)).toBe('1\n');
      expect(await outputOf('count', now, `active@${period}-2`)).toBe('0\n');
    }
  });

  it('takes another moment for now where it is told to', async () => {
    const night = ['--now', '2026-11-03T23:30:00Z'];
    expect(await outputOf('count', events, 'active@day', ...night)).toBe('1\n');
    expect(await outputOf('count', events, 'active@day', ...night, '--time-zone', 'Asia/Tokyo')).toBe('0\n');
    expect(await outputOf('ids', events, 'active@day-1 | active@month-1', ...night)).toBe('1\n');
    expect(await outputOf('has', events, 'signup@month-1', '1', '--now', '2026-11-30')).toBe('true\n');
    expect(await outputOf('has', events, 'signup@month', '1', '--now', '2026-11-30')).toBe('false\n');
  });

  it('answers in JSON, with notes', async () => {
    await outputOf('import', events, '--to', server.url);
    const json = ['--format', 'json'];
    for (const source of [events, server.url]) {
      const answerOf = async (...args: string[]): Promise<unknown> => {
        const { code, stdout } = await runCommand([args[0]!, source, ...args.slice(1), ...json]);
        expect(code).toBe(0);
        expect(stdout).toMatch(/^[^\n]*\n$/);
        return JSON.parse(stdout);
      };
      expect(await answerOf('events')).toEqual({ events: ['active', 'paid plan', 'signup'] });
      expect(await answerOf('events', '--prefix', 'x')).toEqual({ events: [] });
      const expression = '"paid plan"@2026 | active@2026';
      expect(await answerOf('count', expression)).toEqual({ expression, count: 3, notes: [] });
      expect(await answerOf('ids', expression)).toEqual({ expression, ids: [1, 2, 3], notes: [] });
      expect(await answerOf('has', expression, '2')).toEqual({ expression, id: 2, has: true, notes: [] });
      const [wrong, notes] = ['actve@2026', ['no event "actve" here; did you mean "active"?']];
      expect(await answerOf('count', wrong)).toEqual({ expression: wrong, count: 0, notes });
      expect(await answerOf('ids', wrong)).toEqual({ expression: wrong, ids: [], notes });
      expect(await answerOf('has', wrong, '2')).toEqual({ expression: wrong, id: 2, has: false, notes });
    }
    const path = folder.path('ids.json');
    await outputOf('ids', events, 'signup@2026', '-o', path);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ ids: [1, 2, 3] });
    await outputOf('events', events, '-o', path);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({
      events: ['active', 'paid plan', 'signup'],
    });
    await outputOf('ids', events, 'signup@2026', '-o', path, '--format', 'text');
    expect(readFileSync(path, 'utf8')).toBe('1\n2\n3\n');
  });

  it('prints millions of ids as JSON in less memory than they take', async () => {
    await client.set('trackist_active_2026-11', Buffer.alloc(2 ** 20, 0xff));
    const args = ['ids', server.url, 'active@2026-11', '--format', 'json'];
    const { code, stdout, stderr } = await runCommand(args, { NODE_OPTIONS: '--max-old-space-size=40' });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { ids } = JSON.parse(stdout);
    expect([ids.length, ids[0], ids.at(-1)]).toEqual([2 ** 23, 0, 2 ** 23 - 1]);
  });

  it('prints a cohort table in every format', async () => {
    const cohort = ['cohort', events, '--select1', 'signup', '--select2', 'active', '--time-group', 'months'];
    const size = [
      '--start-date',
      '2026-10-01',
      '--num-results',
      '2',
      '--num-of-rows',
      '1',
      '--now',
      '2026-12-01',
    ];
    const dates = await outputOf(...cohort, ...size, '--format', 'dates-data');
    expect(dates).toBe(
      '[\n  ["2026-10-01T00:00:00+00:00",1,"",100],\n  ["2026-11-01T00:00:00+00:00",2,50,""]\n]\n',
    );
    const counts = await outputOf(...cohort, ...size, '--format', 'dates-data', '--counts');
    expect(JSON.parse(counts).map((row: unknown[]) => row.slice(1))).toEqual([
      [1, '', 1],
      [2, 1, ''],
    ]);
    const json = JSON.parse(await outputOf(...cohort, ...size, '--format', 'json'));
    expect(json.rows[1]).toMatchObject({
      period: '2026-11',
      size: 2,
      cells: [{ count: 1, of: 2, state: 'final' }, {}],
    });
    const csv = await outputOf(...cohort, ...size, '--format', 'csv');
    expect(csv.split('\r\n').slice(1, 3)).toEqual(['2026-10,1,0,100', '2026-11,2,50,0']);
    const text = await outputOf(...cohort, ...size);
    expect(text).toContain('Nov 2026');
    expect(text).toContain('50.0%');
    expect(text).not.toContain('\u001b[');
  });

  it('prints a cohort table as pages, pictures and Markdown', async () => {
    const table = ['--select1', 'signup', '--select2', 'active', '--time-group', 'months'];
    const cohort = ['cohort', events, ...table, '--start-date', '2026-10-01', '--now', '2026-12-01'];
    expect(await outputOf(...cohort, '--select1b', 'active', '--format', 'html')).toContain(
      '<title>signup &amp; active → active</title>',
    );
    expect(await outputOf(...cohort, '--format', 'html')).toMatch(
      /^<!doctype html>\n<html lang="en">.*50\.0%/s,
    );
    expect(await outputOf(...cohort, '--format', 'svg')).toMatch(/^<svg .*50\.0%.*<\/svg>\n$/s);
    expect(await outputOf(...cohort, '--format', 'curves')).toMatch(/^<svg .*<path .*<\/svg>\n$/s);
    expect(await outputOf(...cohort, '--format', 'markdown')).toMatch(/^\| Nov 2026 +\| +2 \| +50\.0% \|/m);
    expect(await outputOf(...cohort, '--format', 'markdown', '--counts')).toMatch(
      /^\| Nov 2026 +\| +2 \| +1 \|/m,
    );
  });

  it('writes to a file, in the format of its ending', async () => {
    const cohort = ['cohort', events, '--select1', 'signup', '--select2', 'active', '--now', '2026-11-30'];
    for (const [ending, format] of [
      ['html', 'html'],
      ['svg', 'svg'],
      ['md', 'markdown'],
      ['csv', 'csv'],
      ['json', 'json'],
      ['txt', 'text'],
    ]) {
      const path = await folder.write(`table.${ending}`, 'what was there before');
      expect(await outputOf(...cohort, '-o', path)).toBe('');
      expect(readFileSync(path, 'utf8')).toBe(await outputOf(...cohort, '--format', format!));
    }
    const path = folder.path('table.SVG');
    await outputOf(...cohort, '--format', 'dates-data', '--output', path);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toHaveLength(31);
    const list = folder.path('list.TXT');
    await outputOf('ids', events, 'signup@2026', '-o', list);
    expect(readFileSync(list, 'utf8')).toBe('1\n2\n3\n');
    await outputOf('events', events, '-o', list);
    expect(readFileSync(list, 'utf8')).toBe('active\npaid plan\nsignup\n');
    expect(readdirSync(folder.path('.')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('writes no colours to a file', async () => {
    const path = folder.path('plain.txt');
    const args = ['cohort', events, '--select1', 'signup', '--select2', 'active', '-o', path];
    await runCommand(args, { FORCE_COLOR: '3' });
    expect(readFileSync(path, 'utf8')).toContain('signup → active');
    expect(readFileSync(path, 'utf8')).not.toContain('\u001b[');
  });

  it('takes segments wherever it takes events', async () => {
    const segments = [
      '--segment',
      'paying="paid plan"@{period}',
      '--segment',
      'both=paying@{period} | active@{period}',
    ];
    await outputOf('import', events, '--to', server.url);
    for (const source of [events, server.url]) {
      expect(await outputOf('count', source, 'both@2026-11', ...segments)).toBe('3\n');
      expect(await outputOf('ids', source, 'both@2026-11 & ~paying@2026-W47', ...segments)).toBe('1\n2\n');
      expect(await outputOf('has', source, 'paying@2026-11-20', '3', ...segments)).toBe('true\n');
      const table = [
        '--select1',
        'signup',
        '--select2',
        'both',
        '--select2b',
        'paying',
        '--time-group',
        'months',
      ];
      const size = [
        '--start-date',
        '2026-11-01',
        '--num-results',
        '1',
        '--num-of-rows',
        '0',
        '--format',
        'dates-data',
      ];
      const dates = await outputOf(
        'cohort',
        source,
        ...table,
        ...size,
        '--now',
        '2027-01-01',
        '--counts',
        ...segments,
      );
      expect(JSON.parse(dates)).toEqual([['2026-11-01T00:00:00+00:00', 2, 1]]);
    }
  });

  it('prints colours where they are wanted', async () => {
    const args = ['cohort', events, '--select1', 'signup', '--select2', 'active', '--now', '2026-11-30'];
    const coloured = await runCommand(args, { FORCE_COLOR: '3' });
    expect(coloured.stdout).toContain('\u001b[');
    const plain = await runCommand(args, { FORCE_COLOR: '3', NO_COLOR: '1' });
    expect(plain.code).toBe(0);
    expect(plain.stdout).toContain('signup → active');
    expect(plain.stdout).not.toContain('\u001b');
  });

  it('stops without a word when nobody reads on', async () => {
    const lines = Array.from({ length: 300_000 }, (_, id) => `${id},100000000,active\n`);
    const many = await folder.write('many.csv', `user,timestamp,event\n${lines.join('')}`);
    const { code, stdout, stderr } = await readStart(['ids', many, 'active@1973']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^0\n1\n2\n/);
  });

  it('knows its version and explains itself', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(await outputOf('--version')).toBe(`${version}\n`);
    const help = await outputOf('--help');
    for (const word of [
      'import',
      'events',
      'count',
      'ids',
      'has',
      'cohort',
      'inspect',
      'export',
      'explore',
      'demo',
      'Examples:',
      'Expressions:',
    ]) {
      expect(help).toContain(word);
    }
    expect(await outputOf('cohort', '--help')).toContain('--select1b <event>');
  });
});

describe('what the user got wrong', () => {
  it.each([
    [['cuont'], "unknown command 'cuont' (Did you mean count?)"],
    [['count', 'FILE'], "missing required argument 'expression'"],
    [['count', 'FILE', 'a@day', '--frob'], "unknown option '--frob'"],
    [
      ['has', 'FILE', 'a@2026', '4294967296'],
      'expected id to be an integer from 0 to 4294967295, got "4294967296"; with --people it is a text',
    ],
    [
      ['has', 'FILE', 'a@2026', '1.5'],
      'expected id to be an integer from 0 to 4294967295, got "1.5"; with --people it is a text',
    ],
    [
      ['cohort', 'FILE', '--select1', 'a', '--select2', 'b', '--time-group', 'fortnights'],
      'expected --time-group to be days, weeks, months or years, got "fortnights"',
    ],
    [['cohort', 'FILE', '--select1', 'a'], "required option '--select2 <event>' not specified"],
    [
      ['cohort', 'FILE', '--select1', 'a', '--select2', 'b', '--start-date', 'soon'],
      'expected an ISO 8601 date, got "soon"',
    ],
    [['count', 'FILE', 'a@2026', '--now', 'soon'], 'expected an ISO 8601 date, got "soon"'],
    [['ids', 'FILE', 'a@2026', '--now', ''], 'expected an ISO 8601 date, got ""'],
    [['has', 'FILE', 'a@2026', '1', '--now', '2026-02-30'], 'expected an ISO 8601 date, got "2026-02-30"'],
    [['demo', '--now', 'tomorrow'], 'expected an ISO 8601 date, got "tomorrow"'],
    [['cohort', 'FILE', '--select1', '', '--select2', 'b'], 'expected an event name, got an empty string'],
    [
      ['count', 'FILE', 'a@2026', '--time-zone', 'Mars'],
      'expected an IANA time zone such as UTC or Europe/Paris, got "Mars"',
    ],
    [['import', 'FILE', '--to', 'localhost'], 'expected a redis:// URL after --to, got "localhost"'],
    [
      ['count', 'events.xlsx', 'a@day'],
      'expected a .csv, .tsv, .jsonl, .parquet or .rdb file, a folder of bitmaps, an https://, redis:// or clickhouse:// URL or demo, got "events.xlsx"',
    ],
    [['count', 'nowhere.csv', 'a@day'], 'expected a file to read, got "nowhere.csv": no such file'],
    [
      ['count', 'redis://:secret@localhost/first', 'a@day'],
      'expected a URL such as redis://127.0.0.1:6379 or redis://:password@host:6379/0, got "redis://localhost/first"',
    ],
    [
      ['count', 'redis://:p@ss/word@localhost/first?password=secret', 'a@day'],
      'expected a URL such as redis://127.0.0.1:6379 or redis://:password@host:6379/0, got "redis://localhost/first"',
    ],
    [
      ['count', 'FILE', 'a@2026', '--segment', 'vip'],
      'expected NAME=EXPRESSION after --segment, such as \'paying=active@{period} & pro@unique\', got "vip"',
    ],
    [
      ['count', 'FILE', 'a@2026', '--segment', '=signup@{period}'],
      'expected NAME=EXPRESSION after --segment, such as \'paying=active@{period} & pro@unique\', got "=signup@{period}"',
    ],
    [
      ['count', 'FILE', 'vip@2026', '--segment', 'vip=signup@{period} & vip@2025'],
      'expected segments that do not refer to each other in a circle, got vip → vip',
    ],
    [
      ['count', 'FILE', 'vip@2026', '--segment', 'vip=signup@{period} & pro@unique'],
      'expected --unique, since the expression asks for pro@unique of a file',
    ],
    [
      ['count', 'FILE', 'signup@{period}'],
      'expected a period, got the placeholder {period}, which only a segment can fill',
    ],
    [
      ['cohort', 'FILE', '--select1', 'a', '--select2', 'b', '--format', 'pdf'],
      'expected --format to be text, html, svg, curves, markdown, csv, json, rows or dates-data, got "pdf"',
    ],
    [
      ['import', 'events.xlsx', '--to', 'redis://localhost'],
      'expected a .csv, .tsv, .jsonl or .parquet file, got "events.xlsx"',
    ],
    [
      ['count', 'redis+cluster://me:p@ss/word@localhost:7000,localhost:none', 'a@day'],
      'expected a URL such as redis+cluster://127.0.0.1:7000,127.0.0.1:7001, got "redis+cluster://localhost:7000,localhost:none"',
    ],
    [
      ['count', 'redis+cluster://localhost:7000/1', 'a@day'],
      'expected a URL such as redis+cluster://127.0.0.1:7000,127.0.0.1:7001, got "redis+cluster://localhost:7000/1"',
    ],
    [
      ['count', 'FILE', 'active@2026-11-22T13'],
      'expected --hourly, since the expression asks for an hour of active in a file',
    ],
    [
      ['count', 'FILE', 'active@2026 & ~(signup@unique)'],
      'expected --unique, since the expression asks for signup@unique of a file',
    ],
  ])('is said in a sentence, with exit code 2: %j', async (args, sentence) => {
    const { code, stdout, stderr } = await runCommand(args.map((arg) => (arg === 'FILE' ? events : arg)));
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: `bitmapist: ${sentence}\n` });
  });

  it('is pointed at in an expression', async () => {
    const { code, stderr } = await runCommand(['count', 'nowhere.csv', 'signup@2026 & (active@2026-13)']);
    expect(code).toBe(2);
    const [sentence, text, caret] = stderr.split('\n');
    expect(sentence).toContain('bitmapist: expected a date of the calendar');
    expect(text).toBe('signup@2026 & (active@2026-13)');
    expect(caret).toBe(`${' '.repeat('signup@2026 & (active@'.length)}^`);
    const segment = await runCommand(['count', 'nowhere.csv', 'vip@2026', '--segment', 'vip=a@{period} &']);
    expect(segment.code).toBe(2);
    expect(segment.stderr.split('\n').slice(1)).toEqual(['a@{period} &', `${' '.repeat(12)}^`, '']);
  });

  it('leaves Redis as it was where a row of the file is broken', async () => {
    const broken = await folder.write('broken.csv', `${EVENTS}4,2026-11-20,active\n-1,2026-11-20,active\n`);
    const { code, stdout, stderr } = await runCommand(['import', broken, '--to', server.url]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe(
      `bitmapist: ${broken}, line 9: expected a user id from 0 to 4294967295, got "-1"; 7 rows were read before it, nothing was written; --people takes ids that are texts; --skip-broken leaves out such rows\n`,
    );
    expect(await client.dbsize()).toBe(0);
    const asked = await runCommand(['count', broken, 'active@2026']);
    expect(asked).toEqual({
      code: 2,
      stdout: '',
      stderr: `bitmapist: ${broken}, line 9: expected a user id from 0 to 4294967295, got "-1"; 7 rows were read before it; --people takes ids that are texts; --skip-broken leaves out such rows\n`,
    });
  });

  it('is a date without a time where hours are marked', async () => {
    const { code, stderr } = await runCommand(['import', events, '--to', server.url, '--hourly']);
    expect(code).toBe(2);
    expect(stderr).toBe(
      `bitmapist: ${events}, line 2: expected a date with a time of day to mark its hour, got "2026-10-30"; 0 rows were read before it, nothing was written; --skip-broken leaves out such rows\n`,
    );
    expect(await client.dbsize()).toBe(0);
  });

  it('shows its inner life only where DEBUG is set', async () => {
    const args = ['count', 'nowhere.csv', 'a@day'];
    expect((await runCommand(args)).stderr.split('\n')).toHaveLength(2);
    const { code, stderr } = await runCommand(args, { DEBUG: '1' });
    expect(code).toBe(2);
    expect(stderr).toMatch(/ {4}at .*source\.js/);
  });
});

describe('what went wrong', () => {
  async function failureOf(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await runCommand(args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    return stderr;
  }

  it('is a Redis that is not there', async () => {
    const gone = await startRedis();
    await gone.stop();
    const sentence = `bitmapist: expected a Redis server at ${gone.url}, got a refused connection (is it running?)\n`;
    expect(await failureOf('count', gone.url, 'a@day')).toBe(sentence);
    expect(await failureOf('import', events, '--to', gone.url)).toBe(sentence);
  });

  it('is a file that cannot be written', async () => {
    const path = folder.path('nowhere/ids.txt');
    expect(await failureOf('ids', events, 'signup@2026', '-o', path)).toBe(
      `bitmapist: expected a file to be written at ${path}, got ENOENT\n`,
    );
  });

  it('is a wrong password, or none where one is asked for', async () => {
    const locked = await startRedis({ password: 'sesame' });
    try {
      const { host, port } = locked;
      expect(await failureOf('events', `redis://:guess@${host}:${port}`)).toBe(
        `bitmapist: expected the password of redis://${host}:${port}, got one that it refuses\n`,
      );
      expect(await failureOf('events', `redis://${host}:${port}`)).toBe(
        `bitmapist: expected a password in the URL (redis://:password@host), got redis://${host}:${port}, which asks for one\n`,
      );
      expect(await outputOf('events', locked.url)).toBe('');
    } finally {
      await locked.stop();
    }
  });

  it('is a database that the server has not; none other answers in its place', async () => {
    const url = `${server.url}/99`;
    const sentence = `bitmapist: expected the database of ${url}, got "ERR DB index is out of range"\n`;
    await client.setbit('trackist_active_2026-11', 7, 1);
    expect(await failureOf('count', url, 'active@2026-11')).toBe(sentence);
    const before = await client.dbsize();
    expect(await failureOf('import', events, '--to', url)).toBe(sentence);
    expect(await client.dbsize()).toBe(before);
  });

  it('is a key of another type, which is left as it is', async () => {
    await client.lpush('trackist_active_2026-11', 'x');
    const sentence =
      'expected a bitmap (a Redis string) under key "trackist_active_2026-11", got a value of type list';
    expect(await failureOf('count', server.url, 'active@2026-11')).toBe(`bitmapist: ${sentence}\n`);
    expect(await failureOf('import', events, '--to', server.url)).toContain(sentence);
    expect(await client.lrange('trackist_active_2026-11', 0, -1)).toEqual(['x']);
  });
});
