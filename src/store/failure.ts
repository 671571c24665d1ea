/** From what a Redis client rejects with to the errors of this library. */

import { StoreError, WrongTypeError } from '../errors.js';
import type { RedisClient } from './client.js';

/** An answer of the server that is an error begins with its code in capitals; what clients say themselves does not. */
const REPLY_CODE = /^[A-Z]{2,} /;
const PASSWORD_CODE = /^(NOAUTH|WRONGPASS|ERR invalid password|ERR AUTH) ?/;
/** Refusals that every other write would meet as well. */
const SERVER_CODE = /^(OOM|READONLY|MISCONF|LOADING|MASTERDOWN|NOREPLICAS|CLUSTERDOWN|NOAUTH) /;
const UNKNOWN_COMMAND = /^ERR unknown (sub)?command/i;

/** Whether the server itself answered with an error: it did nothing. Otherwise nobody knows what it did. */
export function isRefusal(error: unknown): boolean {
  return REPLY_CODE.test(messageOf(error));
}

/** Whether the trouble is with one key, so that others may still be written. */
export function isAboutKey(error: unknown): boolean {
  return isRefusal(error) && !SERVER_CODE.test(messageOf(error));
}

/** Whether the server, or what passes for it, does not know a command; a `StoreError` tells by its cause. */
export function isUnknownCommand(error: unknown): boolean {
  if (error instanceof StoreError) return isUnknownCommand(error.cause);
  return UNKNOWN_COMMAND.test(messageOf(error));
}

/** The error to throw for a failed request; asks the server for the type of `key` where that is the trouble. */
export async function explainFailure(client: RedisClient, error: unknown, key?: string): Promise<StoreError> {
  if (error instanceof StoreError) return error;
  const message = messageOf(error);
  const options = { cause: error };
  if (key !== undefined && message.startsWith('WRONGTYPE')) {
    const type = await client.type(key).catch(() => 'unknown');
    return new WrongTypeError(key, type, options);
  }
  if (PASSWORD_CODE.test(message)) {
    return new StoreError(`expected Redis to accept the password, got ${JSON.stringify(message)}`, options);
  }
  if (isRefusal(error)) {
    const place = key === undefined ? '' : ` for key ${JSON.stringify(key)}`;
    return new StoreError(`expected an answer from Redis${place}, got ${JSON.stringify(message)}`, options);
  }
  return new StoreError(`expected an answer from Redis, got none: ${message}`, options);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
