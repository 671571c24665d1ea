/**
 * Reads the strings out of a Redis or Valkey dump while it arrives (an RDB file, also gzipped). Everything else in it is
 * skipped without being kept. Format: Redis' rdb.h and rdb.c; versions up to 16 of Redis' count and 80 of Valkey's are
 * known; a later file is read as long as it holds nothing unknown.
 */

import { FormatError, fromPlatform, plural } from '../../base/errors.js';
import { MAX_BYTES } from '../../base/limits.js';
import { decodeKey } from '../../names/key-text.js';
import { latin1 } from '../bytes.js';
import { ByteCursor } from '../cursor.js';
import { unpackGzip } from '../gzip.js';
import { type ByteInput, readChunks } from '../input.js';
import { Crc64 } from './crc64.js';
import {
  aboutKey,
  type Dialect,
  END,
  EXPIRES_MS,
  EXPIRES_S,
  HASH_TEMPLATE,
  HASH_TEMPLATE_ARRAY,
  opcodeLayouts,
  SELECT_DB,
  STRING,
  valueLayouts,
} from './layouts.js';
import { skip } from './skip.js';
import { LOOKAHEAD, readInteger, readLength, readString } from './strings.js';
import { readTail } from './tail.js';

/** A string value of a dump. */
export interface RdbString {
  /** Number of the database. */
  readonly db: number;
  /** The key as text; bytes that are no UTF-8 are escaped as lone surrogates, see `encodeKey`. */
  readonly key: string;
  /** The value, a copy of its own. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** When the key expires, in milliseconds since 1970; absent if it does not. */
  readonly expiresAtMs?: number;
}

/** How far reading has come. */
export interface RdbProgress {
  /** Bytes taken from the input, as it is (compressed if it is gzip). */
  readonly inputBytes: number;
  /** Bytes of the dump that have been read. */
  readonly byteOffset: number;
  /** Keys of every type that have been read. */
  readonly keys: number;
  /** Strings among them that were wanted. */
  readonly strings: number;
  /** Strings that would have been wanted but have expired. */
  readonly expired: number;
}

type Counts = { -readonly [K in keyof Omit<RdbProgress, 'byteOffset'>]: number };

/** What is wanted of a dump. */
export interface RdbReadOptions {
  /** The only database that is wanted; all if absent. */
  readonly db?: number | undefined;
  /** What the keys that are wanted begin with. */
  readonly prefix?: string | undefined;
  /** Says which keys are wanted; the values of others are skipped, not kept. */
  readonly filter?: ((key: string, db: number) => boolean) | undefined;
  /** Whether keys that have expired are wanted too (default false). */
  readonly keepExpired?: boolean | undefined;
  /** The moment that decides what has expired, in milliseconds since 1970 (default now). */
  readonly nowMs?: number | undefined;
  /** Longest value that is accepted, in bytes (default 512 MiB, a bitmap of all ids). */
  readonly maxValueBytes?: number | undefined;
  /** Called now and then, at least once per MiB of input, and at the end. */
  readonly onProgress?: ((progress: RdbProgress) => void) | undefined;
  /** Ends reading early: the signal's reason is thrown. */
  readonly signal?: AbortSignal | undefined;
}

/** A dump that is cut off, damaged or of an unknown kind; `progress` is what was read before. */
export class RdbError extends FormatError {
  override name = 'RdbError';
  /** How far reading had come. */
  readonly progress: RdbProgress;

  constructor(problem: string, byteOffset: number, progress: RdbProgress, options?: ErrorOptions) {
    super(`${problem}, after ${progress.keys} ${plural(progress.keys, 'key')}`, byteOffset, options);
    this.progress = progress;
  }
}

/**
 * Where the string that was given out last is in the unpacked dump, in bytes from its beginning.
 * @internal
 */
export interface RdbPlace {
  /**
   * Where what is said about the key begins: its expiry and the like, or its type. `NaN` if other things stand in between, as no
   * server writes them.
   */
  from: number;
  /** Where its value begins. */
  valueFrom: number;
  /** Where the value ends. */
  to: number;
  /** Where the values of the dump end and its checksum begins, once it has been read. */
  end: number;
  /** Bytes of the checksum. */
  checksumBytes: number;
}

