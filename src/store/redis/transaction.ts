import type { BitWrite } from '../types.js';
import type { RedisLink } from './link.js';

/** More bits than this in one transaction would keep the server from its other clients. */
const MAX_BITS = 10_000;

/** Whether these writes can be made all or none: not on a cluster, whose transactions end at the border of a slot. */
export function canTransact(link: RedisLink, writes: readonly BitWrite[]): boolean {
  const bits = writes.reduce((sum, { ids }) => sum + ids.length, 0);
  return !link.commands.isCluster && !link.lacks('transactions') && bits > 0 && bits <= MAX_BITS;
}
