/** Digits of 11 bits: three hold an id, and the counts of one fit into the first cache. */
const DIGIT_BITS = 11;
const DIGITS = 2 ** DIGIT_BITS;
/** From so many ids on, counting digits is faster than comparing. */
const MANY_IDS = 4096;

/** A copy of `ids` in ascending order. */
export function sortIds(ids: ArrayLike<number>): Uint32Array {
  const copy = new Uint32Array(ids);
  for (let at = 1; at < copy.length; at++) {
    if (copy[at]! < copy[at - 1]!) return copy.length < MANY_IDS ? copy.sort() : sortByDigits(copy);
  }
  return copy;
}

/** From the lowest digit to the highest; a digit that all ids share takes no pass. */
function sortByDigits(ids: Uint32Array<ArrayBuffer>): Uint32Array {
  const counts = new Uint32Array(DIGITS);
  let from = ids;
  let to = new Uint32Array(ids.length);
  for (let shift = 0; shift < 32; shift += DIGIT_BITS) {
    counts.fill(0);
    for (let at = 0; at < from.length; at++) counts[(from[at]! >>> shift) % DIGITS]! += 1;
    if (counts[(from[0]! >>> shift) % DIGITS] === from.length) continue;
    let sum = 0;
    for (let digit = 0; digit < DIGITS; digit++) {
      const count = counts[digit]!;
      counts[digit] = sum;
      sum += count;
    }
    for (let at = 0; at < from.length; at++) {
      const id = from[at]!;
      const digit = (id >>> shift) % DIGITS;
      to[counts[digit]!] = id;
      counts[digit]! += 1;
    }
    [from, to] = [to, from];
  }
  return from;
}
