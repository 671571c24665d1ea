import { Agent } from 'node:https';
import { ClickHouseStore } from '../clickhouse.js';
import { StoreError } from '../index.js';
import { type ClickHouseAddress, parseClickHouseUrl } from './clickhouse-address.js';
import { withProgress } from './progress.js';
import { REASONS } from './reason.js';
import { SilenceError, type TimeoutOptions, timeoutMsOf } from './silence.js';
import { readTls, type TlsOptions } from './tls.js';

/** Tables of ClickHouse, over connections of this command. */

export interface ClickHouseOptions extends TimeoutOptions, TlsOptions {
  readonly keyPrefix?: string;
  /** Makes the table if it is missing. */
  readonly makesTable?: boolean;
}

/** As long as a timer can run. */
const LONGEST_MS = 2 ** 31 - 1;

/** Connects, lets `use` work with the table, and closes the connections whatever happens. */
export async function withClickHouse<T>(
  url: string,
  options: ClickHouseOptions,
  use: (store: ClickHouseStore) => Promise<T>,
): Promise<T> {
  const address = parseClickHouseUrl(url);
  const { tls, server, username, password, table } = address;
  const timeoutMs = timeoutMsOf(options);
  const { ClickHouseLogLevel, createClient } = await import('@clickhouse/client');
  const client = createClient({
    url: `http${tls ? 's' : ''}://${server}`,
    username,
    password,
    application: 'bitmapist',
    request_timeout: timeoutMs || LONGEST_MS,
    log: { level: ClickHouseLogLevel.OFF },
    ...(tls ? { http_agent: new Agent({ keepAlive: true, ...(await readTls(options)) }) } : {}),
  });
  try {
    const { keyPrefix: prefix } = options;
    const store = new ClickHouseStore(client, { table, prefix });
    await withProgress(`connecting to ${server}`, () => findTable(store, options)).catch((error: unknown) => {
      throw explain(address, error, timeoutMs);
    });
    return await use(store);
  } finally {
    await client.close();
  }
}

/** ClickHouse's numbers of errors. */
const UNKNOWN_TABLE = '60';
const UNKNOWN_DATABASE = '81';
const REFUSED_LOGINS = ['193', '194', '516'];

async function findTable(store: ClickHouseStore, { makesTable }: ClickHouseOptions): Promise<void> {
  try {
    // Whatever is in it: that it can be read.
    await store.byteLengths([`${store.prefix}a_u`]);
  } catch (error) {
    if (!makesTable || codeOf(error) !== UNKNOWN_TABLE) throw error;
    await store.createTable();
  }
}

function codeOf(error: unknown): string | undefined {
  const { cause } = error as Error;
  return (cause as { code?: string } | undefined)?.code;
}

/** Why a table cannot be read, in a sentence. */
function explain({ text, server, table }: ClickHouseAddress, error: unknown, timeoutMs: number): unknown {
  const code = codeOf(error);
  if (!(error instanceof StoreError) || !(error.cause instanceof Error)) return error;
  const fail = (sentence: string): StoreError => new StoreError(sentence, { cause: error.cause });
  if (code === UNKNOWN_TABLE || code === UNKNOWN_DATABASE) {
    const what = code === UNKNOWN_TABLE ? 'table' : 'database';
    return fail(`expected the table ${table} at ${server}, got a server without that ${what}`);
  }
  if (REFUSED_LOGINS.includes(code ?? '')) {
    return fail(`expected the user and the password of ${text}, got some that it refuses`);
  }
  const reason =
    error.cause.message === 'Timeout error.' && timeoutMs > 0
      ? new SilenceError(timeoutMs).message
      : (REASONS[code ?? ''] ?? error.cause.message);
  return fail(`expected a ClickHouse server at ${text}, got ${reason}`);
}
