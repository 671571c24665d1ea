/** Reading as Redis likes it best: STRLEN for lengths, GETRANGE for the bytes that are wanted. */

import { StoreError } from '../../base/errors.js';
import type { ByteRange } from '../../bitmap/types.js';
import type { BitmapReader, ByteRead, RequestOptions } from '../types.js';
import type { RedisLink } from './link.js';
import { findRegions } from './regions.js';

/**
 * Marks only make keys longer. One that has become shorter since its length was told was deleted, replaced or lost with
 * its server: what was read before and after does not belong together, so the question ends in a `StoreError`.
 */
export class RangeReader implements BitmapReader {
  readonly #link: RedisLink;
  readonly #byteLengths = new Map<string, number>();

  constructor(link: RedisLink) {
    this.#link = link;
  }

  async byteLengths(keys: readonly string[], options?: RequestOptions): Promise<number[]> {
    const byteLengths = new Array<number>(keys.length);
    await this.#link.sendAll(
      keys.entries(),
      {
        send: ([, key]) => this.#link.commands.strlen(key),
        receive: (byteLength, [index, key]) => {
          byteLengths[index] = this.#note(key, byteLength);
        },
        keyOf: ([, key]) => key,
      },
      options,
    );
    return byteLengths;
  }

  async read(reads: readonly ByteRead[], options?: RequestOptions): Promise<void> {
    // In the same round trip: a key that is longer than ids go is refused, wherever it is read.
    const unmeasured = new Set<string>();
    for (const { key } of reads) if (!this.#byteLengths.has(key)) unmeasured.add(key);
    const [, found] = await both(
      unmeasured.size > 0 ? this.byteLengths([...unmeasured], options) : undefined,
      this.#getRanges(reads, options),
    );
    for (const [index, { key, byteOffset, target }] of reads.entries()) {
      const end = Math.min(byteOffset + target.length, this.#byteLengths.get(key)!);
      this.#checkLength(key, byteOffset + found[index]!, end);
    }
  }

  /** What fills its target may be longer: its length is asked for too, at once if it was longer before. */
  async readFirst(reads: readonly ByteRead[], options?: RequestOptions): Promise<number[]> {
    const expected = reads.map(({ key }) => key).filter((key) => this.#link.isLong(key));
    const [, found] = await both(
      expected.length > 0 ? this.byteLengths(expected, options) : undefined,
      this.#getRanges(reads, options),
    );
    const longer: string[] = [];
    for (const [index, { key, target }] of reads.entries()) {
      const isWhole = found[index]! < target.length;
      if (!isWhole && !this.#byteLengths.has(key)) longer.push(key);
      // It may have grown since it was measured.
      else if (isWhole || this.#byteLengths.get(key)! < found[index]!) this.#note(key, found[index]!);
    }
    if (longer.length > 0) {
      await this.byteLengths(longer, options);
      this.#link.noteLong(longer);
    }
    return reads.map(({ key }) => this.#byteLengths.get(key)!);
  }

  /** Fills every target, and says how many bytes each reply had. */
  async #getRanges(
    reads: readonly ByteRead[],
    options: RequestOptions | undefined,
  ): Promise<ArrayLike<number>> {
    const found = new Uint32Array(reads.length);
    const { commands } = this.#link;
    await this.#link.sendAll(
      [...reads.keys()].filter((index) => reads[index]!.target.length > 0),
      {
        send: (index) => {
          const { key, byteOffset, target } = reads[index]!;
          return commands.getrange(key, byteOffset, byteOffset + target.length - 1);
        },
        // Replies are views of the client's socket buffer, so they are copied at once.
        receive: (bytes, index) => {
          const { target } = reads[index]!;
          target.set(bytes);
          target.fill(0, bytes.length);
          found[index] = bytes.length;
        },
        keyOf: (index) => reads[index]!.key,
      },
      options,
    );
    return found;
  }

  async occupied(
    keys: readonly string[],
    byteLengths: readonly number[],
    options?: RequestOptions,
  ): Promise<(readonly ByteRange[] | undefined)[]> {
    const regions = await findRegions(this.#link, keys, byteLengths, options);
    // A key that is gone by now has looked empty.
    const searched = keys.filter((_, index) => regions[index] !== undefined);
    if (searched.length > 0) await this.byteLengths(searched, options);
    return regions;
  }

  /** Notes how long a key is. */
  #note(key: string, byteLength: number): number {
    this.#checkLength(key, byteLength, this.#byteLengths.get(key) ?? 0);
    this.#byteLengths.set(key, byteLength);
    return byteLength;
  }

  #checkLength(key: string, byteLength: number, expected: number): void {
    if (byteLength >= expected) return;
    throw new StoreError(
      `expected key ${JSON.stringify(key)} to stay while it is read, got one that is shorter than before: it was deleted or replaced`,
    );
  }
}

/** Waits for both, also if one fails: nothing is written to a target after that was told. */
async function both<A, B>(a: A, b: B): Promise<[Awaited<A>, Awaited<B>]> {
  await Promise.allSettled([a, b]);
  return Promise.all([a, b]);
}
