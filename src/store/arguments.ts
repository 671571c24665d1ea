/** What every store refuses before it touches anything. */

import { describe } from '../base/errors.js';
import { checkIds } from '../base/id.js';
import { MAX_BYTES } from '../base/limits.js';
import type { BitWrite, KeysOptions, PutOptions } from './types.js';

/** @throws TypeError or RangeError if an id is no integer in [0, 2^32) */
export function checkWrites(writes: readonly BitWrite[]): void {
  for (const { ids, value } of writes) {
    if (value !== 0 && value !== 1)
      throw new RangeError(`expected 0 or 1 as a bit's value, got ${String(value)}`);
    checkIds(ids);
  }
}

/** @throws RangeError if the bitmap is too long or its time to live is no positive integer */
export function checkPut(key: string, bytes: Uint8Array, options: PutOptions | undefined): void {
  if (bytes.length > MAX_BYTES) {
    throw new RangeError(
      `expected a bitmap of at most ${MAX_BYTES} bytes for key ${JSON.stringify(key)}, got ${bytes.length}`,
    );
  }
  const ttlSeconds = options?.ttlSeconds;
  if (ttlSeconds !== undefined && !(Number.isSafeInteger(ttlSeconds) && ttlSeconds > 0)) {
    throw new RangeError(
      `expected a time to live that is a positive number of whole seconds, got ${ttlSeconds}`,
    );
  }
}

/** @throws RangeError if the size of a batch is no positive integer */
export function checkKeysOptions({ batchSize }: KeysOptions = {}): void {
  if (batchSize === undefined || (Number.isSafeInteger(batchSize) && batchSize > 0)) return;
  throw new RangeError(`expected batchSize to be a positive whole number, got ${describe(batchSize)}`);
}
