import { Bitmap } from '../bitmaps.js';
import { type Bitmapist, Catalog, type EventSet, type KeyKind, type OtherKeys, parseKey } from '../index.js';

/** What there is of each event: its keys, ids, bytes and time span. */

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

/** Collects what there is, key by key. */
export class Census {
  readonly catalog: Catalog;
  readonly #bitmapist: Bitmapist;
  readonly #begin: string;
  readonly #sizes = new Map<string, { bytes: number; roaringBytes: number }>();

  /** @param begin what the names of wanted events begin with */
  constructor(bitmapist: Bitmapist, begin: string) {
    this.catalog = new Catalog(bitmapist);
    this.#bitmapist = bitmapist;
    this.#begin = begin;
  }

  /** Whether a key is one of a wanted event; those of no event are counted. */
  wants(key: string): boolean {
    const parsed = parseKey(this.#bitmapist.prefix, key);
    if (parsed === undefined) this.catalog.addOther(key);
    return parsed?.event.startsWith(this.#begin) ?? false;
  }

  /** Adds a wanted key. */
  add(key: string, size: BitmapSize): void {
    const { event } = this.catalog.add(key)!;
    const sizes = this.#sizes.get(event) ?? { bytes: 0, roaringBytes: 0 };
    this.#sizes.set(event, sizes);
    sizes.bytes += size.bytes;
    sizes.roaringBytes += size.roaringBytes;
  }

  /** Whether the bitmap of a key that was added is needed to count ids; with more keys it may no longer be. */
  needs(key: string): boolean {
    const { event, period } = parseKey(this.#bitmapist.prefix, key)!;
    return this.catalog.get(event)!.needs(period);
  }

  /**
   * Counts ids, and sums everything up.
   * @param otherTypes number of keys beside those that `wants` was asked about
   */
  async report(onEvent: (done: number, events: number) => void, otherTypes = 0): Promise<CensusReport> {
    const everybody = new Bitmap();
    const { events: histories, keys, first, last, others } = this.catalog;
    const events: EventHoldings[] = [];
    for (const history of histories) {
      onEvent(events.length, histories.length);
      const { event, keys, first, last } = history;
      const ids = await countIds(history.everybody(), everybody);
      events.push({
        event,
        keys,
        from: first?.toString(),
        to: last?.toString(),
        ...this.#sizes.get(event)!,
        ids,
      });
    }
    const sum = (value: (event: EventHoldings) => number): number =>
      events.reduce((total, event) => total + value(event), 0);
    return {
      events,
      total: {
        keys,
        from: first?.toString(),
        to: last?.toString(),
        ids: everybody.cardinality,
        bytes: sum(({ bytes }) => bytes),
        roaringBytes: sum(({ roaringBytes }) => roaringBytes),
      },
      others: { ...others, count: others.count + otherTypes },
    };
  }
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
