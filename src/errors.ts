/**
 * The errors this library throws beside plain `TypeError` and `RangeError` (wrong kind of argument, argument out of
 * range). Messages are one sentence: "expected X, got Y".
 */

/** Base class of everything thrown here that is not a plain argument error. */
export class BitmapistError extends Error {
  /** The name of the class, also where code is minified. */
  override name = 'BitmapistError';
}

/** A value as messages show it: text in quotes. */
export function describe(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
