/**
 * The bits of 65,536 consecutive ids in the smallest of three shapes, the idea of Roaring bitmaps (roaringformat.org):
 * - array: the ids' low 16 bits, ascending;
 * - run: pairs of first low bits and length minus one, ascending;
 * - bitmap: 8,192 bytes in Redis' bit order, so that reading is copying.
 *
 * A container is a stretch `[start, end)` of 16-bit words, so that many small ones share one buffer.
 */

import { bitMask, byteIndex, setBits } from '../base/bits.js';
import { CONTAINER_BYTES, CONTAINER_IDS } from '../base/limits.js';
import { borrowKernel, type KernelChoice, returnKernel } from '../kernel/pool.js';
import type { Container, ContainerKind } from './types.js';

/** Words of a bitmap, and the most ids an array holds: beyond it the bitmap is smaller. */
export const BITMAP_WORDS = 4096;

/** Words are read through `Uint16Array`, bytes are copied: where byte 8n+8..15 lies in a word depends on the host. */
const SWAPPED = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 0 : 8;

/** A container in its smallest shape, in memory that the next `encode` overwrites. */
export interface Encoded {
  readonly kind: ContainerKind;
  readonly cardinality: number;
  readonly words: Uint16Array;
}

const encoded = new Uint16Array(BITMAP_WORDS);
const encodedBytes = new Uint8Array(encoded.buffer);

/**
 * Brings a container's bytes in Redis' bit order into the smallest shape; on equal terms the one that is faster to change.
 * Bytes after the given ones, of which there are a multiple of 4 and at most 8,192, are zero.
 */
export function encode(bytes: Uint8Array): Encoded {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let cardinality = 0;
  let runs = 0;
  let previousBit = 0;
  for (let offset = 0; offset < view.byteLength; offset += 4) {
    const bits = view.getUint32(offset);
    if (bits !== 0) {
      cardinality += countBits(bits);
      runs += countBits(bits & ~((bits >>> 1) | (previousBit << 31)));
    }
    previousBit = bits & 1;
  }
  const plainWords = Math.min(cardinality, BITMAP_WORDS);
  if (runs * 2 < plainWords) return { kind: 'run', cardinality, words: encodeRuns(view) };
  if (cardinality <= BITMAP_WORDS) return { kind: 'array', cardinality, words: encodeArray(view) };
  encodedBytes.set(bytes);
  encodedBytes.fill(0, bytes.length);
  return { kind: 'bitmap', cardinality, words: encoded };
}

/**
 * The same ids in their smallest shape: a container that was changed id by id may have kept another. Containers of the same
 * ids are then the same, however they came about.
 * @example
 * import { Bitmap, smallestContainer } from 'bitmapist-wasm/bitmaps';
 *
 * const bitmap = Bitmap.fromBytes(new Uint8Array(8192).fill(0xff));
 * console.log(Array.from(bitmap.containers(), (container) => smallestContainer(container).kind)); // [ 'run' ]
 */
export function smallestContainer(container: Container): Container {
  const { kind, words, cardinality } = container;
  if (kind === 'array' && countRuns(words) * 2 >= cardinality) return container;
  if (kind === 'run' && isTight(words) && words.length < Math.min(cardinality, BITMAP_WORDS))
    return container;
  const bytes = new Uint8Array(CONTAINER_BYTES);
  decodeInto(bytes, 0, 0, CONTAINER_BYTES, kind, words, 0, words.length, undefined);
  const shape = encode(bytes);
  return { ...container, kind: shape.kind, words: shape.words.slice() };
}

function countRuns(ids: Uint16Array): number {
  let runs = 1;
  for (let at = 1; at < ids.length; at++) if (ids[at] !== ids[at - 1]! + 1) runs++;
  return runs;
}

/** Whether no run begins where the one before it ends. */
function isTight(runs: Uint16Array): boolean {
  for (let at = 2; at < runs.length; at += 2) {
    if (runs[at] === runs[at - 2]! + runs[at - 1]! + 1) return false;
  }
  return true;
}

/**
 * The union of an ascending list, `words[start..end)`, and ascending ids, of which the low 16 bits count; `undefined` if another
 * shape is smaller. Takes the time of the ids, not that of a container's bytes.
 */
export function mergeList(
  words: Uint16Array,
  start: number,
  end: number,
  ids: ArrayLike<number>,
  from: number,
  to: number,
): Encoded | undefined {
  if (end - start + to - from > BITMAP_WORDS) return undefined;
  let length = 0;
  let runs = 0;
  let last = -1;
  for (let [at, next] = [start, from]; at < end || next < to; ) {
    const listed = at < end ? words[at]! : CONTAINER_IDS;
    const added = next < to ? ids[next]! & 0xffff : CONTAINER_IDS;
    const low = Math.min(listed, added);
    if (listed === low) at++;
    else next++;
    if (low === last) continue;
    if (low !== last + 1 || length === 0) runs++;
    encoded[length++] = low;
    last = low;
  }
  return runs * 2 < length
    ? undefined
    : { kind: 'array', cardinality: length, words: encoded.subarray(0, length) };
}

