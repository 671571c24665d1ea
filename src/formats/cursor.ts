/**
 * Reads chunks that arrive over time as one run of bytes. Holds on to one chunk, plus the few bytes of the chunk before
 * that were asked for together with it. What is small is read at once after `fill`; only `fill`, `read` and `skip` wait.
 */

import { FormatError, plural } from '../base/errors.js';
import { concatBytes } from './bytes.js';

/** Memory that is taken on the word of a length alone; more only as the bytes arrive. */
const TRUSTED_BYTES = 1 << 16;

export class ByteCursor {
  readonly #chunks: AsyncIterator<Uint8Array>;
  /** Sees every byte once, in order, when it has been read. */
  readonly #observe: ((bytes: Uint8Array) => void) | undefined;
  #buffer: Uint8Array = new Uint8Array(0);
  #position = 0;
  #observed = 0;
  /** Offset of the buffer's first byte. */
  #bufferOffset = 0;
  #ended = false;

  constructor(chunks: AsyncIterable<Uint8Array>, observe?: (bytes: Uint8Array) => void) {
    this.#chunks = chunks[Symbol.asyncIterator]();
    this.#observe = observe;
  }

  /** How many bytes have been read. */
  get byteOffset(): number {
    return this.#bufferOffset + this.#position;
  }

  /** Bytes that can be read without waiting. */
  get available(): number {
    return this.#buffer.length - this.#position;
  }

  /** Waits until `byteLength` bytes are available, or all that are left. */
  async fill(byteLength: number): Promise<void> {
    if (this.available >= byteLength || this.#ended) return;
    const parts = [this.#buffer.subarray(this.#position)];
    let available = this.available;
    this.observe();
    while (available < byteLength && !this.#ended) {
      const { done, value } = await this.#chunks.next();
      if (done) this.#ended = true;
      else {
        // Views of what Node calls a Buffer take several times as long to make.
        parts.push(new Uint8Array(value.buffer, value.byteOffset, value.length));
        available += value.length;
      }
    }
    this.#bufferOffset += this.#position;
    this.#buffer = concatBytes(parts);
    this.#position = 0;
    this.#observed = 0;
  }

  /** Shows what has been read so far to the observer; waiting does so by itself. */
  observe(): void {
    if (this.#observed < this.#position)
      this.#observe?.(this.#buffer.subarray(this.#observed, this.#position));
    this.#observed = this.#position;
  }

  /** The next byte. */
  byte(): number {
    if (this.#position >= this.#buffer.length) throw this.#cutOff(1);
    return this.#buffer[this.#position++]!;
  }

  /** The next bytes, of those available. The view is good until something waits. */
  view(byteLength: number): Uint8Array {
    if (byteLength > this.available) throw this.#cutOff(byteLength - this.available);
    this.#position += byteLength;
    return this.#buffer.subarray(this.#position - byteLength, this.#position);
  }

  /** The next bytes, or as many of them as are available, without reading them. The view is good until something waits. */
  peek(byteLength: number): Uint8Array {
    return this.#buffer.subarray(this.#position, this.#position + byteLength);
  }

  /** The next bytes, of those available, as a copy of their own. */
  copy(byteLength: number): Uint8Array<ArrayBuffer> {
    return this.view(byteLength).slice() as Uint8Array<ArrayBuffer>;
  }

  /** The next bytes as a copy of their own. However many are asked for, memory is taken as they arrive. */
  async read(byteLength: number): Promise<Uint8Array<ArrayBuffer>> {
    if (byteLength <= this.available) return this.copy(byteLength);
    let target = new Uint8Array(Math.min(byteLength, Math.max(TRUSTED_BYTES, this.available)));
    let filled = 0;
    while (filled < byteLength) {
      await this.#fillSome(byteLength - filled);
      const part = this.view(Math.min(byteLength - filled, this.available));
      if (filled + part.length > target.length) {
        const grown = new Uint8Array(Math.min(byteLength, Math.max(filled + part.length, 2 * target.length)));
        grown.set(target.subarray(0, filled));
        target = grown;
      }
      target.set(part, filled);
      filled += part.length;
    }
    return target;
  }

  /** Leaves out the next bytes. */
  async skip(byteLength: number): Promise<void> {
    for (let left = byteLength; left > 0; ) {
      if (left > this.available) await this.#fillSome(left);
      left -= this.view(Math.min(left, this.available)).length;
    }
  }

  /** Whether nothing is left. */
  async atEnd(): Promise<boolean> {
    await this.fill(1);
    return this.available === 0;
  }

  /** Lets go of the chunks; nothing is read afterwards. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  /** Waits for at least one byte of `wanted` more. */
  async #fillSome(wanted: number): Promise<void> {
    await this.fill(1);
    if (this.available === 0) throw this.#cutOff(wanted);
  }

  #cutOff(missing: number): FormatError {
    const bytes = `another ${missing === 1 ? '' : `${missing} `}${plural(missing, 'byte')}`;
    return new FormatError(`expected ${bytes}, got the end`, this.#bufferOffset + this.#buffer.length);
  }
}
