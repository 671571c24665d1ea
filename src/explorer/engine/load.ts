import { readEvents } from '../../csv.js';
import { Bitmapist, DEFAULT_PREFIX, IncompleteMarksError, MemoryStore, parseKey } from '../../index.js';
import { readRdb } from '../../rdb.js';
import { Dataset } from './dataset.js';
import { plural } from './numbers.js';
import { toProblem } from './problem.js';
import type { LoadAsk, LoadProgress, SourceView } from './protocol.js';

/** Reads a source into datasets, as its bytes come in. */

export interface LoadedSource {
  readonly datasets: readonly Dataset[];
  readonly view: SourceView;
}

/** What bitmapist and bitmapist4 begin their keys with. */
const PREFIXES = [DEFAULT_PREFIX, 'bitmapist_'];
const REPORT_INTERVAL_MS = 50;

/**
 * @throws where the source cannot be opened or ends in an error before anything of use came; a later error is told in
 * the view, beside what was read
 */
export async function loadSource(
  ask: LoadAsk,
  onProgress: (progress: LoadProgress) => void,
): Promise<LoadedSource> {
  const started = performance.now();
  const input = await openSource(ask.source);
  const progress = new Progress(input.totalBytes, onProgress);
  const isCsv = /\.csv(?:\.gz)?$/i.test(ask.name);
  const loaded = isCsv
    ? await loadCsv(progress.watch(input.stream), ask, progress)
    : await loadDump(progress.watch(input.stream), ask, progress);
  const datasets = loaded.datasets.sort((a, b) => b.bitmaps - a.bitmaps);
  if (datasets.length === 0) throw loaded.failure ?? nothingFound(ask, loaded);
  return {
    datasets,
    view: {
      name: ask.name,
      kind: isCsv ? 'csv' : 'dump',
      bytes: progress.bytes,
      milliseconds: performance.now() - started,
      datasets: datasets.map(({ db, prefix, bitmaps, catalog }) => ({
        db,
        prefix,
        bitmaps,
        events: catalog.names.length,
      })),
      otherKeys: loaded.otherKeys,
      expiredKeys: loaded.expiredKeys,
      problem: loaded.failure === undefined ? undefined : toProblem(loaded.failure),
    },
  };
}

function nothingFound({ prefix }: LoadAsk, { otherKeys, expiredKeys }: Loaded): Error {
  const prefixes = prefix ? [prefix] : PREFIXES;
  const others = `${otherKeys} other and ${expiredKeys} expired ${plural(expiredKeys, 'key')}`;
  return new Error(`expected events, whose keys begin with ${prefixes.join(' or ')}, got ${others}`);
}

interface Loaded {
  readonly datasets: Dataset[];
  readonly otherKeys: number;
  readonly expiredKeys: number;
  readonly failure: unknown;
}

async function loadDump(
  input: ReadableStream<Uint8Array>,
  { prefix }: LoadAsk,
  progress: Progress,
): Promise<Loaded> {
  const prefixes = prefix ? [prefix] : PREFIXES;
  const datasets = new Map<string, Dataset>();
  let keys = 0;
  let expired = 0;
  let failure: unknown;
  // The prefix of the key that the reader was told last is wanted: its value comes next.
  let wanted: string | undefined;
  const isWanted = (key: string): boolean => {
    wanted = prefixes.find((prefix) => parseKey(prefix, key) !== undefined);
    return wanted !== undefined;
  };
  try {
    const strings = readRdb(input, {
      filter: isWanted,
      onProgress: (read) => {
        keys = read.keys;
        expired = read.expired;
      },
    });
    for await (const { db, key, bytes } of strings) {
      const prefix = wanted!;
      const name = `${db} ${prefix}`;
      let dataset = datasets.get(name);
      if (dataset === undefined) {
        dataset = new Dataset(db, prefix, new MemoryStore());
        datasets.set(name, dataset);
      }
      await dataset.store.put(key, bytes);
      dataset.note(key);
      progress.items += 1;
    }
  } catch (error) {
    failure = error;
  }
  return {
    datasets: [...datasets.values()],
    otherKeys: Math.max(0, keys - progress.items - expired),
    expiredKeys: expired,
    failure,
  };
}

async function loadCsv(
  input: ReadableStream<Uint8Array>,
  { prefix = DEFAULT_PREFIX, timeZone = 'UTC', hourly = false, unique = false }: LoadAsk,
  progress: Progress,
): Promise<Loaded> {
  const store = new MemoryStore();
  const bitmapist = new Bitmapist({ store, prefix, timeZone });
  let failure: unknown;
  try {
    await bitmapist.markEvents(readEvents(input), {
      trackHourly: hourly,
      trackUnique: unique,
      onProgress: ({ rows }) => {
        progress.items = rows;
      },
    });
  } catch (error) {
    failure = error instanceof IncompleteMarksError ? error.cause : error;
  }
  const dataset = new Dataset(0, prefix, store);
  dataset.marks = { hourly, unique };
  for await (const key of store.keys(prefix)) {
    if (parseKey(prefix, key) !== undefined) dataset.note(key);
  }
  return { datasets: dataset.bitmaps > 0 ? [dataset] : [], otherKeys: 0, expiredKeys: 0, failure };
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

/** Counts what goes through, and says so now and then. */
class Progress {
  bytes = 0;
  items = 0;
  #reportedMs = 0;
  readonly #totalBytes: number | undefined;
  readonly #report: (progress: LoadProgress) => void;

  constructor(totalBytes: number | undefined, report: (progress: LoadProgress) => void) {
    this.#totalBytes = totalBytes;
    this.#report = report;
  }

  watch(stream: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
    return stream.pipeThrough(
      new TransformStream({
        transform: (chunk: Uint8Array, controller) => {
          this.bytes += chunk.length;
          controller.enqueue(chunk);
          const now = performance.now();
          if (now - this.#reportedMs < REPORT_INTERVAL_MS) return;
          this.#reportedMs = now;
          this.#report({ bytes: this.bytes, totalBytes: this.#totalBytes, items: this.items });
        },
      }),
    );
  }
}
