import { UsageError } from './failure.js';
import { decodePart, splitQuery, withoutPassword } from './url.js';

/** URLs of tables of ClickHouse, taken apart. */

export interface ClickHouseAddress {
  readonly tls: boolean;
  /** Host and port, for people to read. */
  readonly server: string;
  readonly username: string;
  readonly password: string;
  /** `database.table` or `table`. */
  readonly table: string;
  /** The URL without a password, for people to read. */
  readonly text: string;
}

const SCHEME = /^clickhouse(s?):\/\//i;
const EXAMPLE = 'clickhouse://user:password@localhost:8123/analytics.bitmaps';
export function isClickHouseUrl(text: string): boolean {
  return SCHEME.test(text);
}

/** Whether a URL is one of a server that is spoken to by TLS. */
export function isClickHouseTls(text: string): boolean {
  return SCHEME.exec(text)?.[1] !== '' && isClickHouseUrl(text);
}

/** @throws UsageError for what is no such URL; it shows no password */
export function parseClickHouseUrl(url: string): ClickHouseAddress {
  const tls = isClickHouseTls(url);
  const { before, query } = splitQuery(url.replace(SCHEME, ''));
  const at = before.lastIndexOf('@');
  const [, username = '', password] = /^([^:]*)(?::(.*))?$/s.exec(before.slice(0, Math.max(0, at)))!;
  const [, host = '', path = ''] = /^([^/]*)\/?(.*)$/s.exec(before.slice(at + 1))!;
  const address = `http${tls ? 's' : ''}://${host}`;
  const isHost = URL.canParse(address) && !/[?#,]/.test(host) && new URL(address).hostname !== '';
  const table = decodePart(path).replace('/', '.');
  if (!isHost || query !== '' || !/^[^./]+(?:\.[^./]+)?$/.test(table)) {
    throw new UsageError(`expected a URL such as ${EXAMPLE}, got ${JSON.stringify(withoutPassword(url))}`);
  }
  return {
    tls,
    server: new URL(address).port === '' && !/:\d+$/.test(host) ? `${host}:${tls ? 8443 : 8123}` : host,
    username: decodePart(username) || 'default',
    // As in clickhouse-client, a password that the URL lacks may come from the environment.
    password: password === undefined ? (process.env.CLICKHOUSE_PASSWORD ?? '') : decodePart(password),
    table,
    text: withoutPassword(url),
  };
}
