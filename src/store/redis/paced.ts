/** Reading at the pace of the link: over a slow one, sparse keys are fetched by DUMP, which leaves out the zeros. */

import { FormatError } from '../../base/errors.js';
import { Bitmap } from '../../bitmap/bitmap.js';
import type { ByteRange } from '../../bitmap/types.js';
import { decodeDumpPayload } from '../../formats/rdb/payload.js';
import type { BitmapReader, ByteRead, RequestOptions } from '../types.js';
import type { RedisLink } from './link.js';
import { checkLength, type RangeReader } from './ranges.js';

/** Some 500 Mb/s: from about there on, packing and unpacking take as long as the zeros. */
const SLOW_BYTES_PER_MS = 60_000;
/** What takes no longer than this is read as it is. */
const MIN_PLAIN_MS = 50;
/** From this length on a request for the number of bits pays. */
const MIN_BYTES = 4096;
/** A server does nothing else while it compresses: 10 to 50 ms for so many bytes. */
const MAX_BYTES = 16 * 2 ** 20;
/** For the same reason, and since every reply is a whole value. */
const MAX_IN_FLIGHT = 16;
/** Of payloads, and bitmaps kept for one question, about. */
const MAX_HELD_BYTES = 64 * 2 ** 20;

// Measured with ids at random, Redis 7.0 and 8.6, Valkey 9.1: at 0.5 % DUMP is 7 times as small as the value, at 2 % 2.8 times.
// A server needs 1 ms and 3 to 5 ms for a MiB, which is less than what it takes here to unpack, keep and count it.
const PACKED_BYTES_PER_BIT = 4;
const UNPACK_MS_PER_BYTE = 4e-6;
const UNPACK_MS_PER_BIT = 100e-6;
/** Saving less of its time is not worth the server's trouble. */
const MAX_SHARE = 0.7;

/** For one question: what was fetched by DUMP is kept until it ends, and everything else asked for in ranges. */
export class PacedReader implements BitmapReader {
  readonly #link: RedisLink;
  readonly #ranges: RangeReader;
  readonly #held = new Map<string, Bitmap>();
  /** Keys whose bits have been counted. */
  readonly #weighed = new Set<string>();

  constructor(link: RedisLink, ranges: RangeReader) {
    this.#link = link;
    this.#ranges = ranges;
  }

  async byteLengths(keys: readonly string[], options?: RequestOptions): Promise<number[]> {
    const byteLengths = await this.#ranges.byteLengths(keys, options);
    return byteLengths.map((byteLength, index) => this.#held.get(keys[index]!)?.byteLength ?? byteLength);
  }

  async read(reads: readonly ByteRead[], options?: RequestOptions): Promise<void> {
    const asked = reads.filter((read) => !this.#readHeld(read, options));
    if (asked.length > 0) await this.#ranges.read(asked, options);
  }

  readFirst(reads: readonly ByteRead[], options?: RequestOptions): Promise<number[]> {
    return this.#ranges.readFirst(reads, options);
  }

  /** Asked before what is long is read: time to fetch what is sparse. */
  async occupied(
    keys: readonly string[],
    byteLengths: readonly number[],
    options?: RequestOptions,
  ): Promise<(readonly ByteRange[] | undefined)[]> {
    const regions = await this.#ranges.occupied(keys, byteLengths, options);
    const unknown = [...keys.keys()].filter((index) => regions[index] === undefined);
    await this.#fetchSparse(
      unknown.map((index) => keys[index]!),
      unknown.map((index) => byteLengths[index]!),
      options,
    );
    return regions.map((ranges, index) => this.#held.get(keys[index]!)?.occupied() ?? ranges);
  }

  /** What was fetched by DUMP. */
  resident(key: string): Bitmap | undefined {
    return this.#held.get(key);
  }

  get #isSlow(): boolean {
    const { commands, pace } = this.#link;
    return commands.canDump && !this.#link.lacks('dumps') && pace.bytesPerMs < SLOW_BYTES_PER_MS;
  }

  #readHeld({ key, byteOffset, target }: ByteRead, options: RequestOptions | undefined): boolean {
    const bitmap = this.#held.get(key);
    bitmap?.readInto(target, byteOffset, options?.kernel);
    return bitmap !== undefined;
  }

