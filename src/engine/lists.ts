import type { SideBySide } from '../bitmap/beside.js';
import { borrowKernel, type KernelChoice, returnKernel } from '../kernel/pool.js';
import type { Kernel } from '../kernel/types.js';
import type { Lists } from '../threads/messages.js';
import type { Cells } from './cells.js';
import { encodeTable } from './encoding.js';
import type { ListWork } from './listwork.js';

/** Ids, and beginnings of lists, that are laid out at a time: 2 MiB and 1 MiB of the kernel's memory. */
const MAX_IDS = 2 ** 20;
const MAX_BOUNDS = 2 ** 18;
/** Ids that are shared out at a time. */
const SHARED_IDS = 2 ** 16;
const IDS_OFFSET = MAX_BOUNDS * Uint32Array.BYTES_PER_ELEMENT;

/** Whether lists of so many operands can be laid out at all. */
export function mayBeLists(operands: number): boolean {
  return operands < MAX_BOUNDS;
}

/** Stretches that are counted as lists of ids: what pairs have in common costs nothing but for the ids they share. */
export class ListBatch {
  readonly #kernel: Kernel;
  readonly #lists: number;
  readonly #tables: readonly Int32Array[];
  readonly #counters: Float64Array;
  readonly #bounds: Uint32Array;
  readonly #ids: Uint16Array;
  #stretches = 0;
  #length = 0;

  readonly #work: ListWork | undefined;
  readonly #maxIds: number;

  /** @param work other threads that count batches, too */
  constructor(
    choice: KernelChoice,
    operands: number,
    { tables }: Cells,
    counters: Float64Array,
    work?: ListWork,
  ) {
    this.#work = work;
    this.#maxIds = work === undefined ? MAX_IDS : SHARED_IDS;
    this.#kernel = borrowKernel(choice);
    this.#lists = operands;
    this.#tables = tables.map((table) => encodeTable(table));
    this.#counters = counters;
    const { buffer, byteOffset } = this.#kernel.reserve(IDS_OFFSET + MAX_IDS * Uint16Array.BYTES_PER_ELEMENT);
    this.#bounds = new Uint32Array(buffer, byteOffset, MAX_BOUNDS);
    this.#ids = new Uint16Array(buffer, byteOffset + IDS_OFFSET, MAX_IDS);
  }

  /** The stretch at hand, whose members are lists and runs and have `MAX_IDS` ids at most. */
  add(stretch: SideBySide): void {
    const bounds = (this.#stretches + 1) * this.#lists + 1;
    if (bounds > MAX_BOUNDS || this.#length + stretch.cardinality > this.#maxIds) this.count();
    const first = this.#stretches * this.#lists;
    let list = 0;
    for (let member = 0; member < stretch.count; member += 1) {
      const bitmap = stretch.bitmaps[member]!;
      while (list <= bitmap) this.#bounds[first + list++] = this.#length;
      const words = stretch.words(member);
      if (stretch.kind(member) === 'run') this.#addRuns(words);
      else {
        this.#ids.set(words, this.#length);
        this.#length += words.length;
      }
    }
    while (list <= this.#lists) this.#bounds[first + list++] = this.#length;
    this.#stretches += 1;
  }

  /** Counts what was added, and begins anew. */
  count(): void {
    const layout = {
      lists: this.#lists,
      stretches: this.#stretches,
      boundsOffset: 0,
      idsOffset: IDS_OFFSET,
    };
    if (this.#length > 0 && !this.#work?.take(this.#length, () => this.#copy())) {
      for (const table of this.#tables) this.#kernel.countLists(table, layout, this.#counters);
    }
    this.#stretches = 0;
    this.#length = 0;
  }

  close(): void {
    returnKernel(this.#kernel);
  }

  #copy(): Lists {
    return {
      tables: this.#tables,
      counters: this.#counters.length,
      lists: this.#lists,
      stretches: this.#stretches,
      bounds: this.#bounds.slice(0, this.#stretches * this.#lists + 1),
      ids: this.#ids.slice(0, this.#length),
    };
  }

  #addRuns(runs: Uint16Array): void {
    const ids = this.#ids;
    let length = this.#length;
    for (let at = 0; at < runs.length; at += 2) {
      const last = runs[at]! + runs[at + 1]!;
      for (let id = runs[at]!; id <= last; id += 1) ids[length++] = id;
    }
    this.#length = length;
  }
}
