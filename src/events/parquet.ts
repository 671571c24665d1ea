/** Events as Parquet, for DuckDB, Spark, warehouses: what keys hold, as rows. */

import { smallestContainer } from '../bitmap/container.js';
import type { WrittenColumn } from '../formats/parquet/layout.js';
import { compareSingles, type Single } from '../formats/parquet/order.js';
import { Heads, IdRows, type Notes, type TextsOf } from '../formats/parquet/rows.js';
import { ParquetWriter } from '../formats/parquet/writer.js';
import { encodeRoaring } from '../formats/roaring/writer.js';
import type { People } from '../store/people/types.js';
import type { RequestOptions, Store } from '../store/types.js';
import type { Period } from '../time/period.js';
import { type EventKey, listEventKeys, readBitmaps, startOf, unitOf } from './bitmaps.js';
import { readMarks } from './telling.js';

/** What is written: a `Bitmapist`, say. */
export interface ParquetSource {
  readonly store: Store;
  /** What keys begin with. */
  readonly prefix: string;
  /** IANA name of the zone in which periods were counted. */
  readonly timeZone: string;
}

/** How events are written. */
export interface WriteParquetOptions extends RequestOptions {
  /**
   * What a row is (default `periods`): `periods`, somebody who did an event in a period; `marks`, somebody who did an event at
   * a time, as far as keys can tell; `bitmaps`, a key with the ids of all who did, as a portable Roaring bitmap.
   */
  readonly rows?: ParquetRows | undefined;
  /** Adds a column `person` with the texts that people are known by, to `periods` and `marks`. */
  readonly people?: People | undefined;
  /** Called after each key with how many were written. */
  readonly onProgress?: ((keys: number) => void) | undefined;
  /** Told of every key that is left out: it stands for no event, or `marks` cannot tell when. */
  readonly onLeftOut?: ((key: string) => void) | undefined;
}

/** What a row of Parquet is. */
export type ParquetRows = 'periods' | 'marks' | 'bitmaps';

/** Of bitmaps: a group ends after this many bytes. */
const GROUP_BYTES = 2 ** 23;

/**
 * The bytes of a Parquet file, packed by Snappy, in chunks of some hundred thousand rows: memory holds one of them, and one
 * bitmap. Rows are sorted by all their columns but the last, event names and units as UTF-8, and then by id.
 *
 * - `periods`: `event`, `unit` (`day`, `hour`, `month`, `unique`, `week`), `period` (ISO text such as `2026-W47`; `unique` of
 *   flags), `start` (wall-clock time at which the period begins; null of flags), `id`.
 * - `marks`: `event`, `timestamp` (an instant: the beginning of the hour in the source's time zone, or of the day if the hour
 *   is not known; of events that have neither hours nor days, of the week, or else of the month), `id`. Flags have no time, and
 *   neither have weeks and months without days of an event that has days: those are left out.
 * - `bitmaps`: `event`, `unit`, `period`, `start`, `count`, `ids` (a portable Roaring bitmap).
 * @throws RangeError for rows that do not exist, or for an event whose name is no UTF-8; whatever the store throws; the signal's reason
 * @example
 * import { Bitmapist } from 'bitmapist-wasm';
 * import { readParquet, writeParquet } from 'bitmapist-wasm/parquet';
 *
 * const bitmapist = new Bitmapist();
 * await bitmapist.markEvent('active', [7, 8], { now: '2026-11-22' });
 * const chunks: Uint8Array<ArrayBuffer>[] = [];
 * for await (const chunk of writeParquet(bitmapist, { rows: 'marks' })) chunks.push(chunk);
 * const marks = readParquet(new Blob(chunks), { columns: { user: 'id' } });
 * for await (const rows of marks) console.log(rows[1]); // { event: 'active', id: 8, at: 2026-11-22T00:00:00.000Z }
 */
