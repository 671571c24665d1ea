import { ownText } from '../../base/own.js';

/** How many are remembered. A power of two. */
const SLOTS = 256;

/** Names of events: those met often cost no text, and none keeps the file that it was read from in memory. */
export class EventNames {
  readonly #names: string[] = new Array<string>(SLOTS).fill('');

  /** The text `[from, to)`. */
  read(text: string, from: number, to: number): string {
    const length = to - from;
    if (length === 0) return '';
    const slot = (length * 37 + text.charCodeAt(from) * 5 + text.charCodeAt(to - 1)) % SLOTS;
    const known = this.#names[slot]!;
    if (known.length === length && text.startsWith(known, from)) return known;
    const name = ownText(text.slice(from, to));
    this.#names[slot] = name;
    return name;
  }
}
