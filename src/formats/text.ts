/** UTF-8 text that arrives in chunks, read the same wherever the chunks end. */

import { fromPlatform } from '../base/errors.js';
import { unfinishedLength, wellFormedLength } from '../base/utf8.js';
import { concatBytes } from './bytes.js';

export const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf] as const;

/** Turns bytes into text, chunk by chunk, without a byte order mark at the beginning. */
export class Utf8Reader {
  readonly #decoder = new (fromPlatform('TextDecoder'))('utf-8', { fatal: true, ignoreBOM: true });
  /** The beginning of a character whose end has not come yet. */
  #rest = new Uint8Array(0);
  #hasBegun = false;

  /** The text up to the end of the chunk, or up to the first byte that is no UTF-8, with a sentence about it. */
  read(chunk: Uint8Array): { readonly text: string; readonly problem?: string } {
    const bytes = concatBytes([this.#rest, chunk]);
    const end = bytes.length - unfinishedLength(bytes);
    this.#rest = bytes.slice(end);
    try {
      return { text: this.#decode(bytes.subarray(0, end)) };
    } catch {
      const text = this.#decode(bytes.subarray(0, wellFormedLength(bytes)));
      return { text, problem: 'expected UTF-8 text, got other bytes' };
    }
  }

  /** A sentence about what is wrong with the end, if anything is. */
  end(): string | undefined {
    return this.#rest.length === 0 ? undefined : 'expected UTF-8 text, got a part of a character at the end';
  }

  #decode(bytes: Uint8Array): string {
    const text = this.#decoder.decode(bytes);
    const isMarked = !this.#hasBegun && text.startsWith('\uFEFF');
    this.#hasBegun ||= text !== '';
    return isMarked ? text.slice(1) : text;
  }
}

/** How many bytes a byte order mark takes at the beginning: 3, or 0 if there is none. */
export function markLength(bytes: Uint8Array): number {
  return BYTE_ORDER_MARK.every((byte, at) => bytes[at] === byte) ? BYTE_ORDER_MARK.length : 0;
}
