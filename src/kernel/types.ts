/**
 * What the engine asks of the bit math. A kernel owns one stretch of memory; operands are byte offsets into it and
 * lengths in bytes. It knows nothing of keys, dates or stores.
 */

/**
 * Operations of a program, which is one instruction after the other: an opcode and what it says here. Slots (`dst`, `a`,
 * `b`) are byte offsets, multiples of 64; `counter` is an index of the counters, to which the count is added.
 */
export const Opcode = {
  /** `dst, a, b`: `dst` = `a & b`; likewise below. */
  And: 0,
  Or: 1,
  Xor: 2,
  AndNot: 3,
  /** `dst, a, limit`: `dst` = complement of `a` in bytes [0, limit) of the slot, zero from there on. */
  Not: 4,
  /** `dst, k, n`, then `n` slots: `dst` = what at least `k` of them have; 1 <= k <= n. */
  AtLeast: 5,
  /** `counter, a, 0`: bits of `a`. */
  Count: 6,
  /** `counter, a, b`: bits of `a & b`; likewise below. */
  CountAnd: 7,
  CountOr: 8,
  CountXor: 9,
  CountAndNot: 10,
  /** `counter, k, n`, then `n` slots. */
  CountAtLeast: 11,
  /**
   * `rows, columns, cells`, then as many slots of rows, of columns, and cells of three numbers: index of a row, index of a
   * column, and the counter of what both have. Cells go row by row, columns ascending; a pair may have several.
   */
  CountTable: 12,
} as const;
export type Opcode = (typeof Opcode)[keyof typeof Opcode];

/** Slot offsets are multiples of this, byte lengths of bit operations multiples of 16. */
export const SLOT_ALIGNMENT = 64;

/**
 * Lists of ids in a kernel's memory. The ids of a stretch of 65,536 are one list per operand, ascending, as unsigned
 * 16-bit integers; all lists of all stretches lie one after the other, stretch by stretch.
 */
export interface ListLayout {
  /** Lists per stretch. */
  readonly lists: number;
  readonly stretches: number;
  /** Byte offset of `lists * stretches + 1` unsigned 32-bit integers: where each list begins, counted in ids, and the end. */
  readonly boundsOffset: number;
  /** Byte offset of the ids. */
  readonly idsOffset: number;
}

/**
 * Bit math over one memory. Every operation is destination first, `(dst, a, b, byteLength)`; `byteLength` is a multiple of
 * 16; slots are zero-padded, which is Redis' own rule for operands of different length. `dst` may be `a` or `b`, otherwise
 * slots do not overlap.
 */
export interface Kernel {
  /** Which of the two kernels this is. */
  readonly name: 'wasm' | 'js';

  /**
   * Makes room for `byteLength` bytes of slots and returns a view of them; offset 0 of every operation is its first byte.
   * What was there stays, the rest is unspecified. Earlier views are stale afterwards, so reserve first, then take views,
   * then compute.
   */
  reserve(byteLength: number): Uint8Array<ArrayBuffer>;

  /**
   * Runs a program (see `Opcode`) over `byteLength` bytes of its slots from `byteOffset` on, a multiple of 16 (default: 0),
   * block by block, and adds what it counts to `counters` (so that a caller may run window after window). A program may be
   * kept laid out for the next run: its numbers do not change any more.
   */
  run(program: Int32Array, byteLength: number, counters: Float64Array, byteOffset?: number): void;

  /**
   * Writes the ids of the set bits of slot `a`, ascending, as unsigned 32-bit integers to `dst` and returns how many.
   * The id of the first bit is `firstId`. `dst` is a multiple of 4 with room for `byteLength * 8` ids, beyond the slot.
   */
  ids(dst: number, a: number, byteLength: number, firstId: number): number;

  /**
   * Writes the ids of `count` containers, ascending, as unsigned 32-bit integers to `dst`, a multiple of 4 with room for eight ids
   * more beside them. Of each container there are three unsigned 16-bit integers from `a` on, even: high 16 bits of its ids;
   * their number minus one; how many such integers its payload lies behind `payloads`, plus 32,768 for runs. Payloads are pairs
   * of the low 16 bits of a run's first id and its length minus one; the low 16 bits of up to 4,096 ids; or else 8,192 bytes of
   * bits.
   */
  containerIds(dst: number, a: number, payloads: number, count: number): void;

  /**
   * Sets the bits of one list of `count` unsigned 16-bit integers at `a`, even, in the bytes from `dst` on, beside the list;
   * other bits stay.
   */
  unpack(dst: number, a: number, count: number): void;

  /**
   * Sets the bits of `count` runs at `a`, even, likewise. A run is two unsigned 16-bit integers, the first id and the length
   * less one. There is room for a byte more than they fill.
   */
  unpackRuns(dst: number, a: number, count: number): void;

  /**
   * Counts what pairs of slots have in common, each pair over a length of its own. There are `count` cells at `cells`, a
   * multiple of 4, of three unsigned 32-bit integers: two offsets, multiples of 16, and a length in bytes, which the count takes
   * the place of.
   */
  countOverlaps(cells: number, count: number): void;

  /**
   * Counts what lists of ids have in common, without a bitmap of them. `table` is one `CountTable` whose slots are numbers
   * of lists in [0, `layout.lists`); adds to `counters` what it counts over all stretches.
   */
  countLists(table: Int32Array, layout: ListLayout, counters: Float64Array): void;
}
