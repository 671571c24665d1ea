import { type ParsedKey, parseKey } from '../names/keys.js';
import { isPeopleKey } from '../names/people.js';
import type { KeysOptions } from '../store/types.js';
import type { Period } from '../time/period.js';
import { noteUnknownNames } from './hints.js';
import { EventHistory, type KeyKind } from './history.js';
import { endHour, type Ordinal, periodOf, startHour } from './ordinals.js';
import type { Scope } from './scope.js';

/** Which keys are looked at for a catalogue, and how. */
export interface CatalogOptions extends KeysOptions {
  /** Only events whose names begin with this text, taken literally (default: all). */
  readonly prefix?: string | undefined;
}

/** Keys that stand for no event: how many there are, and the names of a few. */
export interface OtherKeys {
  readonly count: number;
  readonly examples: readonly string[];
}

const MAX_EXAMPLES = 3;

/**
 * What a store holds, as its keys tell: events, units, periods, flags, and keys of other kinds. No bitmap is read or kept
 * for it, and no key: it takes 8 bytes of memory for each period of each event. `Bitmapist.catalog` makes one of a store;
 * that of an empty store is told keys by `add`, as they come.
 */
export class Catalog {
  readonly #scope: Scope;
  readonly #events = new Map<string, EventHistory>();
  readonly #examples: string[] = [];
  #others = 0;

  /** @internal */
  constructor(scope: Scope) {
    this.#scope = scope;
  }

  /**
   * Takes note of a key, and says what it stands for; `undefined` for one of another kind. A map of people counts as none.
   *
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   *
   * const catalog = await new Bitmapist().catalog();
   * for (const key of ['trackist_active_2026-11', 'trackist_active_2026-12', 'sessions']) catalog.add(key);
   * console.log(catalog.names, catalog.others.count); // [ 'active' ] 1
   */
  add(key: string): ParsedKey | undefined {
    const parsed = parseKey(this.#scope.prefix, key);
    if (parsed === undefined) {
      if (!isPeopleKey(key)) this.addOther(key);
      return undefined;
    }
    let history = this.#events.get(parsed.event);
    if (history === undefined) {
      history = new EventHistory(parsed.event, this.#scope);
      this.#events.set(parsed.event, history);
    }
    history.add(parsed.period);
    return parsed;
  }

  /**
   * Takes note of a key of another kind, such as one of an event's form that holds no bitmap.
   *
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   *
   * const catalog = await new Bitmapist().catalog();
   * catalog.addOther('trackist_active_2026-11');
   * console.log(catalog.others); // { count: 1, examples: [ 'trackist_active_2026-11' ] }
   */
  addOther(key: string): void {
    this.#others += 1;
    if (this.#examples.length < MAX_EXAMPLES) this.#examples.push(key);
  }

  /** Names of all events, sorted. */
  get names(): string[] {
    return [...this.#events.keys()].sort();
  }

  /** All events, sorted by name. */
  get events(): EventHistory[] {
    return this.names.map((name) => this.#events.get(name)!);
  }

  /**
   * What is known of one event; `undefined` if it has no key.
   *
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   *
   * const bitmapist = new Bitmapist();
   * await bitmapist.markEvent('signup', 1, { now: '2026-10-31' });
   * const signup = (await bitmapist.catalog()).get('signup');
   * console.log(String(signup?.first)); // 2026-10-31
   */
  get(event: string): EventHistory | undefined {
    return this.#events.get(event);
  }

  /** The number of keys of each unit and of flags, of all events together. */
  get keys(): Readonly<Record<KeyKind, number>> {
    const sums = { month: 0, week: 0, day: 0, hour: 0, unique: 0 };
    for (const { keys } of this.#events.values()) {
      for (const kind of Object.keys(sums) as KeyKind[]) sums[kind] += keys[kind];
    }
    return sums;
  }

  /** The first period in which there was an event, as `EventHistory.first` tells it; `undefined` if there are only flags. */
  get first(): Period | undefined {
    return this.#outermost(0, (a, b) => startHour(a) - startHour(b) || endHour(a) - endHour(b));
  }

  /** The last period in which there was an event. */
  get last(): Period | undefined {
    return this.#outermost(1, (a, b) => endHour(b) - endHour(a) || startHour(b) - startHour(a));
  }

  /** Keys of other kinds, stored results among them. */
  get others(): OtherKeys {
    return { count: this.#others, examples: [...this.#examples] };
  }

  /**
   * A sentence for each name that no event and no segment has, with the nearest one there is: the answer to a question
   * about it is 0.
   *
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   *
   * const bitmapist = new Bitmapist();
   * await bitmapist.markEvent('signup', 1);
   * const catalog = await bitmapist.catalog();
   * console.log(catalog.noteUnknownNames(['sigup'])[0]); // no event "sigup" here; did you mean "signup"?
   */
  noteUnknownNames(asked: Iterable<string>): string[] {
    return noteUnknownNames(asked, [...this.#events.keys(), ...this.#scope.segments.names]);
  }

  /** Of the ends of all events' extents, the one that comes first. */
  #outermost(end: 0 | 1, compare: (a: Ordinal, b: Ordinal) => number): Period | undefined {
    let found: Ordinal | undefined;
    for (const { extent } of this.#events.values()) {
      if (extent !== undefined && (found === undefined || compare(extent[end], found) < 0))
        found = extent[end];
    }
    return periodOf(found);
  }
}

/** The catalogue of a scope's store: its keys are listed, no bitmap is read. */
export async function readCatalog(scope: Scope, options: CatalogOptions): Promise<Catalog> {
  const { prefix = '' } = options;
  const catalog = new Catalog(scope);
  for await (const key of scope.store.keys(scope.prefix + prefix, options)) {
    // Keys of an event may begin with what no name begins with: `a_2` is the beginning of `a_2026-11`.
    if (parseKey(scope.prefix, key)?.event.startsWith(prefix) !== false) catalog.add(key);
  }
  return catalog;
}
