/** The values of a column chunk, page by page. */

import { parquetHeader } from 'hyparquet/src/column.js';
import { compressors } from 'hyparquet-compressors';
import { FormatError, plural } from '../../base/errors.js';
import { readDeltas, readDeltaTexts } from './delta.js';
import { type Chunk, type RowGroup, understood } from './footer.js';
import { readHybrid } from './hybrid.js';
import { readPlain, type Value, widthOf } from './plain.js';
import type { Column } from './schema.js';
import type { Source } from './source.js';
import { endOfStruct } from './thrift.js';

/** A stretch of rows of one column. */
export interface Page {
  readonly rows: number;
  /** By position; times as milliseconds since 1970, which `timeReader` reads. */
  readonly values: ArrayLike<Value>;
  /** Per row, where its value is, -1 for none; `undefined` if every row has its own. */
  readonly positions: Int32Array | undefined;
}

/** Enough for a page or more of what most writers make. */
const WINDOW_BYTES = 2 ** 20;

/** A header with the least and the greatest text of its page may be long. */
const MAX_HEADER_BYTES = 2 ** 16;

/** Writers make pages of about 1 MiB; DuckDB goes up to 100 MB. */
const MAX_PAGE_BYTES = 2 ** 29;

/** Repeated values take next to no bytes, so that bytes do not bound how many there are. */
const MAX_PAGE_ROWS = 2 ** 26;

type Header = ReturnType<typeof parquetHeader>;

/**
 * Reads a column of a group; no more than a page, and the column's dictionary, is in memory at a time.
 * @param windowBytes how much is read at once, unless a page is longer
 * @throws FormatError if there is not a value, or the absence of one, for each row of the group
 */
export async function* readPages(
  source: Source,
  { rows, chunks }: RowGroup,
  column: Column,
  windowBytes = WINDOW_BYTES,
): AsyncGenerator<Page, void> {
  const chunk = chunks.get(column.name);
  if (chunk?.values !== rows) {
    throw new FormatError(
      `expected ${rows} values of column ${column.name}, got ${chunk?.values ?? 'none'}`,
      chunk?.firstByte ?? source.byteLength,
    );
  }
  const window = new Window(source, chunk, windowBytes);
  let dictionary: ArrayLike<Value> | undefined;
  let left = rows;
  let from = chunk.firstByte;
  while (left > 0) {
    const head = await window.read(from, MAX_HEADER_BYTES);
    const start = from + endOfStruct(head, 0, from);
    const header = understood(from, () => parquetHeader({ view: viewOf(head), offset: 0 }));
    const { compressed_page_size: byteLength, uncompressed_page_size: unpackedLength } = header;
    if (!(byteLength >= 0 && start + byteLength <= chunk.endByte && unpackedLength >= 0)) {
      throw new FormatError(
        `expected a page that ends within its column, got one of ${byteLength} ${plural(byteLength, 'byte')}`,
        from,
      );
    }
    if (unpackedLength > MAX_PAGE_BYTES) {
      throw new FormatError(
        `expected pages of at most ${MAX_PAGE_BYTES} bytes, got one of ${unpackedLength}`,
        from,
      );
    }
    const place = start;
    from = start + byteLength;
    if (header.type === 'INDEX_PAGE') continue;
    const bytes = await window.read(start, byteLength);
    const page = new PageReader(bytes, header, column, chunk.codec, place);
    if (header.type === 'DICTIONARY_PAGE') {
      dictionary = page.dictionary();
    } else {
      const read = page.data(dictionary, left);
      left -= read.rows;
      if (read.rows > 0) yield read;
    }
  }
}

/** Bytes of a chunk, read in stretches. */
class Window {
  readonly #source: Source;
  readonly #end: number;
  readonly #leastBytes: number;
  #from = 0;
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array();

  constructor(source: Source, { endByte }: Chunk, leastBytes: number) {
    this.#source = source;
    this.#end = endByte;
    this.#leastBytes = leastBytes;
  }

