import { describe } from './errors.js';

/** Of a text that somebody is known by. */
export const MAX_PERSON_BYTES = 1000;

/** Many times as fast as looking for it; not every platform has it. */
interface MaybeTelling {
  isWellFormed?(): boolean;
}

/** Whether it can be one: well-formed text of 1 to 1,000 bytes of UTF-8. */
export function isPersonText(text: string): boolean {
  if (typeof text !== 'string' || text === '') return false;
  if (!((text as MaybeTelling).isWellFormed?.() ?? !/\p{Cs}/u.test(text))) return false;
  return text.length * 3 <= MAX_PERSON_BYTES || new TextEncoder().encode(text).length <= MAX_PERSON_BYTES;
}

/** @throws RangeError for what nobody can be known by */
export function checkPersonText(text: string): string {
  if (isPersonText(text)) return text;
  throw new RangeError(
    `expected text of 1 to ${MAX_PERSON_BYTES} bytes of UTF-8, got ${describe(text?.slice?.(0, 50) ?? text)}`,
  );
}
