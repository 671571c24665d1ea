/** Writes the portable Roaring format. */

import { CONTAINER_BYTES, CONTAINER_IDS, ID_LIMIT } from '../../base/limits.js';
import type { Container } from '../../bitmap/types.js';
import {
  COOKIE,
  COOKIE_WITH_RUNS,
  DESCRIPTION_BYTES,
  MIN_CONTAINERS_WITH_OFFSETS,
  mirrorBits,
  OFFSET_BYTES,
} from './layout.js';

/**
 * The bytes of a Roaring file that holds the ids of `containers`, which ascend.
 * @throws RangeError if they do not.
 * @example
 * import { Bitmap, encodeRoaring } from 'bitmapist-wasm/bitmaps';
 *
 * console.log(encodeRoaring(Bitmap.fromBytes(Uint8Array.of(0x41)).containers()).length); // 20
 */
export function encodeRoaring(containers: Iterable<Container>): Uint8Array<ArrayBuffer> {
  const all = [...containers];
  checkOrder(all);
  const { hasRuns, hasOffsets, descriptions, offsets, payload, byteLength } = layOut(all);
  const bytes = new Uint8Array(byteLength);
  const view = new DataView(bytes.buffer);
  if (hasRuns) view.setUint32(0, COOKIE_WITH_RUNS | ((all.length - 1) << 16), true);
  else {
    view.setUint32(0, COOKIE, true);
    view.setUint32(4, all.length, true);
  }
  let to = payload;
  all.forEach((container, index) => {
    if (container.kind === 'run') bytes[4 + (index >> 3)]! |= 1 << (index & 7);
    view.setUint16(descriptions + index * DESCRIPTION_BYTES, container.firstId / CONTAINER_IDS, true);
    view.setUint16(descriptions + index * DESCRIPTION_BYTES + 2, container.cardinality - 1, true);
    if (hasOffsets) view.setUint32(offsets + index * OFFSET_BYTES, to, true);
    writePayload(bytes.subarray(to), container);
    to += payloadBytes(container);
  });
  return bytes;
}

/**
 * The length in bytes of the Roaring file that `encodeRoaring` makes of `containers`.
 * @example
 * import { Bitmap, roaringByteLength } from 'bitmapist-wasm/bitmaps';
 *
 * console.log(roaringByteLength(Bitmap.fromBytes(Uint8Array.of(0x41)).containers())); // 20
 */
export function roaringByteLength(containers: Iterable<Container>): number {
  return layOut([...containers]).byteLength;
}

/** Where the parts of a file begin, in bytes. */
function layOut(all: readonly Container[]) {
  const hasRuns = all.some(({ kind }) => kind === 'run');
  const hasOffsets = !hasRuns || all.length >= MIN_CONTAINERS_WITH_OFFSETS;
  const flagBytes = hasRuns ? Math.ceil(all.length / 8) : 0;
  const descriptions = (hasRuns ? 4 : 8) + flagBytes;
  const offsets = descriptions + all.length * DESCRIPTION_BYTES;
  const payload = offsets + (hasOffsets ? all.length * OFFSET_BYTES : 0);
  const byteLength = all.reduce((length, container) => length + payloadBytes(container), payload);
  return { hasRuns, hasOffsets, descriptions, offsets, payload, byteLength };
}

function payloadBytes({ kind, words }: Container): number {
  if (kind === 'bitmap') return CONTAINER_BYTES;
  return (kind === 'run' ? 2 : 0) + words.length * 2;
}

const scratch = new Uint8Array(CONTAINER_BYTES);
const scratchWords = new Uint32Array(scratch.buffer);

function writePayload(target: Uint8Array, { kind, words }: Container): void {
  if (kind === 'bitmap') {
    scratch.set(new Uint8Array(words.buffer, words.byteOffset, CONTAINER_BYTES));
    mirrorBits(scratchWords);
    target.set(scratch);
    return;
  }
  let to = 0;
  if (kind === 'run') {
    const runs = words.length / 2;
    target[to++] = runs & 255;
    target[to++] = runs >> 8;
  }
  for (const word of words) {
    target[to++] = word & 255;
    target[to++] = word >> 8;
  }
}

function checkOrder(containers: readonly Container[]): void {
  containers.forEach(({ firstId }, index) => {
    const above = index === 0 ? -1 : containers[index - 1]!.firstId;
    if (firstId > above && firstId % CONTAINER_IDS === 0 && firstId < ID_LIMIT) return;
    throw new RangeError(
      `expected containers at ascending multiples of 65536 below 2^32, got ${firstId} after ${above}`,
    );
  });
}
