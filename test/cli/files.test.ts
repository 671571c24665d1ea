import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { complaintsOf, makeFolder, outputOf, runCommand } from '../support/cli/command.js';
import { type RedisServer, startRedis } from '../support/servers/redis.js';

/** Files of events of every kind, and the options that say how they are read. */

const ROWS = [
  ['1', '2026-10-30T10:00:00Z', 'signup'],
  ['1', '2026-11-02T09:30:00Z', 'active'],
  ['2', '2026-11-01T18:45:00Z', 'signup'],
  ['2', '2026-11-03T08:00:00Z', 'active'],
  ['3', '2026-11-20T12:15:00Z', 'paid, by card'],
] as const;
const NAMES = ['user', 'timestamp', 'event'];
const COLUMNS = ['user_id', 'created_at', 'event_name'];
const GUESS = 'columns were told by their names: user=user_id,time=created_at,event=event_name';

function textOf(separator: string, head: readonly string[] = NAMES): string {
  const quoted = (field: string): string => (field.includes(',') ? `"${field}"` : field);
  return [head, ...ROWS].map((row) => `${row.map(quoted).join(separator)}\n`).join('');
}

function jsonOf(head: readonly string[] = NAMES): string {
  return ROWS.map(
    (row) => `${JSON.stringify(Object.fromEntries(row.map((field, at) => [head[at], field])))}\n`,
  ).join('');
}

function parquetOf(head: readonly string[] = NAMES): Buffer {
  const columnData = head.map((name, at) => ({
    name,
    data: ROWS.map((row) => row[at]!),
    type: 'STRING' as const,
  }));
  return Buffer.from(parquetWriteBuffer({ columnData }));
}

/** The same events in every kind of file, and how columns are told to have been found. */
const FILES: Readonly<Record<string, readonly [bytes: Uint8Array | string, note?: string]>> = {
  'events.csv': [textOf(',')],
  'events.csv.gz': [gzipSync(textOf(','))],
  'events.tsv': [textOf('\t')],
  'events.txt': [Buffer.from(`\ufeff${textOf('\t')}`, 'utf16le')],
  'semicolons.csv': [textOf(';')],
  'events.jsonl': [jsonOf()],
  'events.ndjson.gz': [gzipSync(jsonOf())],
  'events.json': [jsonOf()],
  'events.parquet': [parquetOf()],
  'renamed.csv': [textOf(',', COLUMNS), GUESS],
  'renamed.TSV': [textOf('\t', COLUMNS), GUESS],
  'renamed.jsonl': [jsonOf(COLUMNS), GUESS],
  'renamed.parquet': [parquetOf(COLUMNS), GUESS],
};

let folder: Awaited<ReturnType<typeof makeFolder>>;
let server: RedisServer;
let client: Redis;
const paths = new Map<string, string>();

beforeAll(async () => {
  folder = await makeFolder();
  server = await startRedis();
  client = new Redis(server.url);
  for (const [name, [bytes]] of Object.entries(FILES)) paths.set(name, await folder.write(name, bytes));
});

beforeEach(async () => {
  await client.flushall();
});

afterAll(async () => {
  client?.disconnect();
  await server?.stop();
  await folder?.remove();
});

describe('a file of events', () => {
  it.each(Object.keys(FILES))('is a source, and can be imported: %s', async (name) => {
    const path = paths.get(name)!;
    const [, note] = FILES[name]!;
    const expected = await outputOf('inspect', paths.get('events.csv')!, '--format', 'json');
    const asked = await runCommand(['inspect', path, '--format', 'json']);
    expect({ code: asked.code, stdout: asked.stdout }).toEqual({ code: 0, stdout: expected });
    const imported = await runCommand(['import', path, '--to', server.url]);
    expect({ code: imported.code, stdout: imported.stdout }).toEqual({
      code: 0,
      stdout: '5 rows, 3 events, 3 ids\n',
    });
    for (const { stderr } of [asked, imported]) {
      // Once, although the file is read twice.
      expect(complaintsOf(stderr)).toContain(note === undefined ? '' : `bitmapist: ${note}\n`);
      expect(stderr.match(/told by/g)?.length ?? 0).toBe(note === undefined ? 0 : 1);
    }
    expect(await outputOf('inspect', server.url, '--format', 'json')).toBe(expected);
  });

  it.each(Object.keys(FILES))('is told by its first bytes on standard input: %s', async (name) => {
    const { code, stdout } = await runCommand(['ids', '-', 'active@2026'], {}, FILES[name]![0]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '1\n2\n' });
  });
});

