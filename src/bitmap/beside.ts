import { CONTAINER_BYTES, CONTAINER_IDS } from '../base/limits.js';
import type { Bitmap } from './bitmap.js';
import type { Block } from './block.js';
import type { ContainerKind } from './types.js';

/** Of what is behind the last container of a stretch. */
const NONE = -1;

/**
 * Bitmaps side by side, one stretch of 65,536 ids after the other: those that have a container there, in the order of the
 * bitmaps. Stretches without any take no time. Valid until the next change of one of the bitmaps.
 */
export class SideBySide {
  /** First id of the stretch at hand; infinite behind the last one. */
  firstId = Number.POSITIVE_INFINITY;
  /** How many bitmaps have a container there: the members of the stretch. */
  count = 0;
  /** Per member which bitmap it is of, how many ids it has, and the low 16 bits of the first and the last one it may have. */
  readonly bitmaps: Int32Array;
  readonly cardinalities: Int32Array;
  readonly firsts: Int32Array;
  readonly lasts: Int32Array;
  /** Number of all ids of the stretch. */
  cardinality = 0;
  /** Per stretch its first container, per container the next one of the stretch. */
  readonly #heads: Int32Array;
  readonly #next: number[] = [];
  readonly #owners: number[] = [];
  readonly #blocks: Block[] = [];
  readonly #indices: number[] = [];
  /** Per member its container. */
  readonly #members: Int32Array;
  #stretch = -1;

  constructor(bitmaps: readonly Bitmap[]) {
    let longest = 0;
    for (const { byteLength } of bitmaps) if (byteLength > longest) longest = byteLength;
    this.#heads = new Int32Array(Math.ceil(longest / CONTAINER_BYTES)).fill(NONE);
    // From the last one on, as each goes before those that its stretch has.
    for (let owner = bitmaps.length - 1; owner >= 0; owner -= 1) {
      for (const block of bitmaps[owner]!.blocks) this.#addBlock(owner, block);
    }
    this.bitmaps = new Int32Array(bitmaps.length);
    this.cardinalities = new Int32Array(bitmaps.length);
    this.firsts = new Int32Array(bitmaps.length);
    this.lasts = new Int32Array(bitmaps.length);
    this.#members = new Int32Array(bitmaps.length);
    this.advance();
  }

  advance(): void {
    const heads = this.#heads;
    let stretch = this.#stretch + 1;
    while (stretch < heads.length && heads[stretch] === NONE) stretch += 1;
    this.#stretch = stretch;
    this.firstId = stretch < heads.length ? stretch * CONTAINER_IDS : Number.POSITIVE_INFINITY;
    let count = 0;
    let cardinality = 0;
    for (let at = heads[stretch] ?? NONE; at !== NONE; at = this.#next[at]!) {
      const block = this.#blocks[at]!;
      const index = this.#indices[at]!;
      this.#members[count] = at;
      this.bitmaps[count] = this.#owners[at]!;
      this.firsts[count] = block.firstLow(index);
      this.lasts[count] = block.lastLow(index);
      cardinality += this.cardinalities[count] = block.cardinality(index);
      count += 1;
    }
    this.count = count;
    this.cardinality = cardinality;
  }

  kind(member: number): ContainerKind {
    const at = this.#members[member]!;
    return this.#blocks[at]!.kind(this.#indices[at]!);
  }

  /** The words of a member: see `Container`. */
  words(member: number): Uint16Array {
    const at = this.#members[member]!;
    return this.#blocks[at]!.payload(this.#indices[at]!);
  }

  #addBlock(owner: number, block: Block): void {
    const heads = this.#heads;
    for (let index = 0; index < block.count; index += 1) {
      const stretch = block.high(index);
      this.#next.push(heads[stretch]!);
      heads[stretch] = this.#owners.push(owner) - 1;
      this.#blocks.push(block);
      this.#indices.push(index);
    }
  }
}
