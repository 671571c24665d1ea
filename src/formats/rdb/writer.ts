/**
 * Writes strings as a dump that every Redis from 5 on and every Valkey loads: version 9 of the format, no fields about the
 * file, so that the same strings give the same bytes.
 */

import { plural } from '../../base/errors.js';
import { MAX_BYTES } from '../../base/limits.js';
import { encodeKey } from '../../names/key-text.js';
import { concatBytes, cutChunks, latin1Bytes } from '../bytes.js';
import { Crc64 } from './crc64.js';
import { END, EXPIRES_MS, SELECT_DB, STRING } from './layouts.js';
import { compressLzf } from './lzf.js';
import { encodeLength, encodeUint64, LZF_HEAD } from './strings.js';

/** A string to be written. */
export interface RdbEntry {
  /** Number of the database (default 0). */
  readonly db?: number | undefined;
  /** The key as text; lone surrogates stand for bytes as in `readRdb`. */
  readonly key: string;
  /** The value, at most 512 MiB. */
  readonly bytes: Uint8Array | LongBytes;
  /** When the key expires, in milliseconds since 1970; absent if it does not. */
  readonly expiresAtMs?: number | undefined;
}

/** A value that is not held in memory as a whole. */
export interface LongBytes {
  /** What `chunks` amounts to. */
  readonly byteLength: number;
  /** The value from its beginning; called twice if compressing it turns out to be of no use. */
  chunks(): AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** How a dump is written. */
export interface EncodeRdbOptions {
  /** Whether values that get shorter by it are compressed, as Redis does (default true). */
  readonly compress?: boolean | undefined;
  /** Ends writing early: the signal's reason is thrown. */
  readonly signal?: AbortSignal | undefined;
}

const MAGIC = 'REDIS0009';
const CHUNK_BYTES = 2 ** 17;
/** Shorter values hardly shrink; Redis does not try either. */
const MIN_COMPRESSED_BYTES = 20;
/** What a compressed value may take in memory; one that needs more is written as it is. */
const MAX_PACKED_BYTES = 2 ** 24;
/** How much is compressed at a time. */
const PIECE_BYTES = 2 ** 20;

/**
 * The bytes of a dump that holds `entries`, in chunks of 128 KiB. Keys must not repeat within a database: Redis refuses
 * such a file. Memory beyond the entry in hand: one chunk, and up to 17 MiB while a value is being compressed.
 * @throws TypeError or RangeError for an entry that cannot be written; the file is then without an end, which every
 * reader notices.
 * @example
 * import { encodeRdb, loadRdb } from 'bitmapist-wasm/rdb';
 *
 * const store = await loadRdb(encodeRdb([{ key: 'key', bytes: Uint8Array.of(0x41) }]));
 * console.log(await store.count('key')); // 2
 */
export async function* encodeRdb(
  entries: Iterable<RdbEntry> | AsyncIterable<RdbEntry>,
  options: EncodeRdbOptions = {},
): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  const checksum = new Crc64();
  for await (const chunk of cutChunks(encodeDump(entries, options), CHUNK_BYTES)) {
    options.signal?.throwIfAborted();
    checksum.update(chunk);
    yield chunk;
  }
  yield encodeUint64(checksum.value());
}

async function* encodeDump(
  entries: Iterable<RdbEntry> | AsyncIterable<RdbEntry>,
  { compress = true }: EncodeRdbOptions,
): AsyncGenerator<Uint8Array, void> {
  yield latin1Bytes(MAGIC);
  let selected: number | undefined;
  for await (const entry of entries) {
    const { db = 0, expiresAtMs, bytes } = entry;
    checkEntry(entry);
    const key = encodeKey(entry.key);
    if (db !== selected) yield concatBytes([Uint8Array.of(SELECT_DB), encodeLength(db)]);
    selected = db;
    if (expiresAtMs !== undefined)
      yield concatBytes([Uint8Array.of(EXPIRES_MS), encodeUint64(BigInt(expiresAtMs))]);
    yield concatBytes([Uint8Array.of(STRING), encodeLength(key.length), key]);
    yield* encodeString(bytes, compress);
  }
  yield Uint8Array.of(END);
}

/**
 * A string as it stands in a dump, compressed if that is wanted and makes it shorter.
 * @internal
 */
export async function* encodeString(
  bytes: RdbEntry['bytes'],
  compress: boolean,
): AsyncGenerator<Uint8Array, void> {
  const value =
    bytes instanceof Uint8Array ? { byteLength: bytes.length, chunks: () => [bytes] } : counted(bytes);
  const packed = compress && (await packValue(value));
  if (packed) yield concatBytes(packed);
  else yield* encodeRaw(value);
}

/** Compares with the limits of the format. */
function checkEntry({ db = 0, key, bytes, expiresAtMs = 0 }: RdbEntry): void {
  const byteLength = bytes instanceof Uint8Array ? bytes.length : bytes.byteLength;
  const problem =
    !Number.isInteger(db) || db < 0 || db >= 2 ** 32
      ? `the number of a database, got ${db}`
      : !Number.isSafeInteger(expiresAtMs)
        ? `whole milliseconds since 1970 as the expiry of ${JSON.stringify(key)}, got ${expiresAtMs}`
        : !Number.isInteger(byteLength) || byteLength < 0 || byteLength > MAX_BYTES
          ? `at most ${MAX_BYTES} bytes under ${JSON.stringify(key)}, got ${byteLength}`
          : undefined;
  if (problem) throw new RangeError(`expected ${problem}`);
}

/** The same value, which fails if it is not as long as it says. */
function counted({ byteLength, chunks }: LongBytes): LongBytes {
  return {
    byteLength,
    async *chunks() {
      let left = byteLength;
      for await (const chunk of chunks()) {
        left -= chunk.length;
        if (left < 0) break;
        yield chunk;
      }
      if (left !== 0)
        throw new RangeError(
          `expected ${byteLength} ${plural(byteLength, 'byte')}, got ${left < 0 ? 'more' : byteLength - left}`,
        );
    },
  };
}

/** The value compressed, with its head; `undefined` if that would save nothing or take too much memory. */
async function packValue({ byteLength, chunks }: LongBytes): Promise<Uint8Array[] | undefined> {
  if (byteLength <= MIN_COMPRESSED_BYTES) return undefined;
  const packed: Uint8Array[] = [];
  const longest = Math.min(byteLength - 4, MAX_PACKED_BYTES);
  let packedLength = 0;
  for await (const chunk of chunks()) {
    for (let from = 0; from < chunk.length; from += PIECE_BYTES) {
      const piece = compressLzf(chunk.subarray(from, from + PIECE_BYTES), longest - packedLength);
      if (piece === undefined) return undefined;
      packed.push(piece);
      packedLength += piece.length;
    }
  }
  return [Uint8Array.of(LZF_HEAD), encodeLength(packedLength), encodeLength(byteLength), ...packed];
}

async function* encodeRaw({ byteLength, chunks }: LongBytes): AsyncGenerator<Uint8Array, void> {
  yield encodeLength(byteLength);
  yield* chunks();
}
