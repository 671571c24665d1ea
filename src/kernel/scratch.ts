import { CELL_WIDTH, HEADER_WIDTH } from './checks.js';
import { type Kernel, Opcode } from './types.js';

/** What `assembly/index.ts` exports. */
export interface KernelExports
  extends Pick<Kernel, 'ids' | 'containerIds' | 'unpack' | 'unpackRuns' | 'countOverlaps'> {
  readonly memory: WebAssembly.Memory;
  slotsOffset(): number;
  programOffset(): number;
  programNumbers(): number;
  resultsOffset(): number;
  maxResults(): number;
  run(numberCount: number, resultCount: number, from: number, byteLength: number): void;
  countLists(lists: number, stretches: number, boundsOffset: number, idsOffset: number): void;
}

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
  /** The program that is laid out here, all of it, if there is one. */
  laidOut: Int32Array | undefined;
  readonly #exports: KernelExports;
  readonly #maxResults: number;
  #numbers = new Int32Array(0);
  /** Two numbers per cell: its counter, and which result is added to it. */
  #cells: number[] = [];

  constructor(exports: KernelExports) {
    this.#exports = exports;
    this.#maxResults = exports.maxResults();
  }

  /** Empties it. */
  begin(): void {
    const { memory, programOffset, programNumbers } = this.#exports;
    // Views of a memory that has grown since are of no use.
    if (this.#numbers.buffer !== memory.buffer) {
      this.#numbers = new Int32Array(memory.buffer, programOffset(), programNumbers());
    }
    this.numberCount = 0;
    this.resultCount = 0;
    this.laidOut = undefined;
    this.#cells = [];
  }

  get hasRoomForBand(): boolean {
    return this.hasRoom(HEADER_WIDTH + BAND_MEMBERS * MEMBER_WIDTH, BAND_MEMBERS * BAND_ROWS);
  }

  hasRoom(numbers: number, results: number): boolean {
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
    const columns = new Int32Array(program[at + 2]!);
    const header = [Opcode.CountTable, 0, members.size, this.resultCount];
    for (; cell < end && program[cell]! < startRow + BAND_ROWS; cell += CELL_WIDTH) {
      if (members.size === BAND_MEMBERS) break;
      const row = rows[program[cell]! - startRow]!;
      const index = program[cell + 1]!;
      // Looked up once per column, not per cell.
      const column = columns[index]! > 0 ? columns[index]! - 1 : memberOf(program[firstColumn + index]!);
      columns[index] = column + 1;
      const later = Math.max(row, column);
      const earlier = Math.min(row, column);
      numbers[firstMember + later * MEMBER_WIDTH + 1 + (earlier >> 5)]! |= 1 << earlier;
      this.#cells.push(program[cell + 2]!, this.resultCount + later * BAND_ROWS + earlier);
    }
    header[1] = members.size;
    numbers.set(header, this.numberCount);
    this.numberCount = firstMember + members.size * MEMBER_WIDTH;
    this.resultCount += members.size * BAND_ROWS;
    return cell;
  }

  /** Adds results to their counters. */
  collect(Results: Float64ArrayConstructor | Uint32ArrayConstructor, counters: Float64Array): void {
    const results = new Results(this.#exports.memory.buffer, this.#exports.resultsOffset());
    const cells = this.#cells;
    for (let i = 0; i < cells.length; i += 2) counters[cells[i]!]! += results[cells[i + 1]!]!;
  }
}
