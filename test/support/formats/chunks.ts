/** The same bytes in chunks of `size`. */
export function* chunksOf(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

/** The same bytes cut at each of `cuts`, which need not ascend. */
export function* splitAt(bytes: Uint8Array, cuts: readonly number[]): Generator<Uint8Array> {
  let from = 0;
  for (const to of [...cuts, bytes.length].sort((a, b) => a - b)) {
    if (to > bytes.length || to <= from) continue;
    yield bytes.subarray(from, to);
    from = to;
  }
}
