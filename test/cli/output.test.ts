import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { lstat, mkdir, symlink } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { complaintsOf, MAIN, makeFolder, outputOf, runCommand } from '../support/cli/command.js';

let folder: Awaited<ReturnType<typeof makeFolder>>;
let events: string;

beforeAll(async () => {
  folder = await makeFolder();
  events = await folder.write(
    'events.csv',
    'user,timestamp,event\n1,2026-10-30,signup\n1,2026-11-02,active\n2,2026-11-20,signup\n',
  );
});

afterAll(() => folder?.remove());

const COHORT = ['--select1', 'signup', '--select2', 'active', '--now', '2026-11-30'];

/** Runs a line of the shell in which `$bitmapist` is the command. */
async function runShell(line: string): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { ...process.env, bitmapist: `${process.execPath} ${MAIN}`, events };
  const run = promisify(execFile)('sh', ['-c', line], { env, timeout: 60_000, cwd: folder.path('.') });
  return run.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr: complaintsOf(stderr) }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr: complaintsOf(stderr) }),
  );
}

it.each([
  ['events $events', ''],
  ['inspect $events', ''],
  ['inspect $events --format json', ''],
  ['export $events --to order.rdb', ''],
  ['count $events sigup@2026', 'sigup'],
  ['count $events sigup@2026 --format json', 'sigup'],
  ['ids $events sigup@2026 --format json', 'sigup'],
])('an answer comes before what is said beside it: %s', async (args, unknown) => {
  const answer = (await runShell(`$bitmapist ${args} 2>&-`)).stdout;
  const both = (await runShell(`$bitmapist ${args} 2>&1`)).stdout;
  expect(both.startsWith(answer)).toBe(true);
  const note = unknown ? `bitmapist: no event "${unknown}" here; did you mean "signup"?\n` : '';
  const read = 'bitmapist: read 3 rows, 2026-10-30 to 2026-11-20\n';
  expect(both.slice(answer.length)).toBe(note + read);
});

describe('an output file', () => {
  it.each([
    [['cohort', ...COHORT], 'r.png', '.html, .htm, .svg, .md, .csv, .json, .txt or .log'],
    [['cohort', ...COHORT], 'r.xlsx', '.html, .htm, .svg, .md, .csv, .json, .txt or .log'],
    [['inspect'], 'r.csv', '.json, .txt or .log'],
    [['events'], 'r.csv', '.json, .txt or .log'],
    [['ids', 'signup@2026'], 'r.svg', '.json, .txt, .log or .csv'],
    [['ids', 'signup@2026'], 'r.txt.gz', '.json, .txt, .log or .csv'],
  ])(
    'is not written by %j under a name that says another kind: %s',
    async ([name, ...rest], file, endings) => {
      const path = folder.path(file);
      expect(await runCommand([name!, events, ...rest, '-o', path])).toEqual({
        code: 2,
        stdout: '',
        stderr: `bitmapist: expected an output file that ends in ${endings}, got "${path}"; with --format the name may end in anything\n`,
      });
      // Said before the source is read.
      expect((await runCommand([name!, 'nowhere.csv', ...rest, '-o', path])).stderr).toContain(
        'that ends in',
      );
      expect(existsSync(path)).toBe(false);
    },
  );

  it.each(['ids', 'ids.txt', 'ids.log', 'ids.csv', 'ids.2026', 'tmp.p5Xk2f8Qw0', '.ids'])(
    'is a list of ids if it is called %s',
    async (name) => {
      await outputOf('ids', events, 'signup@2026', '-o', folder.path(name));
      expect(readFileSync(folder.path(name), 'utf8')).toBe('1\n2\n');
    },
  );

  it.each([
    ['table.CSV', 'csv'],
    ['table.Json', 'json'],
  ])('has the format of its ending in whatever letters: %s', async (name, format) => {
    const cohort = ['cohort', events, ...COHORT];
    await outputOf(...cohort, '-o', folder.path(name));
    expect(readFileSync(folder.path(name), 'utf8')).toBe(await outputOf(...cohort, '--format', format));
  });

  it('is called as one likes if the format is given', async () => {
    const path = folder.path('r.dat');
    await outputOf('cohort', events, ...COHORT, '--format', 'csv', '-o', path);
    expect(readFileSync(path, 'utf8')).toBe(await outputOf('cohort', events, ...COHORT, '--format', 'csv'));
    await outputOf('inspect', events, '--format', 'text', '-o', path);
    expect(readFileSync(path, 'utf8')).toBe(await outputOf('inspect', events));
  });

  it('may be a device or a pipe, which stays one', async () => {
    const shown =
      'mkfifo pipe.x; $bitmapist ids $events signup@2026 -o pipe.x & cat pipe.x; wait; ls -F pipe.x';
    expect(await runShell(shown)).toEqual({ code: 0, stdout: '1\n2\npipe.x|\n', stderr: '' });
    for (const output of ['/dev/stdout', '/dev/fd/1']) {
      const line = `$bitmapist ids $events signup@2026 -o ${output} | cat`;
      expect(await runShell(line)).toEqual({ code: 0, stdout: '1\n2\n', stderr: '' });
    }
    expect(await runShell('$bitmapist ids $events signup@2026 -o /dev/null')).toMatchObject({
      code: 0,
      stderr: '',
    });
    expect(
      await runShell('echo before > out; $bitmapist ids $events signup@2026 -o /dev/stdout >> out; cat out'),
    ).toEqual({
      code: 0,
      stdout: 'before\n1\n2\n',
      stderr: '',
    });
    expect((await lstat('/dev/null')).isCharacterDevice()).toBe(true);
  });

  it('is where a link leads, also if nothing is there yet', async () => {
    await symlink('led.txt', folder.path('link.txt'));
    await outputOf('ids', events, 'signup@2026', '-o', folder.path('link.txt'));
    expect(readFileSync(folder.path('led.txt'), 'utf8')).toBe('1\n2\n');
    expect((await lstat(folder.path('link.txt'))).isSymbolicLink()).toBe(true);
    await symlink('events.csv/ids', folder.path('astray'));
    const astray = folder.path('astray');
    expect(await runCommand(['ids', events, 'signup@2026', '-o', astray])).toEqual({
      code: 1,
      stdout: '',
      stderr: `bitmapist: expected a file to be written at ${astray}, got ENOTDIR\n`,
    });
  });
});

