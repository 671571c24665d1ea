/** One bitmap in memory that grows with the bits set, not with the largest id: containers, packed in blocks. */

import { byteIndex, hasBit } from '../base/bits.js';
import { checkIds } from '../base/id.js';
import { CONTAINER_BYTES, CONTAINER_IDS, MAX_BYTES } from '../base/limits.js';
import type { KernelChoice } from '../kernel/pool.js';
import { Block } from './block.js';
import { decodeInto, type Encoded, encode } from './container.js';
import { blockIds } from './ids.js';
import { sortIds } from './sort.js';
import type { ByteRange, Container } from './types.js';
import { UnpackedLists } from './unpacked.js';

/** From this many ids of one container on, unpacking it once is cheaper than changing bit by bit. */
const BULK_IDS = 48;
/** From this share of occupied bytes on, a bitmap is better read as a whole. */
const DENSE_SHARE = 0.5;
/** Engine objects of one bitmap beside its blocks, its place among the keys included, on 64-bit V8, measured. */
const OBJECT_BYTES = 200;

/** What was worked out of a bitmap, and is true until it changes. */
interface Derived {
  occupied?: { readonly ranges: readonly ByteRange[] | undefined };
  unpacked?: UnpackedLists;
}

/**
 * A set of ids in memory, compressed (the idea of Roaring bitmaps, in Redis' bit order), with the length in bytes that Redis
 * would report for it. Ids are integers in [0, 2^32).
 *
 * @example
 * import { Bitmap } from 'bitmapist-wasm/bitmaps';
 *
 * const bitmap = new Bitmap();
 * bitmap.change([1, 70_000], 1);
 * console.log(bitmap.cardinality); // 2
 * console.log(bitmap.byteLength); // 8751
 */
export class Bitmap {
  #blocks: Block[] = [];
  #byteLength = 0;
  #derived: Derived | undefined;

  /**
   * The bitmap that a Redis string is.
   *
   * @example
   * import { Bitmap } from 'bitmapist-wasm/bitmaps';
   *
   * console.log([...Bitmap.fromBytes(Uint8Array.of(0x80, 0x01)).ids()]); // [ 0, 15 ]
   */
  static fromBytes(bytes: Uint8Array): Bitmap {
    const bitmap = new Bitmap();
    bitmap.append(bytes);
    return bitmap;
  }

