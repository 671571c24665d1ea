import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureOf, makeFolder, outputOf, runCommand } from '../support/cli/command.js';
import { type Certificates, makeCertificates } from '../support/servers/certificates.js';
import { type RedisServer, startRedis } from '../support/servers/redis.js';

const CSV = 'user,timestamp,event\n7,2026-01-02T10:00:00Z,visit\n8,2026-01-03T10:00:00Z,visit\n';

let folder: Awaited<ReturnType<typeof makeFolder>>;
let events: string;

beforeAll(async () => {
  folder = await makeFolder();
  events = await folder.write('visits.csv', CSV);
});

afterAll(() => folder?.remove());

/** What is imported is there afterwards, and nowhere else. */
async function expectRoundTrip(url: string, ...options: string[]): Promise<void> {
  expect(await outputOf('import', events, '--to', url, ...options)).toBe('2 rows, 1 event, 2 ids\n');
  expect(await outputOf('count', url, 'visit@2026-01', ...options)).toBe('2\n');
  expect(await outputOf('export', events, '--to', url, '--replace', ...options)).toBe('4 keys\n');
}

describe('a Redis', () => {
  let server: RedisServer;
  let socket: string;
  let place: string;

  beforeAll(async () => {
    // The path of a socket may have about a hundred characters.
    place = await mkdtemp(join(tmpdir(), 'bm-'));
    socket = join(place, 'redis@1.sock');
    server = await startRedis({ args: ['--unixsocket', socket] });
  });

  afterAll(async () => {
    await server?.stop();
    await rm(place, { recursive: true, force: true });
  });

  it('is found by other names of its scheme, and its database by path or query', async () => {
    const address = `${server.host}:${server.port}`;
    await expectRoundTrip(`valkey://${address}/3/`);
    for (const url of [`REDIS://${address}/3`, `redis://${address}?db=3`, `Valkey://${address}/3?db=3`]) {
      expect(await outputOf('count', url, 'visit@2026-01')).toBe('2\n');
    }
    expect(await outputOf('events', `redis://${address}/?db=4`)).toBe('');
  });

  it('is found by its socket, in any database', async () => {
    await expectRoundTrip(`unix://${socket}?db=5`);
    expect(await outputOf('events', `redis://${server.host}:${server.port}/5`)).toBe('visit\n');
    expect(await outputOf('events', `unix://${socket}?db=6`)).toBe('');
    const missing = `unix://${socket}.none`;
    expect(await failureOf('events', missing)).toEqual({
      code: 1,
      stderr: `bitmapist: expected a Redis server at ${missing}, got no such socket\n`,
    });
  });

  it('takes its password from the environment if the URL has none, and never shows it', async () => {
    const locked = await startRedis({ password: 'open sesame' });
    try {
      const url = `redis://${locked.host}:${locked.port}`;
      const env = { REDISCLI_AUTH: 'open sesame' };
      expect(await runCommand(['events', url], env)).toEqual({ code: 0, stdout: '', stderr: '' });
      expect((await runCommand(['events', `${locked.url}/1`], { REDISCLI_AUTH: 'wrong' })).code).toBe(0);
      const refused = `bitmapist: expected the password of ${url}, got one that it refuses\n`;
      expect(await runCommand(['events', url], { REDISCLI_AUTH: 'wrong' })).toMatchObject({
        code: 1,
        stderr: refused,
      });
      const debugged = await runCommand(['events', url], { REDISCLI_AUTH: 'wrong pass', DEBUG: '1' });
      expect(debugged.stderr).toContain(refused);
      expect(debugged.stderr).not.toContain('wrong pass');
      expect(await failureOf('events', url.replace('//', '//someone@'))).toEqual({
        code: 2,
        stderr: `bitmapist: expected user:password@ in the URL, got a user without a password at ${url}\n`,
      });
    } finally {
      await locked.stop();
    }
  });

  it('is named by what is wrong with its URL, before anything is read', async () => {
    for (const args of [
      ['count', 'redis://:secret@localhost/?db=abc', 'visit@day'],
      ['import', events, '--to', 'redis://:secret@localhost/?db=abc'],
      ['export', events, '--to', 'redis://:secret@localhost/?db=abc'],
      ['explore', 'redis://:secret@localhost/?db=abc'],
    ]) {
      expect(await failureOf(...args)).toEqual({
        code: 2,
        stderr: 'bitmapist: expected the number of a database in ?db= of redis://localhost/, got "abc"\n',
      });
    }
  });
});

