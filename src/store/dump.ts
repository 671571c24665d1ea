/** Moves bitmaps from dumps into stores and from stores into dumps. */

import { inBatches } from '../base/batches.js';
import { BitmapistError } from '../base/errors.js';
import { BitmapPacker } from '../bitmap/packed.js';
import type { ByteInput } from '../formats/input.js';
import {
  type RdbProgress,
  type RdbReadOptions,
  type RdbString,
  readRdbBatches,
} from '../formats/rdb/reader.js';
import { type EncodeRdbOptions, encodeRdb, type RdbEntry } from '../formats/rdb/writer.js';
import { isPeopleKey, parsePeopleKey } from '../names/people.js';
import { MemoryStore } from './memory.js';
import { MemoryPeople } from './people/memory.js';
import { refuseToMix } from './people/refusal.js';
import type { KeptPeople, PeopleEntry } from './people/types.js';
import type { BitmapReader, Store } from './types.js';

/** What of a dump is restored. */
export interface RestoreRdbOptions extends RdbReadOptions {
  /** Takes over the map of people that the dump has under this map's prefix; `prefix` and `filter` are for the other keys. */
  readonly people?: KeptPeople | undefined;
}

/** What of a store is written, and how. Keys expire as in the store, if that can tell; otherwise they are kept. */
export interface WriteRdbOptions extends EncodeRdbOptions {
  /** What the keys that are written begin with (default: all are). */
  readonly prefix?: string | undefined;
  /** Number of the database that they are written to (default 0). */
  readonly db?: number | undefined;
  /** Written after the bitmaps, so that nobody who has marks is missing; in place of what the store has under its keys. */
  readonly people?: KeptPeople | undefined;
  /** Called after each key with how many have been written. */
  readonly onProgress?: ((keys: number) => void) | undefined;
}

/** How much is asked of a store, or given to it, at a time. */
const BATCH_KEYS = 256;
const BATCH_BYTES = 2 ** 22;
/** Longer bitmaps are read in pieces of this size. */
const PIECE_BYTES = 2 ** 20;

/**
 * Loads the bitmaps of a dump into memory. Take `prefix` if the dump holds other things too: every string counts as a
 * bitmap. If no `db` is given, all that is wanted must be in one database.
 * @throws RdbError, a FormatError, for a dump that is damaged; BitmapistError for keys in several databases; TypeError
 * if the input is no sequence of bytes; the signal's reason.
 * @example
 * import { encodeRdb, loadRdb } from 'bitmapist-wasm/rdb';
 *
 * const store = await loadRdb(encodeRdb([{ key: 'key', bytes: Uint8Array.of(0x41) }]), { prefix: 'k' });
 * console.log(await store.count('key')); // 2
 */
export async function loadRdb(input: ByteInput, options: RestoreRdbOptions = {}): Promise<MemoryStore> {
  const store = new MemoryStore();
  const packer = new BitmapPacker();
  await restore(input, store, options, (key, bytes) => store.putBitmap(key, packer.pack(bytes)));
  return store;
}

/**
 * Puts the bitmaps of a dump into a store, some hundreds or 4 MiB at a time, and says how many there were. Keys that
 * expire do so in the store as well, to the second; what has expired already and is wanted all the same is kept for ever.
 * After an error the store holds what was put there before. A map of people is for `people`, and comes last: only a `MemoryStore`
 * takes its keys for bitmaps.
 * @throws as `loadRdb` does, and whatever the store throws; BitmapistError, before anything is read, if `people` has given out numbers
 * already, and for a map without `people`
 * @example
 * import { MemoryStore } from 'bitmapist-wasm';
 * import { encodeRdb, restoreRdb } from 'bitmapist-wasm/rdb';
 *
 * const store = new MemoryStore();
 * const dump = encodeRdb([{ key: 'key', bytes: Uint8Array.of(0x41) }]);
 * console.log((await restoreRdb(dump, store)).strings); // 1
 */
export function restoreRdb(
  input: ByteInput,
  store: Store,
  options: RestoreRdbOptions = {},
): Promise<RdbProgress> {
  return restore(input, store, options);
}

