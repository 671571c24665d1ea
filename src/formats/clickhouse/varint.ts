/** A whole number below 2^53 as LEB128: 7 bits a byte, the least significant first. */
export function varint(number: number): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  let rest = number;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}
