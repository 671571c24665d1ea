/** Bytes as characters, one each (Latin-1). For excerpts: every byte is an argument of a call. */
export function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

/** The other way round, for text of which no character is beyond U+00FF. */
export function latin1Bytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

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
