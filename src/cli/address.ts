import { UsageError } from './failure.js';
import { decodePart, splitQuery, withoutPassword } from './url.js';

/** URLs of Redis and Valkey, taken apart. */

export interface RedisAddress {
  readonly kind: 'single' | 'cluster' | 'sentinel';
  readonly tls: boolean;
  /** The server, some nodes of a cluster, or sentinels; empty if there is a socket. */
  readonly hosts: readonly RedisHost[];
  /** The path of a Unix socket. */
  readonly socket?: string;
  /** What sentinels call the server. */
  readonly master?: string;
  readonly db: number;
  readonly username?: string;
  readonly password?: string;
  readonly sentinelUsername?: string;
  readonly sentinelPassword?: string;
  /** The URL without passwords, for people to read. */
  readonly text: string;
  /** Its hosts or its socket, for people to read. */
  readonly server: string;
}

export interface RedisHost {
  readonly host: string;
  readonly port: number;
}

type Kind = RedisAddress['kind'];

const SCHEME = /^(?:(unix)|(?:redis|valkey)(s?)(?:\+(cluster|sentinel))?):\/\//i;
const DEFAULT_HOST = 'localhost';
const DEFAULT_PORTS = { single: 6379, cluster: 6379, sentinel: 26_379 };
const EXAMPLES = {
  single: 'redis://127.0.0.1:6379 or redis://:password@host:6379/0',
  cluster: 'redis+cluster://127.0.0.1:7000,127.0.0.1:7001',
  sentinel: 'redis+sentinel://127.0.0.1:26379,127.0.0.1:26380/mymaster',
  socket: 'unix:///run/redis.sock or unix:///run/redis.sock?db=1',
};

export function isRedisUrl(text: string): boolean {
  return SCHEME.test(text);
}

/** @throws UsageError for what is no such URL; it shows no password */
export function parseRedisUrl(url: string): RedisAddress {
  const [scheme = '', unix, tls, kind = 'single'] = (SCHEME.exec(url) ?? []).map((part) =>
    part?.toLowerCase(),
  );
  const { before, query } = splitQuery(url.slice(scheme.length));
  if (query.includes('@')) throw unreadable(url, unix ? EXAMPLES.socket : EXAMPLES[kind as Kind]);
  return unix === undefined
    ? parseHosts({ url, scheme, before, query, kind: kind as Kind, tls: tls !== '' })
    : parseSocket({ url, scheme, before, query });
}

interface Parts {
  readonly url: string;
  readonly scheme: string;
  readonly before: string;
  readonly query: string;
}

/** `[user:password@]/path[?db=N]` */
function parseSocket({ url, scheme, before, query }: Parts): RedisAddress {
  // A login ends before the path, which may hold an @ itself.
  const [, login, path] = /^(?:([^/]*)@)?(\/.+)$/s.exec(before) ?? [];
  if (path === undefined) throw unreadable(url, EXAMPLES.socket);
  const text = `${scheme}${path}`;
  const { db, ...parameters } = readQuery(query, text, ['db']);
  return {
    kind: 'single',
    tls: false,
    hosts: [],
    socket: decodePart(path),
    db: Number(db ?? 0),
    ...readLogin(login),
    ...parameters,
    text: db === undefined ? text : `${text}?db=${db}`,
    server: path,
  };
}

/** What follows the hosts. */
const PATHS = {
  single: /^(?:\/(?<db>\d{0,9})\/?)?$/,
  cluster: /^(?:\/(?<db>0?)\/?)?$/,
  sentinel: /^\/(?<master>[^/]+)(?:\/(?<db>\d{0,9})\/?)?$/,
};

/** `[user:password@]host[:port][,host[:port]][/master][/database][?db=N]` */
function parseHosts({
  url,
  scheme,
  before,
  query,
  kind,
  tls,
}: Parts & { kind: Kind; tls: boolean }): RedisAddress {
  const at = before.lastIndexOf('@');
  const [rest, server, path] = /^([^/]*)(.*)$/s.exec(before.slice(at + 1))!;
  const hosts = readHosts(server!, kind);
  const named = PATHS[kind].exec(path!)?.groups;
  if (hosts === undefined || named === undefined) throw unreadable(url, EXAMPLES[kind]);
  const text = `${scheme}${rest}`;
  const allowed = kind === 'sentinel' ? ['db', 'sentinel-username', 'sentinel-password'] : ['db'];
  const { db: asked, ...parameters } = readQuery(query, text, allowed);
  const db = named.db || asked || '0';
  if (Number(asked ?? db) !== Number(db)) {
    throw new UsageError(`expected one database of ${text}, got ${db} and ?db=${asked}`);
  }
  if (kind === 'cluster' && Number(db) !== 0) {
    throw new UsageError(`expected no database but 0 of the cluster at ${text}, got ?db=${db}`);
  }
  return {
    kind,
    tls,
    hosts,
    ...(named.master === undefined ? {} : { master: decodePart(named.master) }),
    db: Number(db),
    ...readLogin(at < 0 ? undefined : before.slice(0, at)),
    ...parameters,
    text: asked === undefined || named.db ? text : `${text}?db=${asked}`,
    server: server || DEFAULT_HOST,
  };
}

/** `undefined` if one of them is not an address. */
function readHosts(text: string, kind: Kind): RedisHost[] | undefined {
  const port = DEFAULT_PORTS[kind];
  if (text === '' && kind === 'single') return [{ host: DEFAULT_HOST, port }];
  const urls = text.split(',').map((host) => `redis://${host}`);
  if (kind === 'single' && urls.length > 1) return undefined;
  if (!urls.every((url) => !/[?#]/.test(url) && URL.canParse(url) && new URL(url).hostname)) return undefined;
  return urls
    .map((url) => new URL(url))
    .map((url) => ({ host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || port) }));
}

/** `user:password`, `:password` or `user`, percent-encoded or as it is. */
function readLogin(login: string | undefined): Pick<RedisAddress, 'username' | 'password'> {
  if (login === undefined) return {};
  const [, username, password] = /^([^:]*)(?::(.*))?$/s.exec(login)!;
  return {
    ...(username ? { username: decodePart(username) } : {}),
    ...(password ? { password: decodePart(password) } : {}),
  };
}

interface Parameters {
  readonly db?: string;
  readonly sentinelUsername?: string;
  readonly sentinelPassword?: string;
}

/** Whatever is not `allowed` is refused: a parameter that does nothing would mislead. */
function readQuery(query: string, text: string, allowed: readonly string[]): Parameters {
  const values = new Map<string, string>();
  for (const parameter of query.split('&')) {
    if (parameter === '') continue;
    const [, name, value] = /^([^=]*)=?(.*)$/s.exec(parameter)!;
    if (!allowed.includes(name!)) {
      throw new UsageError(
        `expected ${allowed.join(' or ')} after the ? of ${text}, got ${JSON.stringify(name)}`,
      );
    }
    if (values.has(name!)) throw new UsageError(`expected ${name} once after the ? of ${text}, got it twice`);
    values.set(name!, decodePart(value!));
  }
  const db = values.get('db');
  if (db !== undefined && !/^\d{1,9}$/.test(db)) {
    throw new UsageError(`expected the number of a database in ?db= of ${text}, got ${JSON.stringify(db)}`);
  }
  const fields = [...values].map(([name, value]) => [camelCase(name), value]);
  return Object.fromEntries(fields) as Parameters;
}

function camelCase(name: string): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

function unreadable(url: string, example: string): UsageError {
  return new UsageError(`expected a URL such as ${example}, got ${JSON.stringify(withoutPassword(url))}`);
}
