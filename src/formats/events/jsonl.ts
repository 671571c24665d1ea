import { FormatError } from '../../base/errors.js';
import { unpackGzip } from '../gzip.js';
import { type ByteInput, readChunks } from '../input.js';
import { TextReader } from '../text.js';
import { type FoundColumns, findColumns } from './columns.js';
import { RowError } from './errors.js';
import { type Line, LineReader, MAX_LINE_LENGTH } from './lines.js';
import type { EventRow, Peek, ReadEventsOptions } from './options.js';
import { addPaths, fieldAt, isObject } from './paths.js';
import { PEEK_ROWS, toPeek } from './peek.js';
import { quoted, shown } from './quoting.js';
import { EventReading } from './reading.js';

/**
 * Events as JSON Lines (https://jsonlines.org): one object a line. UTF-8 or UTF-16; gzip is recognised by
 * its first bytes.
 */

/** Columns are told by the fields of so many rows, or of so much text, if none is given. */
const FIRST_ROWS = 100;
const FIRST_LENGTH = 2 ** 20;

/**
 * Reads events of JSON Lines in batches, as their bytes come in; no more than a chunk, a line and the first hundred rows are kept.
 *
 * Columns are fields of the objects, those deeper in by a path with dots, such as `properties.time`. They are told by their names, as
 * those of CSV are, or by the options. Ids and times are numbers or texts; whole numbers of any length are read to the last
 * digit. Blank lines are skipped.
 * @throws RowError at the first line that is no event; ColumnsError if a column cannot be told, or two could be meant;
 * BitmapistError if the platform lacks TextDecoder, or DecompressionStream for a packed file
 * @example
 * import { readJsonLines } from 'bitmapist-wasm/jsonl';
 *
 * const file = new Blob(['{"event": "active", "at": {"time": "2026-11-22"}, "userId": 7}\n']);
 * for await (const rows of readJsonLines(file)) console.log(rows); // [ { event: 'active', id: 7, at: '2026-11-22' } ]
 */
export async function* readJsonLines(
  input: ByteInput,
  options: ReadEventsOptions = {},
): AsyncGenerator<readonly EventRow[], void> {
  const lines = new LineReader();
  const reader = new RowReader(options);
  const decoder = new TextReader({ isLossy: options.skipBroken ?? false });
  try {
    for await (const chunk of unpackGzip(readChunks(input, options.signal))) {
      const { text, problem } = decoder.read(chunk);
      yield* reader.read(lines.read(text), decoder.note);
      if (problem !== undefined) yield* reader.fail(problem, lines.number);
    }
    const { text, problem } = decoder.end();
    yield* reader.read(lines.read(text), decoder.note);
    if (problem !== undefined) yield* reader.fail(problem, lines.number);
    yield* reader.read(lines.end(), decoder.note);
    yield* reader.end();
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    yield* reader.fail(error.message, lines.number, { cause: error });
  }
}

/**
 * Looks at the beginning of JSON Lines: the paths of its fields, which of them `readJsonLines` would read with the same options,
 * and its first rows.
 * @throws RowError if none of the first lines is an object
 * @example
 * import { peekJsonLines } from 'bitmapist-wasm/jsonl';
 *
 * const { names, columns } = await peekJsonLines(new Blob(['{"event": "active", "at": {"time": 1795351507}, "userId": 7}']));
 * console.log(names.join(), columns); // event,at.time,userId { user: 'userId', time: 'at.time', event: 'event' }
 */
export async function peekJsonLines(input: ByteInput, options: ReadEventsOptions = {}): Promise<Peek> {
  const lines = new LineReader();
  const decoder = new TextReader({ isLossy: true });
  const rows: Row[] = [];
  let length = 0;
  let got = 'an empty file';
  let isStart = true;
  let isOfArray = false;
  const add = (found: Iterable<Line>) => {
    for (const line of found) {
      const row = parseLine(line);
      if (row === undefined) continue;
      isOfArray ||= isStart && isArray(line);
      isStart = false;
      if (typeof row === 'string') got = row;
      else if (rows.length < FIRST_ROWS) rows.push(row);
    }
  };
  for await (const chunk of unpackGzip(readChunks(input, options.signal))) {
    const { text } = decoder.read(chunk);
    add(lines.read(text));
    length += text.length;
    if (rows.length >= FIRST_ROWS || length >= FIRST_LENGTH) break;
  }
  if (length < FIRST_LENGTH && rows.length < FIRST_ROWS) {
    add(lines.read(decoder.end().text));
    add(lines.end());
  }
  if (isOfArray) throw new RowError(ARRAY, 'line 1', 0);
  if (rows.length === 0) throw new RowError(`expected a JSON object in every line, got ${got}`, 'line 1', 0);
  const names = namesOf(rows);
  const samples = rows
    .slice(0, PEEK_ROWS)
    .map(({ value }) => names.map((name) => textOf(fieldAt(value, name))));
  return toPeek(names, samples, options);
}

interface Row {
  readonly value: Record<string, unknown>;
  readonly text: string;
  readonly number: number;
}

