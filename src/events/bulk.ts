import { drawUntilAborted, openIterable } from '../base/abort.js';
import { describe, IncompleteMarksError } from '../base/errors.js';
import { checkId } from '../base/id.js';
import { Bitmap } from '../bitmap/bitmap.js';
import type { Person } from '../store/people/types.js';
import type { BitWrite, RequestOptions, Store } from '../store/types.js';
import type { Moment } from '../time/moment.js';
import type { MarkKeys, MarkOptions } from './marks.js';

/** Marks many rows at once: grouped by key, sent in batches, in bounded memory. */

/** User `id` did `event` at the moment `at`. */
export interface Mark {
  /** Its name, not empty. */
  readonly event: string;
  /** An integer in [0, 2^32). */
  readonly id: Person;
  /** With a time of day if hours are tracked. */
  readonly at: Moment;
}

/** Rows one by one, or in arrays of any length, which are faster to hand over. */
export type MarkRows = Iterable<Mark | readonly Mark[]> | AsyncIterable<Mark | readonly Mark[]>;

/** What to mark of each row, and who hears of it. */
export interface BulkOptions extends MarkOptions, RequestOptions {
  /** Called after every batch. */
  readonly onProgress?: ((progress: BulkProgress) => void) | undefined;
}

/** How far marking many rows has come. */
export interface BulkProgress {
  /** Rows written so far. */
  readonly rows: number;
}

/** What was marked. */
export interface BulkResult {
  /** Rows written, repetitions included. */
  readonly rows: number;
  /** Distinct event names. */
  readonly events: number;
  /** Distinct ids. */
  readonly ids: number;
}

/** Rows per batch, which bounds memory: a row is a bit in each of a few keys. */
const BATCH_ROWS = 250_000;

/**
 * Marks every row. Marking is idempotent, so an interrupted run can be repeated.
 * @param rows single rows, or arrays of rows (which are faster to hand over)
 * @throws TypeError if `rows` is nothing to draw rows from; IncompleteMarksError if the rows end in an error, one of
 * them is invalid or the store fails: it says how many rows are known to be written. Rows before a broken one are.
 */
export async function markAll(
  store: Store,
  keysOf: MarkKeys,
  rows: MarkRows,
  options: BulkOptions,
): Promise<BulkResult> {
  if (!isIterable(rows)) throw new TypeError(`expected rows to mark, got ${describe(rows)}`);
  const batch = new Batch(keysOf);
  const ids = new Bitmap();
  const events = new Set<string>();
  let written = 0;
  const flush = async (): Promise<void> => {
    const { count, writes, batchIds, batchEvents } = batch.take();
    if (count === 0) return;
    try {
      options.signal?.throwIfAborted();
      await store.write(writes, options);
    } catch (cause) {
      throw new IncompleteMarksError(written, { cause });
    }
    written += count;
    ids.change(batchIds, 1);
    for (const event of batchEvents) events.add(event);
    options.onProgress?.({ rows: written });
  };
  try {
    for await (const next of untilAborted(rows, options.signal)) {
      for (const row of isRows(next) ? next : [next]) {
        batch.add(row);
        if (batch.count >= BATCH_ROWS) await flush();
      }
    }
  } catch (cause) {
    if (cause instanceof IncompleteMarksError) throw cause;
    await flush();
    throw new IncompleteMarksError(written, { cause });
  }
  await flush();
  return { rows: written, events: events.size, ids: ids.cardinality };
}

function isIterable(rows: unknown): boolean {
  return (
    typeof rows === 'object' && rows !== null && (Symbol.asyncIterator in rows || Symbol.iterator in rows)
  );
}

/** Without a signal, rows come without the price of a promise more for each. */
function untilAborted(rows: MarkRows, signal: AbortSignal | undefined): MarkRows {
  return signal === undefined ? rows : drawUntilAborted(openIterable(rows), signal);
}

function isRows(next: Mark | readonly Mark[]): next is readonly Mark[] {
  return Array.isArray(next);
}

/** Rows on their way, grouped by the keys they mark. */
class Batch {
  count = 0;
  readonly #keysOf: MarkKeys;
  readonly #events = new Set<string>();
  // Rows close in time share one array of keys, so that grouping takes one look-up per row, not one per key.
  readonly #idsByKeys = new Map<readonly string[], number[]>();

  constructor(keysOf: MarkKeys) {
    this.#keysOf = keysOf;
  }

  add(row: Mark): void {
    if (typeof row !== 'object' || row === null) {
      throw new TypeError(`expected a row with event, id and at, got ${describe(row)}`);
    }
    const { event, at } = row;
    const id = checkId(row.id);
    const keys = this.#keysOf.of(event, at);
    const ids = this.#idsByKeys.get(keys);
    if (ids === undefined) this.#idsByKeys.set(keys, [id]);
    else ids.push(id);
    this.#events.add(event);
    this.count += 1;
  }

  /** Hands the rows out and starts anew. */
  take(): { count: number; writes: BitWrite[]; batchIds: Uint32Array; batchEvents: string[] } {
    const groupsByKey = new Map<string, number[][]>();
    for (const [keys, ids] of this.#idsByKeys) {
      for (const key of keys) {
        const groups = groupsByKey.get(key);
        if (groups === undefined) groupsByKey.set(key, [ids]);
        else groups.push(ids);
      }
    }
    const writes = [...groupsByKey].map(([key, groups]) => ({ key, ids: concat(groups), value: 1 as const }));
    const batchIds = concat([...this.#idsByKeys.values()]);
    const taken = { count: this.count, writes, batchIds, batchEvents: [...this.#events] };
    this.#idsByKeys.clear();
    this.#events.clear();
    this.count = 0;
    return taken;
  }
}

function concat(groups: readonly (readonly number[])[]): Uint32Array {
  const all = new Uint32Array(groups.reduce((length, group) => length + group.length, 0));
  let length = 0;
  for (const group of groups) {
    all.set(group, length);
    length += group.length;
  }
  return all;
}
