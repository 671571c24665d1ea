/** From what a Redis client rejects with to the errors of this library. */

import { StoreError, WrongTypeError } from '../../base/errors.js';
import type { RedisCommands } from './commands.js';
import { codeOf, isAboutPassword, isMisplaced, isRefusal, messageOf } from './refusal.js';

/** The error to throw for a failed request; asks the server for the type of `key` where that is the trouble. */
export async function explainFailure(
  commands: RedisCommands,
  error: unknown,
  key?: string,
): Promise<StoreError> {
  if (error instanceof StoreError) return error;
  const message = messageOf(error);
  const options = { cause: error };
  if (key !== undefined && codeOf(error) === 'WRONGTYPE') {
    const type = await commands.type(key).catch(() => 'unknown');
    return new WrongTypeError(key, type, options);
  }
  if (isAboutPassword(error)) {
    return new StoreError(`expected Redis to accept the password, got ${JSON.stringify(message)}`, options);
  }
  if (!commands.isCluster && isMisplaced(error)) return refuseNode(JSON.stringify(message), options);
  if (isRefusal(error)) {
    const place = key === undefined ? '' : ` for key ${JSON.stringify(key)}`;
    return new StoreError(`expected an answer from Redis${place}, got ${JSON.stringify(message)}`, options);
  }
  return new StoreError(`expected an answer from Redis, got none: ${message}`, options);
}

/** The error for a client of a single server that turns out to be a node of a cluster. */
export function refuseNode(got: string, options?: ErrorOptions): StoreError {
  return new StoreError(
    `expected a Redis that stands alone, or a client of the whole cluster (Cluster of ioredis), got ${got}`,
    options,
  );
}
