import type { CacheFolder } from '../folder/folder.js';
import type { CountedRecord } from '../folder/journal.js';
import { SIGNATURE_WORDS } from '../signature.js';
import type { RequestOptions, Store } from '../types.js';
import type { KeptCounts } from './counts.js';
import type { KeptBitmaps } from './kept.js';
import type { Recording } from './recording.js';

/** What is kept on disk beside memory. */
export interface FolderPlace {
  /** A path, in Node, or a folder of a browser. */
  readonly folder: string | FileSystemDirectoryHandle;
  /** Names the data of the store: what another one's were is not believed. */
  readonly identity: string;
  /** What keys begin with. */
  readonly prefix: string;
  /** Of all files of the folder, whosever they are. */
  readonly maxBytes: number;
}

export interface DiskOptions {
  readonly place: FolderPlace;
  readonly maxCounts: number;
  readonly isFinished: (key: string, atMs?: number) => boolean;
  /** Whether questions compare the digest of every bitmap, so that no samples are needed. */
  readonly hasDigests: boolean;
}

/** So many bitmaps are counted by the store before any of them is believed. */
const SAMPLES = 4;

/** A cache's folder, opened when it is first needed, by code that is loaded then. */
export class Disk {
  readonly #options: DiskOptions;
  readonly #inner: Store;
  readonly #kept: KeptBitmaps;
  readonly #counts: KeptCounts;
  #opening: Promise<CacheFolder> | undefined;
  #folder: CacheFolder | undefined;
  #isCompared = false;
  /** What is to be forgotten: keys, or everything. */
  #forgotten: (readonly string[] | 'all')[] = [];
  /** What is being told to others. */
  #forgetting: Promise<void> = Promise.resolve();
  #problem: unknown;
  /** How many bitmaps have come from there. */
  loaded = 0;

  constructor(inner: Store, options: DiskOptions, kept: KeptBitmaps, counts: KeptCounts) {
    this.#inner = inner;
    this.#options = options;
    this.#kept = kept;
    this.#counts = counts;
  }

  get unsound(): number {
    return this.#folder?.unsound ?? 0;
  }

