import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import type { ClickHouseClientLike, ClickHouseRequest } from '../../../src/clickhouse.js';
import { BITMAP_COLUMNS } from '../../../src/formats/clickhouse/rowbinary.js';

/** A ClickHouse in this process, of the npm package chdb, which `npm run test:clickhouse` installs beside this file. */

export interface Chdb {
  /** Runs a statement, its parameters as they stand in addresses; the format may stand at its end. */
  run(
    statement: string,
    parameters: Record<string, string>,
    data?: Uint8Array,
  ): Promise<Uint8Array<ArrayBuffer>>;
  close(): Promise<void>;
}

interface Session {
  readonly connection: unknown;
  cleanup(): void;
}

interface Native {
  QueryAsyncConnection(
    connection: unknown,
    statement: string,
    format: string,
    parameters: Record<string, string>,
  ): Promise<{ readonly bytes?: Uint8Array }>;
}

const require = createRequire(import.meta.url);

/** What is not exported is loaded by its path. */
function load(file: string): unknown {
  return require(join(dirname(require.resolve('chdb')), file));
}

/** A server with nothing in it; a process has one at a time. */
export async function openChdb(): Promise<Chdb> {
  const { Session } = require('chdb') as { Session: new () => Session };
  const { loadNative } = load('dist/loader.js') as { loadNative(): Native };
  const native = loadNative();
  const session = new Session();
  const folder = await mkdtemp(join(tmpdir(), 'bitmapist-clickhouse-'));
  // Parameters belong to a connection: one statement after the other.
  let last: Promise<unknown> = Promise.resolve();
  let files = 0;
  const send = async (
    statement: string,
    parameters: Record<string, string>,
    data: Uint8Array | undefined,
  ): Promise<Uint8Array<ArrayBuffer>> => {
    const [, text, format = 'TabSeparated'] = /^(.*?)(?:\s+FORMAT\s+(\w+))?\s*$/s.exec(statement)!;
    if (data === undefined) return query(text!, format, parameters);
    const path = join(folder, `${++files}`);
    await writeFile(path, data);
    const columns = BITMAP_COLUMNS.map((column) => column.join(' ')).join(', ');
    const structure = format === 'RowBinary' ? `, '${columns.replaceAll("'", "\\'")}'` : '';
    return query(
      `${text} SELECT * FROM file('${path}', '${format}'${structure})`,
      'TabSeparated',
      parameters,
    );
  };
  const query = async (text: string, format: string, parameters: Record<string, string>) =>
    Uint8Array.from(
      (await native.QueryAsyncConnection(session.connection, text, format, parameters)).bytes ?? [],
    );
  return {
    run(statement, parameters, data) {
      const answer = last.then(() => send(statement, parameters, data));
      last = answer.catch(() => {});
      return answer;
    },
    async close() {
      await last;
      session.cleanup();
      await rm(folder, { recursive: true });
    },
  };
}

/** A client as those of servers look, that sends nothing over a network; it notes the statements. */
export class ChdbClient implements ClickHouseClientLike {
  readonly statements: string[] = [];
  readonly #chdb: Chdb;
  readonly #format: (value: unknown) => string;

  constructor(chdb: Chdb) {
    this.#chdb = chdb;
    this.#format = (
      load('dist/serialize.js') as { formatParamValue(value: unknown): string }
    ).formatParamValue;
  }

  async query(request: ClickHouseRequest & { format: 'JSONEachRow' }) {
    const bytes = await this.#send({ ...request, query: `${request.query} FORMAT ${request.format}` });
    const lines = new TextDecoder().decode(bytes).split('\n').filter(Boolean);
    return { json: async () => lines.map((line) => JSON.parse(line) as unknown) };
  }

  async exec({ values, ...request }: ClickHouseRequest & { values?: unknown }) {
    const data = values === undefined ? undefined : Buffer.concat(await (values as Readable).toArray());
    return { stream: Readable.from([Buffer.from(await this.#send(request, data))]) };
  }

  async command(request: ClickHouseRequest) {
    await this.#send(request);
  }

  #send({ query, query_params = {} }: ClickHouseRequest, data?: Uint8Array) {
    this.statements.push(query);
    const parameters = Object.entries(query_params).map(([name, value]) => [name, this.#format(value)]);
    return this.#chdb.run(query, Object.fromEntries(parameters), data);
  }
}
