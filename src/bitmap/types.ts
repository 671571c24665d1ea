/** A bitmap in pieces: stretches of its bytes, and of its ids. */

/** A stretch of a bitmap, in bytes. */
export interface ByteRange {
  /** From the beginning of the bitmap. */
  readonly byteOffset: number;
  /** 0 or more. */
  readonly byteLength: number;
}

/** 65,536 neighbouring ids of a bitmap, as they are kept in memory. */
export interface Container {
  /** First id that the container can hold: a multiple of 65,536. */
  readonly firstId: number;
  /** Number of ids set, 1..65,536. */
  readonly cardinality: number;
  /** How `words` is to be read. */
  readonly kind: ContainerKind;
  /**
   * `array`: the low 16 bits of each id, ascending. `run`: pairs of the low 16 bits of a run's first id and the run's
   * length minus one, ascending. `bitmap`: 8,192 bytes in Redis' bit order. A view: copy it before the next write.
   */
  readonly words: Uint16Array;
}

/** The smallest shape of a container, the idea of Roaring bitmaps (roaringformat.org). */
export type ContainerKind = 'array' | 'run' | 'bitmap';
