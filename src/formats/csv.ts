import Papa from 'papaparse';
import { BitmapistError, FormatError } from '../base/errors.js';
import { ID_LIMIT } from '../base/limits.js';
import { hasTimeOfDay, type Moment } from '../time/moment.js';
import { guessMoment } from '../time/moment-text.js';
import { unpackGzip } from './gzip.js';
import { type ByteInput, readChunks } from './input.js';
import { Utf8Reader } from './text.js';
import { TimestampReader } from './timestamp.js';

/**
 * Events as CSV: a header that names the columns `user`, `timestamp` and `event` (in any order, among others), then one
 * event a row. Quoting as in RFC 4180; UTF-8, with or without a byte order mark; gzip is recognised by its first bytes.
 */

/** One mark: somebody did something at some time. */
export interface EventRow {
  /** Its name, not empty. */
  readonly event: string;
  /** A whole number in [0, 2^32). */
  readonly id: number;
  /** An instant, or a wall-clock time or date as text. */
  readonly at: Moment;
}

/** What rows must have. */
export interface ReadEventsOptions {
  /** Refuses dates without a time of day, of which no hour can be marked (default false). */
  readonly needsTime?: boolean | undefined;
  /** Ends reading early: the signal's reason is thrown. */
  readonly signal?: AbortSignal | undefined;
}

/** A CSV that does not hold what it should. Every row before the broken one was handed out. */
export class CsvError extends BitmapistError {
  override name = 'CsvError';
  /** The line the broken row begins in, counted from 1. */
  readonly line: number;
  /** How many events were read before it. */
  readonly rows: number;

  constructor(message: string, line: number, rows: number, options?: ErrorOptions) {
    super(`line ${line}: ${message}`, options);
    this.line = line;
    this.rows = rows;
  }
}

/**
 * Reads events in batches, as their bytes come in; no more than a chunk and a row are kept.
 *
 * A plain number as timestamp is unix seconds, from 100,000,000 (March 1973) on; all else is ISO 8601, where a time without
 * an offset is wall-clock time.
 * Blank lines are skipped.
 * @throws CsvError at the first row that is no event; BitmapistError if the platform lacks TextDecoder, or
 * DecompressionStream for a packed file
 * @example
 * import { readEvents } from 'bitmapist-wasm/csv';
 *
 * const file = new Blob(['user,timestamp,event\n', '7,2026-11-22,active\n']);
 * for await (const rows of readEvents(file)) console.log(rows); // [ { event: 'active', id: 7, at: '2026-11-22' } ]
 */
export async function* readEvents(
  input: ByteInput,
  { signal, needsTime = false }: ReadEventsOptions = {},
): AsyncGenerator<readonly EventRow[], void> {
  const reader = new RowReader(needsTime);
  const decoder = new Utf8Reader();
  try {
    for await (const chunk of unpackGzip(readChunks(input, signal))) {
      const { text, problem } = decoder.read(chunk);
      yield* reader.read(text);
      if (problem !== undefined) throw reader.problem(problem);
    }
    const problem = decoder.end();
    if (problem !== undefined) throw reader.problem(problem);
    yield* reader.end();
  } catch (error) {
    if (error instanceof FormatError) throw reader.problem(error.message, { cause: error });
    throw error;
  }
}

/** A row may be this long, in UTF-16 code units; beyond that, a quote was never closed. */
const MAX_ROW_LENGTH = 2 ** 20;

/** Turns text, piece by piece, into events. */
class RowReader {
  readonly #parser = new Papa.Parser({ delimiter: ',', newline: '\n' });
  readonly #timestamps = new TimestampReader();
  #columns: Columns | undefined;
  /** The beginning of a row whose end has not come yet. */
  #rest = '';
  #line = 1;
  #rows = 0;
  readonly #needsTime: boolean;

  constructor(needsTime: boolean) {
    this.#needsTime = needsTime;
  }

