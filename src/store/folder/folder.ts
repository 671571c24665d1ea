import { decodeBitmap, encodeBitmap, type FiledBitmap } from './bitmap.js';
import { CountJournals } from './counts.js';
import type { Files } from './files.js';
import type { CountedRecord } from './journal.js';
import { Listing } from './listing.js';
import { ALL, type CachedName, formatName, keyNameOf, ownerOf } from './name.js';
import { LATEST_MS, makeRoom } from './room.js';

/** Whose data is kept, and how much of it. */
export interface FolderOptions {
  /** Of the server's data: another one's is not believed. */
  readonly identity: string;
  /** What keys begin with. */
  readonly prefix: string;
  readonly maxBytes: number;
  readonly maxCounts: number;
  /** Whether a bitmap was not going to change any more at a moment, in milliseconds since 1970. */
  readonly isFinished: (key: string, atMs: number) => boolean;
}

/** After a write failed, as to a full disk, nothing is kept for so long. */
const PAUSE_MS = 60_000;
/** A change may take so long without the moment until which nothing is believed being set again. */
const CHANGE_MS = 60_000;
/** Keys of which is known at a time what is kept. */
const MAX_FOUND = 100_000;
/** Part of its bounds that a process may write before it looks at how much there is. */
const ROOM_SHARE = 0.05;

/**
 * Bitmaps and counts in a folder that other processes use as well. There is no lock: a file is there as a whole or not at all, under a
 * name that nobody else uses, and is never changed, journals aside, which have one writer each. Whoever finds a file that is not sound
 * removes it. What is kept is written one after the other, behind the back of questions.
 */
export class CacheFolder {
  readonly #files: Files;
  readonly #owner: string;
  readonly #options: FolderOptions;
  readonly #listing: Listing;
  readonly #journals: CountJournals;
  /** What is known of keys that were asked for. */
  readonly #found = new Map<string, CachedName | undefined>();
  readonly #touched = new Set<string>();
  #work: Promise<void> = Promise.resolve();
  #problem: unknown;
  #pausedUntilMs = 0;
  /** Bytes written since the folder was measured, at first of all times. */
  #written = Number.POSITIVE_INFINITY;
  /** Bitmaps that were not sound, or not what they should be. */
  unsound = 0;

  private constructor(files: Files, owner: string, options: FolderOptions) {
    this.#files = files;
    this.#owner = owner;
    this.#options = options;
    this.#listing = new Listing(files, owner);
    this.#journals = new CountJournals(files, owner, options.maxCounts);
  }

