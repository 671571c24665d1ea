/** Python's way with numbers, which `compat` reports print to the letter. */

/**
 * Python's `round(value, digits)`: to the nearest decimal of the exact binary value, exact halves to the even neighbour.
 * @param value 0 or more
 * @param digits decimals to keep, 0 to 15
 */
export function roundHalfEven(value: number, digits: number): number {
  // `toFixed` looks at the exact binary value too, but sends exact halves up. A binary fraction lies exactly between
  // two decimals only if it is an odd multiple of 2^-(digits + 1).
  if ((value * 2 ** (digits + 1)) % 2 !== 1) return Number(value.toFixed(digits));
  const scale = 10 ** digits;
  const below = Math.floor(value * scale);
  return (below % 2 === 0 ? below : below + 1) / scale;
}

/** Python's `str()` of a float between 0.0001 and 10^16, or 0: whole numbers keep one decimal. */
export function floatText(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(value);
}
