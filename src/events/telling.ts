/** When people did events, as far as keys of periods tell. */

import type { Bitmap } from '../bitmap/bitmap.js';
import { compareSingles } from '../formats/parquet/order.js';
import type { RequestOptions, Store } from '../store/types.js';
import { type EventKey, type KeyUnit, readBitmaps, startOf, unitOf } from './bitmaps.js';

export interface MarksOptions extends RequestOptions {
  /** Told of every key that says nothing of when. */
  readonly onLeftOut?: ((key: string) => void) | undefined;
}

/**
 * Who did an event when, as finely as the keys tell: the period at whose beginning it is said to have been, and how many keys
 * told of it.
 */
export async function* readMarks(
  store: Store,
  keys: readonly EventKey[],
  options: MarksOptions,
): AsyncGenerator<readonly [EventKey, Bitmap, number], void> {
  const byEvent = new Map<string, EventKey[]>();
  for (const key of keys) {
    const list = byEvent.get(key.event);
    if (list === undefined) byEvent.set(key.event, [key]);
    else list.push(key);
  }
  for (const event of [...byEvent.keys()].sort(compareSingles)) {
    const telling = tellingKeys(byEvent.get(event)!, options.onLeftOut);
    let together: (readonly [EventKey, Bitmap])[] = [];
    for await (const read of readBitmaps(store, telling, options)) {
      if (together.length > 0 && dayOf(together[0]![0]) !== dayOf(read[0])) {
        yield* withoutNamed(together);
        together = [];
      }
      together.push(read);
    }
    yield* withoutNamed(together);
  }
}

/** The keys that tell when people did an event, in the order of time; a day stands before its hours. */
function tellingKeys(keys: readonly EventKey[], onLeftOut: MarksOptions['onLeftOut']): EventKey[] {
  const of = (units: readonly KeyUnit[]) => keys.filter((key) => units.includes(unitOf(key)));
  const fine = of(['hour', 'day']);
  const telling = [fine, of(['week']), of(['month'])].find((list) => list.length > 0) ?? [];
  const days = new Set(telling.map(dayOf));
  const told = new Set(telling);
  for (const key of keys) if (!told.has(key) && !isTold(key, days)) onLeftOut?.(key.key);
  return telling.sort((a, b) => startOf(a) - startOf(b) || (unitOf(a) === 'day' ? -1 : 1));
}

/** Whether a week or a month holds a day that tells more. */
function isTold({ period }: EventKey, days: ReadonlySet<number>): boolean {
  if (period === 'unique') return false;
  const end = period.next().startHour / HOURS_OF_DAY;
  for (let day = period.startHour / HOURS_OF_DAY; day < end; day += 1) if (days.has(day)) return true;
  return false;
}

const HOURS_OF_DAY = 24;

function dayOf(key: EventKey): number {
  return Math.floor(startOf(key) / HOURS_OF_DAY);
}

/**
 * A day and its hours: those whom no hour names are said to have been there in the beginning, with those of the first hour. A
 * week or a month stands alone.
 */
function* withoutNamed(
  keys: readonly (readonly [EventKey, Bitmap])[],
): Generator<readonly [EventKey, Bitmap, number], void> {
  const [first, ...hours] = keys;
  if (first === undefined) return;
  if (hours.length === 0 || unitOf(first[0]) !== 'day') {
    for (const [key, bitmap] of keys) yield [key, bitmap, 1];
    return;
  }
  const unnamed = first[1].copy();
  for (const [, bitmap] of hours) unnamed.change(bitmap.ids(), 0);
  const [hour] = hours;
  const isFirst = startOf(hour![0]) === startOf(first[0]);
  if (isFirst) unnamed.or(hour![1]);
  yield [first[0], unnamed, isFirst ? 2 : 1];
  for (const [key, bitmap] of isFirst ? hours.slice(1) : hours) yield [key, bitmap, 1];
}
