import { checkByteLength } from '../../base/limits.js';
import type { Bitmap } from '../../bitmap/bitmap.js';
import type { ByteRange } from '../../bitmap/types.js';
import type { BitmapReader, ByteRead, CountedReader, RequestOptions } from '../types.js';
import { Checking, type Checks } from './checking.js';
import type { KeptCounts } from './counts.js';
import type { Disk } from './disk.js';
import type { KeptBitmaps } from './kept.js';
import type { Recording } from './recording.js';

/** What all questions of a cache share. */
export interface Holdings {
  readonly isFinished: (key: string) => boolean;
  readonly kept: KeptBitmaps;
  readonly counts: KeptCounts;
  /** If others may change what is kept. */
  readonly checks: Checks | undefined;
  /** If bitmaps and counts are kept on disk, too. */
  readonly disk: Disk | undefined;
  /** Finished bitmaps that questions found, and those that they had to fetch. */
  hits: number;
  misses: number;
}

/** Bitmaps from this length on are not read as a whole only to be kept. */
const HUGE_BYTES = 4 * 1024 * 1024;

/** Answers one question from what is kept, and begins to keep what it reads. */
export class CachedReader implements BitmapReader {
  /** If the inner reader can. */
  readonly readFirst?: NonNullable<BitmapReader['readFirst']>;
  /** If counts are kept. */
  readonly counted: CountedReader | undefined;
  /** If there is anything to be done before. */
  readonly prepare?: NonNullable<BitmapReader['prepare']>;
  readonly #holdings: Holdings;
  readonly #checking: Checking | undefined;
  readonly #kept: KeptBitmaps;
  readonly #inner: BitmapReader;
  readonly #isOfOneQuestion: boolean;
  /** What this question has begun to keep. */
  readonly #begun = new Map<string, Recording>();
  /** Keys that it has found or missed: each counts once, also if it has been missed and is whole by now. */
  readonly #counted = new Set<string>();

  /**
   * @param inner where everything else comes from
   * @param isOfOneQuestion whether the inner reader was made for this question, and holds what it has fetched whole
   */
  constructor(holdings: Holdings, inner: BitmapReader, isOfOneQuestion: boolean) {
    this.#holdings = holdings;
    this.#kept = holdings.kept;
    this.#inner = inner;
    this.#isOfOneQuestion = isOfOneQuestion;
    if (inner.readFirst !== undefined) this.readFirst = (reads, options) => this.#readFirst(reads, options);
    const { counts, disk, checks } = holdings;
    this.#checking = checks && new Checking(checks);
    if (checks !== undefined || disk !== undefined || inner.prepare !== undefined) {
      this.prepare = (keys, options) => this.#prepare(keys, options);
    }
    this.counted = counts.isOn
      ? {
          stamps: async (keys, options) => {
            if (checks === undefined) return (await disk?.stamps(keys, options)) ?? this.#stamps(keys);
            await this.#prepare(keys, options);
            return this.#stamps(keys);
          },
          stampsOf: (keys, bitmaps) => this.#stampsOf(keys, bitmaps),
          find: (signatures) => counts.find(signatures),
          keep: (signatures, found) => {
            counts.keep(signatures, found);
            disk?.keepCounts(signatures, found);
          },
        }
      : undefined;
  }

