/**
 * The errors this library throws beside plain `TypeError` and `RangeError` (wrong kind of argument, argument out of
 * range). Messages are one sentence: "expected X, got Y".
 */

/** Base class of everything thrown here that is not a plain argument error. */
export class BitmapistError extends Error {
  /** The name of the class, also if code is minified. */
  override name = 'BitmapistError';
}

/** UTF-16 code units: a line of a terminal. */
const EXCERPT_LENGTH = 72;

/** An expression, period or other text that does not parse. `offset` is the index of the offending character. */
export class SyntaxProblem extends BitmapistError {
  override name = 'SyntaxProblem';
  /** The whole text. */
  readonly text: string;
  /** Where in it, in UTF-16 code units. */
  readonly offset: number;

  constructor(message: string, text: string, offset: number) {
    super(message);
    this.text = text;
    this.offset = offset;
  }

  /** The text around the offending character, in one line and all of it visible, with a caret under it, for terminals. */
  get excerpt(): string {
    const from = characterAt(this.text, Math.max(0, this.offset - EXCERPT_LENGTH / 2));
    const to = characterAt(this.text, from + EXCERPT_LENGTH);
    const before = `${from > 0 ? '…' : ''}${inOneLine(this.text.slice(from, this.offset))}`;
    const after = `${inOneLine(this.text.slice(this.offset, to))}${to < this.text.length ? '…' : ''}`;
    return `${before}${after}\n${' '.repeat(before.length)}^`;
  }
}

/** The index, or the next one if it lies within a character. */
function characterAt(text: string, index: number): number {
  return (text.codePointAt(index - 1) ?? 0) > 0xffff ? index + 1 : index;
}

/** Line breaks and tabs are blanks if the text is looked at closely anyway. */
function inOneLine(text: string): string {
  return printable(text.replace(/[\t-\r]/g, ' '));
}

/** The store could not answer: connection lost, refused, wrong password. The client's own error is the `cause`. */
export class StoreError extends BitmapistError {
  override name = 'StoreError';
}

/** A key holds something other than a string, so it is no bitmap. */
export class WrongTypeError extends StoreError {
  override name = 'WrongTypeError';
  /** The key, without a prefix that the client adds. */
  readonly key: string;

  constructor(key: string, type: string, options?: ErrorOptions) {
    super(
      `expected a bitmap (a Redis string) under key ${JSON.stringify(key)}, got a value of type ${type}`,
      options,
    );
    this.key = key;
  }
}

/** Some of the bits of one write were stored and some were not. `failedKeys` names the keys that were not (fully) written. */
export class PartialWriteError extends StoreError {
  override name = 'PartialWriteError';
  /** Keys of which some bits are not known to be written. */
  readonly failedKeys: readonly string[];

  constructor(message: string, failedKeys: readonly string[], options?: ErrorOptions) {
    super(message, options);
    this.failedKeys = failedKeys;
  }
}

/** Bytes that are not what their format promises. `byteOffset` is where reading stopped, `problem` the sentence without it. */
export class FormatError extends BitmapistError {
  override name = 'FormatError';
  /** What is wrong, in one sentence, without the place. */
  readonly problem: string;
  /** Where reading stopped, counted from the first byte of the unpacked input. */
  readonly byteOffset: number;

  constructor(problem: string, byteOffset: number, options?: ErrorOptions) {
    super(`${problem} (at byte ${byteOffset})`, options);
    this.problem = problem;
    this.byteOffset = byteOffset;
  }
}

/** A question that would read more than its `maxBytes` allows; nothing was read. */
export class BudgetError extends BitmapistError {
  override name = 'BudgetError';
  /** What the question would read, in bytes. */
  readonly neededBytes: number;
  /** What it was allowed to, in bytes. */
  readonly maxBytes: number;

  constructor(neededBytes: number, maxBytes: number, operands: number) {
    super(
      `expected to read at most ${maxBytes} ${plural(maxBytes, 'byte')}, got a question that needs ${neededBytes} ${plural(neededBytes, 'byte')} of ${operands} ${plural(operands, 'bitmap')}`,
    );
    this.neededBytes = neededBytes;
    this.maxBytes = maxBytes;
  }
}

/** Marking many rows ended early. `rowsWritten` rows are written for certain, in order; later ones may be. */
export class IncompleteMarksError extends BitmapistError {
  override name = 'IncompleteMarksError';
  /** Rows written for certain, counted from the first. */
  readonly rowsWritten: number;

  constructor(rowsWritten: number, options: { cause: unknown }) {
    const reason = options.cause instanceof Error ? options.cause.message : String(options.cause);
    super(
      `expected to mark every row, got an error after ${rowsWritten} ${plural(rowsWritten, 'row was', 'rows were')} written: ${reason}`,
      options,
    );
    this.rowsWritten = rowsWritten;
  }
}

/**
 * A noun after a number.
 * @example
 * import { plural } from 'bitmapist-wasm';
 * console.log(`2 ${plural(2, 'row')}, 1 ${plural(1, 'person', 'people')}`); // 2 rows, 1 person
 */
export function plural(count: number, one: string, many = `${one}s`): string {
  return count === 1 ? one : many;
}

/** A value as messages show it: text in quotes. */
export function describe(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

/**
 * A part of the platform that not every one has.
 * @throws BitmapistError that names it if it is missing.
 */
export function fromPlatform<Name extends keyof typeof globalThis>(name: Name): (typeof globalThis)[Name] {
  const part = globalThis[name];
  if (part === undefined) throw new BitmapistError(`expected a platform with ${name}, got one without it`);
  return part;
}

/**
 * Text of others, of which every character can be seen, in one line: those that a terminal acts on, that turn the
 * direction of writing, break the line or take no room show as JSON escapes them (`\u001b`), and so do bytes of keys that are
 * no UTF-8.
 * @example
 * import { printable } from 'bitmapist-wasm';
 *
 * console.log(printable('a\nb')); // a\u000ab
 */
export function printable(text: string): string {
  return text.replace(UNSEEN, (character) => {
    const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
  });
}

/** Not the selectors that give emoji their colours. */
const UNSEEN = /(?![\ufe00-\ufe0f])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
