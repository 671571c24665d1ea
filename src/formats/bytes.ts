/** One run of bytes out of several; the only one itself where there is nothing to join. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const filled = parts.filter((part) => part.length > 0);
  if (filled.length === 1) return filled[0]!;
  const whole = new Uint8Array(filled.reduce((length, part) => length + part.length, 0));
  let to = 0;
  for (const part of filled) {
    whole.set(part, to);
    to += part.length;
  }
  return whole;
}
