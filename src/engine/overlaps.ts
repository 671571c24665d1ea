import { CONTAINER_BYTES, CONTAINER_IDS } from '../base/limits.js';
import type { SideBySide } from '../bitmap/beside.js';
import { BITMAP_WORDS, findRun, lowerBound } from '../bitmap/container.js';
import { borrowKernel, type KernelChoice, returnKernel } from '../kernel/pool.js';
import type { Kernel } from '../kernel/types.js';
import type { Cells } from './cells.js';

/**
 * Counting pairs only where both bitmaps have ids: between the first and the last ones of a stretch. What lies there, and
 * nothing else, is unpacked, once for all pairs that need it; runs are compared as such.
 */

/** Cells that are counted at a time, 192 KiB, and the bytes of what is unpacked for them. */
const MAX_CELLS = 2 ** 14;
const CELL_NUMBERS = 3;
const MAX_STRIP_BYTES = 2 ** 20;
/** The words of a container on their way, with room to unpack a run to its last byte. */
const CELLS_OFFSET = CONTAINER_BYTES;
const STRIPS_OFFSET = CELLS_OFFSET + MAX_CELLS * CELL_NUMBERS * 4;
/** Strips begin and end at multiples of 16 bytes. */
const STEP_BYTES = 16;
const STEP_IDS = STEP_BYTES * 8;
/** A stretch has so many of them. */
const STEPS = CONTAINER_BYTES / STEP_BYTES;

/** Up to so many words of runs, of both together, are gone through side by side. */
const MAX_RUN_WORDS = 64;

/** What things take, in nanoseconds, on an AMD EPYC of family 26: per cell, per byte of one, per strip, per id unpacked. */
const CELL_NS = 12;
const BYTE_NS = 0.033;
const STRIP_NS = 250;
const ID_NS = 0.5;
const WINDOWS_SHARE = 0.75;

export class Overlaps {
  readonly #choice: KernelChoice;
  readonly #cells: Cells;
  readonly #counters: Float64Array;
  /** Per operand its place among the members of the stretch; those of other stretches are stale. */
  readonly #places: Int32Array;
  /** Per member which ids cells want unpacked, in steps, and where its strip would begin with the first id of the stretch. */
  readonly #from: Int32Array;
  readonly #to: Int32Array;
  readonly #bases: Int32Array;
  /** The cells of the stretch: members, beginning and end in steps, counter. */
  readonly #a: number[] = [];
  readonly #b: number[] = [];
  readonly #begins: number[] = [];
  readonly #ends: number[] = [];
  readonly #cellCounters: number[] = [];
  #count = 0;
  /** Whether every operand is part of a pair. */
  readonly #isAllPaired: boolean;
  /** Bytes of all strips together. */
  #stripBytes = 0;
  /** What is known of the stretch without unpacking anything: counters, and what is added to each. */
  readonly #knownCounters: number[] = [];
  readonly #known: number[] = [];
  /** Made when it is first needed. */
  #batch: Batch | undefined;

  constructor(choice: KernelChoice, operands: number, cells: Cells, counters: Float64Array) {
    this.#choice = choice;
    this.#cells = cells;
    this.#counters = counters;
    this.#places = new Int32Array(operands).fill(-1);
    this.#from = new Int32Array(operands);
    this.#to = new Int32Array(operands);
    this.#bases = new Int32Array(operands);
    this.#isAllPaired = new Set([...cells.rows, ...cells.columns]).size === operands;
  }

