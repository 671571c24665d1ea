import { CONTAINER_IDS } from '../base/limits.js';
import { borrowKernel, type KernelChoice, returnKernel } from '../kernel/pool.js';
import type { Kernel } from '../kernel/types.js';
import { type Block, RUN_FLAG } from './block.js';
import { BITMAP_WORDS, smallestContainer } from './container.js';
import type { Container } from './types.js';

/**
 * The ids of a container, ascending, written out by a kernel of the kind chosen.
 *
 * @example
 * import { containerIds, decodeRoaring, encodeRoaring, Bitmap } from 'bitmapist-wasm/bitmaps';
 *
 * const file = encodeRoaring(Bitmap.fromBytes(Uint8Array.of(0x41)).containers());
 * for (const container of decodeRoaring(file)) console.log([...containerIds(container)]); // [ 1, 7 ]
 */
export function containerIds(container: Container, choice: KernelChoice = 'auto'): Uint32Array<ArrayBuffer> {
  // Shapes that no block has: containers are anybody's.
  const isOdd =
    container.kind === 'bitmap'
      ? container.cardinality <= BITMAP_WORDS
      : container.words.length > BITMAP_WORDS;
  const { firstId, cardinality, kind, words } = isOdd ? smallestContainer(container) : container;
  const kernel = borrowKernel(choice);
  try {
    const { buffer, byteOffset } = kernel.reserve(ROOM_BYTES);
    const loaded = new Uint16Array(buffer, byteOffset + WORDS_OFFSET);
    loaded.set([firstId / CONTAINER_IDS, cardinality - 1, kind === 'run' ? RUN_FLAG : 0]);
    loaded.set(words, 3);
    kernel.containerIds(0, WORDS_OFFSET, WORDS_OFFSET + 6, 1);
    return new Uint32Array(new Uint32Array(buffer, byteOffset, cardinality));
  } finally {
    returnKernel(kernel);
  }
}

/**
 * The ids of a bitmap's blocks from the container for `high` on, which is in block `at` or behind it: `count` if that is how many
 * there are, else those of as many containers as a page of 65,536 ids holds.
 */
export function blockIds(
  blocks: readonly Block[],
  at: number,
  high: number,
  choice: KernelChoice,
  count?: number,
): Uint32Array<ArrayBuffer> {
  const kernel = borrowKernel(choice);
  try {
    let ids: Uint32Array<ArrayBuffer> | undefined;
    let length = 0;
    for (const page of pagesOf(blocks, at, high, kernel)) {
      ids ??= newIds(count ?? page.length);
      ids.set(page, length);
      length += page.length;
      if (length === ids.length) break;
    }
    return ids!;
  } finally {
    returnKernel(kernel);
  }
}

/** In a kernel's memory a page of ids comes first, with room for eight more, and the words that they are made of behind it. */
const WORDS_OFFSET = 2 ** 18 + 32;
const ROOM_BYTES = 2 ** 19;

/** Pages in a kernel's memory, each valid until the next; the last one may be empty. */
function* pagesOf(
  blocks: readonly Block[],
  at: number,
  high: number,
  kernel: Kernel,
): Generator<Uint32Array<ArrayBuffer>, void> {
  const { buffer, byteOffset } = kernel.reserve(ROOM_BYTES);
  const words = new Uint16Array(buffer, byteOffset + WORDS_OFFSET);
  let length = 0;
  for (let block = blocks[at]; block !== undefined; block = blocks[++at]) {
    words.set(block.words);
    const found = block.find(high);
    for (let from = found < 0 ? ~found : found; from < block.count; ) {
      const start = length;
      let to = from;
      while (to < block.count && length + block.cardinality(to) <= CONTAINER_IDS)
        length += block.cardinality(to++);
      kernel.containerIds(start * 4, WORDS_OFFSET + from * 6, WORDS_OFFSET + block.count * 6, to - from);
      from = to;
      if (from < block.count) {
        yield new Uint32Array(buffer, byteOffset, length);
        length = 0;
      }
    }
  }
  yield new Uint32Array(buffer, byteOffset, length);
}

/** Room for ids, to be written all of them: Node need not clear it, which takes as long as writing them. */
function newIds(count: number): Uint32Array<ArrayBuffer> {
  const { Buffer } = globalThis as {
    Buffer?: { allocUnsafeSlow(byteLength: number): { buffer: ArrayBuffer } };
  };
  return Buffer ? new Uint32Array(Buffer.allocUnsafeSlow(count * 4).buffer) : new Uint32Array(count);
}
