import { inBatches } from '../base/batches.js';
import { isStoredResult } from '../names/keys.js';
import { isPeopleKey } from '../names/people.js';
import type { KeysOptions, RequestOptions } from '../store/types.js';
import type { Period } from '../time/period.js';
import { eventKeys, type Scope } from './scope.js';

/** Deletes whole keys: those of an event, stored results, or everything under the prefix; never those of a map of people. */

/** Keys per deletion. */
const DELETE_BATCH = 1000;

/** Deletes everything under the prefix, and says how many keys there were. */
export async function deleteEverything(scope: Scope, options: KeysOptions): Promise<number> {
  const deleted = await deleteKeys(scope, scope.prefix, () => true, options);
  scope.storedKeys.clear();
  return deleted;
}

/** Deletes every stored result, whoever stored it, and says how many there were. */
export function deleteResults(scope: Scope, options: KeysOptions): Promise<number> {
  const { prefix } = scope;
  return deleteKeys(scope, `${prefix}bitop_`, (key) => isStoredResult(prefix, key), options);
}

/** Deletes the results that were stored through this scope, and says how many there were. */
export async function deleteOwnResults(scope: Scope, options: RequestOptions): Promise<number> {
  const keys = [...scope.storedKeys];
  const deleted = keys.length > 0 ? await scope.store.delete(keys, options) : 0;
  for (const key of keys) scope.storedKeys.delete(key);
  return deleted;
}

/**
 * Deletes the marks of an event in a period, or its dateless flag.
 * @throws RangeError for a segment, which has no marks of its own
 */
export async function deleteEvents(
  scope: Scope,
  event: string,
  period: Period | 'unique',
  options: RequestOptions | undefined,
): Promise<void> {
  if (scope.segments.has(event)) {
    throw new RangeError(`expected an event to delete, got the segment ${JSON.stringify(event)}`);
  }
  await scope.store.delete(eventKeys(scope, event, period), options);
}

async function deleteKeys(
  { store }: Scope,
  prefix: string,
  isDoomed: (key: string) => boolean,
  options: KeysOptions,
): Promise<number> {
  let deleted = 0;
  for await (const keys of inBatches(store.keys(prefix, options), DELETE_BATCH)) {
    const doomed = keys.filter((key) => isDoomed(key) && !isPeopleKey(key));
    if (doomed.length > 0) deleted += await store.delete(doomed, options);
  }
  return deleted;
}
