import { BitmapistError, BudgetError } from '../base/errors.js';
import type { BitmapReader, RequestOptions, Store } from '../store/types.js';
import type { BitmapExpression } from './expression.js';

/**
 * Readers that answer for the bitmaps as they are now. Bitmaps are frozen, and so fetched, as a whole.
 * @throws BitmapistError if the bitmaps lie in several stores, or their store cannot freeze them; BudgetError
 */
export async function openSnapshot(
  bitmaps: readonly BitmapExpression[],
  request: RequestOptions,
): Promise<Map<Store, BitmapReader>> {
  const stores = new Set(bitmaps.map(({ store }) => store));
  const [store] = stores;
  if (store === undefined) return new Map();
  if (stores.size > 1) {
    throw new BitmapistError(
      `expected a consistent read from one store, got bitmaps of ${stores.size} stores`,
    );
  }
  if (store.snapshot === undefined) {
    throw new BitmapistError(
      'expected a store that can read several bitmaps as of one moment, got one that cannot',
    );
  }
  const keys = bitmaps.map(({ key }) => key);
  if (request.maxBytes !== undefined) {
    const byteLengths = await store.byteLengths(keys, request);
    const neededBytes = byteLengths.reduce((sum, byteLength) => sum + byteLength, 0);
    if (neededBytes > request.maxBytes) throw new BudgetError(neededBytes, request.maxBytes, keys.length);
  }
  return new Map([[store, await store.snapshot(keys, request)]]);
}
