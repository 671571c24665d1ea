import { BitmapistError, BudgetError, StoreError } from '../../base/errors.js';
import { Bitmap } from '../../bitmap/bitmap.js';
import { decodeState } from '../../formats/clickhouse/state.js';
import { ByteCursor } from '../../formats/cursor.js';
import type { RequestOptions } from '../types.js';
import { type RowName, rowNameOf } from './keys.js';
import { type ClickHouseLink, keyParameters, MAX_PARAMETER_BYTES, parameterBytes } from './link.js';
import { states } from './sql.js';

/** Bitmaps of keys, whole: what their rows say, merged by the server. */

/** What keys are called in the table, in lists that are short enough for a query; keys that no row can have are left out. */
export function* nameBatches(
  keys: readonly string[],
  prefix: string,
): Generator<{ keys: string[]; names: RowName[] }, void> {
  let batch: { keys: string[]; names: RowName[] } = { keys: [], names: [] };
  let bytes = 0;
  for (const key of keys) {
    const name = rowNameOf(key, prefix);
    if (name === undefined) continue;
    bytes += parameterBytes(name);
    if (bytes > MAX_PARAMETER_BYTES && batch.keys.length > 0) {
      yield batch;
      batch = { keys: [], names: [] };
      bytes = parameterBytes(name);
    }
    batch.keys.push(key);
    batch.names.push(name);
  }
  if (batch.keys.length > 0) yield batch;
}

/**
 * Fetches bitmaps compressed, and hands each to `keep`; a missing one is empty.
 * @param isAtOnce refuses more keys than one query can ask for
 * @throws StoreError; FormatError for states that are none; BudgetError, as soon as more has been announced than may be read;
 * BitmapistError for too many keys
 */
export async function fetchBitmaps(
  link: ClickHouseLink,
  prefix: string,
  keys: readonly string[],
  keep: (key: string, bitmap: Bitmap) => void,
  options: RequestOptions | undefined,
  isAtOnce = false,
): Promise<void> {
  const missing = new Set(keys);
  const limit = limitOf(options, keys.length);
  const batches = [...nameBatches(keys, prefix)];
  if (isAtOnce && batches.length > 1) {
    throw new BitmapistError(
      `expected to read at most ${batches[0]!.keys.length} of the bitmaps at one moment, got ${keys.length}`,
    );
  }
  for (const { keys: asked, names } of batches) {
    const cursor = new ByteCursor(link.bytes(states(link.table), keyParameters(names), options));
    try {
      while (!(await cursor.atEnd())) {
        const number = new DataView((await cursor.read(4)).buffer).getUint32(0, true);
        const key = asked[number - 1];
        if (key === undefined || !missing.delete(key)) {
          throw new StoreError(
            `expected a row for each key, by a number from 1 to ${asked.length}, got another row of number ${number}`,
          );
        }
        keep(key, await decodeState(cursor, limit));
      }
    } finally {
      await cursor.close();
    }
  }
  for (const key of missing) keep(key, new Bitmap());
}

function limitOf(
  options: RequestOptions | undefined,
  keys: number,
): ((byteLength: number) => void) | undefined {
  const maxBytes = options?.maxBytes;
  if (maxBytes === undefined) return undefined;
  let bytes = 0;
  return (byteLength) => {
    bytes += byteLength;
    if (bytes > maxBytes) throw new BudgetError(bytes, maxBytes, keys);
  };
}
