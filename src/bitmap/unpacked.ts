import { CONTAINER_BYTES } from '../base/limits.js';

/**
 * Long lists of bitmaps that are counted again and again, unpacked once. A bitmap container is copied where it is needed, which
 * costs nothing beside counting it; a list of some thousand ids takes ten times as long to unpack as to count.
 */
export class UnpackedLists {
  /** By the high 16 bits of their ids. */
  readonly #pages = new Map<number, Uint8Array>();
  /** How often the bitmap has been read from its beginning. */
  #passes = 1;

  beginPass(): void {
    this.#passes += 1;
    if (kept.delete(this)) kept.add(this);
  }

  /** What is read twice may be read a third time. */
  get isWorthwhile(): boolean {
    return this.#passes > 1;
  }

  /** The 8,192 bytes of a container. */
  page(high: number, unpack: (page: Uint8Array) => void): Uint8Array {
    const known = this.#pages.get(high);
    if (known !== undefined) return known;
    const page = new Uint8Array(CONTAINER_BYTES);
    unpack(page);
    this.#pages.set(high, page);
    // Also if it has had to make room since this pass began.
    kept.add(this);
    keptPages += 1;
    makeRoom();
    return page;
  }

  clear(): void {
    keptPages -= this.#pages.size;
    this.#pages.clear();
    kept.delete(this);
  }
}

/** Of all bitmaps together: 64 MiB. Bitmaps that nobody asks any more make room for others. */
const MAX_PAGES = 8192;

/** Those that have pages, the least recently read first. */
const kept = new Set<UnpackedLists>();
let keptPages = 0;

function makeRoom(): void {
  for (const oldest of kept) {
    if (keptPages <= MAX_PAGES) return;
    oldest.clear();
  }
}
