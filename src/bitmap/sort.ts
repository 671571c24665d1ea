/** A copy of `ids` in ascending order. */
export function sortIds(ids: ArrayLike<number>): Uint32Array {
  const copy = Uint32Array.from(ids);
  for (let at = 1; at < copy.length; at++) {
    if (copy[at]! < copy[at - 1]!) return copy.sort();
  }
  return copy;
}
