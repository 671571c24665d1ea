import { BitmapPacker } from '../../bitmaps.js';
import { type EventsKind, kindOfFile } from '../../csv.js';
import { Bitmapist, DEFAULT_PREFIX, MemoryStore, Period, parseKey, plural } from '../../index.js';
import { isPeopleKey, MemoryPeople, type PeopleEntry } from '../../people.js';
import { readRdbBatches } from '../../rdb.js';
import { markSample, SAMPLE_DAYS } from '../../sample.js';
import type { Dataset } from './dataset.js';
import { loadEvents } from './events.js';
import { ReadingError, toProblem } from './problem.js';
import type { LoadAsk, LoadProgress, ReadingView, SampleSource, SourceView } from './protocol.js';
import { SourceFile } from './source.js';

/** Reads a source into datasets, as its bytes come in. */

export interface LoadedSource {
  readonly datasets: readonly Dataset[];
  readonly view: SourceView;
}

/** What a source gave until it ended, or failed. */
interface Loaded {
  readonly datasets: readonly Dataset[];
  readonly otherKeys: number;
  readonly expiredKeys: number;
  readonly reading?: ReadingView;
  readonly failure: unknown;
}

/** What bitmapist and bitmapist4 begin their keys with. */
const PREFIXES = [DEFAULT_PREFIX, 'bitmapist_'] as const;
/** Of a made-up year: about every week. */
const REPORT_DAYS = 7;

/**
 * @throws if the source cannot be opened or ends in an error before anything of use came; a later error is told in the
 * view, beside what was read
 */
export async function loadSource(
  ask: LoadAsk,
  onProgress: (progress: LoadProgress) => void,
): Promise<LoadedSource> {
  if (isSample(ask.source)) return makeSample(ask.source, ask.name, onProgress);
  const file = new SourceFile(ask.source, onProgress);
  // Dumps may have any name.
  const kind = kindOfFile(ask.name) ?? 'dump';
  const loaded = kind === 'dump' ? loadDump(file, ask) : loadMarks(file, kind, ask);
  const { datasets, otherKeys, expiredKeys, reading, failure } = await loaded;
  if (datasets.length === 0) throw failure ?? nothingFound(ask, otherKeys, expiredKeys);
  const labelled = datasets
    .map((dataset) => ({ dataset, label: labelOf(dataset) }))
    .sort((a, b) => b.label.bitmaps - a.label.bitmaps);
  return {
    datasets: labelled.map(({ dataset }) => dataset),
    view: {
      name: ask.name,
      bytes: file.progress.done,
      datasets: labelled.map(({ label }) => label),
      otherKeys,
      expiredKeys,
      reading,
      problem: failure === undefined ? undefined : toProblem(failure),
    },
  };
}

function isSample(source: LoadAsk['source']): source is SampleSource {
  return typeof source === 'object' && !(source instanceof Blob);
}

/** Makes an app up: its year ends today. */
async function makeSample(
  { users }: SampleSource,
  name: string,
  onProgress: (progress: LoadProgress) => void,
): Promise<LoadedSource> {
  const store = new MemoryStore();
  const bitmapist = new Bitmapist({ store });
  let done = 0;
  await markSample(bitmapist, {
    lastDay: Period.of('day', new Date()),
    users,
    onDay: () => {
      done += 1;
      if (done % REPORT_DAYS === 0) onProgress({ done, total: SAMPLE_DAYS, items: 0 });
    },
  });
  const { prefix } = bitmapist;
  const dataset = { db: 0, prefix, store, catalog: await bitmapist.catalog() };
  const found = { bytes: undefined, otherKeys: 0, expiredKeys: 0, problem: undefined };
  return { datasets: [dataset], view: { name, datasets: [labelOf(dataset)], ...found } };
}

function labelOf({ db, prefix, catalog }: Dataset): SourceView['datasets'][number] {
  const bitmaps = Object.values(catalog.keys).reduce((sum, keys) => sum + keys, 0);
  return { db, prefix, bitmaps, events: catalog.names.length };
}