  async byteLengths(keys: readonly string[], options?: RequestOptions): Promise<number[]> {
    const byteLengths = keys.map((key) => this.#use(key)?.byteLength);
    const asked = [...keys.keys()].filter((index) => byteLengths[index] === undefined);
    if (asked.length === 0) return byteLengths as number[];
    const askedKeys = asked.map((index) => keys[index]!);
    // Begun before the lengths are known: a write ends what was begun while they were on their way.
    for (const key of askedKeys) this.#begin(key);
    const found = await this.#inner.byteLengths(askedKeys, options);
    for (const [position, index] of asked.entries()) {
      const key = keys[index]!;
      const byteLength = checkByteLength(key, found[position]!);
      byteLengths[index] = byteLength;
      const recording = this.#begun.get(key);
      if (recording !== undefined) this.#kept.update(key, recording, () => recording.expect(byteLength));
    }
    return byteLengths as number[];
  }

  async read(reads: readonly ByteRead[], options?: RequestOptions): Promise<void> {
    const passed: ByteRead[] = [];
    for (const read of reads) {
      const bitmap = this.#find(read.key)?.bitmap;
      if (bitmap === undefined) passed.push(read);
      else bitmap.readInto(read.target, read.byteOffset, options?.kernel);
    }
    if (passed.length === 0) return;
    const recordings = passed.map(({ key }) => this.#kept.partOf(key));
    await this.#inner.read(passed, options);
    for (const [index, { key, byteOffset, target }] of passed.entries()) {
      const recording = recordings[index];
      // A write may have ended the recording while its bytes were on their way.
      if (recording === undefined) continue;
      const isMixed = this.#begun.get(key) !== recording;
      this.#kept.update(key, recording, () => recording.add(byteOffset, target, isMixed));
    }
  }

  async occupied(
    keys: readonly string[],
    byteLengths: readonly number[],
    options?: RequestOptions,
  ): Promise<(readonly ByteRange[] | undefined)[]> {
    const occupied: (readonly ByteRange[] | undefined)[] = keys.map((key) =>
      this.#find(key)?.bitmap.occupied(),
    );
    const asked = [...keys.keys()].filter((index) => this.#find(keys[index]!) === undefined);
    if (asked.length > 0 && this.#inner.occupied !== undefined) {
      const found = await this.#inner.occupied(
        asked.map((index) => keys[index]!),
        asked.map((index) => byteLengths[index]!),
        options,
      );
      asked.forEach((index, position) => {
        const key = keys[index]!;
        this.#adopt(key);
        const isRecorded = this.#kept.partOf(key) !== undefined;
        // What is being recorded is read as a whole, so that it is complete, unless it is huge.
        if (isRecorded && byteLengths[index]! < HUGE_BYTES) return;
        occupied[index] = found[position];
        // Mostly empty: the parts that are not are fetched faster again and again than the whole once.
        if (isRecorded && found[position] !== undefined) this.#kept.drop(key);
      });
    }
    return occupied;
  }

  resident(key: string): Bitmap | undefined {
    // A question reads nothing of what the inner reader has fetched whole already.
    this.#adopt(key);
    return this.#use(key) ?? this.#inner.resident?.(key);
  }

  release(): void {
    this.#kept.abandon(this.#begun);
    this.#inner.release?.();
  }

  async #prepare(keys: readonly string[], options: RequestOptions | undefined): Promise<void> {
    await this.#inner.prepare?.(keys, options);
    const { isFinished, disk } = this.#holdings;
    await disk?.load(keys, options);
    if (this.#checking === undefined) return;
    const finished = keys.filter((key) => isFinished(key) && this.#inner.resident?.(key) === undefined);
    const changed = await this.#checking.compare(finished, this.#kept, options);
    if (changed.length > 0) await disk?.renew(changed);
  }

  /** What is kept of a key, if it is whole, and this question may have it: its own, or what has been compared. */
  #find(key: string): Recording | undefined {
    const whole = this.#kept.wholeOf(key);
    if (whole === undefined || this.#checking === undefined) return whole;
    return this.#checking.isSame(key, whole) || this.#begun.get(key) === whole ? whole : undefined;
  }

  async #readFirst(reads: readonly ByteRead[], options: RequestOptions | undefined): Promise<number[]> {
    const byteLengths = reads.map(({ key, byteOffset, target }) => {
      const bitmap = this.#use(key);
      bitmap?.readInto(target, byteOffset, options?.kernel);
      return bitmap?.byteLength;
    });
    const asked = [...reads.keys()].filter((index) => byteLengths[index] === undefined);
    if (asked.length === 0) return byteLengths as number[];
    for (const index of asked) this.#begin(reads[index]!.key);
    const found = await this.#inner.readFirst!(
      asked.map((index) => reads[index]!),
      options,
    );
    for (const [position, index] of asked.entries()) {
      const { key, byteOffset, target } = reads[index]!;
      const byteLength = checkByteLength(key, found[position]!);
      byteLengths[index] = byteLength;
      const recording = this.#begun.get(key);
      if (recording === undefined) continue;
      this.#kept.update(key, recording, () => {
        recording.expect(byteLength);
        recording.add(byteOffset, target.subarray(0, byteLength));
      });
    }
    return byteLengths as number[];
  }

  /** Those of bitmaps that are kept, now the most recently used, and of those that made room, unless they would have to be checked. */
  #stamps(keys: readonly string[]): (number | undefined)[] {
    return keys.map((key) => {
      if (this.#use(key) !== undefined) return this.#find(key)!.stamp;
      return this.#checking === undefined ? this.#kept.stampOf(key) : undefined;
    });
  }

  /** Those of bitmaps that this question had from here, or has read itself from the first byte to the last. */
  #stampsOf(keys: readonly string[], bitmaps: readonly (Bitmap | undefined)[]): (number | undefined)[] {
    return keys.map((key, index) => {
      const begun = this.#begun.get(key);
      // It may have made room since; it has been dropped if the stamp is another one, or none.
      const isRead = begun?.isWhole === true && !begun.isMixed && begun.stamp === this.#kept.stampOf(key);
      if (isRead) return begun.stamp;
      const kept = this.#kept.wholeOf(key);
      return kept?.bitmap === bitmaps[index] ? kept?.stamp : undefined;
    });
  }

  /** Keeps what the inner reader has fetched as a whole since this question began to keep it. */
  #adopt(key: string): void {
    const recording = this.#begun.get(key);
    const held = this.#isOfOneQuestion && recording?.isUnderWay ? this.#inner.resident?.(key) : undefined;
    if (held !== undefined) this.#kept.update(key, recording!, () => recording!.take(held));
  }

  /** The cached bitmap of a key, now the most recently used. */
  #use(key: string): Bitmap | undefined {
    const kept = this.#find(key);
    if (kept === undefined) return undefined;
    this.#kept.use(key);
    if (this.#isNew(key)) this.#holdings.hits += 1;
    return kept.bitmap;
  }

  #begin(key: string): void {
    if (!this.#holdings.isFinished(key)) return;
    if (this.#isNew(key)) this.#holdings.misses += 1;
    if (this.#checking?.canBegin(key) === false) return;
    const recording = this.#kept.begin(key);
    if (recording === undefined) return;
    recording.digest = this.#checking?.digestOf(key);
    this.#begun.set(key, recording);
  }

  /** Whether this question has not been counted for a key yet; it is now. */
  #isNew(key: string): boolean {
    if (this.#counted.has(key)) return false;
    this.#counted.add(key);
    return true;
  }
}
