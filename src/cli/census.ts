import { Bitmap } from '../bitmaps.js';
import { EventHistory } from '../catalogue.js';
import { type Bitmapist, type EventSet, type Period, parseKey } from '../index.js';

/** What there is of each event: its keys, ids, bytes and time span. */

type KeyUnit = 'month' | 'week' | 'day' | 'hour';

export type KeyKind = KeyUnit | 'unique';

export interface CensusReport {
  readonly events: readonly EventHoldings[];
  readonly total: Holdings;
  readonly others: OtherKeys;
}

export interface Holdings {
  /** Number of keys that stand for a period of each unit, and of dateless flags. */
  readonly keys: Readonly<Record<KeyKind, number>>;
  /** The first and the last day that has a key, or the hour, week or month where no day has. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** Distinct ids. */
  readonly ids: number;
  /** Bytes of the bitmaps as Redis holds them, and as portable Roaring. */
  readonly bytes: number;
  readonly roaringBytes: number;
}

export interface EventHoldings extends Holdings {
  readonly event: string;
}

export interface BitmapSize {
  readonly bytes: number;
  readonly roaringBytes: number;
}

/** Keys that are no bitmaps of events: how many there are, and the names of a few. */
export interface OtherKeys {
  count: number;
  readonly examples: string[];
}

const MAX_EXAMPLES = 3;

/** Collects what there is, key by key; memory grows with the number of keys. */
export class Census {
  readonly others: OtherKeys = { count: 0, examples: [] };
  readonly #prefix: string;
  readonly #begin: string;
  readonly #tallies = new Map<string, Tally>();

  /**
   * @param prefix what keys begin with
   * @param begin what the names of wanted events begin with
   */
  constructor(prefix: string, begin: string) {
    this.#prefix = prefix;
    this.#begin = begin;
  }

  /** Whether a key is one of a wanted event; those of no event are counted. */
  wants(key: string): boolean {
    const parsed = parseKey(this.#prefix, key);
    if (parsed === undefined) this.addOther(key);
    return parsed?.event.startsWith(this.#begin) ?? false;
  }

  addOther(key: string): void {
    this.others.count += 1;
    if (this.others.examples.length < MAX_EXAMPLES) this.others.examples.push(key);
  }

  /** Adds a wanted key. */
  add(key: string, size: BitmapSize): void {
    const { event, period } = parseKey(this.#prefix, key)!;
    const tally = this.#tallies.get(event) ?? new Tally(event);
    this.#tallies.set(event, tally);
    tally.add(period, size);
  }

  /** Whether the bitmap of a key that was added is needed to count ids; with more keys it may no longer be. */
  needs(key: string): boolean {
    const { event, period } = parseKey(this.#prefix, key)!;
    return this.#tallies.get(event)!.history.needs(period);
  }

  /** Counts ids, which `bitmapist` has the bitmaps of, and sums everything up. */
  async report(bitmapist: Bitmapist, onEvent: (done: number, events: number) => void): Promise<CensusReport> {
    const everybody = new Bitmap();
    const tallies = [...this.#tallies.values()].sort((a, b) => (a.event < b.event ? -1 : 1));
    const events: EventHoldings[] = [];
    for (const tally of tallies) {
      onEvent(events.length, tallies.length);
      const ids = await countIds(tally.history.everybody(bitmapist, tally.event), everybody);
      events.push({ event: tally.event, ...tally.holdings(), ids });
    }
    return { events, total: sumOf(events, everybody.cardinality), others: this.others };
  }
}

/** What is known of one event so far. */
class Tally {
  readonly event: string;
  readonly history = new EventHistory();
  readonly #periods: Record<KeyUnit, Period[]> = { month: [], week: [], day: [], hour: [] };
  #flags = 0;
  #bytes = 0;
  #roaringBytes = 0;

  constructor(event: string) {
    this.event = event;
  }

  add(period: Period | 'unique', { bytes, roaringBytes }: BitmapSize): void {
    this.history.add(period);
    this.#bytes += bytes;
    this.#roaringBytes += roaringBytes;
    if (period === 'unique') this.#flags += 1;
    else this.#periods[period.unit as KeyUnit].push(period);
  }

  holdings(): Omit<Holdings, 'ids'> {
    const { month, week, day, hour } = this.#periods;
    const spanned = [day, hour, week, month].find((periods) => periods.length > 0) ?? [];
    const span = spanned.map(textOf).sort();
    return {
      keys: {
        month: month.length,
        week: week.length,
        day: day.length,
        hour: hour.length,
        unique: this.#flags,
      },
      from: span[0],
      to: span.at(-1),
      bytes: this.#bytes,
      roaringBytes: this.#roaringBytes,
    };
  }
}

// Millions of keys share a few thousand periods, and calendars are slow.
const TEXTS = new WeakMap<Period, string>();

function textOf(period: Period): string {
  const text = TEXTS.get(period) ?? period.toString();
  TEXTS.set(period, text);
  return text;
}

/** The number of ids of a set, which are added to `everybody`. */
async function countIds(set: EventSet, everybody: Bitmap): Promise<number> {
  let count = 0;
  for await (const ids of set.pages()) {
    count += ids.length;
    everybody.change(ids, 1);
  }
  return count;
}

function sumOf(events: readonly EventHoldings[], ids: number): Holdings {
  const sum = (value: (event: EventHoldings) => number): number =>
    events.reduce((total, event) => total + value(event), 0);
  const days = events.flatMap(({ from, to }) => (from === undefined ? [] : [from, to!])).sort();
  return {
    keys: {
      month: sum(({ keys }) => keys.month),
      week: sum(({ keys }) => keys.week),
      day: sum(({ keys }) => keys.day),
      hour: sum(({ keys }) => keys.hour),
      unique: sum(({ keys }) => keys.unique),
    },
    from: days[0],
    to: days.at(-1),
    ids,
    bytes: sum(({ bytes }) => bytes),
    roaringBytes: sum(({ roaringBytes }) => roaringBytes),
  };
}
