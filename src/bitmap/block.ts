/**
 * Containers with neighbouring ids, packed into one buffer of at most some 8 KiB: a typed array of its own for every
 * container would cost a sparse bitmap ten times its bits. Words in order: a directory of three words per container
 * (high 16 bits of the ids; cardinality minus one; where its payload begins, with a flag for runs), then the payloads.
 */

import { bitMask, byteIndex } from '../base/bits.js';
import { CONTAINER_BYTES, CONTAINER_IDS } from '../base/limits.js';
import type { KernelChoice } from '../kernel/pool.js';
import {
  BITMAP_WORDS,
  changeBit,
  decodeInto,
  type Encoded,
  encode,
  findRun,
  lowerBound,
  mergeList,
} from './container.js';
import type { Container, ContainerKind } from './types.js';

const ENTRY_WORDS = 3;
const CARDINALITY = 1;
const OFFSET = 2;
export const RUN_FLAG = 0x8000;
/** Words from which on a list of ids, or of runs, is long. */
const LONG_LIST = 500;
/** A block beyond this is split, so that inserting a word moves a few kilobytes at most. */
const SPLIT_WORDS = 4096;
/**
 * So many bitmaps, which are changed in place, may be neighbours in a block: they are copied together, twice as fast as one
 * by one.
 */
const MAX_BITMAPS = 4;
/** Engine objects of one block (typed array, its buffer and the block itself) on 64-bit V8, measured. */
const OBJECT_BYTES = 320;

const scratch = new Uint8Array(CONTAINER_BYTES);

export class Block {
  #words = new Uint16Array(8);
  #count = 0;
  #used = 0;

  /** Number of containers. */
  get count(): number {
    return this.#count;
  }

  get byteSize(): number {
    return this.#words.byteLength + OBJECT_BYTES;
  }

  /** High 16 bits of the ids of container `index`; containers are in this order. */
  high(index: number): number {
    return this.#words[index * ENTRY_WORDS]!;
  }

  cardinality(index: number): number {
    return this.#words[index * ENTRY_WORDS + CARDINALITY]! + 1;
  }

