import { FormatError } from '../../base/errors.js';
import { findColumns } from '../events/columns.js';
import { ColumnsError, RowError } from '../events/errors.js';
import type { EventRow, Peek, ReadEventsOptions, Role } from '../events/options.js';
import { PEEK_ROWS, toPeek } from '../events/peek.js';
import { EventReading } from '../events/reading.js';
import { ColumnCursor } from './cursor.js';
import { type Footer, readFooter } from './footer.js';
import type { Value } from './plain.js';
import type { Column, Meaning } from './schema.js';
import { openSource, type ParquetInput, type Source } from './source.js';

/** Events from Parquet: only the columns that count are read. */

/** Rows that are handed out together. */
const BATCH_ROWS = 2 ** 13;

/**
 * Reads events from a Parquet file in batches, group by group; no more than a page of each column is kept.
 *
 * Columns are found as those of CSV are; fields of structures are named with dots. People are whole numbers, texts or UUIDs;
 * times are timestamps (with a zone an instant, without one wall-clock time), dates, texts of ISO 8601, or numbers as in CSV;
 * events are texts. A row counts from 1 in messages. All compressions but LZO are understood.
 * @throws FormatError if the file is no Parquet, broken, or an export by `writeParquet` of other rows than marks; ColumnsError if a
 * column cannot be told, two could be meant, or one has a type that cannot be what it is for; RowError at the first row that is no
 * event; TypeError if `input` cannot be read at any place; the signal's reason
 * @example
 * import { parquetWriteBuffer } from 'hyparquet-writer';
 * import { readParquet } from 'bitmapist-wasm/parquet';
 *
 * const file = parquetWriteBuffer({
 *   columnData: [
 *     { name: 'user_id', data: [7] },
 *     { name: 'created_at', data: [new Date('2026-11-22')] },
 *     { name: 'event', data: ['active'] },
 *   ],
 * });
 * for await (const rows of readParquet(file)) console.log(rows); // [ { event: 'active', id: 7, at: 2026-11-22T00:00:00.000Z } ]
 */
export async function* readParquet(
  input: ParquetInput,
  options: ReadEventsOptions = {},
): AsyncGenerator<readonly EventRow[], void> {
  const { signal } = options;
  const reading = new EventReading(
    options,
    'row',
    (problem, row, rows) => new RowError(problem, `row ${row}`, rows),
  );
  const source = await openSource(input, signal);
  const { columns, groups } = await readEventFooter(source);
  const found = findColumns(
    columns.map(({ name }) => name),
    options,
  );
  const byName = new Map(columns.map((column) => [column.name, column]));
  const taken = (role: Role): Column[] => {
    const present = found[role].map((name) => byName.get(name)).filter((column) => column !== undefined);
    for (const column of present) {
      const problem = typeProblem(role, column, [...byName.keys()]);
      if (problem !== undefined) throw problem;
    }
    return present;
  };
  const roles = { user: taken('user'), time: taken('time'), event: taken('event') };
  const others = found.others && byName.get(found.others.column);
  reading.begin(found, []);
  let row = 1;
  for (const group of groups) {
    const cursors = new Map<Column, ColumnCursor>();
    const cursorOf = (column: Column): ColumnCursor => {
      const cursor = cursors.get(column) ?? new ColumnCursor(source, group, column);
      cursors.set(column, cursor);
      return cursor;
    };
    const [user, time, event] = [roles.user, roles.time, roles.event].map((role) => role.map(cursorOf));
    const other = others?.meaning && cursorOf(others);
    for (let left = group.rows; left > 0; ) {
      signal?.throwIfAborted();
      let count = Math.min(BATCH_ROWS, left);
      for (const cursor of cursors.values()) count = Math.min(count, await cursor.fill());
      const batch: EventRow[] = [];
      let problem: unknown;
      try {
        for (let at = 0; at < count; at += 1) {
          if (other !== undefined && found.others!.values.includes(String(other.at(at)))) continue;
          const read = reading.read(firstOf(user!, at), firstOf(time!, at), firstOf(event!, at), row + at);
          if (read !== undefined) batch.push(read);
        }
      } catch (error) {
        problem = error;
      }
      if (batch.length > 0) yield batch;
      if (problem !== undefined) throw problem;
      for (const cursor of cursors.values()) cursor.skip(count);
      row += count;
      left -= count;
    }
  }
  reading.tell();
}

