import Papa from 'papaparse';
import { unpackGzip } from '../gzip.js';
import { type ByteInput, readChunks } from '../input.js';
import { TextReader } from '../text.js';
import { findDelimiter, namesDelimiter } from './delimiter.js';
import { CsvError } from './errors.js';
import type { Peek, ReadEventsOptions } from './options.js';
import { PEEK_ROWS, toPeek } from './peek.js';

/** As much of a file is read to look at it, in UTF-16 code units. */
const MAX_LENGTH = 2 ** 18;

/**
 * Looks at the beginning of a CSV: its columns, which of them `readEvents` would read with the same options, and its first rows.
 * @throws CsvError for an empty file, or one without text
 * @example
 * import { peekEvents } from 'bitmapist-wasm/csv';
 *
 * const file = new Blob(['who;created_at;event_name\n', 'ann;2026-11-22;active\n']);
 * const { names, columns, problem } = await peekEvents(file);
 * console.log(names, columns); // [ 'who', 'created_at', 'event_name' ] { time: 'created_at', event: 'event_name' }
 * console.log(problem?.message.slice(0, 26)); // expected a column of users
 */
export async function peekEvents(input: ByteInput, options: ReadEventsOptions = {}): Promise<Peek> {
  const decoder = new TextReader({ isLossy: true });
  let text = '';
  let isLast = true;
  for await (const chunk of unpackGzip(readChunks(input, options.signal))) {
    text += decoder.read(chunk).text;
    isLast = false;
    // A line break in a field makes a row of two lines: that is close enough.
    if (text.length >= MAX_LENGTH || text.split('\n', PEEK_ROWS + 2).length > PEEK_ROWS + 1) break;
    isLast = true;
  }
  if (isLast) text += decoder.end().text;
  const rows = parse(text, isLast);
  const header = rows[0];
  if (header === undefined) {
    const got = text.trim() === '' ? 'an empty file' : `more than ${MAX_LENGTH} characters without an end`;
    throw new CsvError(`expected a header with the names of columns, got ${got}`, 1, 0);
  }
  const names = header.map((name) => name.trim());
  const samples = rows.slice(1, 1 + PEEK_ROWS).map((fields) => names.map((_, index) => fields[index] ?? ''));
  return toPeek(names, samples, options);
}

function parse(text: string, isLast: boolean): string[][] {
  const delimiter = findDelimiter(text, true) ?? ',';
  const { data } = new Papa.Parser({ delimiter, newline: '\n' }).parse(text, 0, !isLast);
  const rows = (data as string[][]).map((fields) => [
    ...fields.slice(0, -1),
    fields.at(-1)!.replace(/\r$/, ''),
  ]);
  const filled = rows.filter(({ length, 0: first }) => length > 1 || first !== '');
  return filled.length > 0 && namesDelimiter(filled[0]!) ? filled.slice(1) : filled;
}
