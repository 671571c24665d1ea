import type { Bitmap } from '../../bitmap/bitmap.js';
import { Recording } from './recording.js';

/** Bitmaps within so many bytes of memory, those that are only read in part included; the least recently used make room. */

/** Key text and its place in the map, by estimate; a missing key is remembered too. */
const ENTRY_BYTES = 100;
/** Stamps of bitmaps that had to make room: some 150 bytes each, key text included. */
const MAX_EVICTED = 20_000;

export class KeptBitmaps {
  readonly maxBytes: number;
  /** Told of what has been read to its end. */
  onWhole: ((key: string, recording: Recording) => void) | undefined;
  /** The least recently used first. */
  readonly #entries = new Map<string, Recording>();
  /** Stamps of those that made room, the first to go first: what was counted of them is still true. */
  readonly #evicted = new Map<string, number>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /** The memory of all, in bytes. */
  get byteSize(): number {
    return this.#bytes;
  }

  /** How many are whole, and how many are not yet. */
  get counts(): { whole: number; partial: number } {
    const recordings = [...this.#entries.values()];
    const whole = recordings.filter(({ isWhole }) => isWhole).length;
    return { whole, partial: recordings.filter(({ isUnderWay }) => isUnderWay).length };
  }

  /** The bitmap of a key if all of it is here. */
  get(key: string): Bitmap | undefined {
    return this.wholeOf(key)?.bitmap;
  }

  /** The same, now the most recently used. */
  use(key: string): Bitmap | undefined {
    const bitmap = this.get(key);
    if (bitmap !== undefined) this.#touch(key, this.#entries.get(key)!);
    return bitmap;
  }

  /** The same, with its stamp. */
  wholeOf(key: string): Recording | undefined {
    const recording = this.#entries.get(key);
    return recording?.isWhole ? recording : undefined;
  }

  /** The stamp of what is here of a key as a whole, or was until it made room and has not been dropped since. */
  stampOf(key: string): number | undefined {
    return this.wholeOf(key)?.stamp ?? this.#evicted.get(key);
  }

  /** Begins to keep a bitmap; `undefined` if it was begun before, or is known not to fit. */
  begin(key: string): Recording | undefined {
    const known = this.#entries.get(key);
    const recording = known ?? new Recording();
    this.#touch(key, recording);
    if (known !== undefined) return undefined;
    this.#settle(recording);
    return recording;
  }

  /** What has been read of a bitmap that is not whole. */
  partOf(key: string): Recording | undefined {
    const recording = this.#entries.get(key);
    return recording?.isUnderWay ? recording : undefined;
  }

  /** Notes what came of a bitmap, unless it was dropped while that was on its way. */
  update(key: string, recording: Recording, note: (recording: Recording) => void): void {
    if (this.#entries.get(key) !== recording) return;
    note(recording);
    // What does not fit is remembered as such, or it would push everything else out each time it is read.
    if (recording.isWhole) {
      this.#evicted.delete(key);
      this.onWhole?.(key, recording);
    }
    if (ENTRY_BYTES + recording.bitmap.byteSize > this.maxBytes) recording.giveUp();
    this.#touch(key, recording);
    this.#settle(recording);
  }

  /** Keeps a whole bitmap that had been kept elsewhere, in place of what may have been begun. */
  put(key: string, { bitmap, digest }: Pick<Recording, 'bitmap' | 'digest'>, stamp: number): void {
    this.drop(key);
    const recording = new Recording();
    recording.take(bitmap, stamp);
    recording.digest = digest;
    this.#touch(key, recording);
    this.#settle(recording);
  }

  /** Ends what was begun and has not come to an end. */
  abandon(begun: ReadonlyMap<string, Recording>): void {
    for (const [key, recording] of begun) if (this.partOf(key) === recording) this.#remove(key);
  }

  /** Forgets a bitmap, and its stamp. */
  drop(key: string): void {
    this.#remove(key);
    this.#evicted.delete(key);
  }

  clear(): void {
    this.#entries.clear();
    this.#evicted.clear();
    this.#bytes = 0;
  }

  #remove(key: string): void {
    this.#bytes -= this.#entries.get(key)?.countedBytes ?? 0;
    this.#entries.delete(key);
  }

  #evict(key: string): void {
    const stamp = this.wholeOf(key)?.stamp;
    this.#remove(key);
    if (stamp === undefined) return;
    this.#evicted.set(key, stamp);
    if (this.#evicted.size > MAX_EVICTED) this.#evicted.delete(this.#evicted.keys().next().value!);
  }

  #touch(key: string, recording: Recording): void {
    this.#entries.delete(key);
    this.#entries.set(key, recording);
  }

  /** Counts what a bitmap has come to take, and makes room for it. */
  #settle(recording: Recording): void {
    const byteSize = ENTRY_BYTES + recording.bitmap.byteSize;
    this.#bytes += byteSize - recording.countedBytes;
    recording.countedBytes = byteSize;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.maxBytes) break;
      this.#evict(oldest);
    }
  }
}
