/** How a server is asked: what may be said of it, and what holds if nothing is. */

import { describe } from '../../base/errors.js';
import { MAX_BYTES } from '../../base/limits.js';

const DEFAULT_MAX_IN_FLIGHT = 1000;
const DEFAULT_RETRY_MS = 10_000;
const DEFAULT_MAX_KEY_BYTES = 64 * 2 ** 20;

/**
 * How bitmaps are read: `ranges` with STRLEN, GETRANGE, BITCOUNT and BITPOS, only the bytes that are wanted; `whole` with
 * GET, for servers that know nothing else.
 */
export type ReadStrategy = 'ranges' | 'whole';

/** How a server is asked. */
export interface RedisStoreOptions {
  /** How many requests may be under way at once (default 1,000). */
  readonly maxInFlight?: number | undefined;
  /** `auto` (the default) begins with `ranges` and falls back to `whole` at the first command that the server refuses. */
  readonly readStrategy?: ReadStrategy | 'auto' | undefined;
  /** `false` writes a command per bit even if many bits of a key change (default `true`: by script, if allowed). */
  readonly scripts?: boolean | undefined;
  /**
   * For how many milliseconds a request is repeated, after growing pauses, that was refused or lost for a reason that
   * passes by itself: a failover, a server that is starting, a connection that the client makes anew (default 10,000; 0:
   * not at all).
   */
  readonly retryMs?: number | undefined;
  /**
   * How many bytes long a write may make a key (default 64 MiB, which are ids below 2^29; at most 2^29): Redis holds a byte for every
   * eight ids up to the largest one, whether or not they are set. A write that would make one longer is refused with a
   * `KeyGrowthError` before anything of it is written. Keys that are as long already are written to.
   */
  readonly maxKeyBytes?: number | undefined;
}

type Settings = { readonly [Name in keyof RedisStoreOptions]-?: NonNullable<RedisStoreOptions[Name]> };

/** @throws RangeError for options out of their range */
export function settingsOf(options: RedisStoreOptions): Settings {
  const { maxInFlight = DEFAULT_MAX_IN_FLIGHT, retryMs = DEFAULT_RETRY_MS } = options;
  const { readStrategy = 'auto', scripts = true, maxKeyBytes = DEFAULT_MAX_KEY_BYTES } = options;
  if (!(Number.isInteger(maxInFlight) && maxInFlight > 0)) {
    throw new RangeError(`expected maxInFlight to be a positive integer, got ${maxInFlight}`);
  }
  if (!(Number.isFinite(retryMs) && retryMs >= 0)) {
    throw new RangeError(`expected retryMs to be 0 or more milliseconds, got ${describe(retryMs)}`);
  }
  if (!['auto', 'ranges', 'whole'].includes(readStrategy)) {
    throw new RangeError(`expected the read strategy auto, ranges or whole, got ${readStrategy}`);
  }
  if (!(Number.isInteger(maxKeyBytes) && maxKeyBytes > 0 && maxKeyBytes <= MAX_BYTES)) {
    throw new RangeError(
      `expected maxKeyBytes to be a whole number from 1 to ${MAX_BYTES}, got ${describe(maxKeyBytes)}`,
    );
  }
  return { maxInFlight, retryMs, readStrategy, scripts, maxKeyBytes };
}
