/** Reads the portable Roaring format. */

import { FormatError, plural } from '../../base/errors.js';
import { CONTAINER_BYTES, CONTAINER_IDS } from '../../base/limits.js';
import { countBits } from '../../bitmap/container.js';
import type { Container } from '../../bitmap/types.js';
import {
  COOKIE,
  COOKIE_WITH_RUNS,
  DESCRIPTION_BYTES,
  MAX_ARRAY_IDS,
  MIN_CONTAINERS_WITH_OFFSETS,
  mirrorBits,
  OFFSET_BYTES,
} from './layout.js';
import { neighbourOf } from './neighbours.js';

/**
 * The containers of a Roaring file, in ascending order, each in memory of its own. All of the file is verified first, so
 * that what is given out is sound: order of containers, of ids and of runs, numbers of ids, offsets, and nothing after them.
 * Memory: that of the file once more.
 * @throws FormatError, which names a bitmap of 64-bit ids or a state of ClickHouse as such
 * @example
 * import { Bitmap, decodeRoaring, encodeRoaring } from 'bitmapist-wasm/bitmaps';
 *
 * const file = encodeRoaring(Bitmap.fromBytes(Uint8Array.of(0x41)).containers());
 * console.log(decodeRoaring(file).map(({ cardinality }) => cardinality)); // [ 2 ]
 */
export function decodeRoaring(bytes: Uint8Array): Container[] {
  try {
    return Array.from(containersIn(bytes), (container) =>
      container.kind === 'bitmap' ? { ...container, words: container.words.slice() } : container,
    );
  } catch (cause) {
    // Asked only now: what is sound is read, whatever else its bytes might mean.
    const neighbour = cause instanceof FormatError ? neighbourOf(bytes) : undefined;
    if (neighbour === undefined) throw cause;
    throw new FormatError(`expected a Roaring bitmap of 32-bit ids, got ${neighbour}`, 0, { cause });
  }
}

/**
 * The containers of a Roaring file one after the other, verified as they are read: what has been given out is sound, but what follows
 * may not be. The words of a bitmap are overwritten by the next one.
 * @param isOwn whether a checksum has told that the bytes are what was written: then bits of bitmaps are not counted again
 * @throws FormatError
 */
export function* containersIn(bytes: Uint8Array, isOwn = false): Generator<Container, void, undefined> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const { count, flags, descriptions } = readCookie(view);
  const hasOffsets = flags === undefined || count >= MIN_CONTAINERS_WITH_OFFSETS;
  const offsets = descriptions + count * DESCRIPTION_BYTES;
  let from = offsets + (hasOffsets ? count * OFFSET_BYTES : 0);
  expectBytes(view, 0, from);
  const scratch = new Uint32Array(CONTAINER_BYTES / 4);
  let previousKey = -1;
  for (let index = 0; index < count; index++) {
    const description = descriptions + index * DESCRIPTION_BYTES;
    const key = view.getUint16(description, true);
    if (key <= previousKey)
      throw new FormatError(`expected a key above ${previousKey}, got ${key}`, description);
    previousKey = key;
    const cardinality = view.getUint16(description + 2, true) + 1;
    if (hasOffsets && view.getUint32(offsets + index * OFFSET_BYTES, true) !== from) {
      const got = view.getUint32(offsets + index * OFFSET_BYTES, true);
      throw new FormatError(`expected the offset ${from}, got ${got}`, offsets + index * OFFSET_BYTES);
    }
    const isRun = flags !== undefined && (view.getUint8(flags + (index >> 3)) & (1 << (index & 7))) !== 0;
    const kind = isRun ? 'run' : cardinality <= MAX_ARRAY_IDS ? 'array' : 'bitmap';
    if (kind === 'bitmap') {
      readBitmap(view, from, scratch, isOwn ? undefined : cardinality);
      yield { firstId: key * CONTAINER_IDS, cardinality, kind, words: new Uint16Array(scratch.buffer) };
      from += CONTAINER_BYTES;
    } else {
      const { words, end } = readers[kind](view, from, cardinality);
      yield { firstId: key * CONTAINER_IDS, cardinality, kind, words };
      from = end;
    }
  }
  if (from !== bytes.length) {
    throw new FormatError(
      `expected the end of the bitmap, got ${bytes.length - from} more ${plural(bytes.length - from, 'byte')}`,
      from,
    );
  }
}

