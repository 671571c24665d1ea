/** The index of a published folder: a JSON object of all keys and the lengths of their bitmaps in bytes. */

import { fromPlatform, StoreError } from '../../base/errors.js';
import { MAX_BYTES } from '../../base/limits.js';
import { joinChunks } from '../../formats/bytes.js';
import { type Fetch, refuse, send, typeOf } from './answer.js';
import { readBody } from './body.js';

/** Millions of keys, and less than the longest text that engines make. */
const MAX_INDEX_BYTES = 2 ** 28;

/** @throws StoreError if there is none, or it is something else. */
export async function fetchIndex(
  fetch: Fetch,
  url: string,
  init: RequestInit,
): Promise<ReadonlyMap<string, number>> {
  // Older than the files, it would contradict them.
  const response = await send(fetch, url, { ...init, cache: 'no-cache' });
  if (response.status !== 200) {
    return refuse(
      response,
      `expected a file at ${url}, the index of keys that bitmapist export --to FOLDER writes, got the status ${response.status}`,
    );
  }
  const decoder = new (fromPlatform('TextDecoder'))('utf-8', { fatal: true });
  const body = readBody(response, { url, maxBytes: MAX_INDEX_BYTES, signal: init.signal });
  try {
    return parseIndex(JSON.parse(decoder.decode(await joinChunks(body))), url);
  } catch (cause) {
    if (!(cause instanceof SyntaxError || cause instanceof TypeError)) throw cause;
    const got = typeOf(response) || 'something else';
    throw new StoreError(`expected an index of keys in JSON at ${url}, got ${got} that is no index`, {
      cause,
    });
  }
}

function parseIndex(index: unknown, url: string): ReadonlyMap<string, number> {
  if (typeof index !== 'object' || index === null || Array.isArray(index)) {
    throw new StoreError(`expected an object of keys and lengths in bytes at ${url}, got something else`);
  }
  const entries = Object.entries(index);
  for (const [key, length] of entries) {
    if (Number.isInteger(length) && length >= 0 && length <= MAX_BYTES) continue;
    throw new StoreError(
      `expected the length of ${JSON.stringify(key)} in bytes in ${url}, got ${JSON.stringify(length)}`,
    );
  }
  return new Map(entries);
}
