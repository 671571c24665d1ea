/** One stretch of one file over HTTP (RFC 9110, range requests), from servers that know ranges and from those that do not. */

import { BudgetError, fromPlatform, plural, StoreError } from '../../base/errors.js';
import { CONTAINER_BYTES, MAX_BYTES } from '../../base/limits.js';
import { Bitmap } from '../../bitmap/bitmap.js';
import type { ByteRange } from '../../bitmap/types.js';
import { cutChunks, joinChunks } from '../../formats/bytes.js';
import {
  expectBitmap,
  type Fetch,
  type FileVersion,
  isPacked,
  letGo,
  refuse,
  send,
  versionOf,
} from './answer.js';
import { longerThan, readBody } from './body.js';

/** A whole file is packed in pieces of this size: 8 containers. */
const PIECE_BYTES = 8 * CONTAINER_BYTES;

/** What is asked for. */
export interface RangeRequest extends ByteRange {
  readonly key: string;
  readonly url: string;
  /** Length of the file, if an index or an earlier answer tells it; whoever asks compares it with the answer's. */
  readonly knownLength: number | undefined;
  /** The longest file that may be fetched as a whole. */
  readonly maxBytes: number | undefined;
}

/** What came of a file. */
export interface FetchedRange {
  /** Length of the file. */
  readonly byteLength: number;
  readonly version: FileVersion;
  /** All of it: the server does not know ranges, or the file is short. */
  readonly bitmap?: Bitmap;
  /** The bytes asked for, as many as there are, if they are not all. */
  readonly bytes?: Uint8Array;
}

/**
 * Bytes `[byteOffset, byteOffset + byteLength)` of a file, or as many as it has; `undefined` if there is no file.
 * @throws StoreError if the server cannot be reached, answers with something else or contradicts itself; BudgetError for
 * a whole file that is longer than `maxBytes`; the signal's reason.
 */
export async function fetchRange(
  fetch: Fetch,
  request: RangeRequest,
  init: RequestInit,
): Promise<FetchedRange | undefined> {
  const { url, byteOffset, byteLength, knownLength } = request;
  const headers = new (fromPlatform('Headers'))(init.headers);
  headers.set('Range', `bytes=${byteOffset}-${byteOffset + byteLength - 1}`);
  const response = await send(fetch, url, { ...init, headers });
  if (response.status === 404 || response.status === 410) {
    await letGo(response);
    return undefined;
  }
  if (response.status === 416) return readEnd(response, request);
  if (response.status !== 200 && response.status !== 206) {
    return refuse(response, `expected a bitmap at ${url}, got the status ${response.status}`);
  }
  await expectBitmap(response, url, knownLength !== undefined);
  return response.status === 200
    ? readWhole(response, request, init.signal)
    : readPart(response, request, init.signal);
}

/** There is nothing from the offset on. */
async function readEnd(response: Response, { url, byteOffset }: RangeRequest): Promise<FetchedRange> {
  const total = /^bytes \*\/(\d+)$/.exec(response.headers.get('Content-Range') ?? '')?.[1];
  if (total === undefined || Number(total) > byteOffset) {
    const length = total === undefined ? 'without a length' : `and a length of ${total}`;
    return refuse(
      response,
      `expected bytes from ${byteOffset} on of ${url}, got the status 416 ${length} (Content-Range)`,
    );
  }
  await letGo(response);
  return { byteLength: Number(total), version: versionOf(response), bytes: new Uint8Array(0) };
}

async function readWhole(
  response: Response,
  { url, knownLength = MAX_BYTES, maxBytes = MAX_BYTES }: RangeRequest,
  signal: AbortSignal | null | undefined,
): Promise<FetchedRange> {
  const limits = {
    url,
    maxBytes: Math.min(knownLength, maxBytes),
    signal,
    tooLong: (byteLength: number) =>
      byteLength > knownLength
        ? longerThan({ url, maxBytes: knownLength }, byteLength)
        : new BudgetError(byteLength, maxBytes, 1),
  };
  const bitmap = new Bitmap();
  // Packed as it arrives, so that an empty gigabyte takes no memory.
  for await (const piece of cutChunks(readBody(response, limits), PIECE_BYTES)) bitmap.append(piece);
  return { byteLength: bitmap.byteLength, version: versionOf(response), bitmap };
}

async function readPart(
  response: Response,
  request: RangeRequest,
  signal: AbortSignal | null | undefined,
): Promise<FetchedRange> {
  const { key, url, byteOffset, byteLength: maxBytes } = request;
  const { total, announced } = await expectRange(response, request);
  const wanted = Math.max(0, Math.min(maxBytes, total - byteOffset));
  const bytes = await joinChunks(readBody(response, { url, maxBytes, signal }));
  const other = [bytes.length, announced ?? wanted].find((byteLength) => byteLength !== wanted);
  if (other !== undefined) {
    throw new StoreError(
      `expected ${wanted} ${plural(wanted, 'byte')} of ${JSON.stringify(key)} from byte ${byteOffset} on, got ${other}`,
    );
  }
  const found = { byteLength: total, version: versionOf(response) };
  return bytes.length === total ? { ...found, bitmap: Bitmap.fromBytes(bytes) } : { ...found, bytes };
}

/** Refuses a part that says it begins elsewhere; what else it says: the length of the file, and its own. */
async function expectRange(
  response: Response,
  { key, url, byteOffset, knownLength }: RangeRequest,
): Promise<{ readonly total: number; readonly announced: number | undefined }> {
  if (isPacked(response)) {
    const encoding = response.headers.get('Content-Encoding');
    return refuse(response, `expected bytes of ${url} as they are, got a part of them packed (${encoding})`);
  }
  const header = response.headers.get('Content-Range');
  const [, first, last, length] = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(header ?? '') ?? [];
  if (header !== null && first === undefined) {
    return refuse(
      response,
      `expected bytes from ${byteOffset} on of ${url}, got Content-Range: ${JSON.stringify(header)}`,
    );
  }
  if (first !== undefined && Number(first) !== byteOffset) {
    return refuse(
      response,
      `expected bytes from ${byteOffset} on of ${url}, got those from ${first} on (Content-Range)`,
    );
  }
  // A page from elsewhere sees the header only if the server exposes it.
  const total = length === undefined || length === '*' ? knownLength : Number(length);
  if (total === undefined) {
    return refuse(
      response,
      `expected the length of ${JSON.stringify(key)} in the header Content-Range, got none: the server must expose it (Access-Control-Expose-Headers), or an index must hold the lengths`,
    );
  }
  return { total, announced: last === undefined ? undefined : Number(last) - byteOffset + 1 };
}
