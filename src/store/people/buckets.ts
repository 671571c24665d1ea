/**
 * Buckets of hashes, by which texts are looked up: records of eight bytes, the hash of a text and its number. A text is found by
 * reading the one bucket that its hash is for, and comparing the texts of the numbers with the same hash. Buckets are split one by
 * one as numbers are given out (linear hashing), so that they stay short and nothing is ever moved as a whole.
 */

/** On the average, at most. */
export const BUCKET_PEOPLE = 128;
export const RECORD_BYTES = 8;

/** How many buckets there are once so many numbers have been given out. */
export function bucketCount(size: number): number {
  return Math.max(1, Math.ceil(size / BUCKET_PEOPLE));
}

/** Which of `count` buckets a hash is for. */
export function bucketOf(hash: number, count: number): number {
  let level = 1;
  while (level * 2 <= count) level *= 2;
  const bucket = hash % (level * 2);
  return bucket < count ? bucket : hash % level;
}

/**
 * The buckets of a map in which so many numbers have been given out, those that are empty left out.
 * @param hashes by number
 * @param has whether somebody has a number
 */
export function* encodeBuckets(
  hashes: Uint32Array,
  has: (number: number) => boolean,
): Generator<readonly [bucket: number, bytes: Uint8Array<ArrayBuffer>], void> {
  const count = bucketCount(hashes.length);
  const ends = new Uint32Array(count + 1);
  for (const [number, hash] of hashes.entries()) if (has(number)) ends[bucketOf(hash, count) + 1]! += 1;
  for (let bucket = 1; bucket <= count; bucket++) ends[bucket]! += ends[bucket - 1]!;
  const starts = ends.slice();
  const numbers = new Uint32Array(ends[count]!);
  for (const [number, hash] of hashes.entries()) {
    if (has(number)) numbers[starts[bucketOf(hash, count)]!++] = number;
  }
  for (let bucket = 0; bucket < count; bucket++) {
    const inside = numbers.subarray(ends[bucket], ends[bucket + 1]);
    if (inside.length === 0) continue;
    const bytes = new Uint8Array(inside.length * RECORD_BYTES);
    const view = new DataView(bytes.buffer);
    for (const [at, number] of inside.entries()) {
      view.setUint32(at * RECORD_BYTES, hashes[number]!);
      view.setUint32(at * RECORD_BYTES + 4, number);
    }
    yield [bucket, bytes];
  }
}
