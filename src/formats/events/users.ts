import { ID_LIMIT } from '../../base/limits.js';
import { isPersonText, MAX_PERSON_BYTES } from '../../base/person.js';
import { shown } from './quoting.js';

/** Whom a row is about, as its file says it. */

const DIGITS = /^\d+$/;

/** The id of a value: a number, or digits; otherwise a sentence about what is wrong. */
export function readId(value: unknown): number | string {
  const id = typeof value === 'string' ? (DIGITS.test(value) ? Number(value) : -1) : Number(value);
  if (id < ID_LIMIT && id >= 0 && Number.isInteger(id) && isScalar(value)) return id;
  const advice = isMissing(value) ? '' : '; if people are known by texts, read them with people';
  return `expected a user id from 0 to ${ID_LIMIT - 1}, got ${shown(value)}${advice}`;
}

/** The text that a person is known by, or what is wrong with it. */
export function readText(value: unknown): { readonly text: string } | { readonly problem: string } {
  if (isMissing(value)) return { problem: `expected the text that a user is known by, got ${shown(value)}` };
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    return { problem: `expected a text or a whole number below 2^53 as user, got ${value}` };
  }
  if (!isScalar(value)) return { problem: `expected the text that a user is known by, got ${shown(value)}` };
  const text = String(value);
  if (isPersonText(text)) return { text };
  const problem = `expected a user's text of 1 to ${MAX_PERSON_BYTES} bytes of UTF-8, got ${shown(text)}`;
  return { problem };
}

function isScalar(value: unknown): value is string | number | bigint {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint';
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}
