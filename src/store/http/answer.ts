/** What an answer may be believed to be: hosts give pages of their own (sign in, start, sorry) when asked for a file. */

import { StoreError } from '../../base/errors.js';

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** What tells one state of a file from another. */
export interface FileVersion {
  readonly tag: string | undefined;
  readonly modified: string | undefined;
}

/**
 * Sends a request.
 * @throws StoreError if nobody answers, or the answer came unencrypted though the question did not; the signal's reason.
 */
export async function send(fetch: Fetch, url: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, init);
  } catch (cause) {
    throw unanswered(url, cause, init.signal);
  }
  if (response.redirected && url.startsWith('https:') && !response.url.startsWith('https:')) {
    return refuse(response, `expected an answer over https from ${url}, got one from ${response.url}`);
  }
  return response;
}

export function unanswered(url: string, cause: unknown, signal: AbortSignal | null | undefined): unknown {
  if (signal?.aborted) return signal.reason;
  return new StoreError(`expected an answer from ${url}, got none: ${reasonOf(cause)}`, { cause });
}

/** In Node "fetch failed", and why is its cause. */
function reasonOf(error: unknown): string {
  const { cause } = error as { cause?: { message?: string; code?: string } };
  return cause?.message || cause?.code || String(error);
}

/** Takes no more of an answer. */
export async function letGo({ body }: Response): Promise<void> {
  // A body that broke off already has nothing to let go of.
  await body?.cancel().catch(() => {});
}

export async function refuse(response: Response, message: string): Promise<never> {
  await letGo(response);
  throw new StoreError(message);
}

/** Absent too: a host that knows no type for a name without an ending may give none. */
const BYTES = /^$|^(application|binary)\/octet-stream$/;
/** What hosts call files they know nothing of, and short texts of their own. */
const MAYBE_BYTES = /^(text\/plain|application\/x-.+)$/;

/**
 * Refuses a body that is not the bitmap of the file asked for. If its length is known beforehand, and compared, a type or a
 * redirection that leaves the question open is accepted.
 */
export async function expectBitmap(response: Response, url: string, isLengthKnown: boolean): Promise<void> {
  const type = typeOf(response);
  if (!BYTES.test(type) && !(isLengthKnown && MAYBE_BYTES.test(type))) {
    const advice = MAYBE_BYTES.test(type) ? ', which is believed only with an index of lengths' : '';
    await refuse(
      response,
      `expected a bitmap (application/octet-stream) at ${url}, got ${JSON.stringify(type)}${advice}`,
    );
  }
  if (response.redirected && !isLengthKnown && fileNameOf(response.url) !== fileNameOf(url)) {
    await refuse(response, `expected a bitmap at ${url}, got a redirection to ${response.url}`);
  }
}

/** The media type, without parameters. */
export function typeOf(response: Response): string {
  return (response.headers.get('Content-Type') ?? '').split(';', 1)[0]!.trim().toLowerCase();
}

/** Whether the body was packed for the way, so that headers speak of other bytes than those that are read. */
export function isPacked(response: Response): boolean {
  return !/^(identity)?$/i.test(response.headers.get('Content-Encoding')?.trim() ?? '');
}

export function versionOf(response: Response): FileVersion {
  return {
    // Hosts that pack on the way call the tag of the same file a weak one.
    tag: response.headers.get('ETag')?.replace(/^W\//, ''),
    modified: response.headers.get('Last-Modified') ?? undefined,
  };
}

/** Whether two answers are about different states of a file, as far as they tell. */
export function isOtherVersion(a: FileVersion, b: FileVersion): boolean {
  if (a.tag !== undefined && b.tag !== undefined) return a.tag !== b.tag;
  return a.modified !== undefined && b.modified !== undefined && a.modified !== b.modified;
}

function fileNameOf(url: string): string | undefined {
  return new URL(url).pathname.split('/').at(-1);
}