  /**
   * Adds bytes after the last one, which must end a container: lengths are multiples of 8,192 until the last addition.
   * @throws RangeError if the length so far is no such multiple, or if there are more bytes than ids
   *
   * @example
   * import { Bitmap } from 'bitmapist-wasm/bitmaps';
   *
   * const bitmap = new Bitmap();
   * bitmap.append(new Uint8Array(8192));
   * bitmap.append(Uint8Array.of(0x80));
   * console.log([...bitmap.ids()]); // [ 65536 ]
   */
  append(bytes: Uint8Array): void {
    if (this.#byteLength % CONTAINER_BYTES !== 0) {
      throw new RangeError(
        `expected to append at a multiple of ${CONTAINER_BYTES} bytes, got ${this.#byteLength}`,
      );
    }
    checkByteLength(this.#byteLength + bytes.length);
    this.#beginChange();
    const firstHigh = this.#byteLength / CONTAINER_BYTES;
    for (let byteOffset = 0; byteOffset < bytes.length; byteOffset += CONTAINER_BYTES) {
      let chunk = bytes.subarray(byteOffset, byteOffset + CONTAINER_BYTES);
      if (chunk.length % 4 !== 0) {
        const padded = new Uint8Array(Math.ceil(chunk.length / 4) * 4);
        padded.set(chunk);
        chunk = padded;
      }
      const following = Math.ceil((bytes.length - byteOffset) / CONTAINER_BYTES) - 1;
      this.#appendContainer(firstHigh + byteOffset / CONTAINER_BYTES, encode(chunk), following);
    }
    this.#blocks.at(-1)?.trim();
    this.#byteLength += bytes.length;
  }

  /**
   * `containers` ascend; words of theirs are copied. The bitmap ends with the last id.
   *
   * @example
   * import { Bitmap, decodeRoaring, encodeRoaring } from 'bitmapist-wasm/bitmaps';
   *
   * const file = encodeRoaring(Bitmap.fromBytes(Uint8Array.of(0x80)).containers());
   * console.log(Bitmap.fromContainers(decodeRoaring(file)).cardinality); // 1
   */
  static fromContainers(containers: Iterable<Container>, kernel: KernelChoice = 'auto'): Bitmap {
    const bitmap = new Bitmap();
    const bytes = new Uint8Array(CONTAINER_BYTES);
    for (const { firstId, kind, words } of containers) {
      decodeInto(bytes, 0, 0, CONTAINER_BYTES, kind, words, 0, words.length, kernel);
      bitmap.#appendContainer(firstId / CONTAINER_IDS, encode(bytes), 0);
      bitmap.#byteLength = firstId / 8 + lastByte(bytes) + 1;
    }
    return bitmap;
  }

  /**
   * The same of containers that are in their smallest shapes, as `containers` of another bitmap gave them: much faster, since
   * nothing is unpacked.
   * @internal
   */
  static fromSmallest(containers: Iterable<Container>, byteLength: number): Bitmap {
    const bitmap = new Bitmap();
    const count = Math.ceil(byteLength / CONTAINER_BYTES);
    for (const container of containers) {
      const high = container.firstId / CONTAINER_IDS;
      bitmap.#appendContainer(high, container, count - 1 - high);
    }
    bitmap.#blocks.at(-1)?.trim();
    bitmap.#byteLength = byteLength;
    return bitmap;
  }

  /** Bytes that Redis would report: those up to the largest id ever set or cleared. */
  get byteLength(): number {
    return this.#byteLength;
  }

  /** Bytes of memory that it takes (engine objects by estimate). */
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

  /**
   * All ids, ascending, written out by a kernel of the kind chosen.
   *
   * @example
   * import { Bitmap } from 'bitmapist-wasm/bitmaps';
   *
   * console.log([...Bitmap.fromBytes(Uint8Array.of(0x41)).ids()]); // [ 1, 7 ]
   */
  ids(kernel: KernelChoice = 'auto'): Uint32Array<ArrayBuffer> {
    return blockIds(this.#blocks, 0, 0, kernel, this.cardinality);
  }

  /**
   * Ids from `firstId` on, a multiple of 65,536: those of as many whole containers as a page of 65,536 holds, none if there are
   * no more.
   * @internal
   */
  page(firstId: number, kernel: KernelChoice = 'auto'): Uint32Array<ArrayBuffer> {
    return blockIds(this.#blocks, this.#findBlock(firstId / CONTAINER_IDS), firstId / CONTAINER_IDS, kernel);
  }

  /**
   * Sets (`1`) or clears (`0`) the bits `ids`, in any order, with the help of a kernel of the kind chosen. The bitmap grows to
   * hold them, also if they are cleared.
   * @throws TypeError or RangeError if an id is no integer in [0, 2^32); nothing is changed then
   *
   * @example
   * import { Bitmap } from 'bitmapist-wasm/bitmaps';
   *
   * const bitmap = new Bitmap();
   * bitmap.change([3, 1, 2], 1);
   * bitmap.change([2], 0);
   * console.log([...bitmap.ids()]); // [ 1, 3 ]
   */
  change(ids: ArrayLike<number>, value: 0 | 1, kernel: KernelChoice = 'auto'): void {
    checkIds(ids);
    this.#beginChange();
    if (ids.length < BULK_IDS) {
      for (let at = 0; at < ids.length; at++) this.#changeOne(ids[at]!, value);
    } else {
      this.#changeMany(sortIds(ids), value, kernel);
    }
  }

  /**
   * Adds the ids of another bitmap; it takes the time of that one.
   *
   * @example
   * import { Bitmap } from 'bitmapist-wasm/bitmaps';
   *
   * const bitmap = Bitmap.fromBytes(Uint8Array.of(0x80));
   * bitmap.or(Bitmap.fromBytes(Uint8Array.of(0x41)));
   * console.log([...bitmap.ids()]); // [ 0, 1, 7 ]
   */
  or(other: Bitmap): void {
    this.#beginChange();
    const bytes = new Uint8Array(CONTAINER_BYTES);
    for (const block of other.#blocks) {
      for (let index = 0; index < block.count; index++) {
        const high = block.high(index);
        if (block.kind(index) === 'array' && block.cardinality(index) < BULK_IDS) {
          for (const low of block.payload(index)) this.#changeOne(high * CONTAINER_IDS + low, 1);
        } else {
          block.decodeInto(bytes, 0, index, 0, CONTAINER_BYTES);
          const at = this.#blockFor(high);
          this.#blocks[at]!.or(high, bytes);
          this.#settle(at);
        }
      }
    }
    this.extend(other.#byteLength);
  }

  /**
   * Makes the bitmap at least `byteLength` bytes long; the bits added are not set.
   * @throws RangeError if `byteLength` is no whole number in [0, 2^29]
   *
   * @example
   * import { Bitmap } from 'bitmapist-wasm/bitmaps';
   *
   * const bitmap = new Bitmap();
   * bitmap.extend(10);
   * console.log(bitmap.byteLength); // 10
   */
  extend(byteLength: number): void {
    checkByteLength(byteLength);
    if (byteLength <= this.#byteLength) return;
    this.#beginChange();
    this.#byteLength = byteLength;
  }

  /**
   * Makes the bitmap end with its last id: zeros after it are none of its bytes any more.
   *
   * @example
   * import { Bitmap } from 'bitmapist-wasm/bitmaps';
   *
   * const bitmap = Bitmap.fromBytes(Uint8Array.of(0x80, 0, 0));
   * bitmap.shorten();
   * console.log(bitmap.byteLength); // 1
   */
  shorten(): void {
    this.#beginChange();
    let last: Container | undefined;
    for (last of this.containers());
    this.#byteLength = last ? Bitmap.fromContainers([last]).byteLength : 0;
  }

  /**
   * A bitmap of its own with the same ids and length.
   *
   * @example
   * import { Bitmap } from 'bitmapist-wasm/bitmaps';
   *
   * const bitmap = Bitmap.fromBytes(Uint8Array.of(0xff));
   * const copy = bitmap.copy();
   * bitmap.change([0], 0);
   * console.log(copy.cardinality); // 8
   */
  copy(): Bitmap {
    const copy = new Bitmap();
    copy.#blocks = this.#blocks.map((block) => block.copy());
    copy.#byteLength = this.#byteLength;
    return copy;
  }

  /**
   * Fills `target` with the bytes from `byteOffset` on, zero if there are none; a kernel of the kind chosen unpacks them.
   *
   * @example
   * import { Bitmap } from 'bitmapist-wasm/bitmaps';
   *
   * const bytes = new Uint8Array(3);
   * Bitmap.fromBytes(Uint8Array.of(1, 2)).readInto(bytes, 1);
   * console.log([...bytes]); // [ 2, 0, 0 ]
   */
  readInto(target: Uint8Array, byteOffset: number, kernel: KernelChoice = 'auto'): void {
    const end = byteOffset + target.length;
    let done = byteOffset;
    if (byteOffset === 0) this.#derived?.unpacked?.beginPass();
    const firstHigh = Math.floor(byteOffset / CONTAINER_BYTES);
    for (let at = this.#findBlock(firstHigh); at < this.#blocks.length; at++) {
      const block = this.#blocks[at]!;
      const found = block.find(firstHigh);
      for (let index = found < 0 ? ~found : found; index < block.count; index++) {
        const start = block.high(index) * CONTAINER_BYTES;
        if (start >= end) break;
        const from = Math.max(start, byteOffset);
        const to = Math.min(start + CONTAINER_BYTES, end);
        if (done < from) target.fill(0, done - byteOffset, from - byteOffset);
        const whole =
          from === start ? block.bitmapsFrom(index, Math.floor((end - from) / CONTAINER_BYTES)) : 0;
        if (whole > 0) {
          target.set(block.bitmapBytes(index, whole), from - byteOffset);
          done = from + whole * CONTAINER_BYTES;
          index += whole - 1;
          continue;
        }
        const unpacked = this.#unpackedList(block, index, kernel);
        if (unpacked === undefined) {
          block.decodeInto(target, from - byteOffset, index, from - start, to - start, kernel);
        } else {
          target.set(unpacked.subarray(from - start, to - start), from - byteOffset);
        }
        done = to;
      }
      if (done === end || block.high(block.count - 1) * CONTAINER_BYTES >= end) break;
    }
    if (done < end) target.fill(0, done - byteOffset);
  }

  /**
   * Whether an id is set.
   *
   * @example
   * import { Bitmap } from 'bitmapist-wasm/bitmaps';
   *
   * console.log(Bitmap.fromBytes(Uint8Array.of(0x41)).has(7)); // true
   */
  has(id: number): boolean {
    const byte = new Uint8Array(1);
    this.readInto(byte, byteIndex(id));
    return hasBit(byte, id % 8);
  }

  /**
   * Ranges outside of which all bytes are zero, ascending; neighbouring containers are one range. `undefined` if they are
   * most of the bitmap, which is better read as a whole than in pieces.
   *
   * @example
   * import { Bitmap } from 'bitmapist-wasm/bitmaps';
   *
   * const bitmap = new Bitmap();
   * bitmap.change([800_000], 1);
   * console.log(bitmap.occupied()); // [ { byteOffset: 100000, byteLength: 1 } ]
   */
  occupied(): readonly ByteRange[] | undefined {
    this.#derived ??= {};
    this.#derived.occupied ??= { ranges: this.#findOccupied() };
    return this.#derived.occupied.ranges;
  }

  #findOccupied(): ByteRange[] | undefined {
    const ranges: ByteRange[] = [];
    let start = 0;
    let end = 0;
    for (const block of this.#blocks) {
      for (let index = 0; index < block.count; index++) {
        const containerByte = block.high(index) * CONTAINER_BYTES;
        const firstByte = containerByte + byteIndex(block.firstLow(index));
        if (firstByte > end) {
          if (end > start) ranges.push({ byteOffset: start, byteLength: end - start });
          start = firstByte;
        }
        end = Math.min(containerByte + byteIndex(block.lastLow(index)) + 1, this.#byteLength);
      }
    }
    if (end > start) ranges.push({ byteOffset: start, byteLength: end - start });
    const occupiedBytes = ranges.reduce((sum, range) => sum + range.byteLength, 0);
    return occupiedBytes > this.#byteLength * DENSE_SHARE ? undefined : ranges;
  }

  /**
   * The containers in ascending order of their ids: views, valid until the next change.
   *
   * @example
   * import { Bitmap } from 'bitmapist-wasm/bitmaps';
   *
   * const bitmap = new Bitmap();
   * bitmap.change([1, 70_000], 1);
   * console.log([...bitmap.containers()].map(({ firstId }) => firstId)); // [ 0, 65536 ]
   */
  *containers(): Generator<Container, void, undefined> {
    for (const block of this.#blocks) yield* block.containers();
  }

  /**
   * What they lie in, for those who look at many bitmaps side by side.
   * @internal
   */
  get blocks(): readonly Block[] {
    return this.#blocks;
  }

  #changeOne(id: number, value: 0 | 1): void {
    this.#grow(id);
    const high = id >>> 16;
    const at = this.#blockFor(high);
    this.#blocks[at]!.change(high, id & 0xffff, value);
    this.#settle(at);
  }

  /** `ids` ascend. */
  #changeMany(ids: Uint32Array, value: 0 | 1, kernel: KernelChoice): void {
    this.#grow(ids[ids.length - 1]!);
    let from = 0;
    while (from < ids.length) {
      const high = ids[from]! >>> 16;
      let to = from + 1;
      while (to < ids.length && ids[to]! >>> 16 === high) to++;
      const at = this.#blockFor(high);
      const block = this.#blocks[at]!;
      if (to - from >= BULK_IDS) {
        block.changeMany(high, ids, from, to, value, kernel);
      } else {
        for (let index = from; index < to; index++) block.change(high, ids[index]! & 0xffff, value);
      }
      this.#settle(at);
      from = to;
    }
  }

  #appendContainer(high: number, container: Encoded, following: number): void {
    if (this.#blocks.at(-1)?.isFull !== false) this.#blocks.push(new Block());
    const last = this.#blocks.length - 1;
    this.#blocks[last]!.append(high, container, following);
    this.#settle(last);
  }

  /** The bytes of a long list that is worth being kept unpacked. */
  #unpackedList(block: Block, index: number, kernel: KernelChoice): Uint8Array | undefined {
    if (!block.isLongList(index)) return undefined;
    this.#derived ??= {};
    this.#derived.unpacked ??= new UnpackedLists();
    const { unpacked } = this.#derived;
    if (!unpacked.isWorthwhile) return undefined;
    return unpacked.page(block.high(index), (page) =>
      block.decodeInto(page, 0, index, 0, CONTAINER_BYTES, kernel),
    );
  }

  /** What was worked out is no longer true. */
  #beginChange(): void {
    this.#derived?.unpacked?.clear();
    this.#derived = undefined;
  }

  /** Redis grows a string to hold the bit also when it is cleared. */
  #grow(id: number): void {
    const byteLength = Math.floor(id / 8) + 1;
    if (byteLength > this.#byteLength) this.#byteLength = byteLength;
  }

  #blockFor(high: number): number {
    if (this.#blocks.length === 0) this.#blocks.push(new Block());
    return this.#findBlock(high);
  }

  /** Index of the last block that begins at or before `high`; 0 if there is none. */
  #findBlock(high: number): number {
    let from = 0;
    let to = this.#blocks.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.#blocks[middle]!.high(0) <= high) from = middle + 1;
      else to = middle;
    }
    return Math.max(from - 1, 0);
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

function checkByteLength(byteLength: number): void {
  if (Number.isInteger(byteLength) && byteLength >= 0 && byteLength <= MAX_BYTES) return;
  throw new RangeError(`expected a bitmap of 0 to ${MAX_BYTES} bytes, got ${byteLength}`);
}

/** Index of the last byte that is not zero. */
function lastByte(bytes: Uint8Array): number {
  let last = bytes.length - 1;
  while (last > 0 && bytes[last] === 0) last--;
  return last;
}