/** Turns lines into events. */
class RowReader {
  readonly #options: ReadEventsOptions;
  readonly #reading: EventReading;
  #found: FoundColumns | undefined;
  /** Rows that come before the columns are known. */
  #first: Row[] = [];
  #firstLength = 0;
  #note: string | undefined;
  #batch: EventRow[] = [];
  #isStart = true;

  constructor(options: ReadEventsOptions) {
    this.#options = options;
    this.#reading = new EventReading(
      options,
      'line',
      (problem, line, rows) => new RowError(problem, `line ${line}`, rows),
    );
  }

  *read(lines: Iterable<Line>, note: string | undefined): Generator<readonly EventRow[], void> {
    this.#note = note;
    yield* this.#handOut(() => {
      for (const line of lines) this.#add(line);
    });
  }

  *end(): Generator<readonly EventRow[], void> {
    yield* this.#handOut(() => {
      this.#begin();
      this.#reading.tell();
    });
  }

  /** Hands out the rows that were kept, and throws. */
  *fail(problem: string, line: number, options?: ErrorOptions): Generator<readonly EventRow[], void> {
    yield* this.#handOut(() => {
      this.#begin();
      throw this.#error(problem, line, options);
    });
  }

  #error(problem: string, line: number, options?: ErrorOptions): RowError {
    return new RowError(problem, `line ${line}`, this.#reading.rows, options);
  }

  /** Does the work, and hands out its events, also those before an error. */
  *#handOut(work: () => void): Generator<readonly EventRow[], void> {
    let failure: { readonly error: unknown } | undefined;
    try {
      work();
    } catch (error) {
      failure = { error };
    }
    const batch = this.#batch;
    this.#batch = [];
    if (batch.length > 0) yield batch;
    if (failure !== undefined) throw failure.error;
  }

  #add(line: Line): void {
    const row = parseLine(line);
    if (row === undefined) return;
    // No line of it is worth reading: the last one has no comma after it, and would pass for a row.
    if (this.#isStart && isArray(line)) throw this.#error(ARRAY, line.number);
    this.#isStart = false;
    if (typeof row === 'string') {
      if (!this.#options.skipBroken) this.#begin();
      this.#reading.reject(row, line.number);
    } else if (this.#found === undefined) {
      this.#first.push(row);
      this.#firstLength += row.text.length;
      if (this.#first.length >= FIRST_ROWS || this.#firstLength >= FIRST_LENGTH) this.#begin();
    } else this.#addRow(row, this.#found);
  }

  /** Finds the columns out by the first rows, if there are any. */
  #begin(): void {
    const rows = this.#first;
    if (rows.length === 0) return;
    this.#first = [];
    this.#found = findColumns(namesOf(rows), this.#options);
    this.#reading.begin(this.#found, this.#note === undefined ? [] : [this.#note]);
    for (const row of rows) this.#addRow(row, this.#found);
  }

  #addRow({ value, text, number }: Row, found: FoundColumns): void {
    if (found.others?.values.includes(fieldAt(value, found.others.column) as string)) return;
    const fieldsOf = (row: unknown) =>
      [found.user, found.time, found.event].map((paths) => firstOf(row, paths));
    let fields = fieldsOf(value);
    if (fields.some(isRounded)) fields = fieldsOf(JSON.parse(quoteLongNumbers(text)));
    const event = this.#reading.read(fields[0], fields[1], fields[2], number);
    if (event !== undefined) this.#batch.push(event);
  }
}

const ARRAY = "expected JSON Lines, an object a line, got a JSON array; jq -c '.[]' makes lines of it";

function isArray({ text }: Line): boolean {
  return text !== undefined && /^\s*\[/.test(text);
}

/** The row of a line, a sentence about what is wrong with it, or nothing if the line is blank. */
function parseLine({ text, number }: Line): Row | string | undefined {
  if (text === undefined) return `expected a line of at most ${MAX_LINE_LENGTH} characters, got a longer one`;
  if (/^\s*$/.test(text)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return `expected a JSON object, got ${quoted(text)}`;
  }
  return isObject(value) ? { value, text, number } : `expected a JSON object, got ${shown(value)}`;
}

function namesOf(rows: readonly Row[]): string[] {
  const names = new Set<string>();
  for (const { value } of rows) addPaths(names, value);
  return [...names];
}

function firstOf(value: unknown, paths: readonly string[]): unknown {
  let field: unknown;
  for (const path of paths) {
    field = fieldAt(value, path);
    if (field !== undefined && field !== null && field !== '') break;
  }
  return field;
}

/** Whether a number may have lost digits, as JavaScript reads it. */
function isRounded(value: unknown): boolean {
  return typeof value === 'number' && !Number.isSafeInteger(value) && Number.isInteger(value);
}

/** JSON in which whole numbers that JavaScript cannot hold are texts. */
function quoteLongNumbers(json: string): string {
  return json.replace(/"[^"\\]*(?:\\.[^"\\]*)*"|-?\d{16,}(?![\d.eE])/g, (token) =>
    token.startsWith('"') ? token : `"${token}"`,
  );
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
