/** One stretch of one file over HTTP (RFC 9110, range requests), from servers that know ranges and from those that do not. */

import { StoreError } from '../errors.js';

/** What came of a file. */
export interface FetchedRange {
  /** Whether `bytes` are the whole file: the server does not know ranges, or the file is short. */
  readonly whole: boolean;
  readonly bytes: Uint8Array;
  /** Length of the file; `undefined` where the server does not say. */
  readonly byteLength: number | undefined;
}

/** The longest bitmap that there is. */
const MAX_BYTES = 2 ** 29;

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/**
 * Bytes `[byteOffset, byteOffset + byteLength)` of a file, or as many as it has; `undefined` where there is no file.
 * @throws StoreError where the server cannot be reached or answers with something else; the signal's reason.
 */
export async function fetchRange(
  fetch: Fetch,
  url: string,
  range: { readonly byteOffset: number; readonly byteLength: number },
  init: RequestInit,
): Promise<FetchedRange | undefined> {
  const headers = new Headers(init.headers);
  headers.set('Range', `bytes=${range.byteOffset}-${range.byteOffset + range.byteLength - 1}`);
  const response = await send(fetch, url, { ...init, headers });
  if (response.status === 206) return readPart(response, url, range.byteOffset, range.byteLength);
  if (response.status === 416) {
    await response.body?.cancel();
    const byteLength = totalOf(response);
    return { whole: byteLength === 0, bytes: new Uint8Array(0), byteLength };
  }
  if (response.status === 200) {
    const bytes = await readBody(response, url, MAX_BYTES);
    return { whole: true, bytes, byteLength: bytes.length };
  }
  await response.body?.cancel();
  if (response.status === 404 || response.status === 410) return undefined;
  throw new StoreError(`expected a bitmap at ${url}, got the status ${response.status}`);
}

/**
 * A file as a whole.
 * @throws as `fetchRange` does, and where there is no file.
 */
export async function fetchText(fetch: Fetch, url: string, init: RequestInit): Promise<string> {
  const response = await send(fetch, url, init);
  if (response.status === 200) return new TextDecoder().decode(await readBody(response, url, MAX_BYTES));
  await response.body?.cancel();
  throw new StoreError(`expected a file at ${url}, got the status ${response.status}`);
}

async function send(fetch: Fetch, url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (cause) {
    throw unanswered(url, cause, init.signal);
  }
}

async function readPart(
  response: Response,
  url: string,
  byteOffset: number,
  byteLength: number,
): Promise<FetchedRange> {
  const from = /^bytes (\d+)-/.exec(response.headers.get('Content-Range') ?? '')?.[1];
  if (from !== undefined && Number(from) !== byteOffset) {
    await response.body?.cancel();
    throw new StoreError(`expected bytes from ${byteOffset} on of ${url}, got those from ${from} on`);
  }
  const bytes = await readBody(response, url, byteLength);
  const total = totalOf(response);
  return { whole: byteOffset === 0 && total === bytes.length, bytes, byteLength: total };
}

/** The length behind the slash; a page from elsewhere sees the header only where the server exposes it. */
function totalOf(response: Response): number | undefined {
  const total = /\/(\d+)$/.exec(response.headers.get('Content-Range') ?? '')?.[1];
  return total === undefined ? undefined : Number(total);
}

async function readBody(response: Response, url: string, maxBytes: number): Promise<Uint8Array> {
  const announced = Number(response.headers.get('Content-Length') ?? 0);
  if (announced > maxBytes) {
    await response.body?.cancel();
    throw new StoreError(`expected at most ${maxBytes} bytes from ${url}, got ${announced}`);
  }
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    throw unanswered(url, cause, undefined);
  }
  if (bytes.length > maxBytes) {
    throw new StoreError(`expected at most ${maxBytes} bytes from ${url}, got ${bytes.length}`);
  }
  return bytes;
}

function unanswered(url: string, cause: unknown, signal: AbortSignal | null | undefined): unknown {
  if (signal?.aborted) return signal.reason;
  return new StoreError(`expected an answer from ${url}, got none: ${String(cause)}`, { cause });
}
