import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRedisUrl, parseRedisUrl } from '../../src/cli/address.js';
import { UsageError } from '../../src/cli/failure.js';

const LOCAL = { host: 'localhost', port: 6379 };
const SINGLE = {
  kind: 'single',
  tls: false,
  db: 0,
  hosts: [LOCAL],
  text: 'redis://localhost',
  server: 'localhost',
};
const CLUSTER = { ...SINGLE, kind: 'cluster' };
const SENTINEL = {
  ...SINGLE,
  kind: 'sentinel',
  hosts: [{ host: 'localhost', port: 26379 }],
  master: 'mymaster',
  text: 'redis+sentinel://localhost/mymaster',
};
const SOCKET = {
  ...SINGLE,
  hosts: [],
  socket: '/run/redis.sock',
  server: '/run/redis.sock',
  text: 'unix:///run/redis.sock',
};

describe('a URL of a Redis', () => {
  it.each([
    ['redis://localhost', SINGLE],
    ['redis://', { ...SINGLE, text: 'redis://' }],
    ['REDIS://localhost', SINGLE],
    ['valkey://localhost', { ...SINGLE, text: 'valkey://localhost' }],
    ['rediss://localhost', { ...SINGLE, tls: true, text: 'rediss://localhost' }],
    ['ValkeyS://localhost', { ...SINGLE, tls: true, text: 'valkeys://localhost' }],
    [
      'redis://localhost:7000',
      {
        ...SINGLE,
        hosts: [{ host: 'localhost', port: 7000 }],
        text: 'redis://localhost:7000',
        server: 'localhost:7000',
      },
    ],
    [
      'redis://[::1]:7000',
      { ...SINGLE, hosts: [{ host: '::1', port: 7000 }], text: 'redis://[::1]:7000', server: '[::1]:7000' },
    ],
    ['redis://localhost/', { ...SINGLE, text: 'redis://localhost/' }],
    ['redis://localhost/1', { ...SINGLE, db: 1, text: 'redis://localhost/1' }],
    ['redis://localhost/1/', { ...SINGLE, db: 1, text: 'redis://localhost/1/' }],
    ['redis://localhost?db=1', { ...SINGLE, db: 1, text: 'redis://localhost?db=1' }],
    ['redis://localhost/?db=1', { ...SINGLE, db: 1, text: 'redis://localhost/?db=1' }],
    ['redis://localhost/1?db=1', { ...SINGLE, db: 1, text: 'redis://localhost/1' }],
    ['redis://localhost?', SINGLE],
    ['redis://:secret@localhost', { ...SINGLE, password: 'secret' }],
    ['redis://me:secret@localhost', { ...SINGLE, username: 'me', password: 'secret' }],
    ['redis://me@localhost', { ...SINGLE, username: 'me' }],
    ['redis://:@localhost', SINGLE],
    ['redis://:a%40b%2Fc@localhost', { ...SINGLE, password: 'a@b/c' }],
    ['redis://:a@b/c:d?e%@localhost', { ...SINGLE, password: 'a@b/c:d?e%' }],
    ['redis+cluster://localhost', { ...CLUSTER, text: 'redis+cluster://localhost' }],
    ['redis+cluster://localhost/0/', { ...CLUSTER, text: 'redis+cluster://localhost/0/' }],
    ['redis+cluster://localhost?db=0', { ...CLUSTER, text: 'redis+cluster://localhost?db=0' }],
    [
      'valkeys+cluster://me:secret@a:7000,b',
      {
        ...CLUSTER,
        tls: true,
        hosts: [
          { host: 'a', port: 7000 },
          { host: 'b', port: 6379 },
        ],
        username: 'me',
        password: 'secret',
        text: 'valkeys+cluster://a:7000,b',
        server: 'a:7000,b',
      },
    ],
    ['redis+sentinel://localhost/mymaster', SENTINEL],
    [
      'redis+sentinel://localhost/mymaster/2/',
      { ...SENTINEL, db: 2, text: 'redis+sentinel://localhost/mymaster/2/' },
    ],
    [
      'redis+sentinel://localhost/mymaster?db=2',
      { ...SENTINEL, db: 2, text: 'redis+sentinel://localhost/mymaster?db=2' },
    ],
    [
      'redis+sentinel://localhost/my%2Fmaster',
      { ...SENTINEL, master: 'my/master', text: 'redis+sentinel://localhost/my%2Fmaster' },
    ],
    [
      'rediss+sentinel://me:secret@a:1,b/mymaster?sentinel-username=s%26&sentinel-password=p%3D+%40',
      {
        ...SENTINEL,
        tls: true,
        hosts: [
          { host: 'a', port: 1 },
          { host: 'b', port: 26379 },
        ],
        username: 'me',
        password: 'secret',
        sentinelUsername: 's&',
        sentinelPassword: 'p=+@',
        text: 'rediss+sentinel://a:1,b/mymaster',
        server: 'a:1,b',
      },
    ],
    ['unix:///run/redis.sock', SOCKET],
    ['UNIX:///run/redis.sock', SOCKET],
    ['unix:///run/redis.sock?db=3', { ...SOCKET, db: 3, text: 'unix:///run/redis.sock?db=3' }],
    ['unix://me:secret@/run/redis.sock', { ...SOCKET, username: 'me', password: 'secret' }],
    [
      'unix:///run/a%20b@c:d.sock',
      {
        ...SOCKET,
        socket: '/run/a b@c:d.sock',
        server: '/run/a%20b@c:d.sock',
        text: 'unix:///run/a%20b@c:d.sock',
      },
    ],
  ])('is taken apart: %s', (url, address) => {
    expect(isRedisUrl(url)).toBe(true);
    expect(parseRedisUrl(url)).toEqual(address);
  });

  it.each([
    [
      'redis://localhost/?db=abc',
      'expected the number of a database in ?db= of redis://localhost/, got "abc"',
    ],
    ['redis://localhost/?db=-1', 'expected the number of a database in ?db= of redis://localhost/, got "-1"'],
    [
      'unix:///run/redis.sock?db=',
      'expected the number of a database in ?db= of unix:///run/redis.sock, got ""',
    ],
    ['redis://localhost/1?db=2', 'expected one database of redis://localhost/1, got 1 and ?db=2'],
    ['redis://localhost?db=1&db=2', 'expected db once after the ? of redis://localhost, got it twice'],
    ['redis://localhost?family=6', 'expected db after the ? of redis://localhost, got "family"'],
    [
      'redis://:secret@localhost/?password=other',
      'expected db after the ? of redis://localhost/, got "password"',
    ],
    [
      'redis+sentinel://localhost/mymaster?sentinel=1',
      'expected db or sentinel-username or sentinel-password after the ? of redis+sentinel://localhost/mymaster, got "sentinel"',
    ],
    [
      'redis+cluster://localhost?db=1',
      'expected no database but 0 of the cluster at redis+cluster://localhost, got ?db=1',
    ],
    ['redis+cluster://localhost/1', unreadable('redis+cluster://localhost/1', 'cluster')],
    ['redis+cluster://', unreadable('redis+cluster://', 'cluster')],
    ['redis+cluster://a,', unreadable('redis+cluster://a,', 'cluster')],
    ['redis+sentinel://localhost', unreadable('redis+sentinel://localhost', 'sentinel')],
    ['redis+sentinel:///mymaster', unreadable('redis+sentinel:///mymaster', 'sentinel')],
    ['redis://a,b', unreadable('redis://a,b', 'single')],
    ['redis://localhost/first', unreadable('redis://localhost/first', 'single')],
    ['redis://localhost/1/2', unreadable('redis://localhost/1/2', 'single')],
    ['redis://localhost:port', unreadable('redis://localhost:port', 'single')],
    ['redis://localhost:70000', unreadable('redis://localhost:70000', 'single')],
    ['redis://localhost#1', unreadable('redis://localhost#1', 'single')],
    ['redis://me:secret?db=1@localhost', unreadable('redis://…', 'single')],
    ['unix://redis.sock', unreadable('unix://redis.sock', 'socket')],
    ['unix:///', unreadable('unix:///', 'socket')],
  ])('is refused in a sentence: %s', (url, sentence) => {
    expect(() => parseRedisUrl(url)).toThrow(new UsageError(sentence));
  });

  it('never shows its password, whatever is in it', () => {
    const password = fc.array(fc.constantFrom(...'@:/?=&#%,+ ', 'db=1', 'x='), { maxLength: 8 });
    const before = fc.constantFrom(
      'redis://:',
      'redis+cluster://me:',
      'redis+sentinel://me:',
      'unix://:',
      'rediss://m?x=',
    );
    const behind = fc.constantFrom(
      '@host',
      '@host/1',
      '@host/first',
      '@host:port',
      '@a,b/m?db=x',
      '@/run/s?x=1',
    );
    fc.assert(
      fc.property(before, password, behind, (start, parts, end) => {
        const said = sayingOf(`${start}${parts.join('QZ')}QZ${end}`);
        expect(said).not.toContain('QZ');
      }),
      { numRuns: 2000 },
    );
  });

  it.each(['redis:localhost', 'redis', 'rediss+unix:///x', 'http://localhost', 'events.csv', 'my-redis://x'])(
    'is something else: %s',
    (text) => {
      expect(isRedisUrl(text)).toBe(false);
    },
  );
});

/** Everything that people may come to read of a URL. */
function sayingOf(url: string): string {
  try {
    const { text, server } = parseRedisUrl(url);
    return `${text} ${server}`;
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as UsageError).message;
  }
}

function unreadable(shown: string, kind: 'single' | 'cluster' | 'sentinel' | 'socket'): string {
  const example = {
    single: 'redis://127.0.0.1:6379 or redis://:password@host:6379/0',
    cluster: 'redis+cluster://127.0.0.1:7000,127.0.0.1:7001',
    sentinel: 'redis+sentinel://127.0.0.1:26379,127.0.0.1:26380/mymaster',
    socket: 'unix:///run/redis.sock or unix:///run/redis.sock?db=1',
  }[kind];
  return `expected a URL such as ${example}, got "${shown}"`;
}
