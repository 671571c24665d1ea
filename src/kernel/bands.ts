import { CELL_WIDTH, HEADER_WIDTH } from './program.js';

/** Tables are of any size; the WebAssembly kernel takes them in bands that its scratch and the bits of a mask have room for. */

/** Rows of a band: each has a bit in the masks. */
export const BAND_ROWS = 64;
const BAND_MEMBERS = 192;

export interface Band {
  /** Slots, or lists: the rows, then the columns that are no rows. */
  readonly members: readonly number[];
  readonly rows: number;
  /** Two numbers per member, which are 64 bits: the members before it (or itself) that it is counted with. */
  readonly masks: readonly number[];
  /** Two numbers per cell: its counter, and where its count is: `BAND_ROWS` counts per member. */
  readonly cells: readonly number[];
}

/** The bands of the `CountTable` at number `at` of a program. What is in common has no order: a pair is met once, by its later member. */
export function* bandsOf(program: Int32Array, at: number): Generator<Band, void, undefined> {
  const [, rows, columns, cells] = program.subarray(at, at + HEADER_WIDTH) as unknown as number[];
  const firstRow = at + HEADER_WIDTH;
  const firstColumn = firstRow + rows!;
  let cell = firstColumn + columns!;
  const end = cell + cells! * CELL_WIDTH;
  while (cell < end) {
    const members: number[] = [];
    const masks: number[] = [];
    const indexes = new Map<number, number>();
    const indexOf = (slot: number): number => {
      const known = indexes.get(slot);
      if (known !== undefined) return known;
      indexes.set(slot, members.length);
      masks.push(0, 0);
      return members.push(slot) - 1;
    };
    const start = program[cell]!;
    const rowMembers = program.subarray(firstRow + start, firstRow + Math.min(rows!, start + BAND_ROWS));
    const rowIndexes = Array.from(rowMembers, indexOf);
    const rowCount = members.length;
    const places: number[] = [];
    for (; cell < end && program[cell]! < start + BAND_ROWS; cell += CELL_WIDTH) {
      if (members.length === BAND_MEMBERS) break;
      const row = rowIndexes[program[cell]! - start]!;
      const column = indexOf(program[firstColumn + program[cell + 1]!]!);
      const [earlier, later] = row < column ? [row, column] : [column, row];
      masks[later * 2 + (earlier >> 5)]! |= 1 << earlier;
      places.push(program[cell + 2]!, later * BAND_ROWS + earlier);
    }
    yield { members, rows: rowCount, masks, cells: places };
  }
}
