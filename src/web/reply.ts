import type { Refusal } from './refusal.js';
import { GONE } from './refusal.js';

/** Answers as responses: what every one of them forbids, and how a browser knows one that it has already. */

/** What is sent. */
export interface Reply {
  readonly type: keyof typeof TYPES;
  readonly body: string | ReadableStream<Uint8Array>;
  readonly status?: number | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Of a page: what its style and script carry. */
  readonly nonce?: string | undefined;
  /** What makes it another answer than the last, if that is less than its body. */
  readonly identity?: string | undefined;
}

const TYPES = {
  html: 'text/html; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  svg: 'image/svg+xml; charset=utf-8',
  json: 'application/json; charset=utf-8',
  text: 'text/plain; charset=utf-8',
} as const;

const HEADERS = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  vary: 'cookie, authorization',
};

/**
 * The response to a request. Those to GET have a tag made of what they say, so that one who has it already is told no more than
 * that it is still so; marks may come late and people be forgotten, so that every answer is asked for again.
 */
export async function respond(request: Request, reply: Reply): Promise<Response> {
  const { type, body, status = 200, nonce = '', identity } = reply;
  const headers = new Headers({ ...HEADERS, ...reply.headers });
  const isTagged = status === 200 && typeof body === 'string' && request.method !== 'POST';
  headers.set('cache-control', isTagged ? 'private, no-cache' : 'no-store');
  if (isTagged) {
    const tag = await tagOf(identity ?? (nonce === '' ? body : body.replaceAll(nonce, '')));
    headers.set('etag', tag);
    // Without a policy of its own, so that what the browser kept is shown under the one that it came with.
    if (hasTag(request, tag)) return new Response(null, { status: 304, headers });
  }
  headers.set('content-type', TYPES[type]);
  headers.set('content-security-policy', policyOf(nonce));
  if (request.method !== 'HEAD') return new Response(body, { status, headers });
  if (typeof body !== 'string') await body.cancel();
  return new Response(null, { status, headers });
}

/** A refusal as a response, as a program or a person reads it. */
export function refuse(request: Request, refusal: Refusal, format: Reply['type']): Promise<Response> {
  const { status, message, headers } = refusal;
  if (status === GONE) return Promise.resolve(new Response(null, { status }));
  const body = format === 'json' ? `${JSON.stringify({ error: message })}\n` : `${message}\n`;
  return respond(request, { type: format === 'json' ? 'json' : 'text', body, status, headers });
}

/** 128 random bits. */
export function makeNonce(): string {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
}

function policyOf(nonce: string): string {
  const own = nonce === '' ? "'none'" : `'nonce-${nonce}'`;
  return [
    "default-src 'none'",
    `style-src ${own}`,
    `script-src ${own}`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'self'",
  ].join('; ');
}

/** Weak, because a nonce or the instant of the answer may differ. */
async function tagOf(text: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return `W/"${Array.from(digest.subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('')}"`;
}

function hasTag(request: Request, tag: string): boolean {
  const known = request.headers.get('if-none-match') ?? '';
  return known.split(',').some((each) => each.trim().replace(/^W\//, '') === tag.slice('W/'.length));
}
