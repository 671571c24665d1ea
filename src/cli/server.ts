import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { sentenceOf } from './failure.js';

/** Serves one page and the data it shows, on this machine only, to whoever knows the address. */

export interface PageOptions {
  readonly html: string;
  /** The bytes of the source, anew for every request. */
  readonly open: (send: SendBytes, signal: AbortSignal) => Promise<void>;
  /** 0 for one that is free. */
  readonly port: number;
  /** Told what went wrong while data was sent. */
  readonly onFailure: (error: unknown) => void;
}

/** Sends a sequence of bytes; its length if it is known. */
export type SendBytes = (bytes: AsyncIterable<Uint8Array>, byteLength?: number) => Promise<void>;

export interface PageServer {
  /** The address with its secret part. */
  readonly url: string;
  close(): Promise<void>;
}

/** Only this machine can connect. */
const LOOPBACK = '127.0.0.1';
const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "frame-ancestors 'none'",
  // With the next one, its threads may share memory.
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** Where the page finds the data, beside itself. */
export const DATA_NAME = 'source';

export async function servePage(options: PageOptions): Promise<PageServer> {
  const token = randomBytes(18).toString('base64url');
  const server = createServer((request, response) => {
    answer(server, token, options, request, response).catch((error: unknown) => {
      options.onFailure(error);
      // What was sent so far must not be taken for all there is.
      if (response.headersSent) response.destroy();
      else refuse(response, 500, sentenceOf(error));
    });
  });
  server.listen(options.port, LOOPBACK);
  await once(server, 'listening');
  return {
    url: `http://${LOOPBACK}:${portOf(server)}/${token}/`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(
  server: Server,
  token: string,
  options: PageOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // A page of another origin can make a browser ask here under a name of its own; its requests carry that name.
  const hosts = [LOOPBACK, 'localhost'].map((name) => `${name}:${portOf(server)}`);
  if (!hosts.includes(request.headers.host ?? '')) return refuse(response, 421, 'another host');
  const [, given = '', name, ...more] = (request.url ?? '').split('/');
  if (!isSame(given, token) || more.length > 0) return refuse(response, 404, 'nothing here');
  if (request.method !== 'GET') return refuse(response, 405, 'read only', { allow: 'GET' });
  if (name === '') {
    response.writeHead(200, { ...HEADERS, 'content-type': 'text/html; charset=utf-8' }).end(options.html);
    return;
  }
  if (name !== DATA_NAME) return refuse(response, 404, 'nothing here');
  const left = new AbortController();
  response.once('close', () => left.abort());
  try {
    await options.open(async (bytes, byteLength) => {
      await sendBytes(bytes, response, {
        ...HEADERS,
        'content-type': 'application/octet-stream',
        ...(byteLength === undefined ? {} : { 'content-length': byteLength }),
      });
    }, left.signal);
  } catch (error) {
    // A reader who has left, or loads the page anew, is no failure.
    if (!left.signal.aborted) throw error;
  }
}

/** Begins with the first bytes, so that a source which fails before them can be answered with what is wrong. */
async function sendBytes(
  bytes: AsyncIterable<Uint8Array>,
  response: ServerResponse,
  headers: OutgoingHttpHeaders,
): Promise<void> {
  const chunks = bytes[Symbol.asyncIterator]();
  const first = await chunks.next();
  async function* all(): AsyncGenerator<Uint8Array, void> {
    for (let next = first; !next.done; next = await chunks.next()) yield next.value;
  }
  try {
    response.writeHead(200, headers);
    await pipeline(all, response);
  } finally {
    // Where nobody listens any more, the rest is not read.
    await chunks.return?.();
  }
}

function refuse(
  response: ServerResponse,
  status: number,
  reason: string,
  headers: Record<string, string> = {},
): void {
  response
    .writeHead(status, { ...HEADERS, ...headers, 'content-type': 'text/plain; charset=utf-8' })
    .end(`${reason}\n`);
}

function isSame(given: string, token: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
