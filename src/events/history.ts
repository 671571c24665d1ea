import { Period, type PeriodUnit } from '../time/period.js';
import type { EventSet } from './sets.js';

/**
 * Which keys one event has, and so where everybody is who ever did it. A mark goes to all units at once, so that a period
 * whose marks are all in a longer one that has a key need not be read; keys may be missing, and then shorter ones speak.
 */
export class EventHistory {
  readonly #periods: Period[] = [];
  /** Of the periods; texts of different units differ. */
  readonly #texts = new Set<string>();
  #hasFlag = false;

  /** Takes note of a key, as `parseKey` reads it. */
  add(period: Period | 'unique'): void {
    if (period === 'unique') this.#hasFlag = true;
    else {
      this.#periods.push(period);
      this.#texts.add(placeOf(period).text);
    }
  }

  /** Whether the bitmap of a key is needed to know everybody. With more keys it may no longer be. */
  needs(period: Period | 'unique'): boolean {
    if (period === 'unique') return true;
    return !placeOf(period).holders.some((texts) => texts.every((text) => this.#texts.has(text)));
  }

  /** Everybody who ever did the event, dateless flags included. */
  everybody(bitmapist: EventSets, event: string): EventSet {
    const needed = this.#periods.filter((period) => this.needs(period));
    const sets: EventSet[] = needed.map((period) => bitmapist.events(event, period.unit, period));
    if (this.#hasFlag || sets.length === 0) sets.push(bitmapist.unique(event));
    return sets[0]!.or(...sets.slice(1));
  }
}

/** What makes sets of events: a `Bitmapist`. */
export interface EventSets {
  events(event: string, unit: PeriodUnit, when: Period): EventSet;
  unique(event: string): EventSet;
}

interface Place {
  readonly text: string;
  /** Each of them is one or more longer periods that together hold all marks of the period. */
  readonly holders: readonly (readonly string[])[];
}

// Millions of keys share a few thousand periods, and calendars are slow.
const PLACES = new WeakMap<Period, Place>();

function placeOf(period: Period): Place {
  let place = PLACES.get(period);
  if (place === undefined) {
    place = { text: period.toString(), holders: holdersOf(period) };
    PLACES.set(period, place);
  }
  return place;
}

function holdersOf(period: Period): string[][] {
  const longer = (unit: 'month' | 'week' | 'day'): string[] => [Period.from(unit, period).toString()];
  switch (period.unit) {
    case 'hour':
      return [longer('month'), longer('week'), longer('day')];
    case 'day':
      return [longer('month'), longer('week')];
    case 'week':
      return [[period.start(), period.end()].map((at) => Period.of('month', at).toString())];
    default:
      return [];
  }
}
