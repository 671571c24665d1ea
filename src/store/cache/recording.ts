import { CONTAINER_BYTES } from '../../base/limits.js';
import { Bitmap } from '../../bitmap/bitmap.js';

/** A bitmap as its windows come by, in ascending order. */
export class Recording {
  bitmap = new Bitmap();
  /** What it is known to take. */
  countedBytes = 0;
  /** Whether any of it was read by another question than the one that began it. */
  isMixed = false;
  /** What the store told of it before it was read, if it was asked. */
  digest: string | undefined;
  /** Whether it has been compared by its count, too. */
  isConfirmed = false;
  /** When it was begun to be read, in milliseconds since 1970. */
  readonly begunMs = Date.now();
  #byteLength: number | undefined;
  #isTooLarge = false;
  #stamp: number | undefined;

  get isWhole(): boolean {
    return this.bitmap.byteLength === this.#byteLength;
  }

  /** A number that no other content has, once all of it is here: a whole one below 2^53. */
  get stamp(): number | undefined {
    if (this.isWhole) this.#stamp ??= Math.floor(Math.random() * 2 ** 53);
    return this.#stamp;
  }

  get isUnderWay(): boolean {
    return !this.isWhole && !this.#isTooLarge;
  }

  /** How long the bitmap is going to be. */
  expect(byteLength: number): void {
    this.#byteLength = byteLength;
  }

  /** @param isMixed whether this is of another question than what was added before may be */
  add(byteOffset: number, bytes: Uint8Array, isMixed = false): void {
    // Windows of another question over the same key come by too; each stretch is wanted once and in order.
    const isNext = !this.#isTooLarge && byteOffset === this.bitmap.byteLength;
    const isLast = byteOffset + bytes.length === this.#byteLength;
    if (!isNext || (!isLast && bytes.length % CONTAINER_BYTES !== 0)) return;
    this.bitmap.append(bytes);
    this.isMixed ||= isMixed;
  }

  /** The whole bitmap, which nobody is going to change. */
  take(bitmap: Bitmap, stamp?: number): void {
    this.bitmap = bitmap;
    this.#stamp = stamp;
    this.#byteLength = bitmap.byteLength;
  }

  giveUp(): void {
    this.bitmap = new Bitmap();
    this.#byteLength = undefined;
    this.#isTooLarge = true;
  }
}
