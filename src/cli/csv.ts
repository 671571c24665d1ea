import { CsvError, type EventRow, readEvents } from '../csv.js';
import {
  type Bitmapist,
  type BulkResult,
  IncompleteMarksError,
  needsHours,
  type QueryNode,
  queryEvents,
} from '../index.js';
import { UsageError } from './failure.js';
import { type Input, type InputStream, progressOf } from './input.js';
import { grouped, plural } from './output.js';
import { startProgress } from './progress.js';
import { Span } from './span.js';

/** Files of events: read to be marked, or to be checked. */

export interface TrackingOptions {
  readonly hourly?: boolean;
  readonly unique?: boolean;
}

/** What was marked, and which days it lies in. */
export interface MarkedCsv extends BulkResult {
  readonly span: Span;
}

/** Marks all events of a file. */
export async function markCsv(
  bitmapist: Bitmapist,
  input: Input,
  options: TrackingOptions,
): Promise<MarkedCsv> {
  const stream = await input.open();
  const span = new Span(bitmapist.timeZone);
  const progress = startProgress(`reading ${input.name}`);
  try {
    const marked = await bitmapist.markEvents(span.watch(rowsOf(stream, options)), {
      onProgress: ({ rows }) =>
        progress.show(
          `reading ${input.name}: ${progressOf(stream)}, ${grouped(rows)} ${plural(rows, 'row')}`,
        ),
    });
    return { ...marked, span };
  } catch (error) {
    const cause = error instanceof IncompleteMarksError ? error.cause : error;
    throw cause instanceof CsvError ? brokenCsv(input, cause) : error;
  } finally {
    stream.destroy();
    progress.end();
  }
}

/** Reads a file to its end without marking anything, so that a broken one is refused as a whole. */
export async function checkCsv(input: Input, options: TrackingOptions): Promise<void> {
  const stream = await input.open();
  const progress = startProgress(`checking ${input.name}`);
  try {
    for await (const _ of rowsOf(stream, options))
      progress.show(`checking ${input.name}: ${progressOf(stream)}`);
  } catch (error) {
    throw error instanceof CsvError ? brokenCsv(input, error, ', nothing was written') : error;
  } finally {
    stream.destroy();
    progress.end();
  }
}

/** A file has no hours and no flags unless they are marked; an answer of 0 would mislead. */
export function checkTracked(query: QueryNode, options: TrackingOptions): void {
  for (const { event, period } of queryEvents(query)) {
    if (period === 'unique' && !options.unique) {
      throw new UsageError(`expected --unique, since the expression asks for ${event}@unique of a file`);
    }
    if (needsHours(period) && !options.hourly) {
      throw new UsageError(`expected --hourly, since the expression asks for an hour of ${event} in a file`);
    }
  }
}

function rowsOf(stream: InputStream, { hourly }: TrackingOptions): AsyncIterable<readonly EventRow[]> {
  return readEvents(stream, { needsTime: hourly ?? false });
}

function brokenCsv({ name }: Input, cause: CsvError, consequence = ''): UsageError {
  const before = `${cause.rows} ${plural(cause.rows, 'row was', 'rows were')} read before it`;
  return new UsageError(`${name}, ${cause.message}; ${before}${consequence}`, { cause });
}