function encodeArray(view: DataView): Uint16Array {
  let length = 0;
  for (let offset = 0; offset < view.byteLength; offset += 4) {
    let bits = view.getUint32(offset);
    while (bits !== 0) {
      const leading = Math.clz32(bits);
      encoded[length++] = offset * 8 + leading;
      bits &= ~(0x80000000 >>> leading);
    }
  }
  return encoded.subarray(0, length);
}

function encodeRuns(view: DataView): Uint16Array {
  let length = 0;
  let start = -1;
  for (let offset = 0; offset < view.byteLength; offset += 4) {
    const bits = view.getUint32(offset);
    // Edges of runs: where a bit differs from the one before it.
    let edges = bits ^ ((bits >>> 1) | (start >= 0 ? 0x80000000 : 0));
    while (edges !== 0) {
      const leading = Math.clz32(edges);
      const low = offset * 8 + leading;
      if (start < 0) {
        start = low;
      } else {
        encoded[length++] = start;
        encoded[length++] = low - 1 - start;
        start = -1;
      }
      edges &= ~(0x80000000 >>> leading);
    }
  }
  if (start >= 0) {
    encoded[length++] = start;
    encoded[length++] = view.byteLength * 8 - 1 - start;
  }
  return encoded.subarray(0, length);
}

/**
 * Writes the container's bytes `[fromByte, toByte)`, all of them, to `target` from `targetOffset` on. With a kernel chosen,
 * long lists are unpacked by one.
 */
export function decodeInto(
  target: Uint8Array,
  targetOffset: number,
  fromByte: number,
  toByte: number,
  kind: ContainerKind,
  words: Uint16Array,
  start: number,
  end: number,
  kernel: KernelChoice | undefined,
): void {
  if (kind === 'bitmap') {
    const byteOffset = words.byteOffset + start * 2 + fromByte;
    target.set(new Uint8Array(words.buffer, byteOffset, toByte - fromByte), targetOffset);
    return;
  }
  const isLong = kind === 'array' && end - start >= MANY_IDS && toByte - fromByte === CONTAINER_BYTES;
  if (isLong && kernel !== undefined) {
    unpack(target, targetOffset, words.subarray(start, end), kernel);
    return;
  }
  target.fill(0, targetOffset, targetOffset + toByte - fromByte);
  const shift = targetOffset - fromByte;
  if (kind === 'array') {
    const limit = toByte * 8;
    for (let at = lowerBound(words, start, end, fromByte * 8); at < end; at++) {
      const low = words[at]!;
      if (low >= limit) break;
      target[shift + byteIndex(low)]! |= bitMask(low);
    }
    return;
  }
  for (let at = start; at < end; at += 2) {
    const first = Math.max(words[at]!, fromByte * 8);
    const last = Math.min(words[at]! + words[at + 1]!, toByte * 8 - 1);
    if (first <= last) setBits(target, shift, first, last);
  }
}

/** From so many ids on a list is unpacked by the kernel: twice as fast, copies to and fro included. */
const MANY_IDS = 1000;

function unpack(target: Uint8Array, targetOffset: number, list: Uint16Array, choice: KernelChoice): void {
  const kernel = borrowKernel(choice);
  try {
    const memory = kernel.reserve(2 * CONTAINER_BYTES);
    memory.fill(0, 0, CONTAINER_BYTES);
    new Uint16Array(memory.buffer, memory.byteOffset + CONTAINER_BYTES, list.length).set(list);
    kernel.unpack(0, CONTAINER_BYTES, list.length);
    target.set(memory.subarray(0, CONTAINER_BYTES), targetOffset);
  } finally {
    returnKernel(kernel);
  }
}

/** Index of the first word in `[start, end)` that is not below `low`. */
export function lowerBound(words: Uint16Array, start: number, end: number, low: number): number {
  let from = start;
  let to = end;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (words[middle]! < low) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** Index of the last run in `[start, end)` that begins at or before `low`; `start - 2` if there is none. */
export function findRun(words: Uint16Array, start: number, end: number, low: number): number {
  let from = 0;
  let to = (end - start) >>> 1;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (words[start + middle * 2]! <= low) from = middle + 1;
    else to = middle;
  }
  return start + from * 2 - 2;
}

/** Changes one bit of the bitmap that begins at word `start`, and says whether it was different. */
export function changeBit(words: Uint16Array, start: number, low: number, value: 0 | 1): boolean {
  const at = start + (low >> 4);
  const mask = bitMask(low) << ((low ^ SWAPPED) & 8);
  const before = words[at]!;
  const after = value === 1 ? before | mask : before & ~mask;
  words[at] = after;
  return before !== after;
}

/** How many of 32 bits are set. */
export function countBits(bits: number): number {
  let sum = bits - ((bits >>> 1) & 0x55555555);
  sum = (sum & 0x33333333) + ((sum >>> 2) & 0x33333333);
  return Math.imul((sum + (sum >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
