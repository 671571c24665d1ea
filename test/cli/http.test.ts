import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { failureOf, makeFolder, outputOf, runCommand } from '../support/cli/command.js';
import { Host } from '../support/servers/host.js';

const ROWS = [
  '1,2026-10-30T10:00:00Z,signup',
  '2,2026-11-01T18:45:00Z,signup',
  '70000,2026-11-20T12:15:00Z,signup',
  '1,2026-11-02T09:30:00Z,active',
  '700000,2026-11-20T12:15:00Z,"paid/plan é"',
];

let folder: Awaited<ReturnType<typeof makeFolder>>;
let exported: string;
let host: Host;

beforeAll(async () => {
  folder = await makeFolder();
  host = new Host();
  await host.start();
  exported = folder.path('bitmaps');
  const events = await folder.write('events.csv', ['user,timestamp,event', ...ROWS, ''].join('\n'));
  await outputOf('export', events, '--to', exported, '--unique', '--hourly');
});

beforeEach(() => {
  host.files.clear();
  host.requests.length = 0;
  host.behave = () => false;
  host.publishFolder(exported);
});

afterAll(async () => {
  await host?.stop();
  await folder?.remove();
});

describe('an exported folder on a host', () => {
  it.each([
    ['events'],
    ['events', '--prefix', 's'],
    ['count', 'signup@2026 & ~active@2026-W45'],
    ['count', '"paid/plan é"@unique | active@2026-11-02T09'],
    ['count', 'signup@2025'],
    ['ids', 'signup@2026 | "paid/plan é"@2026'],
    ['has', 'signup@2026-11', '70000'],
    ['inspect'],
    ['inspect', '--format', 'json'],
    [
      ...['cohort', '--select1', 'signup', '--select2', 'active', '--time-group', 'weeks'],
      ...['--now', '2026-11-30', '--format', 'json'],
    ],
  ])('answers as the folder does: %s %s', async (command, ...args) => {
    const [published, local] = await Promise.all(
      [host.url, exported].map((source) => outputOf(command!, source, ...args)),
    );
    expect(published).toBe(local);
  });

  it('answers on a host that knows no ranges too', async () => {
    host.knowsRanges = false;
    expect(await outputOf('ids', host.url, 'signup@2026')).toBe('1\n2\n70000\n');
    host.knowsRanges = true;
  });

  it('can be copied', async () => {
    const [published, local] = [folder.path('published.rdb'), folder.path('local.rdb')];
    const keys = await outputOf('export', exported, '--to', local);
    expect(await outputOf('export', `${host.url}/`, '--to', published)).toBe(keys);
    for (const dump of [published, local]) {
      expect(await outputOf('count', dump, 'signup@2026 | "paid/plan é"@unique')).toBe('4\n');
    }
    expect(readFileSync(published).length).toBe(readFileSync(local).length);
  });

  it('is asked for no more than the index and the bitmaps of the question', async () => {
    await outputOf('count', host.url, 'signup@2026-11 | signup@2025-11');
    expect(host.requests).toEqual(['/bitmaps/@index.json', '/bitmaps/trackist_signup_2026-11 bytes=0-65535']);
  });

  it('may want a password, which no message shows', async () => {
    const seen = new Set<string | undefined>();
    host.behave = ({ headers: { authorization } }, response) => {
      seen.add(authorization);
      if (authorization === `Basic ${Buffer.from('me:p@ss/é').toString('base64')}`) return false;
      response.writeHead(401).end();
      return true;
    };
    const url = (password: string): string => host.url.replace('//', `//me:${password}@`);
    expect(await outputOf('count', url('p%40ss%2Fé'), 'signup@2026-11')).toBe('2\n');
    expect(seen.size).toBe(1);
    for (const args of [
      ['count', url('wrong'), 'signup@2026-11'],
      ['export', url('p%40ss%2Fé'), '--to', folder.path('none'), '--key-prefix', 'none_'],
      ['count', `${url('secret')}?x`, 'signup@2026-11'],
      ['count', url('secret').replace('http:', 'ftp:'), 'signup@2026-11'],
    ]) {
      const { code, stderr } = await failureOf(...args);
      expect(code).toBeGreaterThan(0);
      expect(stderr).toMatch(/^bitmapist: expected .*\n$/);
      expect(stderr).not.toMatch(/wrong|secret|p%40ss|p@ss/);
    }
  });
});