/** @param keep takes what does not expire into a store of our own, at once */
async function restore(
  input: ByteInput,
  store: Store,
  { people, ...options }: RestoreRdbOptions,
  keep?: (key: string, bytes: Uint8Array) => void,
): Promise<RdbProgress> {
  const size = (await people?.size(options)) ?? 0;
  if (size > 0) throw refuseToMix(size);
  const isPerson = (key: string): boolean =>
    people !== undefined && parsePeopleKey(people.prefix, key) !== undefined;
  const { prefix = '', filter = () => true } = options;
  const wants = (key: string, db: number): boolean =>
    isPerson(key) || (key.startsWith(prefix) && filter(key, db));
  const entries: PeopleEntry[] = [];
  let progress: RdbProgress = { inputBytes: 0, byteOffset: 0, keys: 0, strings: 0, expired: 0 };
  const onProgress = (latest: RdbProgress) => {
    progress = latest;
    options.onProgress?.(latest);
  };
  let puts: Promise<void>[] = [];
  let bytes = 0;
  let db: number | undefined;
  try {
    for await (const batch of readRdbBatches(input, { ...options, prefix: '', filter: wants, onProgress })) {
      for (const string of batch) {
        checkDb(string, db);
        db = string.db;
        if (isPerson(string.key)) {
          entries.push(string);
          continue;
        }
        if (keep !== undefined && string.expiresAtMs === undefined) {
          keep(string.key, string.bytes);
          continue;
        }
        checkKey(string, store);
        const put = putString(string, store, options.signal);
        // It is waited for later; until then its failure is nobody's surprise.
        put.catch(() => {});
        puts.push(put);
        bytes += string.bytes.length;
        if (puts.length < BATCH_KEYS && bytes < BATCH_BYTES) continue;
        await Promise.all(puts);
        puts = [];
        bytes = 0;
      }
    }
  } finally {
    await Promise.all(puts);
  }
  await people?.restore(entries, options);
  return progress;
}

function checkDb({ db }: RdbString, previousDb: number | undefined): void {
  if (previousDb === undefined || previousDb === db) return;
  throw new BitmapistError(
    `expected the bitmaps of one database, got some of database ${previousDb} and of database ${db}; choose one with the option db`,
  );
}

/** Compares with what a store can hold. */
function checkKey({ key }: RdbString, store: Store): void {
  if (store instanceof MemoryStore) return;
  if (isPeopleKey(key)) {
    throw new BitmapistError(
      `expected the option people for a map of people, got ${JSON.stringify(key)} without it; the option filter leaves it out`,
    );
  }
  if (/\p{Surrogate}/u.test(key)) {
    throw new BitmapistError(
      `expected keys that are UTF-8, got ${JSON.stringify(key)}; leave it out with the option filter`,
    );
  }
}

function putString(
  { key, bytes, expiresAtMs }: RdbString,
  store: Store,
  signal?: AbortSignal,
): Promise<void> {
  const ttlMs = expiresAtMs === undefined ? 0 : expiresAtMs - Date.now();
  return store.put(key, bytes, ttlMs > 0 ? { ttlSeconds: Math.ceil(ttlMs / 1000), signal } : { signal });
}

/**
 * The bytes of a dump with the bitmaps of a store, in chunks of 128 KiB: a file that Redis (from 5 on) and Valkey load.
 * Bitmaps are as the store has them when their turn comes.
 * @throws whatever the store throws; the signal's reason. The file is then without an end, which every reader notices.
 * @example
 * import { MemoryStore } from 'bitmapist-wasm';
 * import { writeRdb } from 'bitmapist-wasm/rdb';
 *
 * const store = new MemoryStore();
 * await store.put('key', Uint8Array.of(0x41));
 * let byteLength = 0;
 * for await (const chunk of writeRdb(store)) byteLength += chunk.length;
 * console.log(byteLength); // 27
 */
export function writeRdb(
  store: Store,
  options: WriteRdbOptions = {},
): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  return encodeRdb(readEntries(store, options), options);
}