  kind(index: number): ContainerKind {
    if ((this.#words[index * ENTRY_WORDS + OFFSET]! & RUN_FLAG) !== 0) return 'run';
    return this.cardinality(index) <= BITMAP_WORDS ? 'array' : 'bitmap';
  }

  /** How many containers from `index` on, `most` at most, are bitmaps of neighbouring ids. */
  bitmapsFrom(index: number, most: number): number {
    const end = Math.min(index + most, this.#count);
    const shift = this.high(index) - index;
    let at = index;
    while (at < end && this.kind(at) === 'bitmap' && this.high(at) === at + shift) at++;
    return at - index;
  }

  /** The bytes of `count` such bitmaps, valid until the next change. */
  bitmapBytes(index: number, count: number): Uint8Array {
    const { buffer, byteOffset } = this.#words;
    return new Uint8Array(buffer, byteOffset + this.#start(index) * 2, count * CONTAINER_BYTES);
  }

  /** Whether unpacking a list of ids or runs takes longer than counting its bits: see `UnpackedLists`. */
  isLongList(index: number): boolean {
    return this.kind(index) !== 'bitmap' && this.#end(index) - this.#start(index) >= LONG_LIST;
  }

  /** All words: a directory of three for each container, then the payloads. Valid until the next change. */
  get words(): Uint16Array {
    return this.#words.subarray(0, this.#used);
  }

  /** The container's words, valid until the next change. */
  payload(index: number): Uint16Array {
    return this.#words.subarray(this.#start(index), this.#end(index));
  }

  *containers(): Generator<Container, void, undefined> {
    for (let index = 0; index < this.#count; index++) {
      const firstId = this.high(index) * CONTAINER_IDS;
      yield {
        firstId,
        cardinality: this.cardinality(index),
        kind: this.kind(index),
        words: this.payload(index),
      };
    }
  }

  /** Low 16 bits of the first id that the container may have. */
  firstLow(index: number): number {
    return this.kind(index) === 'bitmap' ? 0 : this.#words[this.#start(index)]!;
  }

  /** Low 16 bits of the last id that the container may have. */
  lastLow(index: number): number {
    const kind = this.kind(index);
    if (kind === 'bitmap') return CONTAINER_IDS - 1;
    const end = this.#end(index);
    const last = this.#words[end - 1]!;
    return kind === 'array' ? last : this.#words[end - 2]! + last;
  }

  /** Index of the container for `high`, or the complement (`~`) of where it belongs. */
  find(high: number): number {
    let from = 0;
    let to = this.#count;
    while (from < to) {
      const middle = (from + to) >>> 1;
      const found = this.high(middle);
      if (found === high) return middle;
      if (found < high) from = middle + 1;
      else to = middle;
    }
    return ~from;
  }

  /** Writes bytes `[fromByte, toByte)` of container `index` to `target` from `targetOffset` on. */
  decodeInto(
    target: Uint8Array,
    targetOffset: number,
    index: number,
    fromByte: number,
    toByte: number,
    kernel?: KernelChoice,
  ): void {
    const [start, end] = [this.#start(index), this.#end(index)];
    decodeInto(target, targetOffset, fromByte, toByte, this.kind(index), this.#words, start, end, kernel);
  }

  /** Sets or clears one bit. */
  change(high: number, low: number, value: 0 | 1): void {
    const index = this.find(high);
    if (index < 0) {
      if (value === 1)
        this.#insert(~index, high, { kind: 'array', cardinality: 1, words: Uint16Array.of(low) });
      return;
    }
    const kind = this.kind(index);
    if (kind === 'array') this.#changeArray(index, low, value);
    else if (kind === 'bitmap') this.#changeBitmap(index, low, value);
    else if (value === 1) this.#addToRuns(index, low);
    else this.changeMany(high, [low], 0, 1, 0);
  }

  /** Sets or clears the bits `ids[from..to)`, ascending, all of container `high`. Brings the container into its smallest shape. */
  changeMany(
    high: number,
    ids: ArrayLike<number>,
    from: number,
    to: number,
    value: 0 | 1,
    kernel?: KernelChoice,
  ): void {
    const index = this.find(high);
    if (index < 0 && value === 0) return;
    const list = value === 1 ? this.#merge(index, ids, from, to) : undefined;
    if (list !== undefined) {
      this.#put(index, high, list);
      return;
    }
    if (index < 0) scratch.fill(0);
    else this.decodeInto(scratch, 0, index, 0, CONTAINER_BYTES, kernel);
    for (let at = from; at < to; at++) {
      const low = ids[at]! & 0xffff;
      if (value === 1) scratch[byteIndex(low)]! |= bitMask(low);
      else scratch[byteIndex(low)]! &= ~bitMask(low);
    }
    this.#put(index, high, encode(scratch));
  }

  /** Adds the bits of a container's bytes to container `high`. */
  or(high: number, bytes: Uint8Array): void {
    const index = this.find(high);
    if (index < 0) scratch.fill(0);
    else this.decodeInto(scratch, 0, index, 0, CONTAINER_BYTES);
    for (let at = 0; at < bytes.length; at++) scratch[at]! |= bytes[at]!;
    this.#put(index, high, encode(scratch));
  }

  /** Whether a further container belongs to a block of its own. */
  get isFull(): boolean {
    return this.#count >= MAX_BITMAPS && this.#isAllBitmaps();
  }

  /**
   * Adds a container after all others, whose words are copied; nothing if it has no ids.
   * @param following how many are to be added after it: where one is a bitmap, the next ones mostly are; see `trim`
   */
  append(high: number, container: Encoded, following: number): void {
    if (container.kind === 'bitmap' && this.#isAllBitmaps()) {
      const expected = Math.min(1 + following, MAX_BITMAPS - this.#count);
      this.#reserve(this.#used + expected * (ENTRY_WORDS + BITMAP_WORDS));
    }
    this.#put(~this.#count, high, container);
  }

  /** Gives back what has been reserved and is not used. */
  trim(): void {
    const slack = this.#used >> 5;
    if (this.#words.length > this.#used + 2 * slack + 8) this.#reallocate(this.#used);
  }

  /** A block of its own with the same containers. */
  copy(): Block {
    const copy = new Block();
    if (this.#count > 0) copy.#take(this, 0, this.#count);
    return copy;
  }

  /** Moves the upper half to a new block if this one has become too large. */
  split(): Block | undefined {
    if (this.#used <= SPLIT_WORDS || this.#count < 2) return undefined;
    if (this.#count <= MAX_BITMAPS && this.#isAllBitmaps()) return undefined;
    let index = 1;
    while (index < this.#count - 1 && index * ENTRY_WORDS + this.#offset(index) < this.#used / 2) index++;
    const upper = new Block();
    upper.#take(this, index, this.#count);
    const lower = new Block();
    lower.#take(this, 0, index);
    this.#words = lower.#words;
    this.#count = lower.#count;
    this.#used = lower.#used;
    return upper;
  }

  #isAllBitmaps(): boolean {
    for (let index = 0; index < this.#count; index++) if (this.kind(index) !== 'bitmap') return false;
    return true;
  }

  #offset(index: number): number {
    return this.#words[index * ENTRY_WORDS + OFFSET]! & ~RUN_FLAG;
  }

  #start(index: number): number {
    return this.#count * ENTRY_WORDS + this.#offset(index);
  }

  #end(index: number): number {
    return index + 1 < this.#count ? this.#start(index + 1) : this.#used;
  }

  #changeArray(index: number, low: number, value: 0 | 1): void {
    const [start, end] = [this.#start(index), this.#end(index)];
    const at = lowerBound(this.#words, start, end, low);
    const present = at < end && this.#words[at] === low;
    if (present === (value === 1)) return;
    const cardinality = end - start + (value === 1 ? 1 : -1);
    if (value === 0) {
      if (cardinality === 0) this.#remove(index);
      else this.#resize(index, at + 1, -1, cardinality);
      return;
    }
    if (cardinality > BITMAP_WORDS) {
      this.changeMany(this.high(index), [low], 0, 1, 1);
      return;
    }
    this.#resize(index, at, 1, cardinality);
    this.#words[at] = low;
    // Runs may have become smaller; looking at every doubling keeps the price per id constant.
    if (cardinality >= 64 && (cardinality & (cardinality - 1)) === 0) this.#repack(index);
  }

  #changeBitmap(index: number, low: number, value: 0 | 1): void {
    if (!changeBit(this.#words, this.#start(index), low, value)) return;
    const cardinality = this.cardinality(index) + (value === 1 ? 1 : -1);
    if (cardinality % BITMAP_WORDS !== 0) {
      this.#words[index * ENTRY_WORDS + CARDINALITY] = cardinality - 1;
    } else {
      this.#repack(index);
    }
  }

  #addToRuns(index: number, low: number): void {
    const words = this.#words;
    const [start, end] = [this.#start(index), this.#end(index)];
    const at = findRun(words, start, end, low);
    const next = at + 2;
    const last = at < start ? -2 : words[at]! + words[at + 1]!;
    if (low <= last) return;
    const cardinality = this.cardinality(index) + 1;
    const joinsNext = next < end && words[next] === low + 1;
    if (last === low - 1 && joinsNext) {
      words[at + 1] = words[at + 1]! + words[next + 1]! + 2;
      this.#resize(index, next + 2, -2, cardinality);
    } else if (last === low - 1) {
      words[at + 1]! += 1;
      this.#resize(index, end, 0, cardinality);
    } else if (joinsNext) {
      words[next] = low;
      words[next + 1]! += 1;
      this.#resize(index, end, 0, cardinality);
    } else {
      this.#resize(index, next, 2, cardinality);
      this.#words[next] = low;
      this.#words[next + 1] = 0;
      if (end - start + 2 > Math.min(cardinality, BITMAP_WORDS)) this.#repack(index);
    }
  }

  /** The container with more ids, if it is a list, or none, and stays one. */
  #merge(index: number, ids: ArrayLike<number>, from: number, to: number): Encoded | undefined {
    if (index < 0) return mergeList(this.#words, 0, 0, ids, from, to);
    if (this.kind(index) !== 'array') return undefined;
    return mergeList(this.#words, this.#start(index), this.#end(index), ids, from, to);
  }

  /** Brings a container into its smallest shape. */
  #repack(index: number): void {
    this.decodeInto(scratch, 0, index, 0, CONTAINER_BYTES);
    this.#put(index, this.high(index), encode(scratch));
  }

  #put(index: number, high: number, container: Encoded): void {
    if (container.cardinality === 0) {
      if (index >= 0) this.#remove(index);
    } else if (index < 0) {
      this.#insert(~index, high, container);
    } else {
      const growth = container.words.length - (this.#end(index) - this.#start(index));
      this.#resize(index, this.#end(index), growth, container.cardinality, container.kind);
      this.#words.set(container.words, this.#start(index));
    }
  }

  #insert(index: number, high: number, container: Encoded): void {
    const offset = index < this.#count ? this.#offset(index) : this.#used - this.#count * ENTRY_WORDS;
    this.#reserve(this.#used + ENTRY_WORDS + container.words.length);
    const entry = index * ENTRY_WORDS;
    this.#words.copyWithin(entry + ENTRY_WORDS, entry, this.#used);
    this.#words[entry] = high;
    this.#words[entry + OFFSET] = offset;
    this.#count++;
    this.#used += ENTRY_WORDS;
    // The new payload is still empty: it begins and ends where the next one begins.
    this.#resize(index, this.#start(index), container.words.length, container.cardinality, container.kind);
    this.#words.set(container.words, this.#start(index));
  }

  #remove(index: number): void {
    this.#resize(index, this.#end(index), this.#start(index) - this.#end(index), 1);
    this.#words.copyWithin(index * ENTRY_WORDS, (index + 1) * ENTRY_WORDS, this.#used);
    this.#count--;
    this.#used -= ENTRY_WORDS;
  }

  /** Moves the words from `at` on by `growth`, within container `index`, and notes its new cardinality and kind. */
  #resize(index: number, at: number, growth: number, cardinality: number, kind = this.kind(index)): void {
    if (growth !== 0) {
      if (growth > 0) this.#reserve(this.#used + growth);
      this.#words.copyWithin(at + growth, at, this.#used);
      this.#used += growth;
      if (growth < 0) this.trim();
      const end = this.#count * ENTRY_WORDS;
      for (let entry = (index + 1) * ENTRY_WORDS; entry < end; entry += ENTRY_WORDS) {
        this.#words[entry + OFFSET]! += growth;
      }
    }
    const entry = index * ENTRY_WORDS;
    const runFlag = kind === 'run' ? RUN_FLAG : 0;
    this.#words[entry + CARDINALITY] = cardinality - 1;
    this.#words[entry + OFFSET] = (this.#words[entry + OFFSET]! & ~RUN_FLAG) | runFlag;
  }

  #reserve(length: number): void {
    if (length > this.#words.length) this.#reallocate(length);
  }

  /** Room for `length` words. Slack is a 32nd: the price of a copy now and then buys small bitmaps. */
  #reallocate(length: number): void {
    const words = new Uint16Array(length + (length >> 5) + 4);
    words.set(this.#words.subarray(0, this.#used));
    this.#words = words;
  }

  /** Becomes a copy of the containers `[from, to)` of `source`. */
  #take(source: Block, from: number, to: number): void {
    const shift = source.#offset(from);
    const payloads = source.#words.subarray(source.#start(from), source.#end(to - 1));
    this.#count = to - from;
    this.#used = this.#count * ENTRY_WORDS + payloads.length;
    this.#words = new Uint16Array(this.#used);
    this.#words.set(source.#words.subarray(from * ENTRY_WORDS, to * ENTRY_WORDS));
    this.#words.set(payloads, this.#count * ENTRY_WORDS);
    for (let index = 0; index < this.#count; index++) this.#words[index * ENTRY_WORDS + OFFSET]! -= shift;
  }
}