describe('a host', () => {
  it('without an index is said to have none', async () => {
    host.files.delete('@index.json');
    for (const command of ['events', 'inspect', 'count']) {
      const args = command === 'count' ? ['signup@2026-11'] : [];
      expect(await failureOf(command, host.url, ...args)).toEqual({
        code: 1,
        stderr: `bitmapist: expected a file at ${host.url}/@index.json, the index of keys that bitmapist export --to FOLDER writes, got the status 404\n`,
      });
    }
  });

  it('that answers everything with a page makes no number', async () => {
    host.behave = (_, response) =>
      !!response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html>');
    expect(await failureOf('count', host.url, 'signup@2026-11')).toEqual({
      code: 1,
      stderr: `bitmapist: expected an index of keys in JSON at ${host.url}/@index.json, got text/html that is no index\n`,
    });
  });

  it('whose files are others than the index says makes no number', async () => {
    host.publish('trackist_signup_2026-11', Uint8Array.of(255));
    const { code, stderr } = await failureOf('count', host.url, 'signup@2026-11');
    expect(code).toBe(1);
    expect(stderr).toMatch(/expected 8751 bytes of "trackist_signup_2026-11", as the index says, got 1\n$/);
  });

  it('that is not there is said to be so', async () => {
    const { code, stderr } = await failureOf('events', 'http://127.0.0.1:1/bitmaps/');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^bitmapist: expected an answer from http:.*, got none: .+\n$/);
    expect(stderr).not.toContain('fetch failed');
  });

  it.each(['https://example.com/dump.rdb', 'https://example.com/events.csv.gz', 'https://', 'http://[x]/'])(
    'is asked for folders only, not for %s',
    async (url) => {
      expect(await failureOf('count', url, 'signup@2026-11')).toEqual({
        code: 2,
        stderr: `bitmapist: expected the URL of a folder of bitmaps, such as https://example.com/bitmaps/, got "${url}"\n`,
      });
    },
  );

  it('is no target', async () => {
    for (const to of ['https://example.com/bitmaps', 'https://example.com/dump.rdb']) {
      expect(await failureOf('export', exported, '--to', to)).toEqual({
        code: 2,
        stderr: `bitmapist: expected an .rdb, .rdb.gz, .parquet or .rowbinary file, a folder or a redis:// or clickhouse:// URL after --to, got "${to}"\n`,
      });
    }
  });

  it('elsewhere is read unencrypted only if the user says so', async () => {
    expect(await failureOf('events', 'http://192.0.2.1/bitmaps')).toEqual({
      code: 2,
      stderr:
        'bitmapist: expected https:// for a host that is not this machine, got "http://192.0.2.1/bitmaps"; --allow-http reads it unencrypted\n',
    });
    const lookalike = await failureOf('events', 'http://localhost.example.com/bitmaps');
    expect(lookalike.stderr).toContain('expected https:// for a host that is not this machine');
    // Another name of this machine that does not say so.
    const elsewhere = host.url.replace('127.0.0.1', '0.0.0.0');
    expect((await failureOf('events', elsewhere)).code).toBe(2);
    expect(await outputOf('events', elsewhere, '--allow-http')).toContain('signup\n');
    expect(await outputOf('events', host.url.replace('127.0.0.1', 'localhost'))).toContain('signup\n');
  });

  it('is given up once it is silent, before an answer or within one, and not while it trickles', async () => {
    const count = (timeout: string) => runCommand(['count', host.url, 'signup@2026', '--timeout', timeout]);
    const silence = (place: string) => ({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(
        new RegExp(
          `^bitmapist: expected an answer from \\S+${place}, got none: silence for 0.3 s \\(--timeout waits longer\\)\n$`,
        ),
      ),
    });
    host.behave = () => true;
    expect(await count('0.3')).toEqual(silence('@index.json'));
    host.behave = (request, response) => {
      if (request.url!.endsWith('@index.json')) return false;
      response.writeHead(206, { 'content-type': 'application/octet-stream', 'content-range': 'bytes 0-1/2' });
      response.write('@');
      return true;
    };
    expect(await count('0.3')).toEqual(silence('trackist_signup_2026-\\d+'));
    host.behave = (request, response) => {
      const file = host.fileOf(request)!;
      response.writeHead(200, { 'content-type': 'application/octet-stream' });
      const send = async (): Promise<void> => {
        const pieces = Math.ceil(file.length / 8);
        for (let at = 0; at < file.length; at += pieces) {
          response.write(file.subarray(at, at + pieces));
          await sleep(100);
        }
        response.end();
      };
      send();
      return true;
    };
    expect(await count('1')).toEqual({ code: 0, stdout: '3\n', stderr: '' });
  });
});
