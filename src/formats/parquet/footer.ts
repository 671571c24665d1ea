/** The end of a Parquet file, which says what is in it and where. */

import type { ColumnMetaData, FileMetaData } from 'hyparquet';
import { parquetMetadata } from 'hyparquet';
import { FormatError, plural } from '../../base/errors.js';
import { type Column, columnsOf } from './schema.js';
import type { Source } from './source.js';
import { endOfStruct } from './thrift.js';

export interface Footer {
  readonly columns: readonly Column[];
  readonly groups: readonly RowGroup[];
  /** In all groups. */
  readonly rows: number;
  /** What its writer noted: `bitmapist.rows` says what the rows of an export of ours are. */
  readonly notes: ReadonlyMap<string, string | undefined>;
}

/** A stretch of rows, of which every column is a chunk of the file. */
export interface RowGroup {
  readonly rows: number;
  /** By the name of the column. */
  readonly chunks: ReadonlyMap<string, Chunk>;
}

/** The values of one column in one group. */
export interface Chunk {
  readonly firstByte: number;
  /** Not included. */
  readonly endByte: number;
  readonly values: number;
  readonly codec: ColumnMetaData['codec'];
}

/** `PAR1`, and its twin of files whose end is encrypted. */
const MAGIC = 0x31524150;
const ENCRYPTED_MAGIC = 0x45524150;

/** The length of the header, and the four letters. */
const TAIL_BYTES = 8;

/** Most footers are shorter, so that one read is enough. */
const FIRST_READ_BYTES = 2 ** 16;

/** Footers grow with columns times row groups; beyond this, the length is a mistake. */
const MAX_FOOTER_BYTES = 2 ** 28;

/**
 * A dictionary's own header is missing in the lengths that old versions of parquet-mr wrote; Arrow allows for as much.
 */
const SPARE_BYTES = 100;

/** @throws FormatError if the file is no Parquet, or its end is broken. */
export async function readFooter(source: Source): Promise<Footer> {
  const { byteLength } = source;
  if (byteLength < TAIL_BYTES + 4) {
    throw new FormatError(
      `expected a Parquet file, got ${byteLength} ${plural(byteLength, 'byte')}`,
      byteLength,
    );
  }
  const first = await source.read(Math.max(0, byteLength - FIRST_READ_BYTES), byteLength);
  const tail = new DataView(first.buffer, first.byteOffset + first.length - TAIL_BYTES, TAIL_BYTES);
  const magic = tail.getUint32(4, true);
  if (magic === ENCRYPTED_MAGIC) {
    throw new FormatError('expected a Parquet file that can be read, got an encrypted one', byteLength - 4);
  }
  if (magic !== MAGIC) {
    throw new FormatError('expected a Parquet file, which ends in PAR1, got other bytes', byteLength - 4);
  }
  const length = tail.getUint32(0, true);
  const start = byteLength - TAIL_BYTES - length;
  if (start < 4 || length > MAX_FOOTER_BYTES) {
    throw new FormatError(`expected the length of a footer, got ${length}`, byteLength - TAIL_BYTES);
  }
  const bytes =
    length + TAIL_BYTES <= first.length
      ? first.subarray(first.length - TAIL_BYTES - length)
      : await source.read(start, byteLength);
  endOfStruct(bytes.subarray(0, length), 0, start);
  return understood(start, () => toFooter(parquetMetadata(bytes, { geoparquet: false }), start));
}

/**
 * What hyparquet makes of bytes that Thrift allows and Parquet does not: whatever it throws is said in our words.
 * @throws FormatError
 */
export function understood<T>(byteOffset: number, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof FormatError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FormatError(`expected bytes of Parquet, got others (${reason})`, byteOffset, { cause });
  }
}

function toFooter(metadata: FileMetaData, start: number): Footer {
  const columns = columnsOf(metadata);
  const groups = metadata.row_groups.map((group): RowGroup => {
    const rows = Number(group.num_rows);
    if (!Number.isSafeInteger(rows) || rows < 0) {
      throw new FormatError(`expected a number of rows, got ${group.num_rows}`, start);
    }
    const chunks = new Map<string, Chunk>();
    for (const { meta_data: chunk, file_path: path } of group.columns) {
      if (chunk === undefined || path !== undefined) {
        throw new FormatError('expected columns in the file itself, got one elsewhere or encrypted', start);
      }
      chunks.set(chunk.path_in_schema.join('.'), toChunk(chunk, start));
    }
    return { rows, chunks };
  });
  const notes = new Map(metadata.key_value_metadata?.map(({ key, value }) => [key, value]));
  return { columns, groups, rows: groups.reduce((all, { rows }) => all + rows, 0), notes };
}

function toChunk(chunk: ColumnMetaData, footerStart: number): Chunk {
  const data = Number(chunk.data_page_offset);
  const dictionary = Number(chunk.dictionary_page_offset ?? 0);
  // Some writers give 0 for none.
  const firstByte = dictionary > 0 && dictionary < data ? dictionary : data;
  const endByte = firstByte + Number(chunk.total_compressed_size) + SPARE_BYTES;
  if (!(firstByte >= 4 && endByte > firstByte && endByte - SPARE_BYTES <= footerStart)) {
    throw new FormatError(
      `expected column ${chunk.path_in_schema.join('.')} between the bytes 4 and ${footerStart}, got ${firstByte} to ${endByte - SPARE_BYTES}`,
      footerStart,
    );
  }
  return {
    firstByte,
    endByte: Math.min(endByte, footerStart),
    values: Number(chunk.num_values),
    codec: chunk.codec,
  };
}
