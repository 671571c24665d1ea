import { describe } from './errors.js';

/** A text that somebody is known by. */
export const MAX_PERSON_BYTES = 1000;

/** Whether it can be one: well-formed text of 1 to 1,000 bytes of UTF-8. */
export function isPersonText(text: string): boolean {
  if (!/^\P{Cs}+$/u.test(text)) return false;
  return text.length * 3 <= MAX_PERSON_BYTES || new TextEncoder().encode(text).length <= MAX_PERSON_BYTES;
}

/** @throws RangeError for what nobody can be known by */
export function checkPersonText(text: string): string {
  if (isPersonText(text)) return text;
  throw new RangeError(
    `expected text of 1 to ${MAX_PERSON_BYTES} bytes of UTF-8, got ${describe(text.slice(0, 50))}`,
  );
}
