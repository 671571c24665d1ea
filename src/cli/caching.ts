import { cached } from '../cached.js';
import { type Store, StoreError } from '../index.js';
import { UsageError } from './failure.js';
import { sayNotes } from './notes.js';

/** What a folder keeps of a server, from one command to the next. */

export interface CacheOptions {
  /** The folder; nothing is kept without. */
  readonly cache?: string;
  /** How what is kept is compared with what the server holds. */
  readonly check?: 'never' | 'count' | 'digest';
  readonly keyPrefix?: string;
  readonly timeZone?: string;
}

/** A command is alone, and over soon. */
const MAX_BYTES = 512 * 2 ** 20;

/** Lets `use` work with the store, or with what is kept of it; what could not be kept is said after the answer. */
export async function withCache<T>(
  store: Store,
  address: string,
  options: CacheOptions,
  use: (store: Store) => Promise<T>,
): Promise<T> {
  refuseCheckAlone(options);
  const { cache, check, keyPrefix, timeZone } = options;
  if (cache === undefined) return use(store);
  const kept = cached(store, {
    folder: cache,
    identity: store.identity ?? address,
    maxBytes: MAX_BYTES,
    check,
    prefix: keyPrefix,
    timeZone,
  });
  const answer = await use(kept);
  try {
    await kept.settle();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    sayNotes([{ text: `not everything could be kept: ${error.message}` }]);
  }
  return answer;
}

/** @throws UsageError for a source of which nothing can be kept */
export function refuseCache(options: CacheOptions, source: string): void {
  refuseCheckAlone(options);
  if (options.cache === undefined) return;
  throw new UsageError(`expected --cache with a Redis or a published folder, got ${JSON.stringify(source)}`);
}

function refuseCheckAlone({ cache, check }: CacheOptions): void {
  if (check === undefined || cache !== undefined) return;
  throw new UsageError(
    'expected --check with --cache, since nothing is kept without it that could be compared',
  );
}
