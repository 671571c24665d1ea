import Papa from 'papaparse';
import { FormatError } from '../../base/errors.js';
import { unpackGzip } from '../gzip.js';
import { type ByteInput, readChunks } from '../input.js';
import { TextReader } from '../text.js';
import { type FoundColumns, findColumns } from './columns.js';
import { delimiterWord, findDelimiter, namesDelimiter } from './delimiter.js';
import { CsvError } from './errors.js';
import type { EventRow, ReadEventsOptions } from './options.js';
import { NULL, PlainLines, type PlainPlaces } from './plain.js';
import { EventReading } from './reading.js';

/**
 * Events as CSV: a header that names the columns, then one event a row. Quoting as in RFC 4180; commas, tabs, semicolons or
 * bars between the fields, as the header has them; UTF-8 or UTF-16; gzip is recognised by its first bytes.
 */

/**
 * Reads events in batches, as their bytes come in; no more than a chunk and a row are kept.
 *
 * Which columns hold user, time and event is told by their names (`user_id`, `created_at`, `event_name` and many others) or by
 * the options. A plain number as time is unix seconds, from 100,000,000 (March 1973) on, or milli-, micro- or nanoseconds if
 * it has 13, 16 or 19 digits; all else is ISO 8601, where a time without an offset is wall-clock time. Blank lines are skipped.
 * @throws CsvError at the first row that is no event; ColumnsError if a column cannot be told, or two could be meant;
 * BitmapistError if the platform lacks TextDecoder, or DecompressionStream for a packed file
 * @example
 * import { readEvents } from 'bitmapist-wasm/csv';
 *
 * const file = new Blob(['user_id;created_at;event_name\n', '7;2026-11-22;active\n']);
 * for await (const rows of readEvents(file)) console.log(rows); // [ { event: 'active', id: 7, at: '2026-11-22' } ]
 */
export async function* readEvents(
  input: ByteInput,
  options: ReadEventsOptions = {},
): AsyncGenerator<readonly EventRow[], void> {
  const reader = new RowReader(options);
  const decoder = new TextReader({ isLossy: options.skipBroken ?? false });
  try {
    for await (const chunk of unpackGzip(readChunks(input, options.signal))) {
      const { text, problem } = decoder.read(chunk);
      yield* reader.read(text, decoder.note);
      if (problem !== undefined) throw reader.problem(problem);
    }
    const { text, problem } = decoder.end();
    yield* reader.read(text, decoder.note);
    if (problem !== undefined) throw reader.problem(problem);
    yield* reader.end(decoder.note);
  } catch (error) {
    if (error instanceof FormatError) throw reader.problem(error.message, { cause: error });
    throw error;
  }
}

/** A row may be this long, in UTF-16 code units; beyond that, a quote was never closed. */
const MAX_ROW_LENGTH = 2 ** 20;

/** Turns text, piece by piece, into events. */
class RowReader {
  readonly #options: ReadEventsOptions;
  readonly #reading: EventReading;
  #delimiter: string | undefined;
  #parser: Papa.Parser | undefined;
  #columns: Places | undefined;
  #plain: PlainLines | undefined;
  /** The beginning of a row whose end has not come yet. */
  #rest = '';
  #line = 1;
  #encodingNote: string | undefined;