describe('an output that cannot be written', () => {
  it.each([
    '$bitmapist ids $events signup@2026 > /dev/full',
    '$bitmapist count $events signup@2026 > /dev/full',
    '$bitmapist --help > /dev/full',
    '$bitmapist help ids > /dev/full',
    '$bitmapist demo > /dev/full',
  ])('ends in a sentence: %s', async (line) => {
    expect(await runShell(line)).toEqual({
      code: 1,
      stdout: '',
      stderr: 'bitmapist: expected standard output to take what is printed, got ENOSPC\n',
    });
  });

  it('ends in a sentence if it is a device', async () => {
    expect(await runShell('$bitmapist ids $events signup@2026 -o /dev/full')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'bitmapist: expected "/dev/full" to take what is printed, got ENOSPC\n',
    });
  });

  it('is told by the exit code if that cannot be said either', async () => {
    expect(await runShell('$bitmapist frob 2> /dev/full')).toEqual({ code: 2, stdout: '', stderr: '' });
    expect((await runShell('$bitmapist ids $events signup@2026 > /dev/full 2>&1')).code).toBe(1);
  });
});

describe('a source that cannot be read', () => {
  it('ends in a sentence', async () => {
    await mkdir(folder.path('bitmaps'));
    await symlink('nowhere', folder.path('bitmaps/trackist_a_2026-11'));
    const path = folder.path('bitmaps');
    expect(await runCommand(['events', path])).toEqual({
      code: 1,
      stdout: '',
      stderr: `bitmapist: expected access to "${path}/trackist_a_2026-11", got ENOENT\n`,
    });
  });
});

describe('a target of an export', () => {
  it('is no folder if its name says another kind', async () => {
    for (const to of ['out.xyz', 'out.json', 'out.rdb.zip']) {
      const path = folder.path(to);
      expect(await runCommand(['export', events, '--to', path])).toEqual({
        code: 2,
        stdout: '',
        stderr: `bitmapist: expected an .rdb, .rdb.gz, .parquet or .rowbinary file, a folder or a redis:// or clickhouse:// URL after --to, got "${path}"\n`,
      });
      expect(existsSync(path)).toBe(false);
    }
  });

  it('is a folder if it is one, or is written as one, or says no kind', async () => {
    await mkdir(folder.path('empty.d'));
    for (const to of ['empty.d', 'slash.d/', 'plain', 'bitmaps.2026']) {
      expect(await outputOf('export', events, '--to', folder.path(to))).toBe('9 keys\n');
      expect(readdirSync(folder.path(to))).toContain('trackist_active_2026-11');
    }
  });

  it('is where a link leads, to an empty folder or to nothing yet', async () => {
    await mkdir(folder.path('there'));
    for (const to of ['there', 'new']) {
      await symlink(to, folder.path(`to-${to}`));
      expect(await outputOf('export', events, '--to', folder.path(`to-${to}`))).toBe('9 keys\n');
      expect(readdirSync(folder.path(to))).toContain('trackist_active_2026-11');
      expect((await lstat(folder.path(`to-${to}`))).isSymbolicLink()).toBe(true);
    }
    await symlink('events.csv/new', folder.path('to-file'));
    for (const to of [folder.path('to-file'), `${events}/new`]) {
      expect(await runCommand(['export', events, '--to', to])).toEqual({
        code: 1,
        stdout: '',
        stderr: `bitmapist: expected a folder to be written at ${to}, got ENOTDIR\n`,
      });
    }
  });
});
