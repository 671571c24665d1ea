import { bitmap, combine } from '../engine/expression.js';
import { periodKey, uniqueKey } from '../names/keys.js';
import type { Period } from '../time/period.js';
import { endHour, holdersOf, type KeyUnit, type Ordinal, periodOf, startHour } from './ordinals.js';
import type { Scope } from './scope.js';
import { EventSet } from './sets.js';

/** What keys stand for: periods of a unit, or dateless flags. */
export type KeyKind = KeyUnit | 'unique';

/** The units that tell best when something happened first. */
const UNITS: readonly KeyUnit[] = ['day', 'hour', 'week', 'month'];

/**
 * Which keys one event has, 8 bytes for each, and so when it happened and where everybody is who ever did it. A mark goes
 * to all units at once, so a period whose marks are all in a longer one that has a key need not be read; keys may be
 * missing, and then shorter ones speak.
 */
export class EventHistory {
  /** The name of the event. */
  readonly event: string;
  readonly #scope: Scope;
  /** Numbers of periods, ascending. */
  readonly #numbers: Readonly<Record<KeyUnit, number[]>> = { month: [], week: [], day: [], hour: [] };
  #hasFlag = false;

  /** @internal */
  constructor(event: string, scope: Scope) {
    this.event = event;
    this.#scope = scope;
  }

  /**
   * Takes note of a key, as `parseKey` reads it; again, if it is known already, in vain.
   *
   * @example
   * import { Bitmapist, Period } from 'bitmapist-wasm';
   *
   * const bitmapist = new Bitmapist();
   * await bitmapist.markUnique('active', 1);
   * const history = (await bitmapist.catalog()).get('active')!;
   * history.add(Period.parse('2026-11'));
   * console.log(history.keys); // { month: 1, week: 0, day: 0, hour: 0, unique: 1 }
   */
  add(period: Period | 'unique'): void {
    if (period === 'unique') this.#hasFlag = true;
    else {
      const numbers = this.#numbers[period.unit as KeyUnit];
      const at = indexIn(numbers, period.number);
      if (numbers[at] !== period.number) numbers.splice(at, 0, period.number);
    }
  }

  /**
   * The number of keys of each unit, and of flags (0 or 1).
   *
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   *
   * const bitmapist = new Bitmapist();
   * await bitmapist.markEvent('active', [1, 2], { now: '2026-11-20' });
   * await bitmapist.markEvent('active', [2, 3], { now: '2026-11-28' });
   * const catalog = await bitmapist.catalog();
   * console.log(catalog.get('active')?.keys); // { month: 1, week: 2, day: 2, hour: 0, unique: 0 }
   */
  get keys(): Readonly<Record<KeyKind, number>> {
    const { month, week, day, hour } = this.#numbers;
    return {
      month: month.length,
      week: week.length,
      day: day.length,
      hour: hour.length,
      unique: this.#hasFlag ? 1 : 0,
    };
  }

  /**
   * The first period that has a key, of the finest unit that tells it: a day, or an hour, week or month if no day does;
   * `undefined` if there is only a flag.
   *
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   *
   * const bitmapist = new Bitmapist();
   * await bitmapist.markEvent('active', [1, 2], { now: '2026-11-20' });
   * await bitmapist.markEvent('active', [2, 3], { now: '2026-11-28' });
   * const active = (await bitmapist.catalog()).get('active');
   * console.log(`${active?.first} to ${active?.last}`); // 2026-11-20 to 2026-11-28
   */
  get first(): Period | undefined {
    return periodOf(this.extent?.[0]);
  }

  /** The last period that has a key; otherwise as `first`. */
  get last(): Period | undefined {
    return periodOf(this.extent?.[1]);
  }

  /** @internal The first and the last period. */
  get extent(): readonly [Ordinal, Ordinal] | undefined {
    let extent: [Ordinal, Ordinal] | undefined;
    for (const unit of UNITS) {
      const numbers = this.#numbers[unit];
      if (numbers.length === 0) continue;
      const first: Ordinal = [unit, numbers[0]!];
      const last: Ordinal = [unit, numbers.at(-1)!];
      extent ??= [first, last];
      // A longer period that holds the shorter one tells less.
      if (endHour(first) <= startHour(extent[0])) extent[0] = first;
      if (startHour(last) >= endHour(extent[1])) extent[1] = last;
    }
    return extent;
  }

  /**
   * Whether the bitmap of a key is needed to know everybody. With more keys it may no longer be.
   *
   * @example
   * import { Bitmapist, Period } from 'bitmapist-wasm';
   *
   * const bitmapist = new Bitmapist();
   * await bitmapist.markUnique('active', 1);
   * const history = (await bitmapist.catalog()).get('active')!;
   * console.log(history.needs(Period.parse('2026-11-22'))); // true
   * history.add(Period.parse('2026-11'));
   * console.log(history.needs(Period.parse('2026-11-22'))); // false
   */
  needs(period: Period | 'unique'): boolean {
    return period === 'unique' || this.#needs([period.unit as KeyUnit, period.number]);
  }

  /**
   * Everybody who ever did the event, from the fewest keys that tell, dateless flag included.
   *
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   *
   * const bitmapist = new Bitmapist();
   * await bitmapist.markEvent('active', [1, 2], { now: '2026-11-20' });
   * await bitmapist.markEvent('active', [2, 3], { now: '2026-12-24' });
   * const catalog = await bitmapist.catalog();
   * console.log(await catalog.get('active')?.everybody().count()); // 3
   */
  everybody(): EventSet {
    const { store, prefix } = this.#scope;
    const keys: string[] = [];
    for (const ordinal of this.#ordinals()) {
      if (this.#needs(ordinal)) keys.push(periodKey(prefix, this.event, periodOf(ordinal)));
    }
    if (this.#hasFlag || keys.length === 0) keys.push(uniqueKey(prefix, this.event));
    // By its keys, since a segment may have the same name.
    const bitmaps = keys.map((key) => bitmap(store, key));
    return new EventSet(this.#scope, combine('or', bitmaps));
  }

  #needs(ordinal: Ordinal): boolean {
    const has = ([unit, number]: Ordinal): boolean => {
      const numbers = this.#numbers[unit];
      return numbers[indexIn(numbers, number)] === number;
    };
    return !holdersOf(ordinal).some((holders) => holders.every(has));
  }

  *#ordinals(): Generator<Ordinal, void, undefined> {
    for (const unit of UNITS) for (const number of this.#numbers[unit]) yield [unit, number];
  }
}

/** Where a number is in an ascending list, or would be. */
function indexIn(numbers: readonly number[], number: number): number {
  // Keys often come in order.
  if (numbers.length === 0 || numbers.at(-1)! < number) return numbers.length;
  let from = 0;
  let to = numbers.length - 1;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (numbers[middle]! < number) from = middle + 1;
    else to = middle;
  }
  return from;
}
