/** Lines of text that arrives in pieces, however long they are. */

/** A line may be this long, in UTF-16 code units. */
export const MAX_LINE_LENGTH = 2 ** 22;

/** A line without its end, counted from 1; `undefined` instead of the text of one that is too long. */
export interface Line {
  readonly text: string | undefined;
  readonly number: number;
}

export class LineReader {
  /** The line that is being read. */
  number = 1;
  #rest = '';
  /** Whether the line being read is too long to be kept. */
  #isTooLong = false;

  /** The lines that end in a piece of text. */
  *read(text: string): Generator<Line, void> {
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      yield this.#end(text.slice(from, end));
      from = end + 1;
    }
    this.#add(text.slice(from));
  }

  /** The last line, if it has no end. */
  *end(): Generator<Line, void> {
    if (this.#rest !== '' || this.#isTooLong) yield this.#end('');
  }

  #end(text: string): Line {
    this.#add(text);
    const line = { text: this.#isTooLong ? undefined : this.#rest, number: this.number };
    this.#rest = '';
    this.#isTooLong = false;
    this.number += 1;
    return line;
  }

  #add(text: string): void {
    if (this.#isTooLong) return;
    this.#rest += text;
    if (this.#rest.length <= MAX_LINE_LENGTH) return;
    this.#rest = '';
    this.#isTooLong = true;
  }
}
