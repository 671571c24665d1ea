/** Bits of one key in one command: BITFIELD sets and clears any number of them, in their order, where SETBIT does one. */

import type { BitWrite } from '../types.js';
import type { RedisTransaction } from './client.js';
import { toInteger, toList } from './replies.js';

/** More bits than this in one command would be more arguments than a client hands over at once. */
export const MAX_FIELDS = 1000;

/** Bits of a key that change in one command. */
export interface KeyBits {
  readonly key: string;
  readonly ids: number[];
  readonly values: (0 | 1)[];
  /** Place of each among the bits of all writes. */
  readonly places: number[];
}

/**
 * The bits of all writes by key, at most `maxBits` together. Keys do not depend on each other; the bits of one stay in their
 * order.
 */
export function groupByKey(writes: readonly BitWrite[], maxBits: number): KeyBits[] {
  const groups: KeyBits[] = [];
  const latest = new Map<string, KeyBits>();
  let place = 0;
  for (const { key, ids, value } of writes) {
    for (let at = 0; at < ids.length; at++) {
      let group = latest.get(key);
      if (group === undefined || group.ids.length === maxBits) {
        group = { key, ids: [], values: [], places: [] };
        latest.set(key, group);
        groups.push(group);
      }
      group.ids.push(ids[at]!);
      group.values.push(value);
      group.places.push(place++);
    }
  }
  return groups;
}

/**
 * Groups in rounds, each to be over before the next begins: within one it does not matter which request is served first, since
 * some are repeated, and a cluster's client sends some to another node.
 */
export function roundsOf(groups: readonly KeyBits[]): readonly (readonly KeyBits[])[] {
  const rounds: KeyBits[][] = [];
  const latest = new Map<string, { round: number; value: 0 | 1 | undefined }>();
  for (const group of groups) {
    const [first] = group.values;
    const value = group.values.every((value) => value === first) ? first : undefined;
    const before = latest.get(group.key);
    const agrees = value !== undefined && before?.value === value;
    const round = before === undefined ? 0 : before.round + (agrees ? 0 : 1);
    latest.set(group.key, { round, value });
    rounds[round] ??= [];
    rounds[round].push(group);
  }
  return rounds;
}

/** Sends bits by a client that has BITFIELD, or adds them to its transaction. */
export function addFields(to: Pick<RedisTransaction, 'bitfield'>, { key, ids, values }: KeyBits): unknown {
  const fields: (string | number)[] = [];
  for (let at = 0; at < ids.length; at++) fields.push('SET', 'u1', ids[at]!, values[at]!);
  return (to as FieldSender).bitfield(key, ...fields);
}

/** Declarations of clients end after the first field. */
interface FieldSender {
  bitfield(key: string, ...fields: (string | number)[]): unknown;
}

/** Refuses what is no reply to fields: the bits as they were before. */
export function checkFields(reply: unknown, { key, ids }: KeyBits): void {
  for (const bit of toList(reply, ids.length, 'BITFIELD', key)) toInteger(bit, 0, 1, 'BITFIELD', key);
}
