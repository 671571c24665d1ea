/** What is an id. */

import { ID_LIMIT } from './limits.js';

/**
 * Refuses what is no id; returns it otherwise.
 * @throws TypeError for anything but a number, RangeError for a number that is no integer in [0, 2^32)
 */
export function checkId(id: unknown): number {
  if (typeof id !== 'number') {
    const got = typeof id === 'string' ? JSON.stringify(id) : `${String(id)} (${typeof id})`;
    const hint =
      typeof id !== 'string'
        ? ''
        : isIdText(id)
          ? `; convert it with Number(${got})`
          : '; text needs the option people';
    throw new TypeError(`expected an id that is a number in [0, 2^32), got ${got}${hint}`);
  }
  if (!Number.isInteger(id) || id < 0 || id >= ID_LIMIT) {
    throw new RangeError(`expected an id in [0, 2^32), got ${id}`);
  }
  return id;
}

/**
 * Refuses ids if any of them is not one.
 * @throws TypeError or RangeError as `checkId` does
 */
export function checkIds(ids: ArrayLike<number>): void {
  if (ids instanceof Uint32Array || ids instanceof Uint16Array || ids instanceof Uint8Array) return;
  for (let index = 0; index < ids.length; index++) checkId(ids[index]);
}

/** Ids that come from a file, an address or JSON are often text. */
function isIdText(id: string): boolean {
  return /^\d{1,10}$/.test(id) && Number(id) < ID_LIMIT;
}
