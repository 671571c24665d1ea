import { DEFAULT_PREFIX, parseKey } from '../names/keys.js';
import { CachedStore } from '../store/cache/cache.js';
import type { Store } from '../store/types.js';
import { Period } from '../time/period.js';
import { checkTimeZone, lastShown } from '../time/zone.js';

/** A cache that knows which periods are over. */

export interface CachedOptions {
  /** Memory for cached bitmaps, in bytes (default 64 MiB). */
  readonly maxBytes?: number | undefined;
  /**
   * How long after its end a period is taken to change no more, in milliseconds (default a day): as long as marks may
   * arrive late, from whatever process.
   */
  readonly graceMs?: number | undefined;
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
 * other processes make in periods that ended longer than `graceMs` ago are not seen while the bitmap is cached.
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
  const isFinished = (key: string): boolean => {
    const period = parseKey(prefix, key)?.period;
    if (!(period instanceof Period)) return false;
    return lastShown(period.startHour, period.endHour, timeZone) - 1 + graceMs < clock().getTime();
  };
  return new CachedStore(store, { isFinished, maxBytes: options.maxBytes ?? DEFAULT_MAX_BYTES });
}

const DAY_MS = 24 * 60 * 60 * 1000;
const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;
