import type { Container } from '../../store/compressed.js';
import { CONTAINER_BYTES } from '../../store/container.js';

/** The ids of a container, ascending. */
export function containerIds({ firstId, cardinality, kind, words }: Container): Uint32Array<ArrayBuffer> {
  const ids = new Uint32Array(cardinality);
  let length = 0;
  if (kind === 'array') {
    for (const low of words) ids[length++] = firstId + low;
  } else if (kind === 'run') {
    for (let at = 0; at < words.length; at += 2) {
      const first = firstId + words[at]!;
      for (let more = 0; more <= words[at + 1]!; more++) ids[length++] = first + more;
    }
  } else {
    const bytes = new Uint8Array(words.buffer, words.byteOffset, CONTAINER_BYTES);
    for (let at = 0; at < CONTAINER_BYTES; at++) {
      for (let byte = bytes[at]!; byte !== 0; ) {
        const bit = Math.clz32(byte) - 24;
        ids[length++] = firstId + at * 8 + bit;
        byte &= ~(0x80 >> bit);
      }
    }
  }
  return ids;
}
