/** One bitmap in memory that grows with the bits set, not with the largest id: containers, packed in blocks. */

import { Block } from './block.js';
import { CONTAINER_BITS, CONTAINER_BYTES, decodeInto } from './container.js';
import { collectIds } from './ids.js';
import { sortIds } from './sort.js';
import type { ByteRange, Container } from './types.js';

/** From this many ids of one container on, unpacking it once is cheaper than changing bit by bit. */
const BULK_IDS = 48;
/** A share of occupied bytes from which on a bitmap is better read as a whole. */
const DENSE_SHARE = 0.5;
/** Engine objects of one bitmap beside its blocks, its place among the keys included, on 64-bit V8, measured. */
const OBJECT_BYTES = 200;

export class CompressedBitmap {
  #blocks: Block[] = [];
  #byteLength = 0;

  static fromBytes(bytes: Uint8Array): CompressedBitmap {
    const bitmap = new CompressedBitmap();
    bitmap.append(bytes);
    return bitmap;
  }

  /** Adds bytes behind the last one, which must end a container: lengths are multiples of 8,192 until the last addition. */
  append(bytes: Uint8Array): void {
    if (this.#byteLength % CONTAINER_BYTES !== 0) {
      throw new RangeError(
        `expected to append at a multiple of ${CONTAINER_BYTES} bytes, got ${this.#byteLength}`,
      );
    }
    const firstHigh = this.#byteLength / CONTAINER_BYTES;
    for (let byteOffset = 0; byteOffset < bytes.length; byteOffset += CONTAINER_BYTES) {
      let chunk = bytes.subarray(byteOffset, byteOffset + CONTAINER_BYTES);
      if (chunk.length % 4 !== 0) {
        const padded = new Uint8Array(Math.ceil(chunk.length / 4) * 4);
        padded.set(chunk);
        chunk = padded;
      }
      this.#appendContainer(firstHigh + byteOffset / CONTAINER_BYTES, chunk);
    }
    this.#byteLength += bytes.length;
  }

  /** `containers` ascend; words of theirs are copied. The bitmap ends with the last id. */
  static fromContainers(containers: Iterable<Container>): CompressedBitmap {
    const bitmap = new CompressedBitmap();
    const bytes = new Uint8Array(CONTAINER_BYTES);
    for (const { firstId, kind, words } of containers) {
      decodeInto(bytes, 0, 0, CONTAINER_BYTES, kind, words, 0, words.length);
      bitmap.#appendContainer(firstId / CONTAINER_BITS, bytes);
      bitmap.#byteLength = firstId / 8 + lastByte(bytes) + 1;
    }
    return bitmap;
  }

  /** Bytes that Redis would report: those up to the largest id ever set or cleared. */
  get byteLength(): number {
    return this.#byteLength;
  }