/** Number of containers, where the flags of those that are runs stand, and where the descriptions begin. */
function readCookie(view: DataView): { count: number; flags: number | undefined; descriptions: number } {
  expectBytes(view, 0, 4);
  const cookie = view.getUint32(0, true);
  if (cookie === COOKIE) {
    expectBytes(view, 4, 4);
    const count = view.getUint32(4, true);
    if (count > CONTAINER_IDS) throw new FormatError(`expected at most 65536 containers, got ${count}`, 4);
    return { count, flags: undefined, descriptions: 8 };
  }
  if ((cookie & 0xffff) !== COOKIE_WITH_RUNS) {
    throw new FormatError(
      `expected a Roaring bitmap, which begins with ${COOKIE} or ${COOKIE_WITH_RUNS}, got ${cookie}`,
      0,
    );
  }
  const count = (cookie >>> 16) + 1;
  return { count, flags: 4, descriptions: 4 + Math.ceil(count / 8) };
}

type ReadWords = (view: DataView, from: number, cardinality: number) => { words: Uint16Array; end: number };

const readers: Record<'array' | 'run', ReadWords> = {
  array(view, from, cardinality) {
    const words = readWords(view, from, cardinality);
    for (let at = 1; at < cardinality; at++) {
      if (words[at]! > words[at - 1]!) continue;
      throw new FormatError(`expected an id above ${words[at - 1]}, got ${words[at]}`, from + at * 2);
    }
    return { words, end: from + cardinality * 2 };
  },

  run(view, from, cardinality) {
    expectBytes(view, from, 2);
    const runs = view.getUint16(from, true);
    const words = readWords(view, from + 2, runs * 2);
    let ids = 0;
    let free = 0;
    for (let at = 0; at < words.length; at += 2) {
      const end = words[at]! + words[at + 1]! + 1;
      if (words[at]! < free || end > CONTAINER_IDS) {
        const run = `${words[at]}..${end - 1}`;
        throw new FormatError(`expected a run within ${free}..65535, got ${run}`, from + 2 + at * 2);
      }
      free = end;
      ids += words[at + 1]! + 1;
    }
    if (ids !== cardinality)
      throw new FormatError(`expected ${cardinality} ${plural(cardinality, 'id')} in runs, got ${ids}`, from);
    return { words, end: from + 2 + runs * 4 };
  },
};

/** @param cardinality how many bits are to be set, if they are to be counted */
function readBitmap(view: DataView, from: number, words: Uint32Array, cardinality: number | undefined): void {
  expectBytes(view, from, CONTAINER_BYTES);
  new Uint8Array(words.buffer).set(new Uint8Array(view.buffer, view.byteOffset + from, CONTAINER_BYTES));
  mirrorBits(words);
  if (cardinality === undefined) return;
  let ids = 0;
  for (let at = 0; at < words.length; at++) ids += countBits(words[at]!);
  if (ids === cardinality) return;
  throw new FormatError(`expected ${cardinality} ${plural(cardinality, 'id')} in a bitmap, got ${ids}`, from);
}

function readWords(view: DataView, from: number, count: number): Uint16Array {
  expectBytes(view, from, count * 2);
  const words = new Uint16Array(count);
  for (let at = 0; at < count; at++) words[at] = view.getUint16(from + at * 2, true);
  return words;
}

function expectBytes(view: DataView, from: number, byteLength: number): void {
  if (from + byteLength <= view.byteLength) return;
  throw new FormatError(
    `expected ${byteLength} ${plural(byteLength, 'byte')} from byte ${from} on, got the end`,
    view.byteLength,
  );
}