/**
 * The footer of a file whose rows may be events. Those of our own exports of periods would be taken for events of the first day
 * of each, and counted as such.
 */
async function readEventFooter(source: Source): Promise<Footer> {
  const footer = await readFooter(source);
  const kind = footer.notes.get('bitmapist.rows');
  if (kind === undefined || kind === 'marks') return footer;
  throw new FormatError(
    `expected rows that are events, got an export whose rows are ${kind}; one of marks has events`,
    source.byteLength,
  );
}

/** Wide tables have hundreds of columns, of each of which a few values are wanted. */
const PEEK_BYTES = 2 ** 15;

/**
 * The columns of a Parquet file, its first rows, and which columns `readParquet` would take.
 * @throws FormatError if the file is no Parquet, or broken; TypeError if `input` cannot be read at any place
 * @example
 * import { parquetWriteBuffer } from 'hyparquet-writer';
 * import { peekParquet } from 'bitmapist-wasm/parquet';
 *
 * const file = parquetWriteBuffer({ columnData: [{ name: 'user_id', data: [7] }, { name: 'what', data: ['active'] }] });
 * const { names, samples, problem } = await peekParquet(file);
 * console.log(names, samples, problem?.name); // [ 'user_id', 'what' ] [ [ '7', 'active' ] ] ColumnsError
 */
export async function peekParquet(input: ParquetInput, options: ReadEventsOptions = {}): Promise<Peek> {
  const source = await openSource(input, options.signal);
  const { columns, groups } = await readEventFooter(source);
  const names = columns.map(({ name }) => name);
  const group = groups.find(({ rows }) => rows > 0);
  const rows = Math.min(PEEK_ROWS, group?.rows ?? 0);
  const fields: string[][] = [];
  for (const column of columns) {
    const values: string[] = [];
    if (group !== undefined && column.meaning !== undefined) {
      const cursor = new ColumnCursor(source, group, column, PEEK_BYTES);
      while (values.length < rows) {
        await cursor.fill();
        values.push(shownValue(cursor.at(0)));
        cursor.skip(1);
      }
    }
    fields.push(values);
  }
  const samples = Array.from({ length: rows }, (_, row) => fields.map((values) => values[row] ?? ''));
  return withTypes(toPeek(names, samples, options), columns);
}

/** Columns whose types cannot be what they are for are no better than columns that cannot be told. */
function withTypes(peek: Peek, all: readonly Column[]): Peek {
  let { problem } = peek;
  const columns: { [role in Role]?: string } = {};
  for (const role of ['user', 'time', 'event'] as const) {
    const column = all.find(({ name }) => name === peek.columns[role]);
    if (column === undefined) continue;
    const wrong = typeProblem(role, column, peek.names);
    if (wrong === undefined) columns[role] = column.name;
    problem ??= wrong;
  }
  return { ...peek, columns, ...(problem && { problem }) };
}

function shownValue(value: Value | undefined): string {
  return value instanceof Date ? value.toISOString() : String(value ?? '');
}

/** Of several columns, the first that is filled. */
function firstOf(cursors: readonly ColumnCursor[], at: number): Value | undefined {
  for (const cursor of cursors) {
    const value = cursor.at(at);
    if (value !== undefined && value !== '') return value;
  }
  return undefined;
}

/** What a column can be for, by what its values mean. */
const MEANINGS: Readonly<
  Record<Role, { readonly kinds: ReadonlySet<Meaning['kind']>; readonly words: string }>
> = {
  user: { kinds: new Set(['integer', 'float', 'decimal', 'text', 'uuid']), words: 'users, numbers or texts' },
  time: {
    kinds: new Set(['time', 'date', 'text', 'integer', 'float', 'decimal']),
    words: 'times, timestamps, dates, numbers or texts',
  },
  event: { kinds: new Set(['text', 'integer']), words: 'event names, texts' },
};

function typeProblem(
  role: Role,
  { name, meaning, type }: Column,
  names: readonly string[],
): ColumnsError | undefined {
  const { kinds, words } = MEANINGS[role];
  if (meaning !== undefined && kinds.has(meaning.kind)) return undefined;
  const message = `expected a column of ${words}, got ${JSON.stringify(name)} of type ${type}`;
  return new ColumnsError(message, role, [], names);
}
