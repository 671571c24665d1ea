/** Writes Parquet files, a group of rows at a time: pages packed by Snappy, of which every program that reads Parquet reads them. */

import type { ColumnChunk, PageHeader, RowGroup } from 'hyparquet';
import { ByteWriter } from 'hyparquet-writer/src/bytewriter.js';
import { writePageHeader } from 'hyparquet-writer/src/datapage.js';
import { deltaBinaryPack } from 'hyparquet-writer/src/delta.js';
import { writeRleBitPackedHybrid } from 'hyparquet-writer/src/encoding.js';
import { writeMetadata } from 'hyparquet-writer/src/metadata.js';
import { writePlain } from 'hyparquet-writer/src/plain.js';
import { snappyCompress } from 'hyparquet-writer/src/snappy.js';
import { elementOf, type WrittenColumn } from './layout.js';
import { compareSingles, type Single } from './order.js';

/** The values of a column in a group, in one of three ways to keep them. */
export type WrittenValues =
  /** Few, of which rows have one each by its place, or none (-1). */
  | { readonly dictionary: readonly Single[]; readonly indexes: Int32Array }
  /** Ids, of which neighbours are close to each other. */
  | { readonly ids: Uint32Array<ArrayBuffer> }
  | { readonly plain: readonly (Single | Uint8Array)[] };

/** Longer texts say too little about a group to be kept twice. */
const MAX_BOUND_LENGTH = 256;

/** The parts of a file, in order: its beginning, groups, and its end, which says where they are. */
export class ParquetWriter {
  readonly #columns: readonly WrittenColumn[];
  readonly #notes: Readonly<Record<string, string>>;
  readonly #groups: RowGroup[] = [];
  #byteOffset = 0;
  #rows = 0;

  /** @param notes kept in the file, for those who look */
  constructor(columns: readonly WrittenColumn[], notes: Readonly<Record<string, string>>) {
    this.#columns = columns;
    this.#notes = notes;
  }

  begin(): Uint8Array<ArrayBuffer> {
    return this.#part((writer) => writer.appendUint32(MAGIC));
  }

  /** @param values of each column, as many as there are rows */
  group(rows: number, values: readonly WrittenValues[]): Uint8Array<ArrayBuffer> {
    return this.#part((writer) => {
      const columns = this.#columns.map((column, index) => {
        return new ChunkWriter(writer, this.#byteOffset, column).write(rows, values[index]!);
      });
      const sum = (of: (chunk: ColumnChunk) => bigint) => columns.reduce((all, chunk) => all + of(chunk), 0n);
      this.#groups.push({
        columns,
        num_rows: BigInt(rows),
        total_byte_size: sum((chunk) => chunk.meta_data!.total_uncompressed_size),
        total_compressed_size: sum((chunk) => chunk.meta_data!.total_compressed_size),
      });
      this.#rows += rows;
    });
  }

  end(): Uint8Array<ArrayBuffer> {
    return this.#part((writer) => {
      const metadata = {
        version: 2,
        created_by: 'bitmapist-wasm',
        schema: [{ name: 'root', num_children: this.#columns.length }, ...this.#columns.map(elementOf)],
        num_rows: BigInt(this.#rows),
        row_groups: this.#groups,
        key_value_metadata: Object.entries(this.#notes).map(([key, value]) => ({ key, value })),
        metadata_length: 0,
      };
      writeMetadata(writer, metadata, Number.POSITIVE_INFINITY);
      writer.appendUint32(MAGIC);
    });
  }

  #part(write: (writer: ByteWriter) => void): Uint8Array<ArrayBuffer> {
    const writer = new ByteWriter(FIRST_BYTES);
    write(writer);
    this.#byteOffset += writer.offset;
    return writer.getBytes();
  }
}

/** `PAR1` */
const MAGIC = 0x31524150;
const FIRST_BYTES = 2 ** 16;

class ChunkWriter {
  readonly #writer: ByteWriter;
  readonly #base: number;
  readonly #column: WrittenColumn;
  readonly #element;
  readonly #start: number;
  #unpackedBytes = 0;

  /** @param base where in the file the writer's first byte will be */
  constructor(writer: ByteWriter, base: number, column: WrittenColumn) {
    this.#writer = writer;
    this.#base = base;
    this.#column = column;
    this.#element = elementOf(column);
    this.#start = writer.offset;
  }