  /** From a place on; fewer bytes than asked for at the end of the chunk. */
  async read(from: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const end = Math.min(from + length, this.#end);
    if (from < this.#from || end > this.#from + this.#bytes.length) {
      const to = Math.min(this.#end, Math.max(end, from + this.#leastBytes));
      this.#bytes = await this.#source.read(from, to);
      this.#from = from;
    }
    return this.#bytes.subarray(from - this.#from, end - this.#from);
  }
}

/** One page. */
class PageReader {
  readonly #bytes: Uint8Array;
  readonly #header: Header;
  readonly #column: Column;
  readonly #codec: Chunk['codec'];
  readonly #byteOffset: number;

  constructor(bytes: Uint8Array, header: Header, column: Column, codec: Chunk['codec'], byteOffset: number) {
    this.#bytes = bytes;
    this.#header = header;
    this.#column = column;
    this.#codec = codec;
    this.#byteOffset = byteOffset;
  }

  dictionary(): ArrayLike<Value> {
    const { dictionary_page_header: header, uncompressed_page_size: length } = this.#header;
    const count = header?.num_values ?? -1;
    // A text takes four bytes at least.
    const fewest = widthOf(this.#column) || 4;
    if (!(count >= 0 && count * fewest <= length)) {
      throw this.#problem(
        `expected a dictionary of ${count} ${plural(count, 'value')}, got ${length} ${plural(length, 'byte')}`,
      );
    }
    return readPlain(this.#unpack(this.#bytes, length), count, this.#column, this.#byteOffset);
  }

  data(dictionary: ArrayLike<Value> | undefined, rowsLeft: number): Page {
    const {
      type,
      uncompressed_page_size: length,
      data_page_header: v1,
      data_page_header_v2: v2,
    } = this.#header;
    const header = type === 'DATA_PAGE' ? v1 : type === 'DATA_PAGE_V2' ? v2 : undefined;
    if (header === undefined) throw this.#problem(`expected a page of values, got one of type ${type}`);
    const { num_values: rows, encoding } = header;
    if (!(rows >= 0 && rows <= rowsLeft)) {
      throw this.#problem(`expected a page of at most ${rowsLeft} values, got one of ${rows}`);
    }
    if (rows > MAX_PAGE_ROWS) {
      throw this.#problem(`expected pages of at most ${MAX_PAGE_ROWS} values, got one of ${rows}`);
    }
    const { levels, values } =
      v2 !== undefined && type === 'DATA_PAGE_V2' ? this.#second(v2, length) : this.#first(length);
    const present = this.#readPresent(levels, rows);
    return this.#toPage(rows, present, values, encoding, dictionary);
  }

  /** All of it is packed, and the levels say how long they are. */
  #first(length: number): { levels: Uint8Array; values: Uint8Array } {
    const bytes = this.#unpack(this.#bytes, length);
    if (this.#column.maxLevel === 0) return { levels: bytes.subarray(0, 0), values: bytes };
    const levelBytes = bytes.length < 4 ? Number.POSITIVE_INFINITY : viewOf(bytes).getUint32(0, true);
    if (levelBytes > bytes.length - 4) {
      throw this.#problem(
        `expected levels within ${bytes.length} ${plural(bytes.length, 'byte')} of a page, got ${levelBytes}`,
      );
    }
    return { levels: bytes.subarray(4, 4 + levelBytes), values: bytes.subarray(4 + levelBytes) };
  }

  /** The levels stand before what is packed. */
  #second(header: NonNullable<Header['data_page_header_v2']>, length: number) {
    const { definition_levels_byte_length: own, repetition_levels_byte_length: others } = header;
    const before = own + others;
    if (!(own >= 0 && others >= 0 && before <= this.#bytes.length && before <= length)) {
      throw this.#problem(
        `expected levels within ${length} ${plural(length, 'byte')} of a page, got ${before}`,
      );
    }
    const packed = this.#bytes.subarray(before);
    const values = header.is_compressed === false ? packed : this.#unpack(packed, length - before);
    return { levels: this.#bytes.subarray(others, before), values };
  }

  /** 1 for every row that has a value; `undefined` if all have. */
  #readPresent(bytes: Uint8Array, rows: number): Int32Array | undefined {
    const { maxLevel } = this.#column;
    if (maxLevel === 0) return undefined;
    const levels = new Int32Array(rows);
    readHybrid(bytes, 32 - Math.clz32(maxLevel), levels, this.#byteOffset);
    return levels.every((level) => level === maxLevel) ? undefined : levels;
  }

  #toPage(
    rows: number,
    levels: Int32Array | undefined,
    bytes: Uint8Array,
    encoding: string,
    dictionary: ArrayLike<Value> | undefined,
  ): Page {
    const { maxLevel } = this.#column;
    let count = rows;
    if (levels !== undefined) {
      count = 0;
      for (const level of levels) if (level === maxLevel) count += 1;
    }
    const isDictionary = encoding === 'PLAIN_DICTIONARY' || encoding === 'RLE_DICTIONARY';
    if (!isDictionary) {
      const values = this.#readValues(bytes, count, encoding);
      return { rows, values, positions: levels && spread(levels, maxLevel) };
    }
    if (dictionary === undefined)
      throw this.#problem('expected a dictionary before what refers to it, got none');
    const indexes = this.#readIndexes(bytes, count, dictionary.length);
    return { rows, values: dictionary, positions: levels ? spread(levels, maxLevel, indexes) : indexes };
  }

  #readIndexes(bytes: Uint8Array, count: number, limit: number): Int32Array {
    const indexes = new Int32Array(count);
    if (count === 0) return indexes;
    readHybrid(bytes.subarray(1), bytes[0] ?? 0, indexes, this.#byteOffset);
    for (const index of indexes) {
      if (index < 0 || index >= limit) {
        throw this.#problem(`expected a place in a dictionary of ${limit} values, got ${index >>> 0}`);
      }
    }
    return indexes;
  }

  #readValues(bytes: Uint8Array, count: number, encoding: string): ArrayLike<Value> {
    const column = this.#column;
    const at = this.#byteOffset;
    switch (encoding) {
      case 'PLAIN':
        return readPlain(bytes, count, column, at);
      case 'DELTA_BINARY_PACKED':
        return count === 0 ? [] : readDeltas(bytes, count, column, at);
      case 'DELTA_LENGTH_BYTE_ARRAY':
      case 'DELTA_BYTE_ARRAY':
        return count === 0 ? [] : readDeltaTexts(bytes, count, column, at, encoding === 'DELTA_BYTE_ARRAY');
      case 'BYTE_STREAM_SPLIT':
        return readPlain(joinStreams(bytes, count, widthOf(column)), count, column, at);
      default:
        throw this.#problem(`expected an encoding that is known, got ${encoding} in column ${column.name}`);
    }
  }

