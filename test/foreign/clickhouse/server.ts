import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { Chdb } from './chdb.js';

/** ClickHouse's interface over HTTP in front of the one in this process, as far as clients need it. */
export interface ClickHouseServer {
  /** `clickhouse://default:secret@127.0.0.1:port/` */
  readonly url: string;
  readonly httpUrl: string;
  /** Statements, as they came. */
  readonly statements: string[];
  stop(): Promise<void>;
}

export const PASSWORD = 'a@b:c/d';

export async function startClickHouse(chdb: Chdb): Promise<ClickHouseServer> {
  const statements: string[] = [];
  const server = createServer((request, response) => {
    answer(chdb, request, response, statements).catch((error: Error) => {
      const code = /^(?:Query failed: )?Code: (\d+)/.exec(error.message)?.[1] ?? '0';
      response.writeHead(500, { 'X-ClickHouse-Exception-Code': code });
      response.end(error.message.replace(/^Query failed: /, ''));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `clickhouse://default:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/`,
    httpUrl: `http://127.0.0.1:${port}`,
    statements,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(
  chdb: Chdb,
  request: IncomingMessage,
  response: ServerResponse,
  statements: string[],
): Promise<void> {
  const body = await buffer(request);
  const { searchParams } = new URL(request.url!, 'http://localhost');
  const expected = `Basic ${Buffer.from(`default:${PASSWORD}`).toString('base64')}`;
  if (request.headers.authorization !== expected) {
    throw new Error('Code: 516. DB::Exception: default: Authentication failed. (AUTHENTICATION_FAILED)');
  }
  // As servers do: see MAX_PARAMETER_BYTES.
  for (const [name, value] of searchParams) {
    if (value.length < 131_072) continue;
    throw new Error(`Code: 1000. DB::Exception: Field value too long: ${name}. (POCO_EXCEPTION)`);
  }
  const parameters = [...searchParams]
    .filter(([name]) => name.startsWith('param_'))
    .map(([name, value]) => [name.slice('param_'.length), value]);
  const given = searchParams.get('query');
  const statement = given ?? body.toString();
  statements.push(statement);
  const bytes = await chdb.run(statement, Object.fromEntries(parameters), given === null ? undefined : body);
  response.end(bytes);
}
