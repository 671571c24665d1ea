/**
 * The headers of Parquet are structures of Thrift's compact protocol, which hyparquet turns into objects. Before it does, this walks
 * over one: numbers without end, lists longer than the file and structures within structures without end are refused here,
 * where they cost nothing.
 */

import { FormatError } from '../../base/errors.js';

/**
 * The offset behind the structure that begins at `from`.
 * @throws FormatError if `bytes` end before it, with `base` added to the place; or it is none.
 */
export function endOfStruct(bytes: Uint8Array, from: number, base: number): number {
  return new Walk(bytes, from, base).struct(0);
}

const MAX_DEPTH = 32;
const MAX_NUMBER_BYTES = 10;

const STOP = 0;
const TRUE = 1;
const FALSE = 2;
const BYTE = 3;
const DOUBLE = 7;
const BINARY = 8;
const LIST = 9;
const SET = 10;
const STRUCT = 12;
/** 16, 32 and 64 bits. */
const NUMBERS: readonly number[] = [4, 5, 6];

class Walk {
  readonly #bytes: Uint8Array;
  readonly #base: number;
  #at: number;

  constructor(bytes: Uint8Array, from: number, base: number) {
    this.#bytes = bytes;
    this.#at = from;
    this.#base = base;
  }

  struct(depth: number): number {
    this.#enter(depth);
    for (;;) {
      const byte = this.#byte();
      const type = byte & 0x0f;
      if (type === STOP) return this.#at;
      if (byte >> 4 === 0) this.#number();
      if (type !== TRUE && type !== FALSE) this.#skip(type, depth);
    }
  }

  #skip(type: number, depth: number): void {
    if (NUMBERS.includes(type)) this.#number();
    else if (type === TRUE || type === FALSE || type === BYTE) this.#byte();
    else if (type === DOUBLE) this.#pass(8);
    else if (type === BINARY) this.#pass(this.#number());
    else if (type === LIST || type === SET) this.#list(depth);
    else if (type === STRUCT) this.struct(depth + 1);
    else throw this.#problem(`expected a header, got a field of the unknown type ${type}`);
  }

  #list(depth: number): void {
    this.#enter(depth);
    const byte = this.#byte();
    const short = byte >> 4;
    const length = short === 15 ? this.#number() : short;
    // Every element takes a byte at least.
    if (length > this.#bytes.length - this.#at)
      throw this.#problem(`expected a list, got ${length} elements`);
    for (let index = 0; index < length; index += 1) this.#skip(byte & 0x0f, depth + 1);
  }

  #enter(depth: number): void {
    if (depth > MAX_DEPTH) throw this.#problem('expected a header, got one too deep');
  }

  #byte(): number {
    if (this.#at >= this.#bytes.length) throw this.#problem('expected a header, got its beginning only');
    return this.#bytes[this.#at++]!;
  }

  #pass(length: number): void {
    if (length > this.#bytes.length - this.#at)
      throw this.#problem('expected a header, got its beginning only');
    this.#at += length;
  }

  #number(): number {
    let value = 0;
    for (let index = 0; index < MAX_NUMBER_BYTES; index += 1) {
      const byte = this.#byte();
      value += (byte & 0x7f) * 128 ** index;
      if (byte < 0x80) return value;
    }
    throw this.#problem(`expected a number of at most ${MAX_NUMBER_BYTES} bytes, got a longer one`);
  }

  #problem(message: string): FormatError {
    return new FormatError(message, this.#base + this.#at);
  }
}
