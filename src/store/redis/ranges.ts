/** Reading as Redis likes it best: STRLEN for lengths, GETRANGE for the bytes that are wanted. */

import { StoreError } from '../../base/errors.js';
import type { ByteRange } from '../../bitmap/types.js';
import type { BitmapReader, ByteRead, RequestOptions } from '../types.js';
import type { RedisLink } from './link.js';
import { explainFailure } from './refusal.js';
import { findRegions } from './regions.js';

/** One read of fewer bytes is as fast through the client, and not worth another connection. */
const SHORT_BYTES = 16_384;

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
    const ask = () =>
      this.#link.sendAll(
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
    await this.#link.pace.measure(ask, () => 0);
    return byteLengths;
  }

  async read(reads: readonly ByteRead[], options?: RequestOptions): Promise<void> {
    // Lengths that are told now may be older than the bytes, or younger.
    const expected = reads.map(({ key }) => this.#byteLengths.get(key) ?? 0);
    // In the same round trip: a key that is longer than ids go is refused, wherever it is read.
    const unmeasured = new Set<string>();
    for (const { key } of reads) if (!this.#byteLengths.has(key)) unmeasured.add(key);
    const [, found] = await both(
      unmeasured.size > 0 ? this.byteLengths([...unmeasured], options) : undefined,
      this.#measure(reads, options),
    );
    for (const [index, { key, byteOffset, target }] of reads.entries()) {
      const end = Math.min(byteOffset + target.length, expected[index]!);
      checkLength(key, byteOffset + found[index]!, end);
    }
  }

  /** What fills its target may be longer: its length is asked for too, at once if it was longer before. */
  async readFirst(reads: readonly ByteRead[], options?: RequestOptions): Promise<number[]> {
    const known = reads.map(({ key }) => this.#byteLengths.get(key) ?? 0);
    const expected = reads.map(({ key }) => key).filter((key) => this.#link.isLong(key));
    const [, found] = await both(
      expected.length > 0 ? this.byteLengths(expected, options) : undefined,
      this.#measure(reads, options),
    );
    const longer: string[] = [];
    for (const [index, { key, target }] of reads.entries()) {
      checkLength(key, found[index]!, Math.min(target.length, known[index]!));
      const byteLength = this.#byteLengths.get(key);
      if (byteLength === undefined && found[index] === target.length) longer.push(key);
      // It may have grown since it was measured, or while it was read.
      else this.#byteLengths.set(key, Math.max(byteLength ?? 0, found[index]!));
    }
    if (longer.length > 0) {
      await this.byteLengths(longer, options);
      this.#link.noteLong(longer);
    }
    return reads.map(({ key }) => this.#byteLengths.get(key)!);
  }

  /** Fills every target, and says how many bytes each reply had, also to who watches the pace. */
  #measure(reads: readonly ByteRead[], options: RequestOptions | undefined): Promise<Uint32Array> {
    return this.#link.pace.measure(
      () => this.#getRanges(reads, options),
      (found) => found.reduce((sum, byteLength) => sum + byteLength, 0),
    );
  }

  async #getRanges(reads: readonly ByteRead[], options: RequestOptions | undefined): Promise<Uint32Array> {
    const found = new Uint32Array(reads.length);
    const { commands } = this.#link;
    const wanted = [...reads.keys()].filter((index) => reads[index]!.target.length > 0);
    const left = await this.#getBeside(reads, wanted, found, options);
    if (left.length === 0) return found;
    await this.#link.sendAll(
      left,
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

  /**
   * Reads what is wanted over a connection of the store's own, if it has one, and says what is left: what was refused, or lost
   * with the connection, is asked for again by the client, which knows what to make of it.
   */
  async #getBeside(
    reads: readonly ByteRead[],
    wanted: readonly number[],
    found: Uint32Array,
    options: RequestOptions | undefined,
  ): Promise<readonly number[]> {
    const { reading, maxInFlight, commands } = this.#link;
    const isShort = wanted.length === 1 && reads[wanted[0]!]!.target.length < SHORT_BYTES;
    if (reading === undefined || isShort) return wanted;
    const left: number[] = [];
    for (let from = 0; from < wanted.length; from += maxInFlight) {
      const part = wanted.slice(from, from + maxInFlight);
      const asked = part.map((index) => reads[index]!);
      const served = await reading.read(asked, commands.keyPrefix, options?.signal).catch(async (error) => {
        throw options?.signal?.aborted ? error : await explainFailure(commands, error);
      });
      for (const [place, index] of part.entries()) {
        const byteLength = served?.[place] ?? -1;
        if (byteLength < 0) left.push(index);
        else found[index] = byteLength;
      }
    }
    return left;
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
    checkLength(key, byteLength, this.#byteLengths.get(key) ?? 0);
    this.#byteLengths.set(key, byteLength);
    return byteLength;
  }
}

/** @throws StoreError for a key that is shorter than it was */
export function checkLength(key: string, byteLength: number, expected: number): void {
  if (byteLength >= expected) return;
  throw new StoreError(
    `expected key ${JSON.stringify(key)} to stay while it is read, got one that is shorter than before: it was deleted or replaced`,
  );
}

/** Waits for both, also if one fails: nothing is written to a target after that was told. */
async function both<A, B>(a: A, b: B): Promise<[Awaited<A>, Awaited<B>]> {
  await Promise.allSettled([a, b]);
  return Promise.all([a, b]);
}
