import { CONTAINER_BYTES, ID_LIMIT } from '../base/limits.js';
import { Bitmap } from '../bitmap/bitmap.js';
import type { ContainerCursor } from '../bitmap/cursor.js';
import { containerIds } from '../bitmap/ids.js';
import { borrowKernel, type KernelChoice, returnKernel } from '../kernel/pool.js';
import { type Kernel, Opcode } from '../kernel/types.js';
import type { Beginnings } from './beginnings.js';
import { encodeTable } from './encoding.js';
import type { OperandRead, Operands } from './operands.js';
import { endOf, type Plan, planWithin } from './plan.js';
import type { Question } from './question.js';
import type { SlotStep, Step, TableStep } from './steps.js';

/**
 * Counting from lists of ids, if stores keep sparse bitmaps as such: nothing is unpacked, and no zeros are looked at.
 */

/** Ids per list, on average, up to which lists are faster than bitmaps: 1.5 % of a stretch. */
const MAX_MEAN_IDS = 1000;
/** Ids, and beginnings of lists, that are laid out at a time: 2 MiB and 1 MiB of the kernel's memory. */
const MAX_IDS = 2 ** 20;
const MAX_BOUNDS = 2 ** 18;

/** So many operands that are not kept in memory, of so many bytes up to their ends, are worth making bitmaps of. */
const MAX_FETCHED_SHARE = 0.25;
const MAX_FETCHED_BYTES = 8 * 2 ** 20;
const IDS_OFFSET = MAX_BOUNDS * Uint32Array.BYTES_PER_ELEMENT;

const NO_IDS = new Uint16Array(0);

/**
 * Adds to `counters` what can be counted from lists, stretch by stretch, and returns the plan of the rest. That is all of it
 * if more than single bitmaps and pairs of them is to be counted, or stores keep too few of them in memory. Single bitmaps alone
 * are not looked into at all.
 */
export async function countLists(
  { operands, kernel, signal }: Question,
  plan: Plan,
  counters: Float64Array,
  beginnings?: Beginnings,
): Promise<Plan> {
  const lists = plan.reads.length;
  const { steps } = plan.program;
  if (lists >= MAX_BOUNDS || !steps.every(countsOperands)) return plan;
  const bitmaps = await bitmapsOf(operands, plan, beginnings);
  if (bitmaps === undefined) return plan;
  if (steps.every(countsOne)) {
    // Containers know how many ids they have.
    for (const { dst, slots } of steps) counters[dst]! += bitmaps[slots[0]!]!.cardinality;
    return planWithin(plan, []);
  }
  // No waiting from here on: a write would move what the containers show.
  const maxIds = Math.min(MAX_MEAN_IDS * lists, MAX_IDS);
  const dense: { byteOffset: number; byteLength: number }[] = [];
  const cursors = bitmaps.map((bitmap) => bitmap.cursor());
  let batch: ListBatch | undefined;
  try {
    for (let firstId = nextStretch(cursors); firstId < ID_LIMIT; firstId = nextStretch(cursors)) {
      const cardinality = cardinalityOf(cursors, firstId);
      const stretch = cardinality <= maxIds ? listsOf(cursors, firstId, kernel) : undefined;
      for (const cursor of cursors) if (cursor.firstId === firstId) cursor.advance();
      if (stretch === undefined) {
        addRange(dense, firstId / 8);
      } else {
        batch ??= new ListBatch(borrowKernel(kernel), lists, steps, counters);
        if (!batch.hasRoom(cardinality)) batch.count();
        signal?.throwIfAborted();
        batch.add(stretch);
      }
    }
    batch?.count();
  } finally {
    if (batch !== undefined) returnKernel(batch.kernel);
  }
  return planWithin(plan, dense);
}

/** Whether a step counts a single operand. */
function countsOne(step: Step): step is SlotStep {
  return step.op === Opcode.Count;
}

/** Whether a step counts single operands, or pairs of them, that nothing was made of before. */
function countsOperands({ op }: Step): boolean {
  return op === Opcode.Count || op === Opcode.CountTable;
}

/**
 * The operands in memory. Of a few that stores do not hold there (of the running period, say) all that the plan reads is
 * fetched.
 */