  /** Stamps of bitmaps that are there, loaded or not. */
  async stamps(
    keys: readonly string[],
    options: RequestOptions | undefined,
  ): Promise<(number | undefined)[]> {
    const folder = await this.#renewed(keys, options);
    return keys.map((key) => this.#kept.wholeOf(key)?.stamp ?? this.#find(folder, key));
  }

  /** Brings bitmaps into memory, as many as there is room for. */
  async load(keys: readonly string[], options: RequestOptions | undefined): Promise<void> {
    const folder = await this.#renewed(keys, options);
    let bytes = 0;
    for (const key of keys) {
      if (this.#kept.wholeOf(key) !== undefined || this.#find(folder, key) === undefined) continue;
      if (bytes > this.#kept.maxBytes) return;
      options?.signal?.throwIfAborted();
      await folder.load(key, (found, stamp) => {
        this.loaded += 1;
        bytes += found.bitmap.byteSize;
        this.#kept.put(key, { digest: undefined, ...found }, stamp);
      });
    }
  }

  /** Keeps a bitmap that is whole by now. */
  save(key: string, recording: Recording): void {
    const { stamp, begunMs } = recording;
    if (stamp !== undefined) this.#folder?.save(key, recording, stamp, begunMs);
  }

  keepCounts(signatures: Uint32Array, counts: Float64Array): void {
    const known = [...counts.keys()].filter((index) => !Number.isNaN(counts[index]));
    if (known.length === 0) return;
    const words = known.flatMap((index) => [
      ...signatures.subarray(index * SIGNATURE_WORDS, (index + 1) * SIGNATURE_WORDS),
    ]);
    this.#folder?.keepCounts({
      signatures: Uint32Array.from(words),
      counts: Float64Array.from(known, (index) => counts[index]!),
    });
  }

  /**
   * Has bitmaps forgotten there, before and after they are changed.
   * @throws StoreError if that is impossible, in which case nothing has been changed
   */
  async change<T>(keys: readonly string[], change: () => Promise<T>): Promise<T> {
    const folder = await this.#open();
    await folder.forget(keys, true);
    try {
      return await change();
    } finally {
      await folder.forget(keys, true);
    }
  }

  /** Forgets bitmaps that others have changed, so that they can be kept anew. */
  async renew(keys: readonly string[]): Promise<void> {
    this.forget(keys);
    await nextMoment();
  }

  /** Forgets bitmaps, or everything, before anything else is asked. */
  forget(keys: readonly string[] | 'all'): void {
    this.#forgotten.push(keys);
    this.#forgetAll().catch(() => {});
  }

  /**
   * Waits until all is written.
   * @throws StoreError if something could not be
   */
  async settle(): Promise<void> {
    await this.#forgetAll();
    await this.#forgetting;
    const problem = this.#problem;
    this.#problem = undefined;
    await this.#folder?.settle();
    if (problem !== undefined) throw problem;
  }

  /** @throws StoreError if the folder cannot be opened; then it will be tried again */
  async #forgetAll(): Promise<void> {
    if (this.#forgotten.length === 0) return;
    const folder = this.#folder ?? (await this.#open());
    const forgotten = this.#forgotten;
    this.#forgotten = [];
    const forgetting = forgotten.map((keys) => (keys === 'all' ? folder.clear() : folder.forget(keys)));
    // In this process they are forgotten by now.
    this.#forgetting = Promise.allSettled([this.#forgetting, ...forgetting]).then((results) => {
      for (const { reason } of results.filter(isRejected)) this.#problem ??= reason;
    });
    await this.#forgetting;
  }

  #find(folder: CacheFolder, key: string): number | undefined {
    return folder.find(key)?.stamp;
  }

  async #renewed(keys: readonly string[], options: RequestOptions | undefined): Promise<CacheFolder> {
    const folder = await this.#open();
    await this.#forgetAll();
    await folder.renew();
    if (!this.#isCompared) await this.#compare(folder, keys, options);
    return folder;
  }

  /**
   * Once: an address may lead to other data than it did, as a tunnel or a server that was filled anew. A few bitmaps are counted there;
   * if one has another number of ids, nothing of the folder is believed.
   */
  async #compare(
    folder: CacheFolder,
    keys: readonly string[],
    options: RequestOptions | undefined,
  ): Promise<void> {
    if (this.#inner.count === undefined || this.#options.hasDigests) return;
    const known = keys.filter((key) => this.#find(folder, key) !== undefined);
    if (known.length === 0) return;
    const step = Math.max(1, Math.floor(known.length / SAMPLES));
    const samples = known.filter((_, index) => index % step === 0).slice(-SAMPLES);
    const expected = samples.map((key) => folder.find(key)?.cardinality);
    const counts = await Promise.all(
      samples.map((key) => this.#inner.count!(key, { signal: options?.signal })),
    );
    this.#isCompared = true;
    if (counts.every((count, index) => count === expected[index])) return;
    this.#kept.clear();
    this.#counts.clear();
    await folder.clear();
    await nextMoment();
  }

  #open(): Promise<CacheFolder> {
    this.#opening ??= this.#openFolder().catch((error: unknown) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  async #openFolder(): Promise<CacheFolder> {
    const { place, maxCounts, isFinished } = this.#options;
    const { openFolder } = await import('../folder/opening.js');
    const found: CountedRecord[] = [];
    this.#folder = await openFolder(place.folder, { ...place, maxCounts, isFinished }, (record) =>
      found.push(record),
    );
    for (const { signatures, counts } of found) this.#counts.load(signatures, counts);
    return this.#folder;
  }
}

/** What is begun to be read within the millisecond in which it was forgotten would not be believed either. */
async function nextMoment(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 2));
}

function isRejected(result: PromiseSettledResult<unknown>): result is PromiseRejectedResult {
  return result.status === 'rejected';
}
