/** The smallest integer that is no id any more: bits of a Redis string are addressed by 32 bits. */
export const ID_LIMIT = 2 ** 32;

/**
 * Refuses what is no id; returns it otherwise.
 * @throws TypeError for anything but a number, RangeError for a number that is no integer in [0, 2^32)
 */
export function checkId(id: unknown): number {
  if (typeof id !== 'number') {
    const got = typeof id === 'string' ? JSON.stringify(id) : `${String(id)} (${typeof id})`;
    throw new TypeError(`expected an id that is a number in [0, 2^32), got ${got}`);
  }
  if (!Number.isInteger(id) || id < 0 || id >= ID_LIMIT) {
    throw new RangeError(`expected an id in [0, 2^32), got ${id}`);
  }
  return id;
}
