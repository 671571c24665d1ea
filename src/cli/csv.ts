import { ColumnsError, CsvError, type EventRow, readEvents } from '../csv.js';
import {
  type Bitmapist,
  type BulkResult,
  IncompleteMarksError,
  needsHours,
  plural,
  type QueryNode,
  queryEvents,
} from '../index.js';
import { UsageError } from './failure.js';
import { type Input, type InputStream, readInput } from './input.js';
import { grouped } from './output.js';
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
export function markCsv(bitmapist: Bitmapist, input: Input, options: TrackingOptions): Promise<MarkedCsv> {
  const span = new Span(bitmapist.timeZone);
  return readInput(input, 'reading', async (stream, show) => {
    const marked = await bitmapist.markEvents(span.watch(rowsOf(stream, options)), {
      onProgress: ({ rows }) => show(`${grouped(rows)} ${plural(rows, 'row')}`),
    });
    return { ...marked, span };
  }).catch((error: unknown) => {
    const cause = error instanceof IncompleteMarksError ? error.cause : error;
    throw refusal(input, cause) ?? error;
  });
}

/** Reads a file to its end without marking anything, so that a broken one is refused as a whole. */
export function checkCsv(input: Input, options: TrackingOptions): Promise<void> {
  return readInput(input, 'checking', async (stream, show) => {
    for await (const _ of rowsOf(stream, options)) show('');
  }).catch((error: unknown) => {
    throw refusal(input, error, ', nothing was written') ?? error;
  });
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

/** What is wrong with a file, if that is what the error is about. */
function refusal({ name }: Input, error: unknown, consequence = ''): UsageError | undefined {
  if (error instanceof ColumnsError) return new UsageError(`${name}: ${error.message}`, { cause: error });
  if (!(error instanceof CsvError)) return undefined;
  const before = `${error.rows} ${plural(error.rows, 'row was', 'rows were')} read before it`;
  return new UsageError(`${name}, ${error.message}; ${before}${consequence}`, { cause: error });
}
