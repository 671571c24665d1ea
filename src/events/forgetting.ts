import { inBatches } from '../base/batches.js';
import { BitmapistError, describe } from '../base/errors.js';
import { checkIds } from '../base/id.js';
import { isStoredResult, parseKey } from '../names/keys.js';
import type { People, Person } from '../store/people/types.js';
import type { KeysOptions, RequestOptions, Store } from '../store/types.js';
import type { Ids } from './batch.js';
import type { KeyKind } from './history.js';
import type { Scope } from './scope.js';

/** Forgets people: no event, unit, flag or stored result has them any more. */

/** How people are forgotten, and who hears of it. */
export interface ForgetOptions extends KeysOptions {
  /** Called after every batch of keys. */
  readonly onProgress?: ((progress: { readonly keys: number }) => void) | undefined;
}

/** What was forgotten. */
export interface Forgotten {
  /** Distinct people that were asked for, but for those whom nobody knows. */
  readonly people: number;
  /** Texts that were asked for and that nobody has. */
  readonly unknown: readonly string[];
  /** Texts that were removed from the map of people. */
  readonly texts: number;
  /** Keys of which bits were cleared. */
  readonly keys: number;
  /** Bits that were cleared, of all these keys. */
  readonly bits: number;
  /** The same by event, sorted by name; events without a bit of theirs are left out. */
  readonly events: readonly ForgottenEvent[];
  /** Bits that were cleared of stored results. */
  readonly results: number;
  /** Keys that are named like those of events and hold no bitmap: they stay as they are. */
  readonly leftOut: readonly string[];
}

/** The bits that were cleared of an event, by what its keys stand for. */
export interface ForgottenEvent extends Readonly<Record<KeyKind, number>> {
  /** Its name. */
  readonly event: string;
}

/** Keys that are asked for at a time; a store bounds what it does at once by itself. */
const KEYS_AT_ONCE = 1000;

/**
 * Clears every bit of people under the prefix, and removes their texts after that. It can be done again, also after it was interrupted.
 * @throws BitmapistError if the store cannot erase people, before anything is cleared; whatever the store throws
 */
export async function forgetPeople(
  { store, people: map, prefix }: Scope,
  asked: Ids,
  options: ForgetOptions,
): Promise<Forgotten> {
  checkErases(store);
  const { ids, unknown } = await identify(asked, map, options);
  const tally = new Tally(prefix, ids.length);
  let keys = 0;
  for await (const batch of inBatches(store.keys(prefix, options), KEYS_AT_ONCE)) {
    const owned = batch.filter((key) => tally.owns(key));
    const cleared = await store.erase(owned, ids, options);
    for (const [at, key] of owned.entries()) tally.add(key, cleared[at]);
    keys += batch.length;
    options.onProgress?.({ keys });
  }
  const known = (await map?.textsOf(ids, options)) ?? [];
  const texts = known.filter((text) => text !== undefined);
  const removed = texts.length > 0 ? await map!.remove(texts, options) : 0;
  return { ...tally.report(), texts: removed, unknown };
}

/**
 * The numbers of people, each once, and the texts that nobody has.
 * @throws TypeError or RangeError for what is nobody's number or text, a text without a map of people among them
 */
export async function identify(
  asked: Ids,
  map: People | undefined,
  options?: RequestOptions,
): Promise<{ readonly ids: Uint32Array; readonly unknown: readonly string[] }> {
  const people: ArrayLike<Person> = typeof asked === 'object' ? asked : [asked];
  if (!Array.isArray(people) && !(people instanceof Uint32Array)) {
    throw new TypeError(`expected people to forget, got ${describe(asked)}`);
  }
  const texts = [...new Set<Person>(people)].filter((person) => typeof person === 'string');
  const numbers = Array.from<Person>(people).filter(
    (person) => map === undefined || typeof person !== 'string',
  );
  checkIds(numbers as number[]);
  const found = map && texts.length > 0 ? await map.numbersOf(texts, options) : [];
  const ids = new Set([...(numbers as number[]), ...found.filter((number) => number !== undefined)]);
  return { ids: Uint32Array.from(ids), unknown: texts.filter((_, at) => found[at] === undefined) };
}

function checkErases(store: Store): asserts store is Store & Required<Pick<Store, 'erase'>> {
  if (store.erase !== undefined) return;
  throw new BitmapistError(
    'expected a store that people can be erased from (memory, Redis, a cluster), got one that cannot',
  );
}

/**
 * Sums up what was cleared.
 * @internal
 */
export class Tally {
  readonly #prefix: string;
  readonly #people: number;
  readonly #events = new Map<string, Record<KeyKind, number>>();
  readonly #leftOut: string[] = [];
  #keys = 0;
  #bits = 0;
  #results = 0;

  constructor(prefix: string, people: number) {
    this.#prefix = prefix;
    this.#people = people;
  }

  /** Whether a key is one of an event, or a stored result: what else is under the prefix is none of our business. */
  owns(key: string): boolean {
    return isStoredResult(this.#prefix, key) || parseKey(this.#prefix, key) !== undefined;
  }

  /** Adds what was cleared of a key; `undefined` if it holds no bitmap. */
  add(key: string, bits: number | undefined): void {
    if (bits === undefined) this.#leftOut.push(key);
    if (!bits) return;
    this.#keys += 1;
    this.#bits += bits;
    const parsed = parseKey(this.#prefix, key);
    if (parsed === undefined) {
      this.#results += bits;
      return;
    }
    const { event, period } = parsed;
    const sums = this.#events.get(event) ?? { month: 0, week: 0, day: 0, hour: 0, unique: 0 };
    this.#events.set(event, sums);
    sums[period === 'unique' ? period : (period.unit as KeyKind)] += bits;
  }

  report(): Omit<Forgotten, 'texts' | 'unknown'> {
    const names = [...this.#events.keys()].sort();
    return {
      people: this.#people,
      keys: this.#keys,
      bits: this.#bits,
      events: names.map((event) => ({ event, ...this.#events.get(event)! })),
      results: this.#results,
      leftOut: this.#leftOut,
    };
  }
}
