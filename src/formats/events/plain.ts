import type { EventRow } from './options.js';
import type { EventReading } from './reading.js';

/**
 * Lines of CSV without quotes, which nearly all files have: read where they lie in the text, without a list of their fields.
 */

const ZERO = 48;
const CARRIAGE_RETURN = 13;
/** Digits of an id. */
const MAX_DIGITS = 10;
/** Names of events that are remembered, so that a row costs no text. A power of two. */
const NAMES = 256;

/** Where in a line things are, if each is in one place. */
export interface PlainPlaces {
  readonly user: number;
  readonly time: number;
  /** -1 if every row is the same event. */
  readonly event: number;
  readonly count: number;
}

export class PlainLines {
  readonly #places: PlainPlaces;
  readonly #delimiter: string;
  readonly #delimiterCode: number;
  readonly #reading: EventReading;
  readonly #names: string[] = new Array<string>(NAMES).fill('');

  constructor(places: PlainPlaces, delimiter: string, reading: EventReading) {
    this.#places = places;
    this.#delimiter = delimiter;
    this.#delimiterCode = delimiter.charCodeAt(0);
    this.#reading = reading;
  }

  /** The event of the line `[from, to)`; `undefined` if the line is not as plain as most, or no event. */
  read(text: string, from: number, to: number): EventRow | undefined {
    const { user, time, event, count } = this.#places;
    const end = text.charCodeAt(to - 1) === CARRIAGE_RETURN ? to - 1 : to;
    let id = -1;
    let timeFrom = 0;
    let timeTo = 0;
    let name = '';
    let at = from;
    for (let column = 0; ; column++) {
      const isLast = column === count - 1;
      let fieldEnd = at;
      if (column === user) {
        id = 0;
        for (; fieldEnd < end; fieldEnd++) {
          const digit = text.charCodeAt(fieldEnd) - ZERO;
          if (!(digit >= 0 && digit <= 9)) break;
          id = id * 10 + digit;
        }
        if (fieldEnd === at || fieldEnd - at > MAX_DIGITS) return undefined;
      } else {
        fieldEnd = text.indexOf(this.#delimiter, at);
        if (fieldEnd < 0 || fieldEnd > end) fieldEnd = end;
        if (column === time) {
          timeFrom = at;
          timeTo = fieldEnd;
        } else if (column === event) name = this.#nameIn(text, at, fieldEnd);
      }
      if (isLast) {
        if (fieldEnd !== end) return undefined;
        break;
      }
      if (fieldEnd === end || text.charCodeAt(fieldEnd) !== this.#delimiterCode) return undefined;
      at = fieldEnd + 1;
    }
    return this.#reading.readPlain(id, text, timeFrom, timeTo, name);
  }

  #nameIn(text: string, from: number, to: number): string {
    const length = to - from;
    if (length === 0) return '';
    const slot = (length * 37 + text.charCodeAt(from) * 5 + text.charCodeAt(to - 1)) % NAMES;
    const known = this.#names[slot]!;
    if (known.length === length && text.startsWith(known, from)) return known;
    const name = text.slice(from, to);
    this.#names[slot] = name;
    return name;
  }
}
