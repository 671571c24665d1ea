import type { RedisLink } from './link.js';
import type { BitWrite } from './types.js';

/** More bits than this in one transaction would keep the server from its other clients. */
const MAX_BITS = 10_000;

/** Whether these writes can be made all or none: not on a cluster, whose transactions end at the border of a slot. */
export function canTransact(link: RedisLink, writes: readonly BitWrite[]): boolean {
  const bits = writes.reduce((sum, { ids }) => sum + ids.length, 0);
  return !link.isCluster && bits > 0 && bits <= MAX_BITS;
}

/**
 * Sets and clears bits in one MULTI … EXEC, in one round trip: nobody sees a part of them, and nothing is written where the
 * server refuses the transaction. A command that fails within it (a key of another type) undoes nothing, so there is one
 * outcome per bit: its error, or `null`.
 */
export async function writeInTransaction(
  link: RedisLink,
  writes: readonly BitWrite[],
): Promise<(Error | null)[]> {
  const transaction = link.client.multi();
  for (const { key, ids, value } of writes) {
    for (let index = 0; index < ids.length; index += 1) transaction.setbit(key, ids[index]!, value);
  }
  const replies = await transaction.exec().catch((error) => Promise.reject(firstCause(error)));
  if (replies === null) throw new Error('the server discarded the transaction');
  return replies.map(([error]) => error);
}

/** Whether the server knows no transactions; then the commands that were to be one have run one by one. */
export function isWithoutTransactions(error: unknown): boolean {
  return error instanceof Error && /^ERR (unknown command|EXEC without MULTI)/i.test(error.message);
}

/** ioredis rejects with EXEC's error, which only says that there were others. */
function firstCause(error: unknown): unknown {
  const hasOthers = error instanceof Error && 'previousErrors' in error;
  return hasOthers && Array.isArray(error.previousErrors) ? (error.previousErrors[0] ?? error) : error;
}
