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
          this.#checkLength(key, byteLength, this.#byteLengths.get(key) ?? 0);
          this.#byteLengths.set(key, byteLength);
          byteLengths[index] = byteLength;
        },
        keyOf: ([, key]) => key,
      },
      options,
    );
    return byteLengths;
  }

  async read(reads: readonly ByteRead[], options?: RequestOptions): Promise<void> {
    // In the same round trip, ahead of the bytes: a key that is longer than ids go is refused, wherever it is read.
    const unmeasured = new Set<string>();
    for (const { key } of reads) if (!this.#byteLengths.has(key)) unmeasured.add(key);
    const { commands } = this.#link;
    await this.#link.sendAll<string | ByteRead, number | Uint8Array>(
      [...unmeasured, ...reads.filter(({ target }) => target.length > 0)],
      {
        send: (asked) =>
          typeof asked === 'string'
            ? commands.strlen(asked)
            : commands.getrange(asked.key, asked.byteOffset, asked.byteOffset + asked.target.length - 1),
        receive: (reply, asked) => {
          if (typeof asked === 'string') this.#byteLengths.set(asked, reply as number);
          else this.#fill(asked, reply as Uint8Array);
        },
        keyOf: (asked) => (typeof asked === 'string' ? asked : asked.key),
      },
      options,
    );
  }

  /** Replies are views of the client's socket buffer, so they are copied at once. */
  #fill({ key, byteOffset, target }: ByteRead, bytes: Uint8Array): void {
    const end = Math.min(byteOffset + target.length, this.#byteLengths.get(key) ?? 0);
    this.#checkLength(key, byteOffset + bytes.length, end);
    target.set(bytes);
    target.fill(0, bytes.length);
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

  #checkLength(key: string, byteLength: number, expected: number): void {
    if (byteLength >= expected) return;
    throw new StoreError(
      `expected key ${JSON.stringify(key)} to stay while it is read, got one that is shorter than before: it was deleted or replaced`,
    );
  }
}
