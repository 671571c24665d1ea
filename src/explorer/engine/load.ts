import { readEvents } from '../../csv.js';
import {
  Bitmapist,
  type Catalog,
  DEFAULT_PREFIX,
  IncompleteMarksError,
  MemoryStore,
  Period,
  parseKey,
  plural,
} from '../../index.js';
import { readRdb } from '../../rdb.js';
import { markSample, SAMPLE_DAYS } from '../../sample.js';
import { toProblem } from './problem.js';
import type { LoadAsk, LoadProgress, SampleSource, SourceView } from './protocol.js';

/** Reads a source into datasets, as its bytes come in. */

/** The events of one database under one key prefix. */
export interface Dataset {
  readonly db: number;
  readonly prefix: string;
  readonly store: MemoryStore;
  readonly catalog: Catalog;
  /** What was marked of a CSV; a dump holds what it holds. */
  readonly marks?: { readonly hourly: boolean; readonly unique: boolean };
}

export interface LoadedSource {
  readonly datasets: readonly Dataset[];
  readonly view: SourceView;
}

/** What a source gave until it ended, or failed. */
interface Loaded {
  readonly datasets: readonly Dataset[];
  readonly otherKeys: number;
  readonly expiredKeys: number;
  readonly failure: unknown;
}

/** What bitmapist and bitmapist4 begin their keys with. */
const PREFIXES = [DEFAULT_PREFIX, 'bitmapist_'] as const;
const REPORT_INTERVAL_MS = 50;
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
  const { stream, totalBytes } = await openSource(ask.source);
  const progress = { done: 0, total: totalBytes, items: 0 };
  const input = stream.pipeThrough(reportBytes(progress, onProgress));
  const load = /\.csv(?:\.gz)?$/i.test(ask.name) ? loadCsv : loadDump;
  const { datasets, otherKeys, expiredKeys, failure } = await load(input, ask, progress);
  if (datasets.length === 0) throw failure ?? nothingFound(ask, otherKeys, expiredKeys);
  const labelled = datasets
    .map((dataset) => ({ dataset, label: labelOf(dataset) }))
    .sort((a, b) => b.label.bitmaps - a.label.bitmaps);
  return {
    datasets: labelled.map(({ dataset }) => dataset),
    view: {
      name: ask.name,
      bytes: progress.done,
      datasets: labelled.map(({ label }) => label),
      otherKeys,
      expiredKeys,
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

async function loadDump(
  input: ReadableStream<Uint8Array>,
  ask: LoadAsk,
  progress: { items: number },
): Promise<Loaded> {
  const datasets = new Map<string, Dataset>();
  let keys = 0;
  let expiredKeys = 0;
  let failure: unknown;
  // What the reader was told last is wanted: its value comes next.
  let wanted: string | undefined;
  try {
    const strings = readRdb(input, {
      filter: (key) => {
        wanted = prefixesOf(ask).find((prefix) => parseKey(prefix, key) !== undefined);
        return wanted !== undefined;
      },
      onProgress: (read) => {
        keys = read.keys;
        expiredKeys = read.expired;
      },
    });
    for await (const { db, key, bytes } of strings) {
      const prefix = wanted!;
      const dataset = datasets.get(`${db} ${prefix}`) ?? (await makeDataset(db, prefix));
      datasets.set(`${db} ${prefix}`, dataset);
      await dataset.store.put(key, bytes);
      dataset.catalog.add(key);
      progress.items += 1;
    }
  } catch (error) {
    failure = error;
  }
  const otherKeys = Math.max(0, keys - progress.items - expiredKeys);
  return { datasets: [...datasets.values()], otherKeys, expiredKeys, failure };
}

async function makeDataset(db: number, prefix: string): Promise<Dataset> {
  const store = new MemoryStore();
  return { db, prefix, store, catalog: await new Bitmapist({ store, prefix }).catalog() };
}

async function loadCsv(
  input: ReadableStream<Uint8Array>,
  ask: LoadAsk,
  progress: { items: number },
): Promise<Loaded> {
  const { timeZone = 'UTC', hourly = false, unique = false } = ask;
  const [prefix] = prefixesOf(ask);
  const store = new MemoryStore();
  const bitmapist = new Bitmapist({ store, prefix, timeZone });
  let failure: unknown;
  try {
    await bitmapist.markEvents(readEvents(input, { needsTime: hourly }), {
      trackHourly: hourly,
      trackUnique: unique,
      onProgress: ({ rows }) => {
        progress.items = rows;
      },
    });
  } catch (error) {
    failure = error instanceof IncompleteMarksError ? error.cause : error;
  }
  const catalog = await bitmapist.catalog();
  const dataset = { db: 0, prefix, store, catalog, marks: { hourly, unique } };
  return { datasets: catalog.names.length > 0 ? [dataset] : [], otherKeys: 0, expiredKeys: 0, failure };
}

/** Opens a file, or what the page's own server serves. */
async function openSource(
  source: Blob | string,
): Promise<{ stream: ReadableStream<Uint8Array>; totalBytes: number | undefined }> {
  if (typeof source !== 'string') return { stream: source.stream(), totalBytes: source.size };
  const response = await fetch(source);
  if (!response.ok || response.body === null) {
    throw new Error(`expected the source from the server, got ${await answerOf(response)}`);
  }
  const length = response.headers.get('content-length');
  return { stream: response.body, totalBytes: length === null ? undefined : Number(length) };
}

/** What the page's own server says is wrong, or whatever another one answers. */
async function answerOf(response: Response): Promise<string> {
  const status = `${response.status} ${response.statusText}`;
  if (!response.headers.get('content-type')?.startsWith('text/plain')) return status;
  return `${status}: ${(await response.text()).trim()}`;
}

/** Counts the bytes that go through, and says now and then how far they are. */
function reportBytes(
  progress: { done: number; total: number | undefined; items: number },
  onProgress: (progress: LoadProgress) => void,
): TransformStream<Uint8Array, Uint8Array> {
  let reportedMs = 0;
  return new TransformStream({
    transform(chunk, controller) {
      progress.done += chunk.length;
      controller.enqueue(chunk);
      const now = performance.now();
      if (now - reportedMs < REPORT_INTERVAL_MS) return;
      reportedMs = now;
      onProgress({ ...progress });
    },
  });
}