async function bitmapsOf(
  operands: Operands,
  plan: Plan,
  beginnings: Beginnings | undefined,
): Promise<readonly Bitmap[] | undefined> {
  const { bitmaps, remote } = operands;
  const endBytes = remote.map((operand) => plan.reads[operand]!.reduce((_, range) => endOf(range), 0));
  const missingBytes = endBytes.reduce((sum, end) => sum + end, 0);
  if (remote.length > bitmaps.length * MAX_FETCHED_SHARE || missingBytes > MAX_FETCHED_BYTES)
    return undefined;
  const reads: OperandRead[] = [];
  const values = remote.map((operand, index) => {
    const value = new Uint8Array(endBytes[index]!);
    if (beginnings !== undefined) value.set(beginnings.of(operand).subarray(0, value.length));
    for (const range of plan.reads[operand]!) {
      const byteOffset = Math.max(range.byteOffset, beginnings?.byteLength ?? 0);
      const target = value.subarray(byteOffset, endOf(range));
      if (target.length > 0) reads.push({ operand, key: operands.keys[operand]!, byteOffset, target });
    }
    return value;
  });
  await operands.read(reads);
  for (const [index, operand] of remote.entries()) bitmaps[operand] = Bitmap.fromBytes(values[index]!);
  return bitmaps as Bitmap[];
}

/** Lists on their way into a kernel. */
class ListBatch {
  readonly kernel: Kernel;
  readonly #lists: number;
  readonly #singles: readonly SlotStep[];
  readonly #tables: readonly Int32Array[];
  readonly #counters: Float64Array;
  readonly #bounds: Uint32Array;
  readonly #ids: Uint16Array;
  #stretches = 0;
  #length = 0;

  constructor(kernel: Kernel, lists: number, steps: readonly Step[], counters: Float64Array) {
    this.kernel = kernel;
    this.#lists = lists;
    this.#singles = steps.filter(countsOne);
    this.#tables = steps
      .filter((step): step is TableStep => step.op === Opcode.CountTable)
      .map((table) => encodeTable(table));
    this.#counters = counters;
    const { buffer, byteOffset } = kernel.reserve(IDS_OFFSET + MAX_IDS * Uint16Array.BYTES_PER_ELEMENT);
    this.#bounds = new Uint32Array(buffer, byteOffset, MAX_BOUNDS);
    this.#ids = new Uint16Array(buffer, byteOffset + IDS_OFFSET, MAX_IDS);
  }

  /** Whether a stretch with so many ids can be added before the next `count`. */
  hasRoom(length: number): boolean {
    const bounds = (this.#stretches + 1) * this.#lists + 1;
    return bounds <= MAX_BOUNDS && this.#length + length <= MAX_IDS;
  }

  add(stretch: readonly Uint16Array[]): void {
    let bound = this.#stretches * this.#lists;
    for (const ids of stretch) {
      this.#bounds[bound++] = this.#length;
      this.#ids.set(ids, this.#length);
      this.#length += ids.length;
    }
    this.#bounds[bound] = this.#length;
    this.#stretches += 1;
    for (const { dst, slots } of this.#singles) this.#counters[dst]! += stretch[slots[0]!]!.length;
  }

  /** Counts what was added, and begins anew. */
  count(): void {
    const layout = {
      lists: this.#lists,
      stretches: this.#stretches,
      boundsOffset: 0,
      idsOffset: IDS_OFFSET,
    };
    if (this.#length > 0) {
      for (const table of this.#tables) this.kernel.countLists(table, layout, this.#counters);
    }
    this.#stretches = 0;
    this.#length = 0;
  }
}

/** Where the next stretch begins in which any bitmap has a container; infinite behind the last. */
function nextStretch(cursors: readonly ContainerCursor[]): number {
  let firstId = Number.POSITIVE_INFINITY;
  for (const cursor of cursors) if (cursor.firstId < firstId) firstId = cursor.firstId;
  return firstId;
}

/** How many ids all bitmaps together have in a stretch. */
function cardinalityOf(cursors: readonly ContainerCursor[], firstId: number): number {
  let sum = 0;
  for (const cursor of cursors) if (cursor.firstId === firstId) sum += cursor.cardinality;
  return sum;
}

/** Adds a stretch to ranges of bytes; neighbours are one range. */
function addRange(ranges: { byteOffset: number; byteLength: number }[], byteOffset: number): void {
  const last = ranges.at(-1);
  if (last !== undefined && endOf(last) === byteOffset) last.byteLength += CONTAINER_BYTES;
  else ranges.push({ byteOffset, byteLength: CONTAINER_BYTES });
}

/** The low 16 bits of the ids of a stretch; `undefined` if a bitmap has too many there for a list. */
function listsOf(
  cursors: readonly ContainerCursor[],
  firstId: number,
  kernel: KernelChoice,
): Uint16Array[] | undefined {
  const lists: Uint16Array[] = [];
  for (const cursor of cursors) {
    if (cursor.firstId !== firstId) {
      lists.push(NO_IDS);
      continue;
    }
    const { container } = cursor;
    if (container.kind === 'array') lists.push(container.words);
    else if (container.cardinality <= MAX_MEAN_IDS)
      lists.push(Uint16Array.from(containerIds(container, kernel)));
    else return undefined;
  }
  return lists;
}