describe('a Redis that speaks TLS', () => {
  let certificates: Certificates;
  let server: RedisServer;

  beforeAll(async () => {
    certificates = await makeCertificates();
    server = await startRedis({ tls: certificates, password: 'sesame' });
  });

  afterAll(async () => {
    await server?.stop();
    await certificates?.remove();
  });

  it('is trusted if its authority is, or whatever it shows', async () => {
    await expectRoundTrip(server.url, '--ca', certificates.ca);
    await expectRoundTrip(`${server.url.replace('rediss', 'VALKEYS')}/1`, '--insecure');
  });

  it('is not trusted without a word', async () => {
    const { code, stderr } = await failureOf('events', server.url);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^bitmapist: expected a Redis server at rediss:\/\/127\.0\.0\.1:\d+, got a certificate that is not trusted \(--ca names who is\): .*certificate.*\n$/,
    );
    // The authority is right, but nothing says that the name is that of the server.
    const renamed = await failureOf('events', server.url, '--ca', certificates.cert);
    expect(renamed.stderr).toContain('got a certificate that is not trusted');
  });

  it('asks for a certificate of its own, if it wants one', async () => {
    const strict = await startRedis({ tls: certificates, args: ['--tls-auth-clients', 'yes'] });
    try {
      const { ca, cert, key } = certificates;
      await expectRoundTrip(strict.url, '--ca', ca, '--cert', cert, '--key', key);
      const { code, stderr } = await failureOf('events', strict.url, '--ca', ca);
      expect(code).toBe(1);
      expect(stderr).toMatch(/^bitmapist: expected a Redis server at rediss:.*\n$/);
    } finally {
      await strict.stop();
    }
  });

  it('is not shown half of a certificate, nor something else', async () => {
    const { cert, key } = certificates;
    expect(await failureOf('events', server.url, '--cert', cert)).toEqual({
      code: 2,
      stderr: 'bitmapist: expected --cert and --key together, got one of them\n',
    });
    const { code, stderr } = await failureOf('events', server.url, '--cert', events, '--key', key);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^bitmapist: expected PEM files after --cert, --key, got .*\n$/);
  });

  it('is not spoken to in the clear', async () => {
    const url = server.url.replace('rediss', 'redis');
    const { code, stderr } = await failureOf('events', url, '--timeout', '5');
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `bitmapist: expected a Redis server at ${url.replace(':sesame@', '')}, got a closed connection (does it speak TLS? rediss:// does)\n`,
    });
  });

  it('does not get options that would do nothing', async () => {
    const idle = [
      [['events', 'redis://localhost', '--ca', certificates.ca], '--ca, got redis://localhost'],
      [
        ['import', events, '--to', 'redis://:secret@localhost', '--insecure'],
        '--insecure, got redis://localhost',
      ],
      [['events', events, '--insecure'], '--insecure, got none'],
    ] as const;
    for (const [args, end] of idle) {
      const stderr = `bitmapist: expected a rediss:// or clickhouses:// URL with ${end}\n`;
      expect(await failureOf(...args)).toEqual({ code: 2, stderr });
    }
    expect(await failureOf('events', server.url, '--ca', folder.path('none.pem'))).toEqual({
      code: 2,
      stderr: `bitmapist: expected a file to read after --ca, got ${JSON.stringify(folder.path('none.pem'))}: ENOENT\n`,
    });
  });
});

describe('a Redis that sentinels know', () => {
  let certificates: Certificates;
  let master: RedisServer;
  let sentinel: RedisServer;

  beforeAll(async () => {
    certificates = await makeCertificates();
    master = await startRedis({ password: 'sesame' });
    const sentinelOf = { name: 'main', master, password: 'sesame' };
    sentinel = await startRedis({ sentinelOf, password: 'guard@post' });
  });

  afterAll(async () => {
    await sentinel?.stop();
    await master?.stop();
    await certificates?.remove();
  });

  function urlOf(rest: string, login = ':sesame@', hosts = `${sentinel.host}:${sentinel.port}`): string {
    return `redis+sentinel://${login}${hosts}/${rest}`;
  }

  it('is asked, marked and filled by its name', async () => {
    await expectRoundTrip(urlOf('main/2?sentinel-password=guard%40post'));
    expect(await outputOf('events', `${master.url}/2`)).toBe('visit\n');
    // One sentinel is enough.
    const hosts = `127.0.0.1:1,${sentinel.host}:${sentinel.port}`;
    const url = urlOf('main/?db=2&sentinel-password=guard%40post', ':sesame@', hosts);
    expect(await outputOf('events', url)).toBe('visit\n');
  });

  it('is told apart from sentinels that do not know it, refuse, or are gone', async () => {
    const { host, port } = sentinel;
    expect(await failureOf('events', urlOf('other?sentinel-password=guard%40post'))).toEqual({
      code: 1,
      stderr: `bitmapist: expected a sentinel at ${host}:${port} that knows other, got ERR No such master with that name\n`,
    });
    const locked = await failureOf('events', urlOf('main'));
    expect(locked.code).toBe(1);
    expect(locked.stderr).toMatch(/that knows main, got NOAUTH .*\n$/);
    expect(await failureOf('events', urlOf('main', '', '127.0.0.1:1'))).toEqual({
      code: 1,
      stderr:
        'bitmapist: expected a sentinel at 127.0.0.1:1 that knows main, got no connection (is it running?)\n',
    });
    const url = 'sentinel-password=guard%40post';
    expect(await failureOf('events', urlOf(`main?${url}`, ':guess@'))).toEqual({
      code: 1,
      stderr: `bitmapist: expected the password of ${urlOf('main', '')}, got one that it refuses\n`,
    });
  });

  it('speaks TLS, and so do its sentinels', async () => {
    const safe = await startRedis({ tls: certificates });
    const safeSentinel = await startRedis({
      sentinelOf: { name: 'safe', master: safe },
      tls: certificates,
      args: ['--tls-replication', 'yes'],
    });
    try {
      const url = `rediss+sentinel://${safeSentinel.host}:${safeSentinel.port}/safe`;
      await expectRoundTrip(url, '--ca', certificates.ca);
      expect((await failureOf('events', url)).stderr).toContain(
        'that knows safe, got no connection (is it running? does --ca trust it?)',
      );
    } finally {
      await safeSentinel.stop();
      await safe.stop();
    }
  });
});