  #unpack(bytes: Uint8Array, length: number): Uint8Array {
    if (this.#codec === 'UNCOMPRESSED') return bytes;
    const unpack = compressors[this.#codec];
    if (unpack === undefined) {
      throw this.#problem(`expected a compression that is known, got ${this.#codec}`);
    }
    if (length === 0) return new Uint8Array();
    const unpacked = understood(this.#byteOffset, () => unpack(bytes, length));
    if (unpacked.length !== length) {
      throw this.#problem(
        `expected ${length} ${plural(length, 'byte')} in a packed page, got ${unpacked.length}`,
      );
    }
    return unpacked;
  }

  #problem(message: string): FormatError {
    return new FormatError(message, this.#byteOffset);
  }
}

/** Every byte of the values in a stretch of its own (`BYTE_STREAM_SPLIT`). */
function joinStreams(bytes: Uint8Array, count: number, width: number): Uint8Array {
  const joined = new Uint8Array(Math.min(bytes.length, count * width));
  if (joined.length < count * width) return joined;
  for (let byte = 0; byte < width; byte += 1) {
    for (let index = 0; index < count; index += 1)
      joined[index * width + byte] = bytes[byte * count + index]!;
  }
  return joined;
}

/** Positions of the values that are there, those of a dictionary by `indexes`, and -1 for the others. */
function spread(levels: Int32Array, maxLevel: number, indexes?: Int32Array): Int32Array {
  const positions = new Int32Array(levels.length);
  let next = 0;
  for (let row = 0; row < levels.length; row += 1) {
    positions[row] = levels[row] === maxLevel ? (indexes?.[next++] ?? next++) : -1;
  }
  return positions;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
