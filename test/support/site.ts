import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';

/** Files served on this machine, as a host of static files serves them. */

export interface Site {
  readonly origin: string;
  close(): Promise<void>;
}

/** Finds what is at a path; undefined if nothing is. */
export type FindFile = (path: string) => Promise<string | Uint8Array | undefined>;

/** What makes pages isolated from those of other origins, so that they may share memory with their workers. */
export const ISOLATED = {
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-opener-policy': 'same-origin',
} as const;

const TYPES: Partial<Record<string, string>> = { '.js': 'text/javascript', '.json': 'application/json' };

/** @param headers of every response */
export async function serveSite(
  find: FindFile,
  headers: Readonly<Record<string, string>> = {},
): Promise<Site> {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url!, 'http://localhost');
    const body = await find(pathname).catch(() => undefined);
    const type = TYPES[extname(pathname)] ?? 'text/html';
    // Browsers ask for an icon on their own.
    if (pathname === '/favicon.ico') response.writeHead(204).end();
    else if (body === undefined) response.writeHead(404, headers).end();
    else response.writeHead(200, { ...headers, 'content-type': type }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}