  /** Fetches and keeps what comes sooner without its zeros. A server that refuses is asked no more. */
  async #fetchSparse(
    keys: readonly string[],
    byteLengths: readonly number[],
    options: RequestOptions | undefined,
  ): Promise<void> {
    const { pace } = this.#link;
    // A question with a budget may be refused when it is planned, but not if all of its bytes are within it.
    if (!this.#isSlow || sum(byteLengths) > (options?.maxBytes ?? Number.POSITIVE_INFINITY)) return;
    const lengths = new Map<string, number>();
    for (const [index, key] of keys.entries()) {
      const byteLength = byteLengths[index]!;
      const isWorthALook = byteLength >= MIN_BYTES && byteLength <= MAX_BYTES;
      if (isWorthALook && !this.#weighed.has(key)) lengths.set(key, byteLength);
    }
    if (sum([...lengths.values()]) / pace.bytesPerMs < MIN_PLAIN_MS) return;
    const fetch = async (): Promise<void> => {
      const sparse = await this.#findSparse(lengths, options);
      await this.#fetch(sparse, lengths, options);
    };
    await this.#link.attempt('dumps', fetch, async () => {});
  }

  async #findSparse(
    lengths: ReadonlyMap<string, number>,
    options: RequestOptions | undefined,
  ): Promise<string[]> {
    const { commands, pace } = this.#link;
    const { bytesPerMs } = pace;
    const bits = new Map<string, number>();
    await this.#link.sendAll(
      lengths.keys(),
      {
        send: (key) => commands.bitcount(key),
        receive: (count, key) => bits.set(key, count),
        keyOf: (key) => key,
      },
      options,
    );
    let heldBytes = sum([...this.#held.values()].map(({ byteSize }) => byteSize));
    const sparse: string[] = [];
    for (const [key, byteLength] of lengths) {
      this.#weighed.add(key);
      const count = bits.get(key)!;
      const packedBytes = count * PACKED_BYTES_PER_BIT;
      const unpackMs = byteLength * UNPACK_MS_PER_BYTE + count * UNPACK_MS_PER_BIT;
      // What has come is unpacked while more is on its way.
      const packedMs = Math.max(packedBytes / bytesPerMs, unpackMs);
      const isWorthIt = packedMs <= (MAX_SHARE * byteLength) / bytesPerMs;
      if (!isWorthIt || heldBytes + packedBytes > MAX_HELD_BYTES) continue;
      heldBytes += packedBytes;
      sparse.push(key);
    }
    return sparse;
  }

  async #fetch(
    keys: readonly string[],
    lengths: ReadonlyMap<string, number>,
    options: RequestOptions | undefined,
  ): Promise<void> {
    await this.#link.sendAll(
      keys,
      {
        send: async (key) => decode(await this.#link.commands.dump(key)),
        receive: (bytes, key) => {
          // Payloads of another make: what they are about is read as it is.
          if (bytes === undefined) return this.#link.goWithout('dumps');
          const byteLength = lengths.get(key)!;
          checkLength(key, bytes.length, byteLength);
          // As long as the question knows it to be, also if it has grown.
          this.#held.set(key, Bitmap.fromBytes(bytes.subarray(0, byteLength)));
        },
        keyOf: (key) => key,
        maxInFlight: MAX_IN_FLIGHT,
      },
      options,
    );
  }
}

/** The string of a payload, empty for a missing key; `undefined` if it cannot be read. */
async function decode(payload: Uint8Array | null): Promise<Uint8Array | undefined> {
  if (payload === null) return new Uint8Array(0);
  try {
    return await decodeDumpPayload(payload);
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
