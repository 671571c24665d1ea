import { describe } from './errors.js';

/**
 * What people can be known by: well-formed text of 1 to 1,000 bytes of UTF-8. Refuses all else.
 * @throws RangeError
 */
export function checkPersonText(text: string): string {
  if (/^\P{Cs}+$/u.test(text) && (text.length < 334 || new TextEncoder().encode(text).length <= 1000)) {
    return text;
  }
  throw new RangeError(`expected text of 1 to 1000 bytes of UTF-8, got ${describe(text.slice(0, 50))}`);
}
