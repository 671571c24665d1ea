import type {
  BitWrite,
  ByteRead,
  KeysOptions,
  PutOptions,
  RequestOptions,
  Store,
} from '../../../src/store/types.js';

/** A store that counts what is asked of another. It offers none of the optional methods, so that everything is read. */
export class CountingStore implements Store {
  readonly #inner: Store;
  readonly #reads = new Map<string, number>();
  calls = { byteLengths: 0, read: 0, write: 0, put: 0, keys: 0, delete: 0 };
  bytesRead = 0;

  constructor(inner: Store) {
    this.#inner = inner;
  }

  reset(): void {
    this.calls = { byteLengths: 0, read: 0, write: 0, put: 0, keys: 0, delete: 0 };
    this.bytesRead = 0;
    this.#reads.clear();
  }

  /** How often a key was read. */
  readsOf(key: string): number {
    return this.#reads.get(key) ?? 0;
  }

  /** The keys that were read. */
  get keysRead(): string[] {
    return [...this.#reads.keys()];
  }

  byteLengths(keys: readonly string[], options?: RequestOptions): Promise<number[]> {
    this.calls.byteLengths += 1;
    return this.#inner.byteLengths(keys, options);
  }

  read(reads: readonly ByteRead[], options?: RequestOptions): Promise<void> {
    this.calls.read += 1;
    for (const { key, target } of reads) {
      this.#reads.set(key, this.readsOf(key) + 1);
      this.bytesRead += target.length;
    }
    return this.#inner.read(reads, options);
  }

  write(writes: readonly BitWrite[], options?: RequestOptions): Promise<void> {
    this.calls.write += 1;
    return this.#inner.write(writes, options);
  }

  put(key: string, bytes: Uint8Array, options?: PutOptions): Promise<void> {
    this.calls.put += 1;
    return this.#inner.put(key, bytes, options);
  }

  keys(prefix: string, options?: KeysOptions): AsyncIterable<string> {
    this.calls.keys += 1;
    return this.#inner.keys(prefix, options);
  }

  delete(keys: readonly string[], options?: RequestOptions): Promise<number> {
    this.calls.delete += 1;
    return this.#inner.delete(keys, options);
  }
}
