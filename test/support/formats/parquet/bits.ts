/** Numbers as Parquet packs them, written the plain way: digit by digit. */

/** 7 bits a byte, the lowest first. */
export function varint(number: bigint | number): number[] {
  const bytes: number[] = [];
  let rest = BigInt(number);
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
}

/** The sign is the lowest bit. */
export function signedVarint(number: bigint | number): number[] {
  const whole = BigInt(number);
  return varint(whole < 0n ? -2n * whole - 1n : 2n * whole);
}

/** Bits of all numbers one behind the other, the lowest first, in whole bytes. */
export function packed(numbers: readonly (bigint | number)[], width: number): number[] {
  const digits = numbers
    .map((number) => [...BigInt(number).toString(2).padStart(width, '0')].reverse().join('').slice(0, width))
    .join('');
  return (digits.match(/.{1,8}/g) ?? []).map((byte) => Number.parseInt([...byte].reverse().join(''), 2));
}