  constructor(options: ReadEventsOptions) {
    this.#options = options;
    this.#reading = new EventReading(
      options,
      'line',
      (problem, line, rows) => new CsvError(problem, line, rows),
    );
  }

  *read(text: string, encodingNote: string | undefined): Generator<readonly EventRow[], void> {
    this.#encodingNote = encodingNote;
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

  *end(encodingNote: string | undefined): Generator<readonly EventRow[], void> {
    this.#encodingNote = encodingNote;
    yield* this.#read(this.#rest, true);
    if (this.#columns === undefined)
      throw this.problem('expected a header with the names of columns, got an empty file');
    this.#reading.tell();
  }

  problem(message: string, options?: ErrorOptions): CsvError {
    return new CsvError(message, this.#line, this.#reading.rows, options);
  }

  *#read(text: string, isLast: boolean): Generator<readonly EventRow[], void> {
    this.#delimiter ??= findDelimiter(text, isLast);
    if (this.#delimiter === undefined) {
      this.#rest = text;
      return;
    }
    if (this.#columns !== undefined && !text.includes('"')) {
      yield* this.#readLines(text, isLast);
      return;
    }
    this.#parser ??= new Papa.Parser({ delimiter: this.#delimiter, newline: '\n' });
    const { data, errors, meta } = this.#parser.parse(text, 0, !isLast);
    const rows = data as string[][];
    // Errors of a row that is not complete yet do not count.
    const broken = errors.find(({ row = 0 }) => row < rows.length);
    const hasQuotes = text.includes('"');
    const batch: EventRow[] = [];
    let problem: unknown;
    try {
      for (const [index, fields] of rows.entries()) {
        if (index === broken?.row) throw this.problem(this.#quoteProblem(broken.code) ?? broken.message);
        const event = this.#toEvent(fields);
        if (event !== undefined) batch.push(event);
        this.#line += hasQuotes ? linesOf(fields) : 1;
      }
    } catch (error) {
      problem = error;
    }
    if (batch.length > 0) yield batch;
    if (problem !== undefined) throw problem;
    this.#rest = text.slice(meta.cursor);
  }

  /** Rows of text without quotes: every line is one. */
  *#readLines(text: string, isLast: boolean): Generator<readonly EventRow[], void> {
    const batch: EventRow[] = [];
    const delimiter = this.#delimiter!;
    let problem: unknown;
    let from = 0;
    try {
      for (;;) {
        let to = text.indexOf('\n', from);
        if (to < 0) {
          if (!isLast || from >= text.length) break;
          to = text.length;
        }
        const event =
          this.#plain?.read(text, from, to) ?? this.#toEvent(text.slice(from, to).split(delimiter));
        if (event !== undefined) batch.push(event);
        this.#line += 1;
        from = to + 1;
      }
    } catch (error) {
      problem = error;
    }
    if (batch.length > 0) yield batch;
    if (problem !== undefined) throw problem;
    this.#rest = text.slice(from);
  }

  #toEvent(fields: string[]): EventRow | undefined {
    const last = fields.length - 1;
    if (fields[last]!.endsWith('\r')) fields[last] = fields[last]!.slice(0, -1);
    if (last === 0 && fields[0] === '') return undefined;
    const columns = this.#columns;
    if (columns === undefined) {
      if (!namesDelimiter(fields)) this.#readHeader(fields);
      return undefined;
    }
    if (fields.length !== columns.count) {
      return this.#reading.reject(`expected ${columns.count} fields, got ${fields.length}`, this.#line);
    }
    if (columns.others?.values.includes(fields[columns.others.index]!)) return undefined;
    return this.#reading.read(
      firstOf(fields, columns.user),
      firstOf(fields, columns.time),
      firstOf(fields, columns.event),
      this.#line,
    );
  }

  #readHeader(fields: readonly string[]): void {
    const names = fields.map((name) => name.trim());
    if (names.some((name) => /\r(?!\n)/.test(name))) {
      throw this.problem('expected lines that end with a line feed, got carriage returns alone');
    }
    const found = findColumns(names, this.#options);
    this.#columns = placesOf(names, found);
    const plain = plainPlaces(this.#columns);
    if (plain !== undefined) this.#plain = new PlainLines(plain, this.#delimiter!, this.#reading);
    const delimiterNote =
      this.#delimiter === ',' ? undefined : `${delimiterWord(this.#delimiter!)} stands between fields`;
    this.#reading.begin(
      found,
      [this.#encodingNote, delimiterNote].filter((note) => note !== undefined),
    );
  }

  #quoteProblem(code: string): string | undefined {
    if (code === 'MissingQuotes') return 'expected a closing quote, got the end of the file';
    if (code !== 'InvalidQuotes') return undefined;
    return `expected ${delimiterWord(this.#delimiter!)} or the end of the line after a closing quote, got more text`;
  }
}

/** Where in a row things are: of several fields, the first counts that is filled. */
interface Places {
  readonly user: readonly number[];
  readonly time: readonly number[];
  readonly event: readonly number[];
  readonly others: { readonly index: number; readonly values: readonly string[] } | undefined;
  readonly count: number;
}

function placesOf(names: readonly string[], { user, time, event, others }: FoundColumns): Places {
  const places = (of: readonly string[]) =>
    of.map((name) => names.indexOf(name)).filter((index) => index >= 0);
  const index = others === undefined ? -1 : names.indexOf(others.column);
  return {
    user: places(user),
    time: places(time),
    event: places(event),
    others: others === undefined || index < 0 ? undefined : { index, values: others.values },
    count: names.length,
  };
}

/** The same, if each is in one place of its own. */
function plainPlaces({ user, time, event, others, count }: Places): PlainPlaces | undefined {
  const places = [...user, ...time, ...event];
  const areAlone = user.length === 1 && time.length === 1 && event.length <= 1 && others === undefined;
  if (!areAlone || new Set(places).size < places.length) return undefined;
  return { user: user[0]!, time: time[0]!, event: event[0] ?? -1, count };
}

function firstOf(fields: readonly string[], places: readonly number[]): string | undefined {
  let field: string | undefined;
  for (const place of places) {
    field = fields[place];
    if (field !== '' && field !== NULL) break;
  }
  return field === NULL ? '' : field;
}

/** Lines that a row takes: one, and one more for every line break within quotes. */
function linesOf(fields: readonly string[]): number {
  return fields.reduce((lines, field) => lines + field.split('\n').length - 1, 1);
}