  write(rows: number, values: WrittenValues): ColumnChunk {
    let dictionaryOffset: bigint | undefined;
    if ('dictionary' in values) {
      dictionaryOffset = this.#place();
      const header = { num_values: values.dictionary.length, encoding: 'PLAIN' } as const;
      this.#page({ type: 'DICTIONARY_PAGE', dictionary_page_header: header }, (body) =>
        this.#plain(body, values.dictionary),
      );
    }
    const encoding =
      'dictionary' in values ? 'RLE_DICTIONARY' : 'ids' in values ? 'DELTA_BINARY_PACKED' : 'PLAIN';
    const dataOffset = this.#place();
    const header = {
      num_values: rows,
      encoding,
      definition_level_encoding: 'RLE',
      repetition_level_encoding: 'RLE',
    } as const;
    this.#page({ type: 'DATA_PAGE', data_page_header: header }, (body) => this.#body(body, values));
    const bounds = boundsOf(values);
    return {
      file_offset: BigInt(this.#base + this.#start),
      meta_data: {
        type: this.#element.type!,
        encodings: dictionaryOffset === undefined ? ['RLE', encoding] : ['PLAIN', 'RLE', encoding],
        path_in_schema: [this.#column.name],
        codec: 'SNAPPY',
        num_values: BigInt(rows),
        total_uncompressed_size: BigInt(this.#unpackedBytes),
        total_compressed_size: BigInt(this.#writer.offset - this.#start),
        data_page_offset: dataOffset,
        ...(dictionaryOffset !== undefined && { dictionary_page_offset: dictionaryOffset }),
        ...(bounds !== undefined && { statistics: bounds }),
      },
    };
  }

  #body(body: ByteWriter, values: WrittenValues): void {
    if ('dictionary' in values) {
      const { indexes, dictionary } = values;
      const present = this.#column.isOptional ? this.#levels(body, indexes) : indexes;
      const width = 32 - Math.clz32(Math.max(0, dictionary.length - 1));
      body.appendUint8(width);
      writeRleBitPackedHybrid(body, present, width);
    } else if ('ids' in values) {
      const { buffer, byteOffset, length } = values.ids;
      deltaBinaryPack(body, new Int32Array(buffer, byteOffset, length), 'INT32');
    } else {
      this.#plain(body, values.plain);
    }
  }

  /** Which rows have a value; gives the places of those that do. */
  #levels(body: ByteWriter, indexes: Int32Array): Int32Array {
    const levels = new ByteWriter();
    writeRleBitPackedHybrid(
      levels,
      indexes.map((index) => (index < 0 ? 0 : 1)),
      1,
    );
    body.appendUint32(levels.offset);
    body.appendBytes(levels.getBytes());
    return indexes.filter((index) => index >= 0);
  }

  #plain(body: ByteWriter, values: readonly (Single | Uint8Array)[]): void {
    writePlain(body, values as never, this.#element.type!, undefined);
  }

  #page(header: Pick<PageHeader, 'type'> & Partial<PageHeader>, write: (body: ByteWriter) => void): void {
    const body = new ByteWriter(FIRST_BYTES);
    write(body);
    const packed = snappyCompress(body.getBytes());
    const start = this.#writer.offset;
    writePageHeader(this.#writer, {
      ...header,
      uncompressed_page_size: body.offset,
      compressed_page_size: packed.length,
    });
    this.#unpackedBytes += this.#writer.offset - start + body.offset;
    this.#writer.appendBytes(packed);
  }

  #place(): bigint {
    return BigInt(this.#base + this.#writer.offset);
  }
}

/** The least and the greatest value, by which readers leave out groups. */
function boundsOf(values: WrittenValues) {
  if ('plain' in values) return undefined;
  if ('ids' in values) {
    const { ids } = values;
    let [min, max] = [ids[0]!, ids[0]!];
    for (const id of ids) {
      if (id < min) min = id;
      if (id > max) max = id;
    }
    return { min_value: min, max_value: max, null_count: 0n };
  }
  const nulls = BigInt(values.indexes.reduce((count, index) => count + (index < 0 ? 1 : 0), 0));
  const sorted = [...values.dictionary].sort(compareSingles);
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (min === undefined || max === undefined) return { null_count: nulls };
  if (String(min).length > MAX_BOUND_LENGTH || String(max).length > MAX_BOUND_LENGTH) return undefined;
  return { min_value: min, max_value: max, null_count: nulls };
}
