import { CONTAINER_IDS } from '../base/limits.js';
import type { Bitmap } from '../bitmap/bitmap.js';
import { containerIds } from '../bitmap/ids.js';
import type { Container } from '../bitmap/types.js';
import type { KernelChoice } from '../kernel/pool.js';

/** Sets in pieces: what is asked of ranks looks at how many ids a piece has, and writes out only those that it needs. */

/** The ids of a set in a stretch of at most 65,536. */
export interface Piece {
  /** No id of the piece is smaller. */
  readonly firstId: number;
  /** All ids of the piece are smaller. */
  readonly endId: number;
  /** Number of ids. */
  readonly count: number;
  /** Ascending, the caller's to keep. */
  ids(): Uint32Array<ArrayBuffer>;
}

/** Ids from `first` to `last`, both included. */
export interface IdRange {
  readonly first: number;
  readonly last: number;
}

/** What a bitmap in memory has in a range, without a window: it must not be written to meanwhile. */
export function* containerPieces(
  bitmap: Bitmap,
  { first, last }: IdRange,
  kernel: KernelChoice,
): Generator<Piece, void, undefined> {
  for (const container of bitmap.containers()) {
    if (container.firstId > last) break;
    const endId = container.firstId + CONTAINER_IDS;
    if (endId > first) yield clip(new ContainerPiece(container, kernel), { first, last });
  }
}

class ContainerPiece implements Piece {
  readonly #container: Container;
  readonly #kernel: KernelChoice;

  constructor(container: Container, kernel: KernelChoice) {
    this.#container = container;
    this.#kernel = kernel;
  }

  get firstId(): number {
    return this.#container.firstId;
  }

  get endId(): number {
    return this.#container.firstId + CONTAINER_IDS;
  }

  get count(): number {
    return this.#container.cardinality;
  }

  ids(): Uint32Array<ArrayBuffer> {
    return containerIds(this.#container, this.#kernel);
  }
}

/** The part of a piece that lies in a range; pieces at its ends are written out to tell. */
export function clip(piece: Piece, { first, last }: IdRange): Piece {
  if (piece.firstId >= first && piece.endId <= last + 1) return piece;
  const ids = piece.ids();
  const part = ids.subarray(placeOf(ids, first), placeOf(ids, last + 1));
  const { firstId, endId } = piece;
  return { firstId, endId, count: part.length, ids: () => part };
}

/** How many of ascending ids are smaller than an id. */
function placeOf(ids: Uint32Array, id: number): number {
  let from = 0;
  let to = ids.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (ids[middle]! < id) from = middle + 1;
    else to = middle;
  }
  return from;
}
