/**
 * Redis bit order, in one place: bit n of a bitmap is bit `0x80 >> (n & 7)` of its byte `n >> 3`
 * (https://redis.io/docs/latest/commands/setbit/).
 */

/** Index of the byte that holds bit `bitIndex`, an integer in [0, 2^32). */
export function byteIndex(bitIndex: number): number {
  return bitIndex >>> 3;
}

/** The bit `bitIndex` within its byte, as a mask. */
export function bitMask(bitIndex: number): number {
  return 0x80 >> (bitIndex & 7);
}

/** Whether bit `bitIndex` is set; bits past the end of `bytes` are not. */
export function hasBit(bytes: Uint8Array, bitIndex: number): boolean {
  return ((bytes[byteIndex(bitIndex)] ?? 0) & bitMask(bitIndex)) !== 0;
}

/** Sets bit `bitIndex`, which lies within `bytes`; says whether that changed it. */
export function setBit(bytes: Uint8Array, bitIndex: number): boolean {
  const index = byteIndex(bitIndex);
  const before = bytes[index]!;
  bytes[index] = before | bitMask(bitIndex);
  return bytes[index] !== before;
}

/** Clears bit `bitIndex`, which lies within `bytes`; says whether that changed it. */
export function clearBit(bytes: Uint8Array, bitIndex: number): boolean {
  const index = byteIndex(bitIndex);
  const before = bytes[index]!;
  bytes[index] = before & ~bitMask(bitIndex);
  return bytes[index] !== before;
}

/** Sets bits `first` to `last`, both included, of a bitmap that begins at byte `byteOffset` of `bytes`. */
export function setBits(bytes: Uint8Array, byteOffset: number, first: number, last: number): void {
  const [from, to] = [byteOffset + byteIndex(first), byteOffset + byteIndex(last)];
  const head = 0xff >> (first & 7);
  const tail = (0xff80 >> (last & 7)) & 0xff;
  if (from === to) {
    bytes[from]! |= head & tail;
    return;
  }
  bytes[from]! |= head;
  bytes.fill(0xff, from + 1, to);
  bytes[to]! |= tail;
}
