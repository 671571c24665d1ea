import { Bitmap, readBitmap, roaringByteLength, smallestContainer } from '../bitmaps.js';
import { Bitmapist, type Catalog, MemoryStore, parseKey, plural } from '../index.js';
import { isPeopleKey } from '../people.js';
import { readDump } from './dump.js';
import { formatHoldings, type Inventory } from './holdings.js';
import { type Input, withInput } from './input.js';
import { type FormatOptions, grouped, printAs } from './output.js';
import { type Progress, withProgress } from './progress.js';
import { bitmapistOf, type SourceOptions, withSource } from './source.js';
import { stringLengths } from './strings.js';
import { withoutPassword } from './url.js';

export interface InspectOptions extends SourceOptions, FormatOptions {
  readonly prefix?: string;
}

/** Prints what a source holds. */
export async function inspectSource(source: string, options: InspectOptions): Promise<void> {
  const inventory = await withInput(source, (input) =>
    input?.kind === 'dump' ? inspectDump(input, options) : inspectStore(source, options),
  );
  await printAs(options, { json: inventory, text: (width) => formatHoldings(inventory, width) });
}

/** Reads a dump through, and keeps none of its bitmaps. */
async function inspectDump(dump: Input, options: InspectOptions): Promise<Inventory> {
  const census = await openCensus(bitmapistOf(new MemoryStore(), options), options.prefix);
  const otherTypes = await readDump(dump, {
    db: options.db,
    wants: (key) => census.wants(key),
    use: ({ key, bytes }) => census.add(key, bytes.length, Bitmap.fromBytes(bytes)),
  });
  return census.report(otherTypes);
}

function inspectStore(source: string, options: InspectOptions): Promise<Inventory> {
  const others: string[] = [];
  const withOthers = { ...options, onOther: (key: string) => void others.push(key) };
  return withSource(source, withOthers, (bitmapist) =>
    withProgress(`looking at ${withoutPassword(source)}`, async (show) => {
      const census = await openCensus(bitmapist, options.prefix);
      for (const key of others) census.catalog.addOther(key);
      await addKeys(census, bitmapist, show);
      return census.report();
    }),
  );
}

/** Keys are told to it as they are read: it begins with those of a store that has none. */
async function openCensus({ prefix }: Bitmapist, begin = ''): Promise<Census> {
  return new Census(await new Bitmapist({ prefix }).catalog(), prefix, begin);
}

/** Bitmaps that are read at a time. */
const KEYS_AT_ONCE = 64;

async function addKeys(census: Census, { store }: Bitmapist, show: Progress['show']): Promise<void> {
  let done = 0;
  let batch: string[] = [];
  const addBatch = async (): Promise<void> => {
    const byteLengths = await stringLengths(store, batch);
    const addKey = async (key: string, byteLength: number | undefined): Promise<void> => {
      if (byteLength === undefined) census.catalog.addOther(key);
      else census.add(key, byteLength, await readBitmap(store, key));
    };
    await Promise.all(batch.map((key, at) => addKey(key, byteLengths[at])));
    done += batch.length;
    show(`looking at ${grouped(done)} ${plural(done, 'key')}`);
    batch = [];
  };
  for await (const key of store.keys('')) {
    if (census.wants(key)) batch.push(key);
    if (batch.length >= KEYS_AT_ONCE) await addBatch();
  }
  await addBatch();
}

/**
 * Sums up bitmaps that come one after the other, in any order. Of an event it keeps the numbers of its periods and one bitmap
 * of all its ids; bitmaps whose ids are in longer periods that came before are not looked into.
 */
class Census {
  readonly catalog: Catalog;
  readonly #prefix: string;
  readonly #begin: string;
  readonly #sums = new Map<string, { bytes: number; roaringBytes: number; ids: Bitmap }>();

  /**
   * @param catalog an empty one
   * @param begin what the names of wanted events begin with
   */
  constructor(catalog: Catalog, prefix: string, begin: string) {
    this.catalog = catalog;
    this.#prefix = prefix;
    this.#begin = begin;
  }

  /** Whether a key is one of a wanted event; those of no event are counted. */
  wants(key: string): boolean {
    const parsed = parseKey(this.#prefix, key);
    if (parsed === undefined && !isPeopleKey(key)) this.catalog.addOther(key);
    return parsed?.event.startsWith(this.#begin) ?? false;
  }

  /** Adds a wanted key. */
  add(key: string, byteLength: number, bitmap: Bitmap): void {
    const { event, period } = this.catalog.add(key)!;
    const sums = this.#sums.get(event) ?? { bytes: 0, roaringBytes: 0, ids: new Bitmap() };
    this.#sums.set(event, sums);
    sums.bytes += byteLength;
    sums.roaringBytes += roaringByteLength(Array.from(bitmap.containers(), smallestContainer));
    if (this.catalog.get(event)!.needs(period)) sums.ids.or(bitmap);
  }

  /** @param otherTypes number of keys beside those that `wants` was asked about */
  report(otherTypes = 0): Inventory {
    const { catalog } = this;
    const everybody = new Bitmap();
    const events = catalog.events.map(({ event, keys, first, last }) => {
      const { bytes, roaringBytes, ids } = this.#sums.get(event)!;
      everybody.or(ids);
      const [from, to] = [first?.toString(), last?.toString()];
      return { event, keys, from, to, ids: ids.cardinality, bytes, roaringBytes };
    });
    return {
      events,
      total: {
        keys: catalog.keys,
        from: catalog.first?.toString(),
        to: catalog.last?.toString(),
        ids: everybody.cardinality,
        bytes: events.reduce((sum, { bytes }) => sum + bytes, 0),
        roaringBytes: events.reduce((sum, { roaringBytes }) => sum + roaringBytes, 0),
      },
      others: { ...catalog.others, count: catalog.others.count + otherTypes },
    };
  }
}
