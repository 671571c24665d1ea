import { drawUntilAborted, openIterable } from '../base/abort.js';
import { describe, IncompleteMarksError } from '../base/errors.js';
import { checkId } from '../base/id.js';
import { checkPersonText } from '../base/person.js';
import { Bitmap } from '../bitmap/bitmap.js';
import type { People, Person } from '../store/people/types.js';
import type { BitWrite, RequestOptions } from '../store/types.js';
import type { Moment } from '../time/moment.js';
import type { MarkKeys, MarkOptions } from './marks.js';
import type { Scope } from './scope.js';

/** Marks many rows at once: grouped by key, sent in batches, in bounded memory. */

/** User `id` did `event` at the moment `at`. */
export interface Mark {
  /** Its name, not empty. */
  readonly event: string;
  /** An integer in [0, 2^32), or a text if the instance has `people`. */
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
const NO_NUMBERS = new Uint32Array(0);

/**
 * Marks every row. Marking is idempotent, so an interrupted run can be repeated.
 * @param rows single rows, or arrays of rows (which are faster to hand over)
 * @throws TypeError if `rows` is nothing to draw rows from; IncompleteMarksError if the rows end in an error, one of
 * them is invalid or the store fails: it says how many rows are known to be written. Rows before a broken one are.
 */
export async function markAll(
  { store, people }: Pick<Scope, 'store' | 'people'>,
  keysOf: MarkKeys,
  rows: MarkRows,
  options: BulkOptions,
): Promise<BulkResult> {
  if (!isIterable(rows)) throw new TypeError(`expected rows to mark, got ${describe(rows)}`);
  const batch = new Batch(keysOf, people);
  const ids = new Bitmap();
  const events = new Set<string>();
  let written = 0;
  const flush = async (): Promise<void> => {
    const { count, idsByKeys, textsByKeys, batchEvents } = batch.take();
    if (count === 0) return;
    let batchIds: Uint32Array;
    try {
      options.signal?.throwIfAborted();
      const texts = [...textsByKeys.values()].flat();
      const numbers = texts.length > 0 ? await people!.numbersFor(texts, options) : NO_NUMBERS;
      const groups = groupsOf(idsByKeys, textsByKeys, numbers);
      batchIds = concat(groups.map(([, ids]) => ids));
      await store.write(writesOf(groups), options);
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

/** People by the keys that they mark. */
type ByKeys<Id> = Map<readonly string[], Id[]>;
type Group = readonly [keys: readonly string[], ids: Uint32Array];

/** Rows on their way, grouped by the keys they mark. */
class Batch {
  count = 0;
  readonly #keysOf: MarkKeys;
  readonly #takesTexts: boolean;
  readonly #events = new Set<string>();
  // Rows close in time share one array of keys, so that grouping takes one look-up per row, not one per key.
  #idsByKeys: ByKeys<number> = new Map();
  #textsByKeys: ByKeys<string> = new Map();

  constructor(keysOf: MarkKeys, people: People | undefined) {
    this.#keysOf = keysOf;
    this.#takesTexts = people !== undefined;
  }

  add(row: Mark): void {
    if (typeof row !== 'object' || row === null) {
      throw new TypeError(`expected a row with event, id and at, got ${describe(row)}`);
    }
    const { event, id, at } = row;
    if (this.#takesTexts && typeof id === 'string') {
      checkPersonText(id);
      push(this.#textsByKeys, this.#keysOf.of(event, at), id);
    } else {
      checkId(id);
      push(this.#idsByKeys, this.#keysOf.of(event, at), id as number);
    }
    this.#events.add(event);
    this.count += 1;
  }

  /** Hands the rows out and starts anew. */
  take() {
    const taken = {
      count: this.count,
      idsByKeys: this.#idsByKeys,
      textsByKeys: this.#textsByKeys,
      batchEvents: [...this.#events],
    };
    this.#idsByKeys = new Map();
    this.#textsByKeys = new Map();
    this.#events.clear();
    this.count = 0;
    return taken;
  }
}

function push<Id>(byKeys: ByKeys<Id>, keys: readonly string[], id: Id): void {
  const ids = byKeys.get(keys);
  if (ids === undefined) byKeys.set(keys, [id]);
  else ids.push(id);
}

/** @param numbers those of all texts, in their order */
function groupsOf(idsByKeys: ByKeys<number>, textsByKeys: ByKeys<string>, numbers: Uint32Array): Group[] {
  const groups: Group[] = [];
  for (const [keys, ids] of idsByKeys) groups.push([keys, Uint32Array.from(ids)]);
  let from = 0;
  for (const [keys, texts] of textsByKeys) {
    groups.push([keys, numbers.subarray(from, from + texts.length)]);
    from += texts.length;
  }
  return groups;
}

function writesOf(groups: readonly Group[]): BitWrite[] {
  const groupsByKey = new Map<string, Uint32Array[]>();
  for (const [keys, ids] of groups) {
    for (const key of keys) {
      const others = groupsByKey.get(key);
      if (others === undefined) groupsByKey.set(key, [ids]);
      else others.push(ids);
    }
  }
  return [...groupsByKey].map(([key, all]) => ({ key, ids: concat(all), value: 1 }));
}

function concat(groups: readonly Uint32Array[]): Uint32Array {
  if (groups.length === 1) return groups[0]!;
  const all = new Uint32Array(groups.reduce((length, group) => length + group.length, 0));
  let length = 0;
  for (const group of groups) {
    all.set(group, length);
    length += group.length;
  }
  return all;
}
