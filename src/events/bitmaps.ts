/** All bitmaps of events, in order, for those who write them down elsewhere. */

import { Bitmap } from '../bitmap/bitmap.js';
import { type ParsedKey, parseKey } from '../names/keys.js';
import type { BitmapReader, RequestOptions, Store } from '../store/types.js';
import { readBitmap } from '../store/whole.js';
import type { Period } from '../time/period.js';

/** A key of an event, and what it stands for. */
export interface EventKey extends ParsedKey {
  readonly key: string;
}

/** The units that keys have, and `unique` for flags. */
export type KeyUnit = 'month' | 'week' | 'day' | 'hour' | 'unique';

export function unitOf({ period }: ParsedKey): KeyUnit {
  return period === 'unique' ? 'unique' : (period.unit as KeyUnit);
}

/** Read at once: a key has a few bytes or many. */
const BATCH_KEYS = 256;
const BATCH_BYTES = 2 ** 22;

/** Every key that begins with a prefix and stands for an event; `onOther` is told of those that do not. */
export async function listEventKeys(
  store: Store,
  prefix: string,
  onOther: ((key: string) => void) | undefined,
  options: RequestOptions,
): Promise<EventKey[]> {
  const keys: EventKey[] = [];
  for await (const key of store.keys(prefix, { signal: options.signal })) {
    const parsed = parseKey(prefix, key);
    if (parsed === undefined) onOther?.(key);
    else keys.push({ key, ...parsed });
  }
  return keys;
}

/** By when it begins; a flag before all periods. */
export function startOf({ period }: ParsedKey): number {
  return period === 'unique' ? Number.NEGATIVE_INFINITY : (period as Period).startHour;
}

/**
 * The bitmaps of `keys` in their order, as the store has them when their turn comes: many short ones in one round trip, long ones
 * alone. They are not to be changed.
 */
export async function* readBitmaps<Key extends { readonly key: string }>(
  store: Store,
  keys: readonly Key[],
  options: RequestOptions,
): AsyncGenerator<readonly [Key, Bitmap], void> {
  for (let from = 0; from < keys.length; from += BATCH_KEYS) {
    options.signal?.throwIfAborted();
    const reader = store.reader?.() ?? store;
    try {
      yield* readBatch(reader, keys.slice(from, from + BATCH_KEYS), options);
    } finally {
      if (reader !== store) reader.release?.();
    }
  }
}

async function* readBatch<Key extends { readonly key: string }>(
  reader: BitmapReader,
  keys: readonly Key[],
  options: RequestOptions,
): AsyncGenerator<readonly [Key, Bitmap], void> {
  const byteLengths = await reader.byteLengths(
    keys.map(({ key }) => key),
    options,
  );
  for (let from = 0; from < keys.length; ) {
    let to = from;
    for (let sum = 0; to < keys.length && sum + byteLengths[to]! <= BATCH_BYTES; to += 1)
      sum += byteLengths[to]!;
    if (to === from) {
      yield [keys[from]!, await readBitmap(reader, keys[from]!.key, options)];
      from += 1;
      continue;
    }
    const batch = keys.slice(from, to);
    const reads = batch.flatMap(({ key }, index) => {
      const target = new Uint8Array(byteLengths[from + index]!);
      return reader.resident?.(key) === undefined ? [{ key, byteOffset: 0, target }] : [];
    });
    if (reads.length > 0) await reader.read(reads, options);
    const read = new Map(reads.map(({ key, target }) => [key, target]));
    for (const key of batch) {
      const bytes = read.get(key.key);
      yield [key, bytes === undefined ? reader.resident!(key.key)! : Bitmap.fromBytes(bytes)];
    }
    from = to;
  }
}