export async function* writeParquet(
  source: ParquetSource,
  options: WriteParquetOptions = {},
): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  const { rows = 'periods' } = options;
  if (!Object.hasOwn(WRITERS, rows)) {
    throw new RangeError(`expected periods, marks or bitmaps as rows, got ${JSON.stringify(rows)}`);
  }
  const { store, prefix, timeZone } = source;
  const keys = await listEventKeys(store, prefix, options.onLeftOut, options);
  const broken = keys.find(({ event }) => /\p{Surrogate}/u.test(event));
  if (broken !== undefined) {
    throw new RangeError(`expected names of events that are UTF-8, got ${JSON.stringify(broken.event)}`);
  }
  const notes = { 'bitmapist.rows': rows, 'bitmapist.time_zone': timeZone };
  yield* WRITERS[rows](source, keys, notes, options);
}

type Write = (
  source: ParquetSource,
  keys: EventKey[],
  notes: Notes,
  options: WriteParquetOptions,
) => AsyncGenerator<Uint8Array<ArrayBuffer>, void>;

const PERIOD_COLUMNS: readonly WrittenColumn[] = [
  { name: 'event', kind: 'text' },
  { name: 'unit', kind: 'text' },
  { name: 'period', kind: 'text' },
  { name: 'start', kind: 'wall', isOptional: true },
];

const WRITERS: Readonly<Record<ParquetRows, Write>> = {
  async *periods({ store }, keys, notes, options) {
    keys.sort(comparePeriods);
    const writer = new IdRows(PERIOD_COLUMNS, notes, textsOf(options));
    yield writer.begin();
    let written = 0;
    for await (const [key, bitmap] of readBitmaps(store, keys, options)) {
      yield* writer.add(headOf(key), bitmap);
      options.onProgress?.(++written);
    }
    yield* writer.end();
  },

  async *marks(source, keys, notes, options) {
    const columns: readonly WrittenColumn[] = [
      { name: 'event', kind: 'text' },
      { name: 'timestamp', kind: 'instant' },
    ];
    const writer = new IdRows(columns, notes, textsOf(options));
    yield writer.begin();
    let written = 0;
    for await (const [{ event, period }, bitmap, count] of readMarks(source.store, keys, options)) {
      const instant = BigInt((period as Period).start(source.timeZone).epochMilliseconds);
      yield* writer.add([event, instant], bitmap);
      written += count;
      options.onProgress?.(written);
    }
    yield* writer.end();
  },

  async *bitmaps({ store }, keys, notes, options) {
    keys.sort(comparePeriods);
    const columns: readonly WrittenColumn[] = [
      ...PERIOD_COLUMNS,
      { name: 'count', kind: 'count' },
      { name: 'ids', kind: 'bytes' },
    ];
    const writer = new ParquetWriter(columns, notes);
    yield writer.begin();
    let heads = new Heads(PERIOD_COLUMNS.length, BATCH_KEYS);
    let counts: bigint[] = [];
    let files: Uint8Array[] = [];
    let bytes = 0;
    let written = 0;
    const flush = (): Uint8Array<ArrayBuffer> => {
      const group = writer.group(counts.length, [...heads.values(), { plain: counts }, { plain: files }]);
      heads = new Heads(PERIOD_COLUMNS.length, BATCH_KEYS);
      [counts, files, bytes] = [[], [], 0];
      return group;
    };
    for await (const [key, bitmap] of readBitmaps(store, keys, options)) {
      heads.add(headOf(key), 1);
      counts.push(BigInt(bitmap.cardinality));
      const file = encodeRoaring(Array.from(bitmap.containers(), smallestContainer));
      files.push(file);
      bytes += file.length;
      if (bytes >= GROUP_BYTES || counts.length === BATCH_KEYS) yield flush();
      options.onProgress?.(++written);
    }
    if (counts.length > 0) yield flush();
    yield writer.end();
  },
};

/** Keys of a group of bitmaps. */
const BATCH_KEYS = 2 ** 13;

const HOUR_MS = 3_600_000;

function headOf(key: EventKey): (Single | undefined)[] {
  const { event, period } = key;
  if (period === 'unique') return [event, 'unique', 'unique', undefined];
  return [event, period.unit, period.toString(), BigInt(period.startHour * HOUR_MS)];
}

function comparePeriods(a: EventKey, b: EventKey): number {
  return (
    compareSingles(a.event, b.event) || compareSingles(unitOf(a), unitOf(b)) || startOf(a) - startOf(b) || 0
  );
}

function textsOf({ people, signal }: WriteParquetOptions): TextsOf | undefined {
  return people && ((ids) => people.textsOf(ids, { signal }));
}
