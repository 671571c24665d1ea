/** What a client answers, looked at before it is believed: clients are received by their shape, and shapes lie. */

import { plural, StoreError } from '../../base/errors.js';

const EXCERPT_LENGTH = 40;
/** A key may begin with what elsewhere is a byte order mark. */
const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** What a reply is the answer to: the command as Redis calls it, and the key it was asked about. */
export type Asked = readonly [command: string, key?: string | undefined];

/** A whole number from `min` to `max`; clients may be set to answer with text, bytes or a bigint in its place. */
export function toInteger(reply: unknown, min: number, max: number, ...asked: Asked): number {
  const number = numberOf(reply);
  // Adding zero makes -0 a 0.
  if (number !== undefined && number >= min && number <= max) return number + 0;
  throw unexpected(reply, `a whole number from ${min} to ${max}`, ...asked);
}

/** Text, also if it comes as bytes. */
export function toText(reply: unknown, ...asked: Asked): string {
  const text = textOf(reply);
  if (text === undefined) throw unexpected(reply, 'text', ...asked);
  return text;
}

/** At most `maxBytes` bytes. Text in their place has lost what is no UTF-8, so it is refused. */
export function toBytes(reply: unknown, maxBytes: number, ...asked: Asked): Uint8Array {
  if (!(reply instanceof Uint8Array)) throw unexpected(reply, 'bytes', ...asked);
  if (reply.length > maxBytes)
    throw unexpected(reply, `at most ${maxBytes} ${plural(maxBytes, 'byte')}`, ...asked);
  return reply;
}

/** A list of `length` items, or of any number of them. */
export function toList(reply: unknown, length: number | undefined, ...asked: Asked): readonly unknown[] {
  if (Array.isArray(reply) && (length === undefined || reply.length === length)) return reply;
  throw unexpected(reply, length === undefined ? 'a list' : `a list of ${length}`, ...asked);
}

/** The error for a reply that is not what the command answers with. */
export function unexpected(reply: unknown, expected: string, ...[command, key]: Asked): StoreError {
  const place = key === undefined ? '' : ` for key ${JSON.stringify(key)}`;
  const hint = textOf(reply) === 'QUEUED' ? ', as within a transaction of somebody else' : '';
  return new StoreError(
    `expected ${command} to answer with ${expected}${place}, got ${showReply(reply)}${hint}`,
  );
}

function numberOf(reply: unknown): number | undefined {
  if (typeof reply === 'number' || typeof reply === 'bigint') return safe(Number(reply));
  const text = textOf(reply);
  return text !== undefined && /^(0|-?[1-9]\d*)$/.test(text) ? safe(Number(text)) : undefined;
}

function safe(number: number): number | undefined {
  return Number.isSafeInteger(number) ? number : undefined;
}

function textOf(reply: unknown): string | undefined {
  if (typeof reply === 'string') return reply;
  return reply instanceof Uint8Array ? UTF8.decode(reply) : undefined;
}

function showReply(reply: unknown): string {
  if (typeof reply === 'string') {
    const excerpt = reply.length > EXCERPT_LENGTH ? `${reply.slice(0, EXCERPT_LENGTH)}…` : reply;
    return `the text ${JSON.stringify(excerpt)}`;
  }
  if (reply instanceof Uint8Array) return `${reply.length} ${plural(reply.length, 'byte')}`;
  if (Array.isArray(reply)) return `a list of ${reply.length}`;
  if (typeof reply === 'object' && reply !== null) return 'an object';
  return typeof reply === 'bigint' ? `${reply}n` : String(reply);
}
