import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, readlink } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { complaintsOf, MAIN, makeFolder, outputOf, runCommand } from '../support/cli/command.js';
import { openTerminal } from '../support/cli/terminal.js';
import { type RedisServer, startRedis } from '../support/servers/redis.js';

const CSV = `user,timestamp,event
1,2026-10-30T10:00:00Z,signup
1,2026-11-02T09:30:00Z,active
2,2026-11-01T18:45:00Z,signup
2,2026-11-03T08:00:00Z,active
`;

let folder: Awaited<ReturnType<typeof makeFolder>>;
let server: RedisServer;
let client: Redis;
let events: string;
/** Both kinds, plain and packed. */
let inputs: readonly (readonly [name: string, bytes: Buffer])[];
const running = new Set<ChildProcess>();

beforeAll(async () => {
  folder = await makeFolder();
  server = await startRedis();
  client = new Redis(server.url);
  events = await folder.write('events.csv', CSV);
  const dump = folder.path('events.rdb');
  await outputOf('export', events, '--to', dump);
  await mkdir(folder.path('temporary'));
  const bytes = await readFile(dump);
  inputs = [
    ['a CSV', Buffer.from(CSV)],
    ['a packed CSV', gzipSync(CSV)],
    ['a dump', bytes],
    ['a packed dump', gzipSync(bytes)],
  ];
});

beforeEach(() => client.flushall());

afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
});

afterAll(async () => {
  client?.disconnect();
  await server?.stop();
  await folder?.remove();
});

/** A command whose standard input stays open. */
function start(...args: string[]): ChildProcess {
  const env = { ...process.env, TMPDIR: folder.path('temporary') };
  const child = spawn(process.execPath, [MAIN, ...args], { env });
  running.add(child);
  return child;
}

/** Runs a command that reads `input`. */
async function answerTo(input: Uint8Array | string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runCommand(args, {}, input);
  expect({ code, complaints: complaintsOf(stderr) }).toEqual({ code: 0, complaints: '' });
  return stdout;
}

async function failureOf(input: Uint8Array | string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runCommand(args, {}, input);
  expect(stdout).toBe('');
  return `${code}: ${stderr}`;
}

