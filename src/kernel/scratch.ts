import { CELL_WIDTH, HEADER_WIDTH } from './program.js';
import { Opcode } from './types.js';

/** Rows of a band of a table, at most: each has a bit in the masks. */
const BAND_ROWS = 64;
/** Slots (or lists) of a band, at most. */
const BAND_MEMBERS = 192;
/** Numbers of one: itself, and 64 bits that say with which of the rows it is counted. */
const MEMBER_WIDTH = 3;

/** What the WebAssembly kernel runs next: as many instructions, tables in bands, as there is room for. */
export class Scratch {
  numberCount = 0;
  resultCount = 0;
  readonly #numbers: Int32Array;
  readonly #maxResults: number;
  /** Two numbers per cell: its counter, and which result is added to it. */
  readonly #cells: number[] = [];

  constructor(numbers: Int32Array, maxResults: number) {
    this.#numbers = numbers;
    this.#maxResults = maxResults;
  }

  get hasRoomForBand(): boolean {
    return this.#hasRoom(HEADER_WIDTH + BAND_MEMBERS * MEMBER_WIDTH, BAND_MEMBERS * BAND_ROWS);
  }

  hasRoomForStep(width: number): boolean {
    return this.#hasRoom(width, 1);
  }

  #hasRoom(numbers: number, results: number): boolean {
    return (
      this.numberCount + numbers <= this.#numbers.length && this.resultCount + results <= this.#maxResults
    );
  }

  /** Adds an instruction that is no table: the numbers from `at` up to `end`. */
  addStep(program: Int32Array, at: number, end: number): void {
    const start = this.numberCount;
    for (let i = at; i < end; i++) this.#numbers[this.numberCount++] = program[i]!;
    if (program[at]! < Opcode.Count) return;
    this.#cells.push(program[at + 1]!, this.resultCount);
    this.#numbers[start + 1] = this.resultCount++;
  }

  /**
   * Adds cells of the `CountTable` at `at` as one band, from number `cell` on, and returns which ones were left. Each slot
   * comes once: up to 64 rows first, then columns. What two have in common is counted with the later one of them.
   */
  addBand(program: Int32Array, at: number, cell: number, end: number): number {
    const numbers = this.#numbers;
    const firstRow = at + HEADER_WIDTH;
    const firstColumn = firstRow + program[at + 1]!;
    const firstMember = this.numberCount + HEADER_WIDTH;
    const members = new Map<number, number>();
    const memberOf = (slot: number): number => {
      const known = members.get(slot);
      if (known !== undefined) return known;
      const member = members.size;
      members.set(slot, member);
      const number = firstMember + member * MEMBER_WIDTH;
      numbers[number] = slot;
      numbers[number + 1] = 0;
      numbers[number + 2] = 0;
      return member;
    };
    const startRow = program[cell]!;
    const rows = program
      .subarray(firstRow + startRow, firstColumn)
      .subarray(0, BAND_ROWS)
      .map(memberOf);
    const header = [Opcode.CountTable, 0, members.size, this.resultCount];
    for (; cell < end && program[cell]! < startRow + BAND_ROWS; cell += CELL_WIDTH) {
      if (members.size === BAND_MEMBERS) break;
      const row = rows[program[cell]! - startRow]!;
      const column = memberOf(program[firstColumn + program[cell + 1]!]!);
      const [earlier, later] = row < column ? [row, column] : [column, row];
      numbers[firstMember + later * MEMBER_WIDTH + 1 + (earlier >> 5)]! |= 1 << earlier;
      this.#cells.push(program[cell + 2]!, this.resultCount + later * BAND_ROWS + earlier);
    }
    header[1] = members.size;
    numbers.set(header, this.numberCount);
    this.numberCount = firstMember + members.size * MEMBER_WIDTH;
    this.resultCount += members.size * BAND_ROWS;
    return cell;
  }

  /** Adds results to their counters, and begins anew. */
  collect(results: Float64Array | Uint32Array, counters: Float64Array): void {
    const cells = this.#cells;
    for (let i = 0; i < cells.length; i += 2) counters[cells[i]!]! += results[cells[i + 1]!]!;
    cells.length = 0;
    this.numberCount = 0;
    this.resultCount = 0;
  }
}
