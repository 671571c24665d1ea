/** Reads bitmaps over HTTP for one question: what came as a whole file is kept, compressed, until it is answered. */

import { plural, StoreError } from '../../base/errors.js';
import { checkByteLength } from '../../base/limits.js';
import { sendAll } from '../../base/requests.js';
import { Bitmap } from '../../bitmap/bitmap.js';
import type { BitmapReader, ByteRead, RequestOptions } from '../types.js';
import { type FileVersion, isOtherVersion } from './answer.js';
import type { FetchedRange, RangeRequest } from './range.js';

/** What readers share. */
export interface HttpLink {
  readonly maxInFlight: number;
  /** Lengths by key if there is an index of them. */
  lengths(options: RequestOptions | undefined): Promise<ReadonlyMap<string, number>> | undefined;
  /** The next question reads the index anew: the files may be newer. */
  forgetIndex(): void;
  fetch(range: FileRange, options: RequestOptions | undefined): Promise<FetchedRange | undefined>;
}

export type FileRange = Omit<RangeRequest, 'url' | 'maxBytes'>;

/** The first request for a file asks for this much: most bitmaps are no longer, and come with their length at once. */
const HEAD_BYTES = 2 ** 16;

/** What a question knows of a file; later answers must agree with it. */
interface KnownFile {
  readonly key: string;
  readonly isIndexed: boolean;
  byteLength: number | undefined;
  version: FileVersion | undefined;
  bitmap: Bitmap | undefined;
}

export class HttpReader implements BitmapReader {
  readonly #link: HttpLink;
  readonly #files = new Map<string, KnownFile>();

  constructor(link: HttpLink) {
    this.#link = link;
  }

  async byteLengths(keys: readonly string[], options?: RequestOptions): Promise<number[]> {
    const index = await this.#link.lengths(options);
    const files = keys.map((key) => this.#open(key, index));
    const unknown = [...new Set(files)].filter(({ byteLength }) => byteLength === undefined);
    await this.#forEach(unknown, options, (file) => this.#fetchHead(file, options));
    return files.map(({ byteLength }) => byteLength!);
  }

  async read(reads: readonly ByteRead[], options?: RequestOptions): Promise<void> {
    const index = await this.#link.lengths(options);
    const byFile = new Map<KnownFile, ByteRead[]>();
    for (const read of reads) {
      if (read.target.length === 0) continue;
      const file = this.#open(read.key, index);
      const others = byFile.get(file);
      if (others) others.push(read);
      else byFile.set(file, [read]);
    }
    await this.#forEach([...byFile], options, async ([file, ofFile]) => {
      for (const each of ofFile) await this.#readOne(file, each, options);
    });
  }

  /** What came as a whole. */
  resident(key: string): Bitmap | undefined {
    return this.#files.get(key)?.bitmap;
  }

  /** What a question learned of a file first stays, though the index may be read anew meanwhile. */
  #open(key: string, index: ReadonlyMap<string, number> | undefined): KnownFile {
    const known = this.#files.get(key);
    if (known) return known;
    const isIndexed = index !== undefined;
    const byteLength = isIndexed ? (index.get(key) ?? 0) : undefined;
    const file: KnownFile = { key, isIndexed, byteLength, version: undefined, bitmap: undefined };
    this.#files.set(key, file);
    return file;
  }

  async #readOne(
    file: KnownFile,
    { byteOffset, target }: ByteRead,
    options: RequestOptions | undefined,
  ): Promise<void> {
    const { byteLength } = file;
    if (byteLength !== undefined && byteLength <= HEAD_BYTES && !file.bitmap) {
      await this.#fetchHead(file, options);
    }
    let bytes: Uint8Array | undefined;
    if (!file.bitmap && (byteLength === undefined || byteOffset < byteLength)) {
      bytes = await this.#fetch(file, byteOffset, target.length, options);
    }
    if (file.bitmap) {
      file.bitmap.readInto(target, byteOffset, options?.kernel);
      return;
    }
    const found = bytes?.subarray(0, target.length) ?? new Uint8Array(0);
    target.set(found);
    target.fill(0, found.length);
  }

  async #fetchHead(file: KnownFile, options: RequestOptions | undefined): Promise<void> {
    if (file.byteLength !== 0) await this.#fetch(file, 0, HEAD_BYTES, options);
  }

  /** Some bytes of a file, if they are not all of it: then its `bitmap` is there afterwards. */
  async #fetch(
    file: KnownFile,
    byteOffset: number,
    byteLength: number,
    options: RequestOptions | undefined,
  ): Promise<Uint8Array | undefined> {
    const knownLength = file.byteLength;
    // One byte more than there should be: a file that is longer is noticed, though its length may be hidden.
    const toEnd = (knownLength ?? Number.POSITIVE_INFINITY) - byteOffset;
    const asked = byteLength === toEnd ? toEnd + 1 : byteLength;
    const range = { key: file.key, byteOffset, byteLength: asked, knownLength };
    try {
      const fetched = await this.#link.fetch(range, options);
      learn(file, fetched);
      return fetched?.bytes;
    } catch (error) {
      if (error instanceof StoreError) this.#link.forgetIndex();
      throw error;
    }
  }

  #forEach<Item>(
    items: readonly Item[],
    options: RequestOptions | undefined,
    use: (item: Item) => Promise<void>,
  ): Promise<void> {
    return sendAll<Item, void>({
      items,
      maxInFlight: this.#link.maxInFlight,
      signal: options?.signal,
      send: use,
    });
  }
}

/** Takes over what an answer says of a file, unless it contradicts what is known. */
function learn(file: KnownFile, fetched: FetchedRange | undefined): void {
  const name = JSON.stringify(file.key);
  // A file that is not there is an empty bitmap.
  const byteLength = checkByteLength(file.key, fetched?.byteLength ?? 0);
  if (file.byteLength !== undefined && byteLength !== file.byteLength) {
    const source = file.isIndexed ? 'as the index says' : 'as before';
    const got = fetched ? byteLength : 'no file';
    throw new StoreError(
      `expected ${file.byteLength} ${plural(file.byteLength, 'byte')} of ${name}, ${source}, got ${got}`,
    );
  }
  if (file.version && fetched && isOtherVersion(file.version, fetched.version)) {
    throw new StoreError(`expected ${name} to stay as it is while it is read, got another version of it`);
  }
  file.byteLength = byteLength;
  file.version ??= fetched?.version;
  file.bitmap ??= byteLength === 0 ? new Bitmap() : fetched?.bitmap;
}
