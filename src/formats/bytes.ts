/** Bytes as characters, one each (Latin-1). For excerpts: every byte is an argument of a call. */
export function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

/** The other way round, for text of which no character is beyond U+00FF. */
export function latin1Bytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** One run of bytes out of several; the only one itself if there is nothing to join. */
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

/** All bytes that arrive, as one run. */
export async function joinChunks(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return concatBytes(parts);
}

/** The same bytes in pieces of one size, each of its own memory; the last one may be shorter. */
export async function* cutChunks(
  chunks: AsyncIterable<Uint8Array>,
  byteLength: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  let piece = new Uint8Array(byteLength);
  let filled = 0;
  for await (const chunk of chunks) {
    for (let from = 0; from < chunk.length; ) {
      const part = chunk.subarray(from, from + byteLength - filled);
      piece.set(part, filled);
      filled += part.length;
      from += part.length;
      if (filled < byteLength) continue;
      yield piece;
      piece = new Uint8Array(byteLength);
      filled = 0;
    }
  }
  if (filled > 0) yield piece.subarray(0, filled);
}

/** The same bytes, of which the first chunk has at least `byteLength`, or all there are. */
export async function* joinHead(
  chunks: AsyncIterable<Uint8Array>,
  byteLength: number,
): AsyncGenerator<Uint8Array, void> {
  let head: Uint8Array | undefined = new Uint8Array(0);
  for await (const chunk of chunks) {
    if (head !== undefined) head = concatBytes([head, chunk]);
    if (head !== undefined && head.length < byteLength) continue;
    yield head ?? chunk;
    head = undefined;
  }
  if (head !== undefined) yield head;
}
