/**
 * Numbers of the portable Roaring format for 32-bit ids (https://github.com/RoaringBitmap/RoaringFormatSpec), as CRoaring,
 * pyroaring, Go, Java, Spark and others read and write it. All integers are little-endian.
 */

/** First 32 bits of a file without run containers; the number of containers follows in another 32. */
export const COOKIE = 12346;
/** First 16 bits of a file with run containers; the number of containers minus one follows in another 16. */
export const COOKIE_WITH_RUNS = 12347;
/** From this many containers on, files with runs say where each container begins; files without always do. */
export const MIN_CONTAINERS_WITH_OFFSETS = 4;
/** Key (high 16 bits) and cardinality minus one of a container. */
export const DESCRIPTION_BYTES = 4;
export const OFFSET_BYTES = 4;
/** A container that is no run is an array up to this many ids, a bitmap beyond. */
export const MAX_ARRAY_IDS = 4096;

/** Byte with its bits in opposite order: Roaring's bit n of a bitmap is `1 << (n & 7)` of byte `n >> 3`. */
export const mirroredBytes = Uint8Array.from({ length: 256 }, (_, byte) => {
  let mirrored = 0;
  for (let bit = 0; bit < 8; bit++) if (byte & (1 << bit)) mirrored |= 0x80 >> bit;
  return mirrored;
});
