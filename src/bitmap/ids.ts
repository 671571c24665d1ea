import { CONTAINER_BYTES, CONTAINER_IDS } from '../base/limits.js';
import { borrowKernel, type KernelChoice, returnKernel } from '../kernel/pool.js';
import type { Kernel } from '../kernel/types.js';
import type { Container, ContainerKind } from './types.js';

/**
 * The ids of a container, ascending, written out by a kernel of the kind chosen.
 *
 * @example
 * import { containerIds, decodeRoaring, encodeRoaring, Bitmap } from 'bitmapist-wasm/bitmaps';
 *
 * const file = encodeRoaring(Bitmap.fromBytes(Uint8Array.of(0x41)).containers());
 * for (const container of decodeRoaring(file)) console.log([...containerIds(container)]); // [ 1, 7 ]
 */
export function containerIds(
  { firstId, cardinality, kind, words }: Container,
  kernel: KernelChoice = 'auto',
): Uint32Array<ArrayBuffer> {
  return collectIds(cardinality, kernel, (writer) => {
    writer.load(words);
    writer.add(kind, 0, words.length, firstId);
  });
}

/** The `count` ids that `write` adds, in their order. */
export function collectIds(
  count: number,
  choice: KernelChoice,
  write: (writer: IdWriter) => void,
): Uint32Array<ArrayBuffer> {
  const kernel = borrowKernel(choice);
  try {
    const ids = new Uint32Array(count);
    const writer = new IdWriter(kernel, ids);
    write(writer);
    writer.flush();
    return ids;
  } finally {
    returnKernel(kernel);
  }
}

/**
 * The most words that are loaded at a time: those of four bitmaps, which may be neighbours in a block. Any other block is split
 * when it has become too large: into what is at most half of it and one container more.
 */
const MAX_WORDS = 16_384;
const IDS_OFFSET = MAX_WORDS * Uint16Array.BYTES_PER_ELEMENT;

/** Writes containers out as ids, with the kernel's help: four times as fast as one by one if lists are long. */
export class IdWriter {
  readonly #kernel: Kernel;
  readonly #target: Uint32Array;
  readonly #words: Uint16Array;
  readonly #ids: Uint32Array;
  /** Ids that are in `target`, and ids that wait in the kernel's memory. */
  #written = 0;
  #waiting = 0;

  constructor(kernel: Kernel, target: Uint32Array) {
    const idsBytes = CONTAINER_IDS * Uint32Array.BYTES_PER_ELEMENT;
    const { buffer, byteOffset } = kernel.reserve(IDS_OFFSET + idsBytes);
    this.#kernel = kernel;
    this.#target = target;
    this.#words = new Uint16Array(buffer, byteOffset, MAX_WORDS);
    this.#ids = new Uint32Array(buffer, byteOffset + IDS_OFFSET, CONTAINER_IDS);
  }

  /** Takes words with one or more containers in them. */
  load(words: Uint16Array): void {
    this.#words.set(words);
  }

  /** Adds the ids of the container in the loaded words `[start, end)`. */
  add(kind: ContainerKind, start: number, end: number, firstId: number): void {
    if (kind === 'array') {
      const count = end - start;
      if (this.#waiting + count > CONTAINER_IDS) this.flush();
      this.#kernel.widen(IDS_OFFSET + this.#waiting * 4, start * 2, count, firstId);
      this.#waiting += count;
    } else if (kind === 'bitmap') {
      this.flush();
      this.#waiting = this.#kernel.ids(IDS_OFFSET, start * 2, CONTAINER_BYTES, firstId);
    } else {
      this.flush();
      this.#addRuns(start, end, firstId);
    }
  }

  /** Moves what waits to the target. */
  flush(): void {
    this.#target.set(this.#ids.subarray(0, this.#waiting), this.#written);
    this.#written += this.#waiting;
    this.#waiting = 0;
  }

  #addRuns(start: number, end: number, firstId: number): void {
    const target = this.#target;
    const words = this.#words;
    let written = this.#written;
    for (let word = start; word < end; word += 2) {
      const first = firstId + words[word]!;
      const last = first + words[word + 1]!;
      for (let id = first; id <= last; id++) target[written++] = id;
    }
    this.#written = written;
  }
}
