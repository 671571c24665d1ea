/** Bitmaps as files at a URL: any static host is a store to read from. */

import { untilAborted } from '../../base/abort.js';
import { fromPlatform, StoreError } from '../../base/errors.js';
import { encodeFileName } from '../../names/filename.js';
import type { BitmapReader, ByteRead, KeysOptions, RequestOptions, Store } from '../types.js';
import type { Fetch } from './answer.js';
import { fetchIndex } from './index.js';
import { type FetchedRange, fetchRange } from './range.js';
import { type FileRange, type HttpLink, HttpReader } from './reader.js';

/** Where bitmaps are, and how they are asked for. */
export interface HttpStoreOptions {
  /**
   * Where the index of keys is, relative to the base: a JSON object of keys and the lengths of their bitmaps in bytes
   * (`@index.json` in a folder that `bitmapist export` wrote). It is fetched once, and again after a file has contradicted
   * it. With it keys can be listed, and no request is spent on lengths and on missing keys.
   */
  readonly index?: string | URL | undefined;
  /** The URL of the bitmap of a key, relative to the base (default: the file name that `encodeFileName` gives). */
  readonly urlOf?: ((key: string) => string | URL) | undefined;
  /** Headers of every request, as `Authorization`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** How many requests may be under way at once (default 8). */
  readonly maxInFlight?: number | undefined;
  /** What sends requests (default: the platform's `fetch`). */
  readonly fetch?: Fetch | undefined;
}

const DEFAULT_MAX_IN_FLIGHT = 8;

/**
 * Reads bitmaps that are published as files, one under each key, of the bytes that Redis holds. Asks for the stretches it
 * needs (`Range`); from a server that does not know ranges it gets whole files, once per question. A missing file is an empty
 * bitmap, unless an index has its key. Nothing can be written.
 *
 * Only bytes are believed to be a bitmap (`application/octet-stream`, `binary/octet-stream` or no type; with an index also
 * `text/plain` and `application/x-…`), and only if status, length, index and all answers to a question agree. Bodies are
 * counted while they arrive. Every method rejects with a `StoreError` if the server cannot be reached or answers otherwise.
 */
export class HttpStore implements Store {
  readonly #base: URL;
  readonly #options: HttpStoreOptions;
  readonly #link: HttpLink;
  #index: Promise<ReadonlyMap<string, number>> | undefined;

  /**
   * `base` is the folder of the files; in a page it may be relative to the page.
   * @throws TypeError for what is no URL, and for one with a password; RangeError for a `maxInFlight` that is not a positive integer
   */
  constructor(base: string | URL, options: HttpStoreOptions = {}) {
    const { maxInFlight = DEFAULT_MAX_IN_FLIGHT } = options;
    if (!(Number.isInteger(maxInFlight) && maxInFlight > 0)) {
      throw new RangeError(`expected maxInFlight to be a positive integer, got ${maxInFlight}`);
    }
    this.#base = parseBase(base);
    this.#options = options;
    this.#link = {
      maxInFlight,
      lengths: (request) =>
        options.index === undefined ? undefined : this.#readIndex(options.index, request),
      forgetIndex: () => {
        this.#index = undefined;
      },
      fetch: (range, request) => this.#fetch(range, request),
    };
  }

  /** The address of the folder. */
  get identity(): string {
    return this.#base.href;
  }

  byteLengths(keys: readonly string[], options?: RequestOptions): Promise<number[]> {
    return this.reader().byteLengths(keys, options);
  }

  read(reads: readonly ByteRead[], options?: RequestOptions): Promise<void> {
    return this.reader().read(reads, options);
  }

  reader(): BitmapReader {
    return new HttpReader(this.#link);
  }

  async *keys(prefix: string, options?: KeysOptions): AsyncGenerator<string, void, undefined> {
    options?.signal?.throwIfAborted();
    const lengths = await this.#link.lengths(options);
    if (lengths === undefined) {
      throw new StoreError(
        `expected an index of keys for ${this.#base}, got none: give one with the option index`,
      );
    }
    for (const key of lengths.keys()) if (key.startsWith(prefix)) yield key;
  }

  write(): Promise<never> {
    return this.#refuse();
  }

  put(): Promise<never> {
    return this.#refuse();
  }

  delete(): Promise<never> {
    return this.#refuse();
  }

  async #refuse(): Promise<never> {
    throw new StoreError(`expected a store that can be written, got ${this.#base}, which can only be read`);
  }

  #fetch(range: FileRange, options: RequestOptions | undefined): Promise<FetchedRange | undefined> {
    const { urlOf = (key: string) => encodeURIComponent(encodeFileName(key)) } = this.#options;
    const url = new URL(urlOf(range.key), this.#base).href;
    return fetchRange(this.#send, { ...range, url, maxBytes: options?.maxBytes }, this.#init(options));
  }

  /** All callers wait for one request, so none of them can abort it for the others; a failed one is forgotten. */
  async #readIndex(index: string | URL, options?: RequestOptions): Promise<ReadonlyMap<string, number>> {
    const url = new URL(index, this.#base).href;
    this.#index ??= fetchIndex(this.#send, url, this.#init());
    const reading = this.#index;
    try {
      return await untilAborted(options?.signal, reading);
    } catch (error) {
      if (this.#index === reading && !options?.signal?.aborted) this.#index = undefined;
      throw error;
    }
  }

  #init(options?: RequestOptions): RequestInit {
    return { headers: this.#options.headers ?? {}, signal: options?.signal ?? null };
  }

  readonly #send: Fetch = (url, init) => (this.#options.fetch ?? fromPlatform('fetch'))(url, init);
}

function parseBase(base: string | URL): URL {
  const text = String(base);
  const page = (globalThis as { readonly location?: { readonly href: string } }).location?.href;
  const Url = fromPlatform('URL');
  let url: URL;
  try {
    url = new Url(text, page);
  } catch (cause) {
    throw new TypeError(`expected a URL, got ${JSON.stringify(text)}`, { cause });
  }
  if (url.username || url.password) {
    throw new TypeError(
      `expected a URL without a password, got one of ${url.host} that has a user or a password; the option headers takes an Authorization`,
    );
  }
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}