const MAX_KEY_BYTES = 2 ** 24;
const MAX_TEMPLATES = 2 ** 20;
const CHECKSUM_BYTES = 8;
const PROGRESS_BYTES = 2 ** 20;
/** So many strings, of so many bytes, are given out at a time at most. */
const BATCH_STRINGS = 512;
const BATCH_BYTES = 2 ** 18;

/**
 * The strings of a dump, in its order, as they are read. Nothing is verified before it is given out: the checksum stands
 * at the end of the file, so an error may come after strings that were given out before.
 *
 * Memory beyond the value that is being given out: two chunks of the input, one key (up to 16 MiB), some hundreds of short values
 * that arrived together, and while a value is read at most as much again, for what has arrived of it; two numbers for each of the
 * templates (at most 2^20) from which Redis 8.10 makes hashes. A length in the file never takes memory by itself.
 * @throws RdbError, a FormatError; TypeError if the input is no sequence of bytes; BitmapistError if the platform lacks
 * AbortController, or DecompressionStream for a packed dump; the signal's reason.
 * @example
 * import { MemoryStore } from 'bitmapist-wasm';
 * import { readRdb, writeRdb } from 'bitmapist-wasm/rdb';
 *
 * const store = new MemoryStore();
 * await store.put('key', Uint8Array.of(0x41));
 * for await (const { key, bytes } of readRdb(writeRdb(store))) console.log(key, bytes.length); // key 1
 */
export async function* readRdb(
  input: ByteInput,
  options: RdbReadOptions = {},
): AsyncGenerator<RdbString, void> {
  for await (const batch of readRdbBatches(input, options)) {
    for (const string of batch) yield string;
  }
}

/**
 * The same in batches, for those who read millions of strings: to wait for one takes longer than to read it. A batch is what has
 * arrived: one string at least and 512 at most, fewer if they are longer than 256 KiB together.
 * @throws as `readRdb` does, after the strings that came before the error
 * @example
 * import { encodeRdb, readRdbBatches } from 'bitmapist-wasm/rdb';
 *
 * const dump = encodeRdb(['a', 'b'].map((key) => ({ key, bytes: Uint8Array.of(0x41) })));
 * for await (const batch of readRdbBatches(dump)) {
 *   for (const { key } of batch) console.log(key); // a b
 * }
 */
export function readRdbBatches(
  input: ByteInput,
  options: RdbReadOptions = {},
): AsyncGenerator<RdbString[], void> {
  const place = { from: 0, valueFrom: 0, to: 0, end: 0, checksumBytes: 0 };
  return readBatches(input, options, BATCH_STRINGS, place, undefined);
}

/**
 * The strings one by one, for those who want to know where they are.
 * @param place is what it says whenever a string has been given out, and at the end
 * @param onOther is told of keys that hold no strings
 * @internal
 */
export async function* readPlacedRdb(
  input: ByteInput,
  options: RdbReadOptions,
  place: RdbPlace,
  onOther?: (key: string, db: number) => void,
): AsyncGenerator<RdbString, void> {
  for await (const [string] of readBatches(input, options, 1, place, onOther)) yield string!;
}

async function* readBatches(
  input: ByteInput,
  options: RdbReadOptions,
  most: number,
  place: RdbPlace,
  onOther: ((key: string, db: number) => void) | undefined,
): AsyncGenerator<RdbString[], void> {
  const counts: Counts = { inputBytes: 0, keys: 0, strings: 0, expired: 0 };
  const checksum = new Crc64();
  /** Ends the input even while it is being waited for. */
  const stop = new (fromPlatform('AbortController'))();
  const abort = () => stop.abort(options.signal?.reason);
  options.signal?.addEventListener('abort', abort, { once: true });
  if (options.signal?.aborted) abort();
  const report = () => options.onProgress?.({ ...counts, byteOffset: cursor.byteOffset });
  const chunks = unpackGzip(countBytes(readChunks(input, stop.signal), counts, report));
  const cursor = new ByteCursor(chunks, (bytes) => checksum.update(bytes));
  try {
    yield* readStrings(cursor, checksum, counts, options, most, place, onOther);
    report();
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    const progress = { ...counts, byteOffset: cursor.byteOffset };
    throw new RdbError(error.problem, error.byteOffset, progress, { cause: error });
  } finally {
    options.signal?.removeEventListener('abort', abort);
    stop.abort();
    await cursor.close();
  }
}