/** The bitmaps of a store whose keys begin with `prefix`, some hundreds or 4 MiB at a time; longer ones in pieces of 1 MiB. */
export async function* readEntries(store: Store, options: WriteRdbOptions): AsyncGenerator<RdbEntry, void> {
  const { prefix = '', db, people, signal, onProgress } = options;
  let written = 0;
  for await (const listed of inBatches(store.keys(prefix, { signal }), BATCH_KEYS)) {
    const keys = listed.filter(
      (key) => people === undefined || parsePeopleKey(people.prefix, key) === undefined,
    );
    const reader: BitmapReader = store.reader?.() ?? store;
    try {
      const byteLengths = await reader.byteLengths(keys, { signal });
      const expiries = await store.expiries?.(keys, { signal });
      for (let from = 0; from < keys.length; ) {
        const to = endOfBatch(byteLengths, from);
        const values = await readValues(reader, keys.slice(from, to), byteLengths.slice(from, to), signal);
        for (const [at, bytes] of values.entries()) {
          yield { db, key: keys[from + at]!, bytes, expiresAtMs: wholeMs(expiries?.[from + at]) };
          onProgress?.(++written);
        }
        from = to;
      }
    } finally {
      reader.release?.();
    }
  }
  for await (const { key, bytes } of people?.entries({ signal }) ?? []) {
    yield { db, key, bytes };
    onProgress?.(++written);
  }
}

/**
 * Loads the map of people of a dump into memory, if it has one: that with this prefix.
 * @throws as `loadRdb` does; BitmapistError for a map that is damaged, or not all there
 * @example
 * import { MemoryPeople } from 'bitmapist-wasm/people';
 * import { encodeRdb, loadPeople } from 'bitmapist-wasm/rdb';
 *
 * const people = new MemoryPeople();
 * await people.numbersFor(['ann', 'bob']);
 * const copy = await loadPeople(encodeRdb(people.entries()));
 * console.log(await copy.textsOf([0, 1])); // [ 'ann', 'bob' ]
 */
export async function loadPeople(
  input: ByteInput,
  options: Pick<RdbReadOptions, 'db' | 'prefix' | 'onProgress' | 'signal'> = {},
): Promise<MemoryPeople> {
  const people = new MemoryPeople({ prefix: options.prefix });
  await restoreRdb(input, new MemoryStore(), { ...options, filter: () => false, people });
  return people;
}

/** How far from `from` on bitmaps are read together: at least one, and more as long as they are short. */
function endOfBatch(byteLengths: readonly number[], from: number): number {
  let to = from + 1;
  let bytes = byteLengths[from]!;
  while (to < byteLengths.length && bytes + byteLengths[to]! <= BATCH_BYTES) bytes += byteLengths[to++]!;
  return to;
}

async function readValues(
  reader: BitmapReader,
  keys: readonly string[],
  byteLengths: readonly number[],
  signal: AbortSignal | undefined,
): Promise<RdbEntry['bytes'][]> {
  const byteLength = byteLengths[0]!;
  if (byteLength > BATCH_BYTES)
    return [{ byteLength, chunks: () => readPieces(reader, keys[0]!, byteLength, signal) }];
  const targets = byteLengths.map((length) => new Uint8Array(length));
  await reader.read(
    targets.map((target, at) => ({ key: keys[at]!, byteOffset: 0, target })),
    { signal },
  );
  return targets;
}

async function* readPieces(
  reader: BitmapReader,
  key: string,
  byteLength: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void> {
  const piece = new Uint8Array(PIECE_BYTES);
  for (let byteOffset = 0; byteOffset < byteLength; byteOffset += PIECE_BYTES) {
    const target = piece.subarray(0, Math.min(PIECE_BYTES, byteLength - byteOffset));
    await reader.read([{ key, byteOffset, target }], { signal });
    yield target;
  }
}

function wholeMs(expiresAtMs: number | undefined): number | undefined {
  return expiresAtMs === undefined ? undefined : Math.round(expiresAtMs);
}
