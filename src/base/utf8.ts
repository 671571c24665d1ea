/** Well-formed UTF-8 (Unicode 15, table 3-7), looked at byte by byte. */

/** Length of the well-formed sequence at `at`, 0 if there is none. */
export function sequenceLength(bytes: Uint8Array, at: number): number {
  const needed = neededBytes(bytes[at]!);
  return fittingBytes(bytes, at, needed) === needed ? needed : 0;
}

/** How many bytes at the end begin a well-formed sequence of which the rest is still to come: 0 to 3. */
export function unfinishedLength(bytes: Uint8Array): number {
  for (let length = 1; length <= Math.min(3, bytes.length); length++) {
    const at = bytes.length - length;
    const needed = neededBytes(bytes[at]!);
    if (needed > length && fittingBytes(bytes, at, needed) === length) return length;
  }
  return 0;
}

/** How many bytes at the beginning are well-formed sequences. */
export function wellFormedLength(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at);
    if (length === 0) break;
    at += length;
  }
  return at;
}

/** How long a sequence is that begins with `lead`, 0 if none does. */
function neededBytes(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/** How many bytes from `at` on are as they must be in a sequence of `needed` bytes. */
function fittingBytes(bytes: Uint8Array, at: number, needed: number): number {
  const lead = bytes[at]!;
  let low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  let high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  let fitting = Math.min(1, needed);
  for (; fitting < needed; fitting++) {
    const byte = bytes[at + fitting];
    if (byte === undefined || byte < low || byte > high) break;
    low = 0x80;
    high = 0xbf;
  }
  return fitting;
}