async function* readStrings(
  cursor: ByteCursor,
  checksum: Crc64,
  counts: Counts,
  options: RdbReadOptions,
  most: number,
  place: RdbPlace,
  onOther: ((key: string, db: number) => void) | undefined,
): AsyncGenerator<RdbString[], void> {
  const { prefix = '', nowMs = Date.now(), maxValueBytes = MAX_BYTES } = options;
  const { dialect, version } = await readMagic(cursor);
  const values = valueLayouts[dialect];
  const opcodes = opcodeLayouts[dialect];
  const templates = new Map<number, number>();
  const batch = new Batch(most);
  let db = 0;
  let expiresAtMs: number | undefined;
  /** Where what is said about the next key begins. */
  let from: number | undefined;
  try {
    for (;;) {
      if (cursor.available < LOOKAHEAD) {
        // What has been read is given out before more is waited for.
        if (batch.size > 0) yield batch.take();
        await cursor.fill(LOOKAHEAD);
      }
      const byteOffset = cursor.byteOffset;
      const code = cursor.byte();
      if (code === END) break;
      if (aboutKey[dialect].has(code)) from ??= byteOffset;
      else if (from !== undefined && !values.has(code) && code !== HASH_TEMPLATE_ARRAY) from = Number.NaN;
      if (code === SELECT_DB) db = readLength(cursor);
      else if (code === EXPIRES_MS) expiresAtMs = readMilliseconds(cursor);
      else if (code === EXPIRES_S) expiresAtMs = readInteger(cursor, 4) * 1000;
      else if (code === HASH_TEMPLATE && dialect === 'redis') await readTemplate(cursor, templates);
      else if (opcodes.has(code)) await skip(cursor, opcodes.get(code)!);
      else {
        const layout = values.get(code);
        const isTemplated = code === HASH_TEMPLATE_ARRAY && dialect === 'redis';
        if (layout === undefined && !isTemplated) {
          throw new FormatError(`expected a value of a known type, got type ${code}`, byteOffset);
        }
        const name = readString(cursor, () => 'a key', MAX_KEY_BYTES);
        if (name instanceof Promise && batch.size > 0) yield batch.take();
        const key = decodeKey(name instanceof Promise ? await name : name);
        if (code !== STRING) onOther?.(key, db);
        place.from = from ?? byteOffset;
        from = undefined;
        const wanted =
          code === STRING &&
          (options.db === undefined || options.db === db) &&
          key.startsWith(prefix) &&
          (options.filter?.(key, db) ?? true);
        const expired = expiresAtMs !== undefined && expiresAtMs < nowMs && !options.keepExpired;
        if (wanted && !expired) {
          place.valueFrom = cursor.byteOffset;
          const value = readString(cursor, () => `a value of key ${quote(key)}`, maxValueBytes);
          if (value instanceof Promise && batch.size > 0) yield batch.take();
          const bytes = value instanceof Promise ? await value : value;
          place.to = cursor.byteOffset;
          counts.keys++;
          counts.strings++;
          batch.add(expiresAtMs === undefined ? { db, key, bytes } : { db, key, bytes, expiresAtMs });
          if (batch.isFull) yield batch.take();
        } else {
          if (layout) await skip(cursor, layout);
          else await skipTemplated(cursor, templates);
          counts.keys++;
          if (wanted) counts.expired++;
        }
        expiresAtMs = undefined;
      }
    }
  } catch (error) {
    if (batch.size > 0) yield batch.take();
    throw error;
  }
  if (batch.size > 0) yield batch.take();
  place.end = cursor.byteOffset;
  place.checksumBytes = version >= 5 ? CHECKSUM_BYTES : 0;
  if (version >= 5) await checkChecksum(cursor, checksum);
  await readTail(cursor);
}

