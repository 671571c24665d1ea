import { ColumnsError, type EventRow } from '../csv.js';
import {
  type Bitmapist,
  type BulkResult,
  IncompleteMarksError,
  needsHours,
  plural,
  type QueryNode,
  queryEvents,
} from '../index.js';
import { say, sayLater, UsageError } from './failure.js';
import { type EventsInput, readInput } from './input.js';
import { grouped } from './output.js';
import type { Progress } from './progress.js';
import { Reading, type ReadingOptions } from './reading.js';
import { explainRefusal } from './refusal.js';
import { Span } from './span.js';

/** Files of events: read to be marked, or to be checked. */

export interface TrackingOptions extends ReadingOptions {
  readonly hourly?: boolean;
  readonly unique?: boolean;
}

/** What was marked, and how it was read. */
export interface MarkedFile extends BulkResult {
  /** Sentences on what was guessed, and on what was left out. */
  readonly notes: readonly string[];
  /** Says them, and which days were read, on standard error after the answer. */
  report(): void;
}

/** Marks all events of a file. */
export function markFile(
  bitmapist: Bitmapist,
  input: EventsInput,
  options: TrackingOptions,
): Promise<MarkedFile> {
  const span = new Span(bitmapist.timeZone);
  return read(input, options, 'reading', '', async (rows, show, reading) => {
    const marked = await bitmapist.markEvents(span.watch(rows), {
      onProgress: ({ rows }) => show(`${grouped(rows)} ${plural(rows, 'row')}`),
    });
    const { notes } = reading;
    const report = (): void => {
      for (const note of notes) sayLater(note);
      span.report();
    };
    return { ...marked, notes, report };
  });
}

/**
 * Reads a file to its end without marking anything, so that a broken one is refused as a whole.
 * @param rehearsal refuses the marks that the Redis would refuse, and takes none; only those of ids from `firstLargeId` on may be
 */
export function checkFile(
  input: EventsInput,
  options: TrackingOptions,
  rehearsal: Bitmapist,
  firstLargeId: number,
): Promise<void> {
  return read(input, options, 'checking', ', nothing was written', async (rows, show) => {
    await rehearsal.markEvents(largeIn(rows, firstLargeId, show));
  });
}

async function* largeIn(
  rows: AsyncIterable<readonly EventRow[]>,
  firstLargeId: number,
  show: Progress['show'],
): AsyncGenerator<readonly EventRow[], void> {
  for await (const batch of rows) {
    show('');
    const large = batch.filter(({ id }) => typeof id === 'number' && id >= firstLargeId);
    if (large.length > 0) yield large;
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

type Use<T> = (
  rows: AsyncIterable<readonly EventRow[]>,
  show: Progress['show'],
  reading: Reading,
) => Promise<T>;

/** Lets `use` have the rows of a file. */
async function read<T>(
  input: EventsInput,
  options: TrackingOptions,
  doing: string,
  consequence: string,
  use: Use<T>,
): Promise<T> {
  const reading = new Reading(input, options);
  try {
    return await readInput(input, doing, (stream, show) => use(reading.rows(stream), show, reading));
  } catch (error) {
    const cause = error instanceof IncompleteMarksError ? error.cause : error;
    const { onlyEvent, ...others } = options;
    if (onlyEvent !== undefined && lacksEvents(cause)) {
      return read(input, { ...others, event: onlyEvent }, doing, consequence, use);
    }
    const refusal = explainRefusal(cause, input, options, consequence);
    if (refusal === undefined) throw error;
    // A wrong guess may be why.
    for (const guess of reading.guesses) say(guess);
    throw refusal;
  }
}

function lacksEvents(error: unknown): boolean {
  return error instanceof ColumnsError && error.role === 'event' && error.candidates.length === 0;
}
