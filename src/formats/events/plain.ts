import type { EventRow } from './options.js';
import type { EventReading } from './reading.js';

/**
 * Lines of CSV without quotes, which nearly all files have: read where they lie in the text, without a list of their fields.
 */

const ZERO = 48;
const CARRIAGE_RETURN = 13;
/** Digits of an id. */
const MAX_DIGITS = 10;

/** What databases write for nothing, a field that is empty for other programs. */
export const NULL = '\\N';

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
        } else if (column === event) name = this.#reading.names.read(text, at, fieldEnd);
      }
      if (isLast) {
        if (fieldEnd !== end) return undefined;
        break;
      }
      if (fieldEnd === end || text.charCodeAt(fieldEnd) !== this.#delimiterCode) return undefined;
      at = fieldEnd + 1;
    }
    if (name === NULL) return undefined;
    return this.#reading.readPlain(id, text, timeFrom, timeTo, name);
  }
}