  /**
   * @param onCounts is handed the counts that are there
   * @throws StoreError if the folder cannot be read
   */
  static async open(
    files: Files,
    options: FolderOptions,
    onCounts: (record: CountedRecord) => void,
  ): Promise<CacheFolder> {
    const folder = new CacheFolder(files, await ownerOf(options.identity, options.prefix), options);
    const [{ records, tidy }] = await Promise.all([folder.#journals.read(), folder.renew()]);
    for (const record of records) onCounts(record);
    if (tidy !== undefined) folder.#keep(tidy);
    return folder;
  }

  /** Learns what other processes have done, if that is not known. */
  async renew(): Promise<void> {
    const unwanted = await this.#listing.renew();
    if (unwanted === undefined) return;
    this.#found.clear();
    // They are in nobody's way.
    for (const name of unwanted) this.#do(() => this.#files.remove(name).catch(() => {}));
  }

  /** What tells the bitmap that is kept from all others, and how many ids it has; `undefined` if none is. */
  find(key: string): CachedName | undefined {
    if (this.#found.has(key)) return this.#found.get(key);
    const keyName = keyNameOf(key);
    const listed = keyName === undefined ? undefined : this.#listing.get(keyName);
    // Whoever wrote it may have been told that periods are over sooner.
    const found = listed !== undefined && this.#options.isFinished(key, listed.atMs) ? listed : undefined;
    if (this.#found.size >= MAX_FOUND) this.#found.clear();
    this.#found.set(key, found);
    if (found !== undefined) this.#touch(found);
    return found;
  }

  /**
   * Hands over the bitmap that is kept, if it is and is sound, before anything else can happen to it.
   * @throws StoreError if the folder cannot be read
   */
  async load(key: string, use: (found: FiledBitmap, stamp: number) => void): Promise<void> {
    const name = this.find(key);
    if (name === undefined) return;
    const expected = this.#describe(name, key);
    const isSound = await this.#files.read(expected.name, (file) => {
      // It may have been forgotten while it was on its way.
      if (this.find(key)?.stamp !== name.stamp) return true;
      const found = decodeBitmap(file, expected);
      if (found !== undefined) use(found, name.stamp);
      return found !== undefined;
    });
    if (isSound === true) return;
    this.#listing.drop(name);
    this.#found.delete(key);
    if (isSound === undefined) return;
    this.unsound += 1;
    this.#do(() => this.#files.remove(expected.name).catch(() => {}));
  }

  /**
   * Keeps a bitmap.
   * @param begunMs when it was begun to be read
   */
  save(key: string, { bitmap, digest }: FiledBitmap, stamp: number, begunMs: number): void {
    const keyName = keyNameOf(key);
    if (keyName === undefined || !this.#options.isFinished(key, begunMs)) return;
    const { cardinality, byteLength } = bitmap;
    const name: CachedName = {
      kind: 'bitmap',
      keyName,
      owner: this.#owner,
      atMs: begunMs,
      stamp,
      cardinality,
    };
    const isGone = () => begunMs <= this.#listing.goneMs(keyName) || Date.now() - begunMs > LATEST_MS;
    this.#keep(async () => {
      if (isGone() || this.#listing.get(keyName) !== undefined) return;
      const file = encodeBitmap({ ...this.#describe(name, key), byteLength, digest }, bitmap);
      if (file.length > this.#options.maxBytes) return;
      await this.#files.write(formatName(name), file);
      if (isGone()) return this.#files.remove(formatName(name));
      this.#listing.add(name);
      this.#found.delete(key);
      await this.#wrote(file.length);
    });
  }

  /** Keeps counts of what is kept. */
  keepCounts(record: CountedRecord): void {
    this.#keep(async () => this.#wrote(await this.#journals.append(record)));
  }

  /**
   * What has been read of these keys is not believed any more: not here, and not by other processes.
   * @param isChanging whether they are being changed, which may take a while
   * @throws StoreError if that cannot be told to others
   */
  async forget(keys: Iterable<string>, isChanging = false): Promise<void> {
    const nowMs = Date.now();
    const keyNames = new Set<string>();
    for (const key of keys) {
      const keyName = keyNameOf(key);
      if (keyName === undefined) continue;
      if (this.#options.isFinished(key, nowMs) || this.#listing.get(keyName) !== undefined)
        keyNames.add(keyName);
    }
    const isKnown = (keyName: string) => isChanging && this.#listing.goneMs(keyName) > nowMs + CHANGE_MS / 2;
    await this.#forget(
      [...keyNames].filter((keyName) => !isKnown(keyName)),
      nowMs + (isChanging ? CHANGE_MS : 0),
    );
  }

  /** The same for all keys, and for counts. */
  async clear(): Promise<void> {
    await this.#forget([ALL], Date.now());
    await this.#journals.clear();
  }

  /**
   * Waits until all is written.
   * @throws StoreError if something could not be; nothing is the worse for it but what comes next
   */
  async settle(): Promise<void> {
    await this.#work;
    const problem = this.#problem;
    this.#problem = undefined;
    if (problem !== undefined) throw problem;
  }

  async #forget(keyNames: readonly string[], untilMs: number): Promise<void> {
    this.#found.clear();
    const forgotten = keyNames.map((keyName) => ({ keyName, listed: this.#listing.get(keyName) }));
    for (const keyName of keyNames) this.#listing.forget(keyName, untilMs);
    for (const { keyName, listed } of forgotten) {
      const stamp = Math.floor(Math.random() * 2 ** 53);
      const gone: CachedName = {
        kind: 'gone',
        keyName,
        owner: this.#owner,
        atMs: untilMs,
        stamp,
        cardinality: 0,
      };
      await this.#files.write(formatName(gone), new Uint8Array(0));
      if (listed !== undefined) await this.#files.remove(formatName(listed));
    }
  }

  #describe(name: CachedName, key: string) {
    const { identity, prefix } = this.#options;
    return { name: formatName(name), key, identity, prefix, cardinality: name.cardinality };
  }

  /** Notes once that a file is of use: what is not goes first. */
  #touch(name: CachedName): void {
    const text = formatName(name);
    if (this.#touched.has(text)) return;
    this.#touched.add(text);
    this.#do(() => this.#files.touch(text));
  }

  async #wrote(byteLength: number): Promise<void> {
    this.#written += byteLength;
    if (this.#written < this.#options.maxBytes * ROOM_SHARE) return;
    this.#written = 0;
    await makeRoom(this.#files, this.#options.maxBytes);
  }

  /** Does what may fail without anybody being told a wrong number. */
  #keep(work: () => Promise<void>): void {
    this.#do(async () => {
      if (Date.now() < this.#pausedUntilMs) return;
      try {
        await work();
      } catch (error) {
        this.#problem ??= error;
        this.#pausedUntilMs = Date.now() + PAUSE_MS;
      }
    });
  }

  /** One after the other. */
  #do(work: () => Promise<void>): void {
    this.#work = this.#work.then(work);
  }
}
