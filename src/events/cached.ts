import { describe } from '../base/errors.js';
import { DEFAULT_PREFIX, parseKey } from '../names/keys.js';
import { CachedStore } from '../store/cache/cache.js';
import type { FolderPlace } from '../store/cache/disk.js';
import type { Store } from '../store/types.js';
import { Period } from '../time/period.js';
import { checkTimeZone, lastShown } from '../time/zone.js';

/** A cache that knows which periods are over. */

export interface CachedOptions {
  /** Memory for cached bitmaps, in bytes (default 64 MiB). */
  readonly maxBytes?: number | undefined;
  /**
   * How many counts over finished periods alone are kept, each in some 30 bytes (default 200,000; 0 keeps none): a question that is
   * asked again computes those that touch a running period, and reads the bitmaps of those alone.
   */
  readonly maxCounts?: number | undefined;
  /**
   * How long after its end a period is taken to change no more, in milliseconds (default a day): as long as marks may
   * arrive late, from whatever process.
   */
  readonly graceMs?: number | undefined;
  /**
   * How questions make sure that nobody else has changed what is kept, in one round trip before each: `never` (the default), by the
   * `count` of ids of each bitmap (BITCOUNT, which does not show that as many were unmarked as were marked), or by its `digest`
   * (DIGEST of Redis 8.4 or later), which shows everything. What has changed is fetched anew.
   */
  readonly check?: 'never' | 'count' | 'digest' | undefined;
  /**
   * Keeps bitmaps and counts in a folder as well, which is made if it is missing: a path, in Node, or a folder of a browser, as of its
   * origin private file system. Other processes may use it at the same time, for the same or other servers.
   */
  readonly folder?: string | FileSystemDirectoryHandle | undefined;
  /** The most that the folder may hold, in bytes (default 1 GiB): what was not used for longest goes. */
  readonly maxFolderBytes?: number | undefined;
  /**
   * With a folder, what names the data of the store: what is kept of another one's is not believed. A store that was opened by an
   * address knows its own, without passwords: `RedisStore.open` and `HttpStore`.
   */
  readonly identity?: string | undefined;
  /** As given to `Bitmapist` (default `trackist_`). */
  readonly prefix?: string | undefined;
  /** As given to `Bitmapist` (default `UTC`). */
  readonly timeZone?: string | undefined;
  /** What time it is (default: the system clock). */
  readonly clock?: (() => Date) | undefined;
}

/**
 * Wraps a store so that bitmaps of finished periods are fetched once and then kept, compressed, least recently used out
 * first. Running periods and unique flags are always read. Marks made through the wrapped store are seen at once; marks that
 * other processes make in periods that ended longer than `graceMs` ago are not seen while the bitmap, or a count of it, is cached,
 * unless `check` is given.
 * @throws RangeError for options out of their range; TypeError for a folder that is none, or has no identity; StoreError for a `check` of a store
 * that cannot tell whether bitmaps have changed
 * @example
 * import { Bitmapist, MemoryStore } from 'bitmapist-wasm';
 * import { cached } from 'bitmapist-wasm/cached';
 *
 * const store = cached(new MemoryStore(), { maxBytes: 2 ** 26 });
 * const bitmapist = new Bitmapist({ store });
 * await bitmapist.markEvent('active', [7, 8], { now: '2025-01-01' });
 * console.log(await bitmapist.day('active', '2025-01-01').count()); // 2
 */
export function cached(store: Store, options: CachedOptions = {}): CachedStore {
  const prefix = options.prefix ?? DEFAULT_PREFIX;
  const timeZone = checkTimeZone(options.timeZone ?? 'UTC');
  const graceMs = options.graceMs ?? DAY_MS;
  const clock = options.clock ?? (() => new Date());
  const isFinished = (key: string, atMs = clock().getTime()): boolean => {
    const period = parseKey(prefix, key)?.period;
    if (!(period instanceof Period)) return false;
    return lastShown(period.startHour, period.endHour, timeZone) - 1 + graceMs < atMs;
  };
  const { maxBytes = DEFAULT_MAX_BYTES, maxCounts, check, folder } = options;
  const disk = folder === undefined ? undefined : placeOf(store, folder, prefix, options);
  return new CachedStore(store, { isFinished, maxBytes, maxCounts, check, disk });
}

function placeOf(
  store: Store,
  folder: string | FileSystemDirectoryHandle,
  prefix: string,
  { identity = store.identity, maxFolderBytes = DEFAULT_FOLDER_BYTES }: CachedOptions,
): FolderPlace {
  if (typeof folder === 'string' ? folder === '' : typeof folder?.getFileHandle !== 'function') {
    throw new TypeError(
      `expected folder to be a path or a FileSystemDirectoryHandle, got ${describe(folder)}`,
    );
  }
  if (!identity) {
    throw new TypeError(
      'expected an identity for a folder, which names the data of the store, got none from a store that does not know its own',
    );
  }
  if (typeof maxFolderBytes !== 'number' || !(maxFolderBytes > 0)) {
    throw new RangeError(`expected maxFolderBytes to be a positive number, got ${describe(maxFolderBytes)}`);
  }
  return { folder, identity, prefix, maxBytes: maxFolderBytes };
}

const DAY_MS = 24 * 60 * 60 * 1000;
const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;
const DEFAULT_FOLDER_BYTES = 2 ** 30;