  /**
   * Finds where pairs overlap in the stretch at hand, and whether counting them takes less than so many nanoseconds, by estimate,
   * and clearly less than counting windows, which may be done by many at a time; and there is room for it.
   */
  suits(stretch: SideBySide, maxNs: number): boolean {
    const most = Math.min(maxNs, this.#windowsNs(stretch) * WINDOWS_SHARE);
    if (this.#leastNs(stretch) >= most) return false;
    const { bitmaps, count } = stretch;
    const { rows, starts, columns, counters } = this.#cells;
    const places = this.#places;
    for (let member = 0; member < count; member += 1) {
      places[bitmaps[member]!] = member;
      this.#from[member] = STEPS;
      this.#to[member] = 0;
    }
    this.#count = 0;
    this.#known.length = 0;
    this.#knownCounters.length = 0;
    let steps = 0;
    for (let row = 0; row < rows.length; row += 1) {
      const a = places[rows[row]!]!;
      if (a < 0 || this.#cellsNs(steps) > most) continue;
      for (let cell = starts[row]!; cell < starts[row + 1]!; cell += 1) {
        const b = places[columns[cell]!]!;
        if (b >= 0) steps += this.#addPair(stretch, a, b, counters[cell]!);
      }
    }
    for (let member = 0; member < count; member += 1) places[bitmaps[member]!] = -1;
    return this.#cellsNs(steps) + this.#stripsNs(stretch) < most && this.#stripBytes <= MAX_STRIP_BYTES;
  }

  /** Counts the stretch that was looked at, or has it wait to be counted with others. */
  add(stretch: SideBySide): void {
    for (let at = 0; at < this.#known.length; at += 1) {
      this.#counters[this.#knownCounters[at]!]! += this.#known[at]!;
    }
    if (this.#count === 0) return;
    this.#batch ??= new Batch(this.#choice, this.#counters);
    const batch = this.#batch;
    batch.makeRoom(this.#stripBytes);
    for (let member = 0; member < stretch.count; member += 1) {
      const from = this.#from[member]!;
      const to = this.#to[member]!;
      if (from < to) this.#bases[member] = batch.unpack(stretch, member, from, to);
    }
    for (let cell = 0; cell < this.#count; cell += 1) {
      const begin = this.#begins[cell]!;
      const a = this.#bases[this.#a[cell]!]! + begin * STEP_BYTES;
      const b = this.#bases[this.#b[cell]!]! + begin * STEP_BYTES;
      batch.add(a, b, (this.#ends[cell]! - begin) * STEP_BYTES, this.#cellCounters[cell]!);
    }
  }

  /** Counts what waits. */
  finish(): void {
    this.#batch?.count();
  }

  close(): void {
    this.#batch?.close();
  }

  /** How many steps of 16 bytes a pair needs. */
  #addPair(stretch: SideBySide, a: number, b: number, counter: number): number {
    const { firsts, lasts } = stretch;
    const first = Math.max(firsts[a]!, firsts[b]!);
    const last = Math.min(lasts[a]!, lasts[b]!);
    if (first > last) return 0;
    const known = commonOf(stretch, a, b, first, last);
    if (known !== undefined) {
      this.#known.push(known);
      this.#knownCounters.push(counter);
      return 0;
    }
    const begin = Math.floor(first / STEP_IDS);
    const end = Math.floor(last / STEP_IDS) + 1;
    const cell = this.#count++;
    this.#a[cell] = a;
    this.#b[cell] = b;
    this.#begins[cell] = begin;
    this.#ends[cell] = end;
    this.#cellCounters[cell] = counter;
    this.#want(a, begin, end);
    this.#want(b, begin, end);
    return end - begin;
  }

  #want(member: number, begin: number, end: number): void {
    if (begin < this.#from[member]!) this.#from[member] = begin;
    if (end > this.#to[member]!) this.#to[member] = end;
  }

  /** What all pairs, and all that members have, would take in windows, which end with the last id of all. */
  #windowsNs({ count, lasts, cardinalities }: SideBySide): number {
    let last = 0;
    let nanoseconds = 0;
    for (let member = 0; member < count; member += 1) {
      if (lasts[member]! > last) last = lasts[member]!;
      nanoseconds += STRIP_NS + Math.min(cardinalities[member]!, BITMAP_WORDS) * ID_NS;
    }
    return nanoseconds + (this.#cells.columns.length + count) * (last / 8) * BYTE_NS;
  }

  /** What it takes at least where all operands are dense, without a look at every pair: that would take a twentieth of a table's time. */
  #leastNs(stretch: SideBySide): number {
    const { count, firsts, lasts, cardinalities } = stretch;
    if (!this.#isAllPaired || count < this.#places.length) return 0;
    let first = 0;
    let last = CONTAINER_IDS - 1;
    for (let member = 0; member < count; member += 1) {
      const isSolid = cardinalities[member] === lasts[member]! - firsts[member]! + 1;
      if (isSolid || stretch.kind(member) !== 'bitmap') return 0;
      first = Math.max(first, firsts[member]!);
      last = Math.min(last, lasts[member]!);
    }
    // All pairs have these ids to compare, and all strips have them at least.
    const bytes = Math.max(0, last - first) / 8;
    const pairs = this.#cells.columns.length;
    return (
      pairs * (CELL_NS + bytes * BYTE_NS) +
      count * (STRIP_NS + (bytes / CONTAINER_BYTES) * BITMAP_WORDS * ID_NS)
    );
  }

  #cellsNs(steps: number): number {
    return this.#count * CELL_NS + steps * STEP_BYTES * BYTE_NS;
  }

  #stripsNs({ count, firsts, lasts, cardinalities }: SideBySide): number {
    let steps = 0;
    let nanoseconds = 0;
    for (let member = 0; member < count; member += 1) {
      const wanted = this.#to[member]! - this.#from[member]!;
      if (wanted <= 0) continue;
      steps += wanted;
      const share = Math.min(1, (wanted * STEP_IDS) / (lasts[member]! - firsts[member]! + 1));
      nanoseconds += STRIP_NS + Math.min(cardinalities[member]!, BITMAP_WORDS) * share * ID_NS;
    }
    this.#stripBytes = steps * STEP_BYTES;
    return nanoseconds + this.#stripBytes * BYTE_NS;
  }
}

/** What two members have in common within the range of both, if it takes no unpacking to know. */
function commonOf(
  stretch: SideBySide,
  a: number,
  b: number,
  first: number,
  last: number,
): number | undefined {
  const { firsts, lasts, cardinalities } = stretch;
  const isSolidA = cardinalities[a] === lasts[a]! - firsts[a]! + 1;
  const isSolidB = cardinalities[b] === lasts[b]! - firsts[b]! + 1;
  if (isSolidA && isSolidB) return last - first + 1;
  // All of one lies in the other, which has all ids there.
  if (isSolidA && firsts[b] === first && lasts[b] === last) return cardinalities[b]!;
  if (isSolidB && firsts[a] === first && lasts[a] === last) return cardinalities[a]!;
  if (stretch.kind(a) !== 'run' || stretch.kind(b) !== 'run') return undefined;
  const runsA = stretch.words(a);
  const runsB = stretch.words(b);
  return runsA.length + runsB.length > MAX_RUN_WORDS ? undefined : countRuns(runsA, runsB);
}

/** How many ids the runs of both have. */
function countRuns(a: Uint16Array, b: Uint16Array): number {
  let count = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const lastA = a[i]! + a[i + 1]!;
    const lastB = b[j]! + b[j + 1]!;
    const common = Math.min(lastA, lastB) - Math.max(a[i]!, b[j]!) + 1;
    if (common > 0) count += common;
    if (lastA <= lastB) i += 2;
    else j += 2;
  }
  return count;
}

/** Strips, and cells of them, in a kernel's memory. */
class Batch {
  readonly #kernel: Kernel;
  readonly #memory: Uint8Array;
  readonly #words: Uint16Array;
  readonly #numbers: Uint32Array;
  readonly #targets: Float64Array;
  readonly #counters: number[] = [];
  #cells = 0;
  #end = STRIPS_OFFSET;

  constructor(choice: KernelChoice, targets: Float64Array) {
    this.#kernel = borrowKernel(choice);
    this.#targets = targets;
    this.#memory = this.#kernel.reserve(STRIPS_OFFSET + MAX_STRIP_BYTES + 64);
    const { buffer, byteOffset } = this.#memory;
    this.#words = new Uint16Array(buffer, byteOffset, CELLS_OFFSET / 2);
    this.#numbers = new Uint32Array(buffer, byteOffset + CELLS_OFFSET, MAX_CELLS * CELL_NUMBERS);
  }

  /** For strips of so many bytes. */
  makeRoom(byteLength: number): void {
    if (this.#end + byteLength <= STRIPS_OFFSET + MAX_STRIP_BYTES) return;
    this.count();
    this.#end = STRIPS_OFFSET;
  }

  /** Unpacks steps of a member; says where the first id of its stretch would be. */
  unpack(stretch: SideBySide, member: number, from: number, to: number): number {
    const start = this.#end;
    const base = start - from * STEP_BYTES;
    this.#end += (to - from) * STEP_BYTES;
    const words = stretch.words(member);
    const kind = stretch.kind(member);
    if (kind === 'bitmap') {
      const bytes = new Uint8Array(
        words.buffer,
        words.byteOffset + from * STEP_BYTES,
        (to - from) * STEP_BYTES,
      );
      this.#memory.set(bytes, start);
      return base;
    }
    this.#memory.fill(0, start, this.#end);
    if (kind === 'array') {
      const first = from === 0 ? 0 : lowerBound(words, 0, words.length, from * STEP_IDS);
      const end = to === STEPS ? words.length : lowerBound(words, first, words.length, to * STEP_IDS);
      this.#words.set(words.subarray(first, end));
      this.#kernel.unpack(base, 0, end - first);
    } else {
      this.#kernel.unpackRuns(base, 0, this.#cutRuns(words, from * STEP_IDS, to * STEP_IDS - 1));
    }
    return base;
  }

  add(a: number, b: number, byteLength: number, counter: number): void {
    if (this.#cells === MAX_CELLS) this.count();
    const at = this.#cells * CELL_NUMBERS;
    this.#numbers[at] = a;
    this.#numbers[at + 1] = b;
    this.#numbers[at + 2] = byteLength;
    this.#counters[this.#cells++] = counter;
  }

  /** Counts the cells; strips stay. */
  count(): void {
    this.#kernel.countOverlaps(CELLS_OFFSET, this.#cells);
    for (let cell = 0; cell < this.#cells; cell += 1) {
      this.#targets[this.#counters[cell]!]! += this.#numbers[cell * CELL_NUMBERS + 2]!;
    }
    this.#cells = 0;
  }

  close(): void {
    returnKernel(this.#kernel);
  }

  /** Loads what runs have of the ids from `first` to `last`; returns how many they are. */
  #cutRuns(runs: Uint16Array, first: number, last: number): number {
    const begun = Math.max(findRun(runs, 0, runs.length, first), 0);
    const from = runs[begun]! + runs[begun + 1]! < first ? begun + 2 : begun;
    const length = findRun(runs, 0, runs.length, last) + 2 - from;
    if (length <= 0) return 0;
    const words = this.#words;
    words.set(runs.subarray(from, from + length));
    const missing = first - words[0]!;
    if (missing > 0) {
      words[0] = first;
      words[1]! -= missing;
    }
    const begin = words[length - 2]!;
    words[length - 1] = Math.min(words[length - 1]!, last - begin);
    return length / 2;
  }
}
