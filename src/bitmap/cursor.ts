import { CONTAINER_IDS } from '../base/limits.js';
import type { Block } from './block.js';
import type { Container } from './types.js';

/**
 * The containers of a bitmap one after the other, ascending, without an object for each: bitmaps that are counted side by side
 * have thousands. Valid until the next change of the bitmap.
 */
export class ContainerCursor {
  /** First id that the container at hand can hold; infinite behind the last one. */
  firstId = Number.POSITIVE_INFINITY;
  /** Number of its ids. */
  cardinality = 0;
  readonly #blocks: readonly Block[];
  #block = 0;
  #index = -1;

  constructor(blocks: readonly Block[]) {
    this.#blocks = blocks;
    this.advance();
  }

  /** The container at hand. */
  get container(): Container {
    const { firstId, cardinality } = this;
    const block = this.#blocks[this.#block]!;
    return { firstId, cardinality, kind: block.kind(this.#index), words: block.payload(this.#index) };
  }

  advance(): void {
    this.#index += 1;
    let block = this.#blocks[this.#block];
    if (block !== undefined && this.#index === block.count) {
      this.#block += 1;
      this.#index = 0;
      block = this.#blocks[this.#block];
    }
    this.firstId = block === undefined ? Number.POSITIVE_INFINITY : block.high(this.#index) * CONTAINER_IDS;
    this.cardinality = block === undefined ? 0 : block.cardinality(this.#index);
  }
}
