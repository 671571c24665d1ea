import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRequest, sendResponse } from '@remix-run/node-fetch-server';
import type { Dashboard } from './dashboard.js';

/** Dashboards for servers of Node: `http`, Express, Fastify. */

/** How answers are sent. */
export interface ListenerOptions {
  /** Milliseconds within which an answer must be taken; who reads more slowly loses the connection. Default 60,000. */
  readonly sendMilliseconds?: number | undefined;
}

/** A request of `http`, perhaps as Express hands it on. */
export type NodeRequest = IncomingMessage & {
  /** The address before a mount took its path off. */
  readonly originalUrl?: string | undefined;
  /** The body, if somebody has read it already. */
  readonly body?: unknown;
};

const SEND_MS = 60_000;

/**
 * A listener for `http.createServer` and for `app.use` of Express. Of an app that is mounted somewhere, the whole address counts,
 * and a body that was read as JSON before is taken as it is.
 * @example
 * import { createServer } from 'node:http';
 * import { Bitmapist } from 'bitmapist-wasm';
 * import { createDashboard } from 'bitmapist-wasm/web';
 * import { toNodeListener } from 'bitmapist-wasm/web/node';
 * const dashboard = createDashboard(new Bitmapist(), { path: '/', authorize: () => true });
 * const server = createServer(toNodeListener(dashboard));
 * console.log(server.listening); // false
 */
export function toNodeListener(
  dashboard: Dashboard,
  options: ListenerOptions = {},
): (request: NodeRequest, response: ServerResponse) => Promise<void> {
  return (request, response) => serve(dashboard, request, response, request.body, options);
}

/** A request of Fastify, as far as it is looked at. */
export interface FastifyLikeRequest {
  /** The request of `http`. */
  readonly raw: IncomingMessage;
  /** The body as Fastify read it. */
  readonly body?: unknown;
}

/** A reply of Fastify, as far as it is looked at. */
export interface FastifyLikeReply {
  /** The response of `http`. */
  readonly raw: ServerResponse;
  /** Says that Fastify need not answer. */
  hijack(): unknown;
}

/**
 * A handler for `app.all` of Fastify, for the path and all below it.
 * @example
 * import { Bitmapist } from 'bitmapist-wasm';
 * import { createDashboard } from 'bitmapist-wasm/web';
 * import { toFastifyHandler } from 'bitmapist-wasm/web/node';
 * import { fastify } from 'fastify';
 * const app = fastify();
 * const dashboard = createDashboard(new Bitmapist(), { path: '/analytics', authorize: () => true });
 * app.all('/analytics', toFastifyHandler(dashboard));
 * app.all('/analytics/*', toFastifyHandler(dashboard));
 * console.log((await app.inject('/analytics/api/schema')).statusCode); // 200
 */
export function toFastifyHandler(
  dashboard: Dashboard,
  options: ListenerOptions = {},
): (request: FastifyLikeRequest, reply: FastifyLikeReply) => Promise<void> {
  return async (request, reply) => {
    reply.hijack();
    await serve(dashboard, request.raw, reply.raw, request.body, options);
  };
}

async function serve(
  dashboard: Dashboard,
  incoming: NodeRequest,
  outgoing: ServerResponse,
  body: unknown,
  { sendMilliseconds = SEND_MS }: ListenerOptions,
): Promise<void> {
  let request: Request;
  try {
    request = readRequest(incoming, outgoing, body);
  } catch {
    outgoing.writeHead(400, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
    outgoing.end('expected a request with a host, a path and a method, got another\n');
    return;
  }
  const response = await dashboard(request);
  if (outgoing.destroyed || request.signal.aborted) return;
  // Of a body that nobody reads, the rest is not waited for.
  if (!incoming.complete && outgoing.req.httpVersionMajor === 1) outgoing.shouldKeepAlive = false;
  const slow = setTimeout(() => outgoing.destroy(), sendMilliseconds);
  outgoing.once('close', () => clearTimeout(slow));
  // An answer that breaks off must not be taken for all there is.
  await sendResponse(outgoing, response).catch(() => outgoing.destroy());
}

/** @throws TypeError for what is no request that can be answered */
function readRequest(incoming: NodeRequest, outgoing: ServerResponse, body: unknown): Request {
  const { url, method } = incoming;
  const whole = incoming.originalUrl ?? url;
  // A host is not looked at, but must not reach into the path.
  if (!HOST.test(incoming.headers.host ?? 'localhost') || !whole?.startsWith('/')) throw new TypeError();
  const isRead = body !== undefined && incoming.readableEnded;
  try {
    incoming.url = whole;
    // Its stream has ended and would be waited for.
    if (isRead && method !== 'HEAD') incoming.method = 'GET';
    const request = createRequest(incoming, outgoing);
    if (!isRead || method === 'GET' || method === 'HEAD') return request;
    return new Request(request, { method: method!, body: JSON.stringify(body) });
  } finally {
    Object.assign(incoming, { url, method });
  }
}

const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d+)?$/i;