  *read(text: string): Generator<readonly EventRow[], void> {
    for (let from = 0; from < text.length; ) {
      // No more than the longest row and its end: whether a row is too long must not depend on how text arrives.
      const to = from + MAX_ROW_LENGTH + 1 - this.#rest.length;
      yield* this.#read(this.#rest + text.slice(from, to), false);
      from = to;
      if (this.#rest.length > MAX_ROW_LENGTH) {
        throw this.problem(
          `expected a row of at most ${MAX_ROW_LENGTH} characters, got a longer one (is a quote left open?)`,
        );
      }
    }
  }

  *end(): Generator<readonly EventRow[], void> {
    yield* this.#read(this.#rest, true);
    if (this.#columns === undefined) throw this.problem(`${HEADER}, got an empty file`);
  }

  problem(message: string, options?: ErrorOptions): CsvError {
    return new CsvError(message, this.#line, this.#rows, options);
  }

  *#read(text: string, isLast: boolean): Generator<readonly EventRow[], void> {
    const { data, errors, meta } = this.#parser.parse(text, 0, !isLast);
    const rows = data as string[][];
    // Errors of a row that is not complete yet do not count.
    const broken = errors.find(({ row = 0 }) => row < rows.length);
    const hasQuotes = text.includes('"');
    const batch: EventRow[] = [];
    let problem: unknown;
    try {
      for (const [index, fields] of rows.entries()) {
        if (index === broken?.row) throw this.problem(QUOTE_PROBLEMS[broken.code] ?? broken.message);
        const event = this.#toEvent(fields);
        if (event !== undefined) batch.push(event);
        this.#rows += event === undefined ? 0 : 1;
        this.#line += hasQuotes ? linesOf(fields) : 1;
      }
    } catch (error) {
      problem = error;
    }
    if (batch.length > 0) yield batch;
    if (problem !== undefined) throw problem;
    this.#rest = text.slice(meta.cursor);
  }

  #toEvent(fields: string[]): EventRow | undefined {
    const last = fields.length - 1;
    if (fields[last]!.endsWith('\r')) fields[last] = fields[last]!.slice(0, -1);
    if (last === 0 && fields[0] === '') return undefined;
    const columns = this.#columns;
    if (columns === undefined) {
      this.#columns = this.#readHeader(fields);
      return undefined;
    }
    if (fields.length !== columns.count) {
      throw this.problem(`expected ${columns.count} fields, got ${fields.length}`);
    }
    const event = fields[columns.event]!;
    if (event === '') throw this.problem('expected an event name, got an empty field');
    const id = Number(fields[columns.user]);
    if (id >= ID_LIMIT || !/^\d+$/.test(fields[columns.user]!)) {
      throw this.problem(`expected a user id from 0 to 4294967295, got ${quoted(fields[columns.user]!)}`);
    }
    const timestamp = fields[columns.timestamp]!;
    const at = this.#timestamps.read(timestamp);
    if (at === undefined) {
      throw this.problem(
        `expected unix seconds or an ISO 8601 date of the years 1 to 9999, got ${quoted(timestamp)}${guessMoment(timestamp)}`,
      );
    }
    if (this.#needsTime && !hasTimeOfDay(at)) {
      throw this.problem(`expected a date with a time of day to mark its hour, got ${quoted(String(at))}`);
    }
    return { event, id, at };
  }

  #readHeader(fields: readonly string[]): Columns {
    const names = fields.map((name) => name.trim());
    const column = (name: string): number => {
      const index = names.indexOf(name);
      if (index >= 0 && names.lastIndexOf(name) === index) return index;
      throw this.problem(`${HEADER}, got ${quoted(fields.join(','))}`);
    };
    return {
      user: column('user'),
      timestamp: column('timestamp'),
      event: column('event'),
      count: names.length,
    };
  }
}

interface Columns {
  readonly user: number;
  readonly timestamp: number;
  readonly event: number;
  readonly count: number;
}

const HEADER = 'expected a header with the columns user, timestamp and event, once each';
const QUOTE_PROBLEMS: Partial<Record<string, string>> = {
  MissingQuotes: 'expected a closing quote, got the end of the file',
  InvalidQuotes: 'expected a comma or the end of the line after a closing quote, got more text',
};

/** Lines that a row takes: one, and one more for every line break within quotes. */
function linesOf(fields: readonly string[]): number {
  return fields.reduce((lines, field) => lines + field.split('\n').length - 1, 1);
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
