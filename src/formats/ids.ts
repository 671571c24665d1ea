/**
 * Ids as text, one decimal number a line; `\n` or `\r\n`, blank lines, blanks around a number and a byte order mark do not
 * matter.
 */

import { FormatError, fromPlatform } from '../base/errors.js';
import { ID_LIMIT } from '../base/limits.js';
import { joinHead, latin1 } from './bytes.js';
import { unpackGzip } from './gzip.js';
import { type ByteInput, readChunks } from './input.js';
import { BYTE_ORDER_MARK, markLength } from './text.js';

const BATCH_IDS = 2 ** 14;
const MAX_ID = ID_LIMIT - 1;
/** What is shown of a line that is no id. */
const SHOWN_CHARACTERS = 40;

const NEWLINE = 10;
const ZERO = 48;

/**
 * The ids of a list, plain or gzipped, in batches and in its order.
 * @throws FormatError at the first line that is no id; TypeError if the input is no sequence of bytes; BitmapistError if
 * the platform lacks DecompressionStream for a packed list; the signal's reason.
 * @example
 * import { readIds } from 'bitmapist-wasm/bitmaps';
 *
 * for await (const ids of readIds(new Blob(['7\n8\n']))) console.log([...ids]); // [ 7, 8 ]
 */
export async function* readIds(
  input: ByteInput,
  options: { readonly signal?: AbortSignal | undefined } = {},
): AsyncGenerator<Uint32Array<ArrayBuffer>, void> {
  const parser = new IdParser();
  for await (const chunk of joinHead(unpackGzip(readChunks(input, options.signal)), BYTE_ORDER_MARK.length)) {
    yield* parser.parse(chunk);
  }
  yield* parser.end();
}

class IdParser {
  #batch = new Uint32Array(BATCH_IDS);
  #length = 0;
  #id = 0;
  /** Where reading stands in the line: before its number, within it, after it, or at what is no number. */
  #place: 'before' | 'within' | 'after' | 'broken' = 'before';
  #line = 1;
  #lineOffset = 0;
  #byteOffset = 0;
  /** The beginning of a line that goes on in the next chunk, for the error. */
  #lineStart = '';

  *parse(chunk: Uint8Array): Generator<Uint32Array<ArrayBuffer>, void> {
    const lineAt = this.#place === 'broken' ? 0 : yield* this.#read(chunk);
    this.#lineStart = (this.#lineStart + shown(chunk, lineAt)).slice(0, SHOWN_CHARACTERS);
    this.#byteOffset += chunk.length;
    // The error shows the line, which may go on in the next chunk.
    const isShown = this.#lineStart.length === SHOWN_CHARACTERS || this.#lineStart.includes('\n');
    if (this.#place === 'broken' && isShown) throw this.#error();
  }

  /** Reads up to the end or to what is no id, and returns where the last line begins. */
  *#read(chunk: Uint8Array): Generator<Uint32Array<ArrayBuffer>, number> {
    let at = this.#byteOffset === 0 ? markLength(chunk) : 0;
    if (at > 0) this.#lineOffset = at;
    let lineAt = at;
    for (; at < chunk.length; at++) {
      const byte = chunk[at]!;
      const digit = byte - ZERO;
      if (digit >= 0 && digit <= 9 && this.#place !== 'after') {
        this.#place = 'within';
        this.#id = this.#id * 10 + digit;
        if (this.#id > MAX_ID) break;
      } else if (byte === NEWLINE) {
        if (this.#place !== 'before') this.#batch[this.#length++] = this.#id;
        if (this.#length === BATCH_IDS) yield* this.#take();
        this.#id = 0;
        this.#place = 'before';
        this.#line++;
        this.#lineStart = '';
        lineAt = at + 1;
        this.#lineOffset = this.#byteOffset + lineAt;
      } else if (isBlank(byte)) {
        if (this.#place === 'within') this.#place = 'after';
      } else break;
    }
    if (at < chunk.length) this.#place = 'broken';
    return lineAt;
  }

  *end(): Generator<Uint32Array<ArrayBuffer>, void> {
    if (this.#place === 'broken') throw this.#error();
    if (this.#place !== 'before') this.#batch[this.#length++] = this.#id;
    yield* this.#take();
  }

  *#take(): Generator<Uint32Array<ArrayBuffer>, void> {
    if (this.#length > 0) yield this.#batch.slice(0, this.#length);
    this.#length = 0;
  }

  #error(): FormatError {
    const line = this.#lineStart.split('\n', 1)[0]!;
    return new FormatError(
      `expected an id from 0 to ${MAX_ID} in line ${this.#line}, got ${JSON.stringify(line)}`,
      this.#lineOffset,
    );
  }
}

function isBlank(byte: number): boolean {
  return byte === 32 || byte === 9 || byte === 13;
}

function shown(chunk: Uint8Array, from: number): string {
  return latin1(chunk.subarray(from, from + SHOWN_CHARACTERS));
}

/**
 * The list of ids that arrive in batches: one number a line, each with its newline.
 * @example
 * import { encodeIds } from 'bitmapist-wasm/bitmaps';
 *
 * for await (const bytes of encodeIds([[7, 8]])) console.log(new TextDecoder().decode(bytes)); // 7 8
 */
export async function* encodeIds(
  batches: AsyncIterable<ArrayLike<number>> | Iterable<ArrayLike<number>>,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  const encoder = new (fromPlatform('TextEncoder'))();
  for await (const batch of batches) {
    for (let from = 0; from < batch.length; from += BATCH_IDS) {
      yield encoder.encode(
        Array.prototype.slice
          .call(batch, from, from + BATCH_IDS)
          .join('\n')
          .concat('\n'),
      );
    }
  }
}
