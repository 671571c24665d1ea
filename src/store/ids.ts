import { borrowKernel, returnKernel } from '../kernel/pool.js';
import { CONTAINER_BITS, CONTAINER_BYTES } from './container.js';
import type { Container, ContainerKind } from './types.js';

/** The ids of a container, ascending. */
export function containerIds({ firstId, cardinality, kind, words }: Container): Uint32Array<ArrayBuffer> {
  const ids = new Uint32Array(cardinality);
  idsInto(ids, 0, firstId, kind, words, 0, words.length);
  return ids;
}

/**
 * Writes the ids of the container in `words[start..end)`, ascending, to `target` from `at` on; returns where they end.
 * Lists are written out as they are: a twentieth of the time that a bitmap of so few ids is searched for them.
 */
export function idsInto(
  target: Uint32Array,
  at: number,
  firstId: number,
  kind: ContainerKind,
  words: Uint16Array,
  start: number,
  end: number,
): number {
  // Signed: the target makes it unsigned again, and small integers are faster.
  const high = firstId | 0;
  if (kind === 'bitmap') return bitsInto(target, at, firstId, words, start);
  let length = at;
  if (kind === 'array') {
    for (let word = start; word < end; word++) target[length++] = high | words[word]!;
    return length;
  }
  for (let word = start; word < end; word += 2) {
    const first = high | words[word]!;
    for (let more = 0; more <= words[word + 1]!; more++) target[length++] = first + more;
  }
  return length;
}

function bitsInto(
  target: Uint32Array,
  at: number,
  firstId: number,
  words: Uint16Array,
  start: number,
): number {
  const kernel = borrowKernel('auto');
  try {
    const memory = kernel.reserve(CONTAINER_BYTES + CONTAINER_BITS * Uint32Array.BYTES_PER_ELEMENT);
    memory.set(new Uint8Array(words.buffer, words.byteOffset + start * 2, CONTAINER_BYTES));
    const found = kernel.ids(CONTAINER_BYTES, 0, CONTAINER_BYTES, firstId);
    target.set(new Uint32Array(memory.buffer, memory.byteOffset + CONTAINER_BYTES, found), at);
    return at + found;
  } finally {
    returnKernel(kernel);
  }
}
