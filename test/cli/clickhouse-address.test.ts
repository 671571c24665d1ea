import { describe, expect, it, vi } from 'vitest';
import { isClickHouseTls, isClickHouseUrl, parseClickHouseUrl } from '../../src/cli/clickhouse-address.js';
import { UsageError } from '../../src/cli/failure.js';

describe('the URL of a table of ClickHouse', () => {
  it.each([
    [
      'clickhouse://localhost/events',
      { server: 'localhost:8123', table: 'events', username: 'default', password: '' },
    ],
    ['ClickHouses://db.example.com/a/b', { server: 'db.example.com:8443', table: 'a.b', tls: true }],
    [
      'clickhouse://me@h:9/a.b',
      { server: 'h:9', username: 'me', password: '', text: 'clickhouse://h:9/a.b' },
    ],
    ['clickhouse://me:a%40b@h:80/a.b', { server: 'h:80', username: 'me', password: 'a@b', tls: false }],
    ['clickhouse://me:a@b:c@h/a', { server: 'h:8123', password: 'a@b:c', text: 'clickhouse://h/a' }],
    ['clickhouse://:p@[::1]:8124/a%20b', { server: '[::1]:8124', username: 'default', table: 'a b' }],
  ])('%s', (url, expected) => {
    expect(isClickHouseUrl(url)).toBe(true);
    expect(parseClickHouseUrl(url)).toMatchObject(expected);
    expect(isClickHouseTls(url)).toBe(parseClickHouseUrl(url).tls);
  });

  it('takes a password that it lacks from the environment', () => {
    vi.stubEnv('CLICKHOUSE_PASSWORD', 'secret');
    try {
      expect(parseClickHouseUrl('clickhouse://h/a').password).toBe('secret');
      expect(parseClickHouseUrl('clickhouse://me:@h/a').password).toBe('');
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it.each([
    'clickhouse://',
    'clickhouse://localhost',
    'clickhouse://localhost/',
    'clickhouse:///events',
    'clickhouse://h/a.b.c',
    'clickhouse://h/a/b/c',
    'clickhouse://h,i/a',
    'clickhouse://h:port/a',
    'clickhouse://me:secret@h/a?database=b',
  ])('is not %s, and no password is shown', (url) => {
    const parse = () => parseClickHouseUrl(url);
    expect(parse).toThrow(UsageError);
    expect(parse).toThrow(/^expected a URL such as clickhouse:\/\/.*, got "clickhouse:/);
    expect(parse).not.toThrow(/secret/);
  });

  it('is not that of another server', () => {
    for (const url of ['redis://h/1', 'https://h/a', 'clickhouse', '']) {
      expect([isClickHouseUrl(url), isClickHouseTls(url)]).toEqual([false, false]);
    }
  });
});
