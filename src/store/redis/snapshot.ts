/** Keys as they were at one moment. */

import { StoreError } from '../../base/errors.js';
import { Bitmap } from '../../bitmap/bitmap.js';
import { MemoryStore } from '../memory.js';
import type { BitmapReader, RequestOptions } from '../types.js';
import type { RedisLink } from './link.js';
import { explainFailure, NoTransactionsError } from './refusal.js';

/** A copy in memory, of GETs in one transaction. */
export async function takeSnapshot(
  link: RedisLink,
  keys: readonly string[],
  options: RequestOptions | undefined,
): Promise<BitmapReader> {
  const distinct = [...new Set(keys)];
  const copy = new MemoryStore();
  if (distinct.length === 0) return copy;
  // A cluster's client knows its nodes once it has answered something; transactions wait for that, also if it never comes.
  if (link.commands.isCluster) {
    await link.sendOne(() => link.commands.type(distinct[0]!), undefined, options);
  }
  const values = await link
    .sendOne(() => link.commands.getAll(distinct), undefined, options)
    .catch((error) => Promise.reject(refuseMoment(error, link)));
  for (const [index, key] of distinct.entries()) {
    const value = values[index]!;
    if (value instanceof Error) throw await explainFailure(link.commands, value, key);
    if (value !== null) copy.putBitmap(key, Bitmap.fromBytes(value));
  }
  return copy;
}

/** Says why keys cannot be read as of one moment, if that is the trouble. */
function refuseMoment(error: unknown, { commands }: RedisLink): unknown {
  const cause = error instanceof StoreError ? error.cause : undefined;
  const message = cause instanceof Error ? cause.message : '';
  if (commands.isCluster && /CROSSSLOT|same slot/i.test(message)) {
    return new StoreError(
      'expected keys of one cluster slot for a consistent read, got keys of several; a cluster cannot freeze them together',
      { cause },
    );
  }
  if (error instanceof NoTransactionsError) {
    return new StoreError('expected a server with transactions for a consistent read, got one without', {
      cause,
    });
  }
  return error;
}