describe('what a file does not say itself', () => {
  const answer = async (text: string, name: string, ...args: string[]): Promise<string> => {
    const path = await folder.write(name, text);
    const { code, stdout, stderr } = await runCommand([args[0]!, path, ...args.slice(1)]);
    return `${code}: ${stdout}${complaintsOf(stderr).replaceAll(path, name)}`;
  };

  it('is asked for if two columns could be meant, or none can', async () => {
    const two = 'user_id,distinct_id,ts,event\n1,2,2026-11-02,active\n';
    expect(await answer(two, 'two.csv', 'ids', 'active@2026')).toBe(
      '2: bitmapist: expected one column of users in two.csv, got "user_id" and "distinct_id"; --columns user=user_id takes the first\n',
    );
    expect(await answer(two, 'two.csv', 'ids', 'active@2026', '--columns', 'user=distinct_id')).toBe(
      '0: 2\nbitmapist: columns were told by their names: time=ts\n',
    );
    const none = 'user,happened,event\n1,2026-11-02,active\n';
    expect(await answer(none, 'none.csv', 'ids', 'active@2026')).toBe(
      '2: bitmapist: expected a column of times in none.csv, got "user", "happened" and "event"; --columns time=NAME says which one it is\n',
    );
    expect(await answer(none, 'none.csv', 'ids', 'active@2026', '--columns', 'time=happened')).toBe('0: 1\n');
    expect(await answer(none, 'none.csv', 'ids', 'active@2026', '--columns', 'time=happend')).toBe(
      '2: bitmapist: expected one column "happend" of times in none.csv, got "user", "happened" and "event"\n',
    );
    for (const option of [
      ['--columns', 'time'],
      ['--columns', 'who=user'],
    ]) {
      expect(await answer(none, 'none.csv', 'ids', 'active@2026', ...option)).toMatch(
        /^2: .* after --columns/,
      );
    }
  });

  it('may be the event of all of its rows', async () => {
    const logins = 'user,time\n1,2026-11-02\n2,2026-11-03\n';
    expect(await answer(logins, 'logins.csv', 'events')).toBe(
      '2: bitmapist: expected a column of event names in logins.csv, got "user" and "time"; --columns event=NAME says which one it is, --event NAME that all rows are the same event\n',
    );
    expect(await answer(logins, 'logins.csv', 'ids', 'login@2026', '--event', 'login')).toBe(
      '0: 1\n2\nbitmapist: columns were told by their names: time=time\n',
    );
    expect(await answer(textOf(','), 'events.csv', 'events', '--event', 'all')).toBe('0: all\n');
    expect(await answer(textOf(','), 'events.csv', 'events', '--event', '')).toMatch(
      /^2: .*expected an event name/,
    );
  });

  it('is the event that a measure asks for, if no column has one', async () => {
    const weeks = ['--event', 'login', '--time-group', 'days', '--num-results', '2', '--now', '2026-11-03'];
    const logins = 'user,time\n1,2026-11-02\n2,2026-11-03\n2,2026-11-02\n';
    const said = await answer(logins, 'logins.csv', 'frequency', ...weeks, '--format', 'rows');
    expect(said).toMatch(/^0: \[\{.*\]\n/);
    const path = await folder.write(
      'with-events.csv',
      logins.replace('time', 'time,event').replaceAll('\n', ',login\n').replace('event,login', 'event'),
    );
    const same = await runCommand(['frequency', path, ...weeks, '--format', 'rows']);
    expect(said.split('\n')[0]).toBe(`0: ${same.stdout.trimEnd()}`);
    const piped = await runCommand(['frequency', '-', ...weeks, '--format', 'rows'], {}, logins);
    expect(piped.stdout).toBe(same.stdout);
  });

  it('is the unit of its times', async () => {
    const file = 'user,time,event\n1,1793579400000,a\n';
    expect(await answer(file, 'ms.csv', 'count', 'a@2026-11-02')).toBe(
      '0: 1\nbitmapist: columns were told by their names: time=time\nbitmapist: times are milliseconds since 1970\n',
    );
    expect(
      await answer(
        file.replace('1793579400000', '86400'),
        'few.csv',
        'ids',
        'a@1970-01-02',
        '--time-format',
        'unix',
      ),
    ).toMatch(/^0: 1\n/);
    expect(await answer(file, 'ms.csv', 'count', 'a@2026', '--time-format', 'minutes')).toBe(
      '2: bitmapist: expected --time-format to be unix, ms, us, ns or iso, got "minutes"\n',
    );
  });

  it('is whose export it is', async () => {
    const lines = [
      { event: 'Opened', distinct_id: '7', timestamp: '2026-11-02T09:30:00Z', properties: { user: 'x' } },
      { event: 'Closed', distinct_id: '7', timestamp: '2026-11-02T09:31:00Z', properties: { user: 'x' } },
    ].map((row) => `${JSON.stringify(row)}\n`);
    expect(await answer(lines.join(''), 'posthog.jsonl', 'events', '--preset', 'posthog')).toBe(
      '0: Closed\nOpened\n',
    );
    expect(await answer('', 'posthog.jsonl', 'events', '--preset', 'hogpost')).toMatch(
      /^2: .*expected --preset to be segment, posthog, mixpanel or amplitude/,
    );
  });
});

describe('broken rows', () => {
  const BROKEN = `${textOf(',')}x,2026-11-20,active\n4,soon,active\n5,2026-11-20,\n6,2026-11-20\n`;
  const LEFT_OUT =
    'left out 4 broken rows: line 7: expected a user id from 0 to 4294967295, got "x"; line 8: expected unix seconds or an ISO 8601 date of the years 1 to 9999, got "soon"; line 9: expected an event name, got an empty field; and 1 more';

  it('are left out if that is asked for, with a count and the first reasons', async () => {
    const path = await folder.write('broken.csv', BROKEN);
    const refused = await runCommand(['count', path, 'active@2026']);
    expect(refused).toEqual({
      code: 2,
      stdout: '',
      stderr: `bitmapist: ${path}, line 7: expected a user id from 0 to 4294967295, got "x"; 5 rows were read before it; --people takes ids that are texts; --skip-broken leaves out such rows\n`,
    });
    const span = 'bitmapist: read 5 rows, 2026-10-30 to 2026-11-20\n';
    for (const args of [
      ['count', path, 'active@2026'],
      ['import', path, '--to', server.url],
      ['export', path, '--to', folder.path('broken.rdb')],
    ]) {
      const { code, stderr } = await runCommand([...args, '--skip-broken']);
      expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: `bitmapist: ${LEFT_OUT}\n${span}` });
    }
    expect(await outputOf('ids', server.url, 'active@2026')).toBe('1\n2\n');
    const json = await runCommand(['count', path, 'active@2026', '--skip-broken', '--format', 'json']);
    expect(JSON.parse(json.stdout)).toEqual({ expression: 'active@2026', count: 2, notes: [LEFT_OUT] });
    const table = await runCommand([
      'trend',
      path,
      '--events',
      'active',
      '--skip-broken',
      '--format',
      'html',
    ]);
    expect(table.stdout).toContain('left out 4 broken rows');
  });

  it('are no answer if there are no others', async () => {
    const path = await folder.write(
      'texts.csv',
      'user,timestamp,event\nu_1,2026-11-20,active\nu_2,2026-11-20,active\n',
    );
    const sentence = `bitmapist: expected events in ${path}, got 2 broken rows, such as line 2: expected a user id from 0 to 4294967295, got "u_1"\n`;
    for (const args of [
      ['count', path, 'active@2026'],
      ['import', path, '--to', server.url],
    ]) {
      expect(await runCommand([...args, '--skip-broken'])).toEqual({ code: 2, stdout: '', stderr: sentence });
    }
    expect(await client.dbsize()).toBe(0);
  });

  it('are named with what was guessed of the file, and leave Redis as it was', async () => {
    const path = await folder.write('guessed.csv', `${textOf(',', COLUMNS)}4,soon,active\n`);
    expect(await runCommand(['import', path, '--to', server.url])).toEqual({
      code: 2,
      stdout: '',
      stderr: `bitmapist: ${GUESS}\nbitmapist: ${path}, line 7: expected unix seconds or an ISO 8601 date of the years 1 to 9999, got "soon"; 5 rows were read before it, nothing was written; --skip-broken leaves out such rows\n`,
    });
    expect(await client.dbsize()).toBe(0);
  });
});