/** Strings that are given out together. */
class Batch {
  readonly #most: number;
  #strings: RdbString[] = [];
  #bytes = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#strings.length;
  }

  get isFull(): boolean {
    return this.#strings.length >= this.#most || this.#bytes > BATCH_BYTES;
  }

  add(string: RdbString): void {
    this.#strings.push(string);
    this.#bytes += string.bytes.length;
  }

  /** All of them; it is empty after that. */
  take(): RdbString[] {
    const strings = this.#strings;
    this.#strings = [];
    this.#bytes = 0;
    return strings;
  }
}

async function readMagic(cursor: ByteCursor): Promise<{ dialect: Dialect; version: number }> {
  await cursor.fill(9);
  const head = latin1(cursor.view(Math.min(9, cursor.available)));
  const match = /^(?:REDIS(\d{4})|VALKEY(\d{3}))$/.exec(head);
  if (!match) {
    throw new FormatError(
      `expected a dump, which begins with REDIS or VALKEY and a version, got ${JSON.stringify(head)}`,
      0,
    );
  }
  return { dialect: match[1] ? 'redis' : 'valkey', version: Number(match[1] ?? match[2]) };
}

function readMilliseconds(cursor: ByteCursor): number {
  const bytes = cursor.view(8);
  return Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigInt64(0, true));
}

/** The names of the fields of many hashes: only how many there are is needed, to skip those hashes. */
async function readTemplate(cursor: ByteCursor, templates: Map<number, number>): Promise<void> {
  const id = readLength(cursor);
  const fields = readLength(cursor);
  if (templates.size === MAX_TEMPLATES) {
    throw new FormatError(`expected at most ${MAX_TEMPLATES} templates, got more`, cursor.byteOffset);
  }
  templates.set(id, fields);
  await skip(cursor, ['string'], fields);
}

async function skipTemplated(cursor: ByteCursor, templates: ReadonlyMap<number, number>): Promise<void> {
  if (cursor.available < LOOKAHEAD) await cursor.fill(LOOKAHEAD);
  const byteOffset = cursor.byteOffset;
  const id = readLength(cursor);
  const fields = templates.get(id);
  if (fields === undefined) throw new FormatError(`expected the number of a template, got ${id}`, byteOffset);
  await skip(cursor, ['string'], fields);
}

/** A checksum of zero says that the server was told to write none. */
async function checkChecksum(cursor: ByteCursor, checksum: Crc64): Promise<void> {
  cursor.observe();
  const computed = checksum.value();
  await cursor.fill(CHECKSUM_BYTES);
  const byteOffset = cursor.byteOffset;
  const bytes = cursor.view(CHECKSUM_BYTES);
  const stored = new DataView(bytes.buffer, bytes.byteOffset, CHECKSUM_BYTES).getBigUint64(0, true);
  if (stored !== 0n && stored !== computed) {
    throw new FormatError(`expected the checksum ${hex64(computed)}, got ${hex64(stored)}`, byteOffset);
  }
}

function quote(key: string): string {
  return JSON.stringify(key.length > 100 ? `${key.slice(0, 100)}…` : key);
}

function hex64(value: bigint): string {
  return value.toString(16).padStart(16, '0');
}

/** Counts the bytes of the input, and reports when a chunk has been used up. */
async function* countBytes(
  chunks: AsyncIterable<Uint8Array>,
  counts: Counts,
  report: () => void,
): AsyncGenerator<Uint8Array, void> {
  let reported = 0;
  for await (const chunk of chunks) {
    counts.inputBytes += chunk.length;
    yield chunk;
    if (counts.inputBytes - reported < PROGRESS_BYTES) continue;
    reported = counts.inputBytes;
    report();
  }
}