  /** Bytes of memory. */
  get byteSize(): number {
    let sum = OBJECT_BYTES;
    for (const block of this.#blocks) sum += block.byteSize;
    return sum;
  }

  /** Number of ids set. */
  get cardinality(): number {
    let sum = 0;
    for (const block of this.#blocks) {
      for (let index = 0; index < block.count; index++) sum += block.cardinality(index);
    }
    return sum;
  }

  /** All ids, ascending. */
  ids(): Uint32Array<ArrayBuffer> {
    return collectIds(this.cardinality, (writer) => {
      for (const block of this.#blocks) block.writeIds(writer);
    });
  }

  /** Sets or clears the bits `ids`, in any order. */
  change(ids: ArrayLike<number>, value: 0 | 1): void {
    if (ids.length < BULK_IDS) {
      for (let at = 0; at < ids.length; at++) this.#changeOne(ids[at]!, value);
    } else {
      this.#changeMany(sortIds(ids), value);
    }
  }

  /** Fills `target` with the bytes from `byteOffset` on, zero where there are none. */
  readInto(target: Uint8Array, byteOffset: number): void {
    const end = byteOffset + target.length;
    let done = byteOffset;
    const firstHigh = Math.floor(byteOffset / CONTAINER_BYTES);
    for (let at = Math.max(this.#findBlock(firstHigh), 0); at < this.#blocks.length; at++) {
      const block = this.#blocks[at]!;
      const found = block.find(firstHigh);
      for (let index = found < 0 ? ~found : found; index < block.count; index++) {
        const start = block.high(index) * CONTAINER_BYTES;
        if (start >= end) break;
        const from = Math.max(start, byteOffset);
        const to = Math.min(start + CONTAINER_BYTES, end);
        target.fill(0, done - byteOffset, from - byteOffset);
        block.decodeInto(target, from - byteOffset, index, from - start, to - start);
        done = to;
      }
      if (done === end || block.high(block.count - 1) * CONTAINER_BYTES >= end) break;
    }
    target.fill(0, done - byteOffset);
  }

  /**
   * Ranges outside of which all bytes are zero, ascending; neighbouring containers are one range. `undefined` where they are
   * most of the bitmap, which is better read as a whole than in pieces.
   */
  occupied(): ByteRange[] | undefined {
    const ranges: ByteRange[] = [];
    let start = 0;
    let end = 0;
    for (const block of this.#blocks) {
      for (let index = 0; index < block.count; index++) {
        const containerByte = block.high(index) * CONTAINER_BYTES;
        if (containerByte + block.firstByte(index) > end) {
          if (end > start) ranges.push({ byteOffset: start, byteLength: end - start });
          start = containerByte + block.firstByte(index);
        }
        end = Math.min(containerByte + block.lastByte(index) + 1, this.#byteLength);
      }
    }
    if (end > start) ranges.push({ byteOffset: start, byteLength: end - start });
    const occupiedBytes = ranges.reduce((sum, range) => sum + range.byteLength, 0);
    return occupiedBytes > this.#byteLength * DENSE_SHARE ? undefined : ranges;
  }

  /** The containers in ascending order of their ids. */
  *containers(): Generator<Container, void, undefined> {
    for (const block of this.#blocks) {
      for (let index = 0; index < block.count; index++) {
        yield {
          firstId: block.high(index) * CONTAINER_BITS,
          cardinality: block.cardinality(index),
          kind: block.kind(index),
          words: block.payload(index),
        };
      }
    }
  }

  #changeOne(id: number, value: 0 | 1): void {
    this.#grow(id);
    const high = id >>> 16;
    const at = this.#blockFor(high);
    this.#blocks[at]!.change(high, id & 0xffff, value);
    this.#settle(at);
  }

  /** `ids` ascend. */
  #changeMany(ids: Uint32Array, value: 0 | 1): void {
    this.#grow(ids[ids.length - 1]!);
    let from = 0;
    while (from < ids.length) {
      const high = ids[from]! >>> 16;
      let to = from + 1;
      while (to < ids.length && ids[to]! >>> 16 === high) to++;
      const at = this.#blockFor(high);
      const block = this.#blocks[at]!;
      if (to - from >= BULK_IDS) {
        block.changeMany(high, ids, from, to, value);
      } else {
        for (let index = from; index < to; index++) block.change(high, ids[index]! & 0xffff, value);
      }
      this.#settle(at);
      from = to;
    }
  }

  #appendContainer(high: number, bytes: Uint8Array): void {
    if (this.#blocks.length === 0) this.#blocks.push(new Block());
    const last = this.#blocks.length - 1;
    this.#blocks[last]!.append(high, bytes);
    this.#settle(last);
  }

  /** Redis grows a string to hold the bit also when it is cleared. */
  #grow(id: number): void {
    const byteLength = Math.floor(id / 8) + 1;
    if (byteLength > this.#byteLength) this.#byteLength = byteLength;
  }

  #blockFor(high: number): number {
    if (this.#blocks.length === 0) this.#blocks.push(new Block());
    return Math.max(this.#findBlock(high), 0);
  }

  /** Index of the last block that begins at or before `high`; -1 where there is none. */
  #findBlock(high: number): number {
    let from = 0;
    let to = this.#blocks.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.#blocks[middle]!.high(0) <= high) from = middle + 1;
      else to = middle;
    }
    return from - 1;
  }

  /** After a change of block `at`: none is empty, none is too large. */
  #settle(at: number): void {
    const block = this.#blocks[at]!;
    if (block.count === 0) {
      this.#blocks.splice(at, 1);
      return;
    }
    const upper = block.split();
    if (upper !== undefined) this.#blocks.splice(at + 1, 0, upper);
  }
}

/** Index of the last byte that is not zero. */
function lastByte(bytes: Uint8Array): number {
  let last = bytes.length - 1;
  while (last > 0 && bytes[last] === 0) last--;
  return last;
}