describe('standard input', () => {
  it('is a source for every command, whatever it holds', async () => {
    const cohort = ['--select1', 'signup', '--select2', 'active', '--now', '2026-11-30', '--format', 'json'];
    const commands = [
      ['events'],
      ['count', 'signup@2026'],
      ['ids', 'active@2026-11'],
      ['has', 'active@2026-11-02', '1'],
      ['cohort', ...cohort],
      ['inspect'],
    ];
    for (const [name, ...rest] of commands) {
      const expected = await outputOf(name!, events, ...rest);
      const answers = await Promise.all(inputs.map(([, bytes]) => answerTo(bytes, name!, '-', ...rest)));
      expect([name, ...answers]).toEqual([name, ...inputs.map(() => expected)]);
    }
    for (const [, bytes] of inputs) {
      expect(await answerTo(bytes, 'export', '-', '--to', server.url, '--replace')).toBe('9 keys\n');
      expect(await outputOf('ids', server.url, 'active@2026-11')).toBe('1\n2\n');
    }
  });

  it('is told by its first bytes in UTF-16 as well, with its mark and without', async () => {
    const text = '{"user":1,"timestamp":"2026-11-02","event":"é"}\n';
    for (const start of ['\uFEFF', '']) {
      const little = Buffer.from(start + text, 'utf16le');
      for (const bytes of [little, Buffer.from(little).swap16(), gzipSync(little)]) {
        expect((await runCommand(['events', '-'], {}, bytes)).stdout).toBe('é\n');
      }
    }
  });

  it('is told by its first bytes, however they come', async () => {
    for (const [what, bytes] of inputs) {
      const child = start('events', '-');
      let stdout = '';
      child.stdout!.on('data', (chunk) => {
        stdout += chunk;
      });
      for (const byte of bytes.subarray(0, 12)) {
        child.stdin!.write(Buffer.of(byte));
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      child.stdin!.end(bytes.subarray(12));
      const [code] = await once(child, 'close');
      expect([what, code, stdout]).toEqual([what, 0, 'active\nsignup\n']);
    }
  });

  it('is refused in a sentence if it is nothing, or breaks off', async () => {
    const nothing = '2: bitmapist: expected events or a dump on standard input, got nothing\n';
    expect(await failureOf('', 'events', '-')).toBe(nothing);
    expect(await failureOf('', 'import', '-', '--to', server.url)).toBe(nothing);
    expect(await failureOf('', 'explore', '-')).toBe(nothing);
    expect(await failureOf(gzipSync(''), 'events', '-')).toBe(
      '2: bitmapist: standard input, line 1: expected a header with the names of columns, got an empty file; 0 rows were read before it\n',
    );
    const [, csv, dump, packed] = inputs.map(([, bytes]) => bytes);
    expect(await failureOf(dump!.subarray(0, -9), 'events', '-')).toMatch(
      /^1: bitmapist: standard input: expected .*, after 9 keys \(at byte \d+\)\n$/,
    );
    expect(await failureOf(packed!.subarray(0, -12), 'events', '-')).toMatch(
      /^1: bitmapist: standard input: expected gzip data/,
    );
    expect(await failureOf(csv!.subarray(0, -12), 'events', '-')).toMatch(
      /^2: bitmapist: standard input, line \d+: expected gzip data/,
    );
  });

  it('is not read further than needed to find out what is wrong', async () => {
    const child = start('count', '-', 'active@unique');
    child.stdin!.write(CSV);
    const [stderr] = await once(child.stderr!, 'data');
    expect(String(stderr)).toBe(
      'bitmapist: expected --unique, since the expression asks for active@unique of a file\n',
    );
    const [code] = await once(child, 'exit');
    expect(code).toBe(2);
  });

  it('is marked as a whole or not at all', async () => {
    for (const [, bytes] of inputs.slice(0, 2)) {
      expect(await answerTo(bytes, 'import', '-', '--to', server.url)).toBe('4 rows, 2 events, 2 ids\n');
      expect(await outputOf('ids', server.url, 'active@2026-11')).toBe('1\n2\n');
      await client.flushall();
    }
    expect(await failureOf(`${CSV}-1,2026-11-20,active\n`, 'import', '-', '--to', server.url)).toBe(
      '2: bitmapist: standard input, line 6: expected a user id from 0 to 4294967295, got "-1"; 4 rows were read before it, nothing was written; --people takes ids that are texts; --skip-broken leaves out such rows\n',
    );
    expect(await failureOf(inputs[2]![1], 'import', '-', '--to', server.url)).toBe(
      '2: bitmapist: expected a .csv, .tsv, .jsonl or .parquet file, got "-", which is a dump; export copies dumps\n',
    );
    expect(await client.dbsize()).toBe(0);
  });

  it.each(['SIGINT', 'SIGKILL'] as const)(
    'leaves no file behind while it is kept, not even after %s',
    async (signal) => {
      const child = start('import', '-', '--to', server.url);
      child.stdin!.write(CSV);
      await expect
        .poll(() => openFiles(child))
        .toContainEqual(expect.stringMatching(/bitmapist-.*\(deleted\)$/));
      expect(await readdir(folder.path('temporary'))).toEqual([]);
      child.kill(signal);
      await once(child, 'exit');
      expect(await readdir(folder.path('temporary'))).toEqual([]);
      expect(await client.dbsize()).toBe(0);
    },
  );

  it('is shown by the explorer as often as the page is loaded', async () => {
    for (const [index, [, bytes]] of inputs.entries()) {
      const child = start('explore', '-');
      child.stdin!.end(bytes);
      const [line] = await once(child.stdout!, 'data');
      const [, name, url] = /^(\S+) is at (http:\S+)/.exec(String(line))!;
      expect(name).toBe(index < 2 ? 'stdin.csv' : 'stdin.rdb');
      for (let time = 0; time < 2; time++) {
        const response = await fetch(new URL('source', url));
        expect(response.headers.get('content-length')).toBe(String(bytes.length));
        expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
      }
      child.kill('SIGINT');
      const [code] = await once(child, 'exit');
      expect(code).toBe(0);
    }
  });

  it('is asked for at a terminal, where people type', async () => {
    const terminal = openTerminal('count', '-', 'signup@2026');
    try {
      await terminal.shows(/bitmapist: waiting for events or a dump, typed here; Ctrl-D ends them/);
      terminal.type('user,timestamp,event\n7,2026-01-02,signup\n\x04');
      const { code, text } = await terminal.end();
      expect(code).toBe(0);
      expect(text).toMatch(/\D1\r?\nbitmapist: read 1 row, /);
    } finally {
      terminal.close();
    }
  });
});

/** What a process has open, where the system tells; elsewhere, one that has lost its name. */
async function openFiles({ pid }: ChildProcess): Promise<string[]> {
  if (process.platform !== 'linux') return ['bitmapist- (deleted)'];
  const fds = await readdir(`/proc/${pid}/fd`);
  return Promise.all(fds.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')));
}