function nothingFound(ask: LoadAsk, otherKeys: number, expiredKeys: number): Error {
  const others = `${otherKeys} other and ${expiredKeys} expired ${plural(expiredKeys, 'key')}`;
  return new Error(`expected events, whose keys begin with ${prefixesOf(ask).join(' or ')}, got ${others}`);
}

function prefixesOf({ prefix }: LoadAsk): readonly [string, ...string[]] {
  return prefix ? [prefix] : PREFIXES;
}

async function loadDump(file: SourceFile, ask: LoadAsk): Promise<Loaded> {
  const { progress } = file;
  const datasets = new Map<string, Dataset>();
  const entries = new Map<number, PeopleEntry[]>();
  let keys = 0;
  let peopleKeys = 0;
  let expiredKeys = 0;
  let failure: unknown;
  const prefixes = prefixesOf(ask);
  const found = new Set<string>();
  const packer = new BitmapPacker();
  try {
    const batches = readRdbBatches(file.bytes(), {
      filter: (key) => prefixes.some((prefix) => parseKey(prefix, key) !== undefined) || isPeopleKey(key),
      onProgress: (read) => {
        keys = read.keys;
        expiredKeys = read.expired;
      },
    });
    for await (const batch of batches) {
      for (const { db, key, bytes } of batch) {
        const prefix = prefixes.find((each) => parseKey(each, key) !== undefined);
        if (prefix === undefined) {
          peopleKeys += 1;
          const kept = entries.get(db) ?? [];
          entries.set(db, kept);
          kept.push({ key, bytes });
          continue;
        }
        const of = `${db} ${prefix}`;
        let dataset = datasets.get(of);
        if (dataset === undefined) {
          dataset = await makeDataset(db, prefix);
          datasets.set(of, dataset);
        }
        dataset.store.putBitmap(key, packer.pack(bytes));
        const { event } = dataset.catalog.add(key)!;
        if (!found.has(event)) {
          found.add(event);
          progress.events.push(event);
        }
        progress.items += 1;
      }
    }
  } catch (error) {
    failure = error;
  }
  const named: Dataset[] = [];
  for (const dataset of datasets.values()) {
    const people = await restorePeople(dataset, entries.get(dataset.db) ?? []).catch((error: unknown) => {
      failure ??= error;
      return undefined;
    });
    named.push(people === undefined ? dataset : { ...dataset, people });
  }
  const otherKeys = Math.max(0, keys - progress.items - peopleKeys - expiredKeys);
  return { datasets: named, otherKeys, expiredKeys, failure };
}

/** The map of people that is kept beside events: the only one there is, or one under the prefix of the events. */
async function restorePeople(
  { prefix }: Dataset,
  entries: readonly PeopleEntry[],
): Promise<MemoryPeople | undefined> {
  for (const each of [prefix, '']) {
    const people = new MemoryPeople({ prefix: each });
    if ((await people.restore(entries)) > 0) return people;
  }
  return undefined;
}

async function makeDataset(db: number, prefix: string): Promise<Dataset> {
  const store = new MemoryStore();
  return { db, prefix, store, catalog: await new Bitmapist({ store, prefix }).catalog() };
}

async function loadMarks(file: SourceFile, kind: EventsKind, ask: LoadAsk): Promise<Loaded> {
  const [prefix] = prefixesOf(ask);
  const { dataset, reading, failure } = await loadEvents(file, kind, prefix, ask.events ?? {}, (rows) => {
    file.progress.items = rows;
  });
  const found = { otherKeys: 0, expiredKeys: 0, reading };
  if (dataset.catalog.names.length > 0) return { ...found, datasets: [dataset], failure };
  const { skipped } = reading;
  const none = `expected events, got none${skipped > 0 ? ` but ${skipped} broken ${plural(skipped, 'row')}` : ''}`;
  return { ...found, datasets: [], failure: failure ?? new ReadingError(new Error(none), reading) };
}
