/** Whether bitmaps have changed, as the server tells without sending them: a command for each key, all of them at once. */

import { StoreError } from '../../base/errors.js';
import type { FingerprintKind, RequestOptions } from '../types.js';
import type { RedisLink } from './link.js';
import { isRefusedCommand, messageOf } from './refusal.js';

const NEEDED = {
  count: 'BITCOUNT',
  digest: 'DIGEST (Redis 8.4 or later)',
} as const;

/**
 * @throws StoreError also for a server that does not know the command, or does not allow it
 */
export async function askFingerprints(
  link: RedisLink,
  keys: readonly string[],
  kind: FingerprintKind,
  options: RequestOptions | undefined,
): Promise<string[]> {
  const { commands } = link;
  const fingerprints = new Array<string>(keys.length);
  const send =
    kind === 'count'
      ? async (key: string) => String(await commands.bitcount(key))
      : // A missing key is not an empty one.
        async (key: string) => (await commands.digest(key)) ?? '';
  try {
    await link.sendAll(
      keys.entries(),
      {
        send: ([, key]) => send(key),
        receive: (fingerprint, [index]) => {
          fingerprints[index] = fingerprint;
        },
        keyOf: ([, key]) => key,
      },
      options,
    );
  } catch (error) {
    if (!isRefusedCommand(error)) throw error;
    throw new StoreError(
      `expected a server that tells by ${NEEDED[kind]} whether bitmaps have changed, got ${JSON.stringify(messageOf(error))}`,
      { cause: error },
    );
  }
  return fingerprints;
}
