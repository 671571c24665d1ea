import { exportRoaring, roaringByteLength, smallestContainer } from '../bitmaps.js';
import { MemoryStore, type Store } from '../index.js';
import { Census, type CensusReport } from './census.js';
import { readDump } from './dump.js';
import { isJson } from './ending.js';
import { formatCensus } from './holdings.js';
import { type Input, withInput } from './input.js';
import { type FormatOptions, grouped, plural, print } from './output.js';
import { type Progress, startProgress } from './progress.js';
import { bitmapistOf, type SourceOptions, withSource } from './source.js';
import type { Span } from './span.js';
import { stringLengths } from './strings.js';
import { columns, jsonFor, textFor } from './terminal.js';
import { withoutPassword } from './url.js';

export interface InspectOptions extends SourceOptions, FormatOptions {
  readonly prefix?: string;
}

/** Prints what a source holds. */
export async function inspectSource(source: string, options: InspectOptions): Promise<void> {
  const { output } = options;
  const json = isJson(options);
  const spans: Span[] = [];
  const withSpans = { ...options, onSpan: (span: Span) => void spans.push(span) };
  const report = await withInput(source, (input) =>
    input?.kind === 'dump' ? inspectDump(input, options) : inspectStore(source, withSpans),
  );
  const text = json
    ? jsonFor(output, `${JSON.stringify(report)}\n`)
    : textFor(output, formatCensus(report, output === undefined ? columns() : undefined));
  await print([text], options);
  for (const span of spans) span.report();
}

/** Reads a dump through; what is kept of it are the bitmaps that ids are counted from. */
async function inspectDump(dump: Input, options: InspectOptions): Promise<CensusReport> {
  const kept = new MemoryStore();
  const bitmapist = bitmapistOf(kept, options);
  const census = new Census(bitmapist, options.prefix ?? '');
  let untilSweep = SWEEP_KEYS;
  const otherTypes = await readDump(dump, {
    db: options.db,
    wants: (key) => census.wants(key),
    use: async ({ key, bytes }) => {
      await kept.put(key, bytes);
      census.add(key, {
        bytes: bytes.length,
        roaringBytes: roaringByteLength(kept.resident(key).containers()),
      });
      if (!census.needs(key)) await kept.delete([key]);
      else if (--untilSweep === 0) untilSweep = SWEEP_KEYS + (await sweep(kept, census));
    },
  });
  const progress = startProgress(`counting ids of ${dump.name}`);
  try {
    return await census.report(showIn(progress), otherTypes);
  } finally {
    progress.end();
  }
}

/** Bitmaps that are kept before those are dropped that turned out not to be needed. */
const SWEEP_KEYS = 10_000;

/** Returns the number of bitmaps that stay. */
async function sweep(kept: MemoryStore, census: Census): Promise<number> {
  const keys: string[] = [];
  for await (const key of kept.keys('')) keys.push(key);
  const unneeded = keys.filter((key) => !census.needs(key));
  await kept.delete(unneeded);
  return keys.length - unneeded.length;
}

/** Bitmaps that are read at a time. */
const KEYS_AT_ONCE = 64;

async function inspectStore(source: string, options: InspectOptions): Promise<CensusReport> {
  const others: string[] = [];
  const withOthers = { ...options, onOther: (key: string) => void others.push(key) };
  return withSource(source, withOthers, async (bitmapist) => {
    const census = new Census(bitmapist, options.prefix ?? '');
    for (const key of others) census.catalog.addOther(key);
    const progress = startProgress(`looking at ${withoutPassword(source)}`);
    try {
      await addKeys(census, bitmapist.store, progress);
      return await census.report(showIn(progress));
    } finally {
      progress.end();
    }
  });
}

async function addKeys(census: Census, store: Store, progress: Progress): Promise<void> {
  let done = 0;
  let batch: string[] = [];
  const addBatch = async (): Promise<void> => {
    const byteLengths = await stringLengths(store, batch);
    const addKey = async (key: string, bytes: number | undefined): Promise<void> => {
      if (bytes === undefined) census.catalog.addOther(key);
      else census.add(key, { bytes, roaringBytes: await measureRoaring(store, key) });
    };
    await Promise.all(batch.map((key, at) => addKey(key, byteLengths[at])));
    done += batch.length;
    progress.show(`looking at ${grouped(done)} ${plural(done, 'key')}`);
    batch = [];
  };
  for await (const key of store.keys('')) {
    if (census.wants(key)) batch.push(key);
    if (batch.length >= KEYS_AT_ONCE) await addBatch();
  }
  await addBatch();
}

async function measureRoaring(store: Store, key: string): Promise<number> {
  const held = store.resident?.(key);
  if (held !== undefined) return roaringByteLength(Array.from(held.containers(), smallestContainer));
  return (await exportRoaring(store, key)).length;
}

function showIn(progress: Progress): (done: number, events: number) => void {
  return (done, events) =>
    progress.show(`counting ids: ${grouped(done)} of ${grouped(events)} ${plural(events, 'event')}`);
}
