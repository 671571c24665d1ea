/**
 * The same text with memory of its own. V8 keeps a text that is cut from a longer one, such as a field of a file, as a place in
 * that one, of which not a byte is freed as long as the field is kept.
 */
export function ownText(text: string): string {
  const half = text.length >> 1;
  return [text.slice(0, half), text.slice(half)].join('');
}
