/**
 * Text that arrives in chunks of bytes, read the same wherever the chunks end: UTF-8, or UTF-16 by its byte order mark or, without
 * one, by the zero in its first character, which no other text has.
 */

import { fromPlatform } from '../base/errors.js';
import { unfinishedLength, wellFormedLength } from '../base/utf8.js';
import { concatBytes } from './bytes.js';

export const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf] as const;

/** A piece of text; with a sentence about the bytes that come after it, if they are no text. */
export interface TextPiece {
  readonly text: string;
  readonly problem?: string;
}

/** How the bytes of an encoding are told apart. */
interface Encoding {
  readonly name: string;
  /** The decoder's name. */
  readonly label: string;
  readonly markLength: number;
  /** Bytes at the end that begin a character of which the rest is still to come. */
  readonly unfinishedLength: (bytes: Uint8Array) => number;
  /** Bytes at the beginning that are characters. */
  readonly wellFormedLength: (bytes: Uint8Array) => number;
}

const UTF_8: Encoding = { name: 'UTF-8', label: 'utf-8', markLength: 0, unfinishedLength, wellFormedLength };

/** Turns bytes into text, chunk by chunk, without a byte order mark at the beginning. */
export class TextReader {
  readonly #isLossy: boolean;
  #encoding: Encoding | undefined;
  #decoder: TextDecoder | undefined;
  /** The beginning of a character, or of the text, whose end has not come yet. */
  #rest = new Uint8Array(0);

  /** @param isLossy whether bytes that are no text become U+FFFD instead of a problem */
  constructor({ isLossy = false }: { readonly isLossy?: boolean } = {}) {
    this.#isLossy = isLossy;
  }

  /** A short sentence about the encoding, once it is known, if it is not UTF-8. */
  get note(): string | undefined {
    const encoding = this.#encoding ?? UTF_8;
    return encoding === UTF_8 || encoding.name === UTF_8.name ? undefined : `the text is ${encoding.name}`;
  }

  /** The text up to the end of the chunk, or up to the first byte that is no text. */
  read(chunk: Uint8Array): TextPiece {
    const bytes = concatBytes([this.#rest, chunk]);
    if (this.#encoding === undefined && bytes.length < BYTE_ORDER_MARK.length) {
      this.#rest = bytes.slice();
      return { text: '' };
    }
    const start = this.#encoding === undefined ? this.#begin(bytes) : 0;
    const end = bytes.length - this.#encoding!.unfinishedLength(bytes.subarray(start));
    this.#rest = bytes.slice(end);
    return this.#decode(bytes.subarray(start, end));
  }

  /** The text that was held back, and what is wrong with the end, if anything is. */
  end(): TextPiece {
    const bytes = this.#rest;
    this.#rest = new Uint8Array(0);
    const start = this.#encoding === undefined ? this.#begin(bytes) : 0;
    const whole = this.#encoding!.wellFormedLength(bytes.subarray(start)) + start;
    const piece = this.#decode(bytes.subarray(start, this.#isLossy ? bytes.length : whole));
    if (this.#isLossy || whole === bytes.length) return piece;
    return {
      ...piece,
      problem: `expected ${this.#encoding!.name} text, got a part of a character at the end`,
    };
  }

  /** Finds the encoding out by the first bytes, and says how many of them are a byte order mark. */
  #begin(bytes: Uint8Array): number {
    this.#encoding = encodingOf(bytes);
    const options = { fatal: !this.#isLossy, ignoreBOM: true };
    this.#decoder = new (fromPlatform('TextDecoder'))(this.#encoding.label, options);
    return this.#encoding.markLength;
  }

  #decode(bytes: Uint8Array): TextPiece {
    const decoder = this.#decoder!;
    try {
      return { text: decoder.decode(bytes) };
    } catch {
      const { name, wellFormedLength: lengthOf } = this.#encoding!;
      return {
        text: decoder.decode(bytes.subarray(0, lengthOf(bytes))),
        problem: `expected ${name} text, got other bytes`,
      };
    }
  }
}

/** How many bytes a byte order mark of UTF-8 takes at the beginning: 3, or 0 if there is none. */
export function markLength(bytes: Uint8Array): number {
  return BYTE_ORDER_MARK.every((byte, at) => bytes[at] === byte) ? BYTE_ORDER_MARK.length : 0;
}

function encodingOf(bytes: Uint8Array): Encoding {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return utf16('utf-16le', 0, 2);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return utf16('utf-16be', 1, 2);
  if (bytes[0]! > 0 && bytes[1] === 0) return utf16('utf-16le', 0, 0);
  if (bytes[0] === 0 && bytes[1]! > 0) return utf16('utf-16be', 1, 0);
  return { ...UTF_8, markLength: markLength(bytes) };
}

/** @param low which byte of two is the lower one, 0 or 1; the other one tells surrogates */
function utf16(label: string, low: 0 | 1, markLength: number): Encoding {
  const high = 1 - low;
  const isLead = (bytes: Uint8Array, at: number) => (bytes[at + high]! & 0xfc) === 0xd8;
  const isTrail = (bytes: Uint8Array, at: number) => (bytes[at + high]! & 0xfc) === 0xdc;
  return {
    name: 'UTF-16',
    label,
    markLength,
    unfinishedLength: (bytes) => {
      const odd = bytes.length % 2;
      const last = bytes.length - odd - 2;
      return odd + (last >= 0 && isLead(bytes, last) ? 2 : 0);
    },
    wellFormedLength: (bytes) => {
      let at = 0;
      while (at + 2 <= bytes.length && !isTrail(bytes, at)) {
        if (!isLead(bytes, at)) at += 2;
        else if (at + 4 <= bytes.length && isTrail(bytes, at + 2)) at += 4;
        else break;
      }
      return at;
    },
  };
}
