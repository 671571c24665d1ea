/** Text, or a number of 64 bits. */
export type Single = string | bigint;

/** Numbers by their size, text by its bytes in UTF-8, as Parquet orders them. */
export function compareSingles(a: Single, b: Single): number {
  if (typeof a === 'string' && typeof b === 'string') return compareTexts(a, b);
  return a < b ? -1 : a > b ? 1 : 0;
}

/** UTF-16 puts the characters from U+E000 to U+FFFF after those of two units; UTF-8 does not. */
function compareTexts(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const [left, right] = [a.charCodeAt(index), b.charCodeAt(index)];
    if (left === right) continue;
    const isPair = (unit: number) => unit >= 0xd800 && unit <= 0xdfff;
    if (isPair(left) === isPair(right)) return left - right;
    return isPair(left) ? 1 : -1;
  }
  return a.length - b.length;
}
