/** Reads bitmaps over HTTP for one question: what came as a whole file is kept, compressed, until it is answered. */

import { StoreError } from '../errors.js';
import { CompressedBitmap } from './compressed.js';
import type { FetchedRange } from './http-range.js';
import { sendAll } from './requests.js';
import type { BitmapReader, ByteRange, ByteRead, RequestOptions } from './types.js';

/** What readers share. */
export interface HttpLink {
  readonly maxInFlight: number;
  /** Lengths by key where there is an index of them. */
  lengths(options: RequestOptions | undefined): Promise<ReadonlyMap<string, number>> | undefined;
  fetch(
    key: string,
    range: ByteRange,
    options: RequestOptions | undefined,
  ): Promise<FetchedRange | undefined>;
}

/** The first request for a file asks for this much: most bitmaps are no longer, and come with their length at once. */
const HEAD_BYTES = 2 ** 16;

export class HttpReader implements BitmapReader {
  readonly #link: HttpLink;
  readonly #whole = new Map<string, CompressedBitmap>();
  readonly #lengths = new Map<string, number>();

  constructor(link: HttpLink) {
    this.#link = link;
  }

  async byteLengths(keys: readonly string[], options?: RequestOptions): Promise<number[]> {
    const index = await this.#link.lengths(options);
    if (index) for (const key of keys) this.#lengths.set(key, index.get(key) ?? 0);
    const unknown = [...new Set(keys)].filter((key) => !this.#lengths.has(key));
    await this.#forEach(unknown, options, (key) => this.#fetchHead(key, options));
    return keys.map((key) => this.#lengths.get(key)!);
  }

  async read(reads: readonly ByteRead[], options?: RequestOptions): Promise<void> {
    const byKey = new Map<string, ByteRead[]>();
    for (const read of reads) {
      if (read.target.length === 0) continue;
      const others = byKey.get(read.key);
      if (others) others.push(read);
      else byKey.set(read.key, [read]);
    }
    const index = await this.#link.lengths(options);
    if (index) for (const key of byKey.keys()) this.#lengths.set(key, index.get(key) ?? 0);
    await this.#forEach([...byKey], options, async ([key, ofKey]) => {
      for (const each of ofKey) await this.#readOne(key, each, options);
    });
  }

  async #readOne(
    key: string,
    { byteOffset, target }: ByteRead,
    options: RequestOptions | undefined,
  ): Promise<void> {
    const length = this.#lengths.get(key);
    if (length !== undefined && length <= HEAD_BYTES && !this.#whole.has(key)) {
      await this.#fetchHead(key, options);
    }
    if (!this.#whole.has(key) && (length === undefined || byteOffset < length)) {
      const fetched = await this.#link.fetch(key, { byteOffset, byteLength: target.length }, options);
      if (fetched === undefined || fetched.whole) this.#keep(key, fetched);
      else {
        const wanted = Math.min(target.length, (fetched.byteLength ?? length ?? 0) - byteOffset);
        if (fetched.bytes.length < wanted) {
          throw new StoreError(
            `expected ${wanted} bytes of ${JSON.stringify(key)} from byte ${byteOffset} on, got ${fetched.bytes.length}`,
          );
        }
        target.set(fetched.bytes);
        target.fill(0, fetched.bytes.length);
        return;
      }
    }
    const whole = this.#whole.get(key);
    if (whole) whole.readInto(target, byteOffset);
    else target.fill(0);
  }

  async #fetchHead(key: string, options: RequestOptions | undefined): Promise<void> {
    if (this.#lengths.get(key) === 0) return;
    const fetched = await this.#link.fetch(key, { byteOffset: 0, byteLength: HEAD_BYTES }, options);
    const byteLength = fetched?.byteLength ?? this.#lengths.get(key);
    if (fetched === undefined || fetched.whole || fetched.bytes.length === byteLength)
      this.#keep(key, fetched);
    else if (byteLength !== undefined) this.#lengths.set(key, byteLength);
    else {
      throw new StoreError(
        `expected the length of ${JSON.stringify(key)} in the header Content-Range, got none: the server must expose it (Access-Control-Expose-Headers), or an index must hold the lengths`,
      );
    }
  }

  /** A file that is not there is an empty bitmap. */
  #keep(key: string, fetched: FetchedRange | undefined): void {
    const bitmap = CompressedBitmap.fromBytes(fetched?.bytes ?? new Uint8Array(0));
    this.#whole.set(key, bitmap);
    this.#lengths.set(key, bitmap.byteLength);
  }

  #forEach<Item>(
    items: readonly Item[],
    options: RequestOptions | undefined,
    use: (item: Item) => Promise<void>,
  ): Promise<void> {
    return sendAll<void>({
      maxInFlight: this.#link.maxInFlight,
      signal: options?.signal,
      send: (index) => (index < items.length ? use(items[index]!) : undefined),
      receive: () => {},
      explain: async (error) => error as Error,
    });
  }
}
