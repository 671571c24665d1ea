import { createReadStream } from 'node:fs';
import { queryEvents } from '../catalogue.js';
import { CsvError, type EventRow, readEvents } from '../csv.js';
import { type Bitmapist, type BulkResult, IncompleteMarksError, type QueryNode } from '../index.js';
import { UsageError } from './failure.js';
import { sizeOfFile } from './file.js';
import { grouped, plural } from './output.js';
import { startProgress } from './progress.js';
import { Span } from './span.js';
import { isUrl } from './url.js';

/** Files of events: read to be marked, or to be checked. */

export interface TrackingOptions {
  readonly hourly?: boolean;
  readonly unique?: boolean;
}

export function isCsv(path: string): boolean {
  return !isUrl(path) && /\.csv(\.gz)?$/i.test(path);
}

/** What was marked, and which days it lies in. */
export interface MarkedCsv extends BulkResult {
  readonly span: Span;
}

/** Marks all events of a file. */
export async function markCsv(
  bitmapist: Bitmapist,
  path: string,
  options: TrackingOptions,
): Promise<MarkedCsv> {
  const file = await openCsv(path, options);
  const span = new Span(bitmapist.timeZone);
  const progress = startProgress(`reading ${path}`);
  try {
    const marked = await bitmapist.markEvents(span.watch(file.rows()), {
      onProgress: ({ rows }) =>
        progress.show(`reading ${path}: ${file.percent()} %, ${grouped(rows)} ${plural(rows, 'row')}`),
    });
    return { ...marked, span };
  } catch (error) {
    const cause = error instanceof IncompleteMarksError ? error.cause : error;
    throw cause instanceof CsvError ? brokenCsv(path, cause) : error;
  } finally {
    progress.end();
  }
}

/** Reads a file to its end without marking anything, so that a broken one is refused as a whole. */
export async function checkCsv(path: string, options: TrackingOptions): Promise<void> {
  const file = await openCsv(path, options);
  const progress = startProgress(`checking ${path}`);
  try {
    for await (const _ of file.rows()) progress.show(`checking ${path}: ${file.percent()} %`);
  } catch (error) {
    throw error instanceof CsvError ? brokenCsv(path, error, ', nothing was written') : error;
  } finally {
    progress.end();
  }
}

/** A file has no hours and no flags unless they are marked; an answer of 0 would mislead. */
export function checkTracked(query: QueryNode, options: TrackingOptions): void {
  for (const { event, period } of queryEvents(query)) {
    if (period === 'unique' && !options.unique) {
      throw new UsageError(`expected --unique, since the expression asks for ${event}@unique of a file`);
    }
    if (typeof period === 'object' && period.unit === 'hour' && !options.hourly) {
      throw new UsageError(`expected --hourly, since the expression asks for an hour of ${event} in a file`);
    }
  }
}

interface EventFile {
  rows(): AsyncIterable<readonly EventRow[]>;
  /** How much of the file has been read. */
  percent(): number;
}

async function openCsv(path: string, { hourly }: TrackingOptions): Promise<EventFile> {
  const size = await sizeOfFile(path);
  const stream = createReadStream(path);
  return {
    rows: () => readEvents(stream, { needsTime: hourly ?? false }),
    percent: () => Math.floor((stream.bytesRead / Math.max(1, size)) * 100),
  };
}

function brokenCsv(path: string, cause: CsvError, consequence = ''): UsageError {
  const before = `${cause.rows} ${plural(cause.rows, 'row was', 'rows were')} read before it`;
  return new UsageError(`${path}, ${cause.message}; ${before}${consequence}`, { cause });
}
