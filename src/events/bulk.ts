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
    const { count, idsByKeys, placesByKeys, texts, batchEvents } = batch.take();
    if (count === 0) return;
    let batchIds: Uint32Array;
    try {
      options.signal?.throwIfAborted();
      const numbers = texts.length > 0 ? await people!.numbersFor(texts, options) : NO_NUMBERS;
      const groups = groupsOf(idsByKeys, placesByKeys, numbers);
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

/** Ids by the keys that they mark. */
type IdsByKeys = Map<readonly string[], number[]>;
type Group = readonly [keys: readonly string[], ids: Uint32Array];

/** Rows on their way, grouped by the keys they mark. */
class Batch {
  count = 0;
  readonly #keysOf: MarkKeys;
  readonly #takesTexts: boolean;
  readonly #events = new Set<string>();
  // Rows close in time share one array of keys, so that grouping takes one look-up per row, not one per key.
  #idsByKeys: IdsByKeys = new Map();
  /** Places in `texts` of those who have texts. */
  #placesByKeys: IdsByKeys = new Map();
  #places = new Map<string, number>();

  constructor(keysOf: MarkKeys, people: People | undefined) {
    this.#keysOf = keysOf;
    this.#takesTexts = people !== undefined;
  }

  add(row: Mark): void {
    if (typeof row !== 'object' || row === null) {
      throw new TypeError(`expected a row with event, id and at, got ${describe(row)}`);
    }
    const { event, id, at } = row;
    const isText = this.#takesTexts && typeof id === 'string';
    if (isText) {
      if (!this.#places.has(id)) checkPersonText(id);
    } else checkId(id);
    const keys = this.#keysOf.of(event, at);
    const idsByKeys = isText ? this.#placesByKeys : this.#idsByKeys;
    const ids = idsByKeys.get(keys);
    const number = isText ? this.#placeOf(id) : (id as number);
    if (ids === undefined) idsByKeys.set(keys, [number]);
    else ids.push(number);
    this.#events.add(event);
    this.count += 1;
  }

  /** Hands the rows out and starts anew. */
  take() {
    const taken = {
      count: this.count,
      idsByKeys: this.#idsByKeys,
      placesByKeys: this.#placesByKeys,
      /** Each once. */
      texts: [...this.#places.keys()],
      batchEvents: [...this.#events],
    };
    this.#idsByKeys = new Map();
    this.#placesByKeys = new Map();
    this.#places = new Map();
    this.#events.clear();
    this.count = 0;
    return taken;
  }

  #placeOf(text: string): number {
    let place = this.#places.get(text);
    if (place === undefined) {
      place = this.#places.size;
      this.#places.set(text, place);
    }
    return place;
  }
}

function groupsOf(idsByKeys: IdsByKeys, placesByKeys: IdsByKeys, numbers: Uint32Array): Group[] {
  const groups: Group[] = [];
  for (const [keys, ids] of idsByKeys) groups.push([keys, Uint32Array.from(ids)]);
  for (const [keys, places] of placesByKeys) {
    const ids = new Uint32Array(places.length);
    for (let at = 0; at < places.length; at++) ids[at] = numbers[places[at]!]!;
    groups.push([keys, ids]);
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
