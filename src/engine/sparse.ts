import { Bitmap } from '../bitmap/bitmap.js';
import { containerIds } from '../bitmap/ids.js';
import type { ByteRange, Container } from '../bitmap/types.js';
import { borrowKernel, type KernelChoice, returnKernel } from '../kernel/pool.js';
import { type Kernel, LIST_IDS, Opcode } from '../kernel/types.js';
import { readOperands } from './operands.js';
import { planWithin } from './plan.js';
import type { Step } from './steps.js';
import { tableOf } from './table.js';
import type { ReadablePlan, RunOptions } from './windows.js';

/**
 * Counting from lists of ids, where stores keep sparse bitmaps as such: nothing is unpacked, and no zeros are looked at.
 */

/** Ids per list, on average, up to which lists are faster than bitmaps: 1.5 % of a stretch. */
const MAX_MEAN_IDS = 1000;
/** Ids, and beginnings of lists, that are laid out at a time: 2 MiB and 1 MiB of the kernel's memory. */
const MAX_IDS = 2 ** 20;
const MAX_BOUNDS = 2 ** 18;

/** So many operands, and bytes of theirs, that are not kept in memory are worth fetching as a whole. */
const MAX_FETCHED_SHARE = 0.25;
const MAX_FETCHED_BYTES = 8 * 2 ** 20;
const IDS_OFFSET = MAX_BOUNDS * Uint32Array.BYTES_PER_ELEMENT;

const NO_IDS = new Uint16Array(0);

/**
 * Adds to `counters` what can be counted from lists, stretch by stretch, and returns the plan of the rest. That is all of it
 * where more than single bitmaps and pairs of them is to be counted, or stores keep too few of them in memory.
 */
export async function countLists(
  plan: ReadablePlan,
  options: RunOptions,
  counters: Float64Array,
): Promise<ReadablePlan> {
  const lists = plan.operands.length;
  if (lists >= MAX_BOUNDS || !plan.program.steps.every(countsOperands)) return plan;
  const bitmaps = await bitmapsOf(plan, options);
  if (bitmaps === undefined) return plan;
  // No waiting from here on: a write would move what the containers show.
  const maxIds = Math.min(MAX_MEAN_IDS * lists, MAX_IDS);
  const dense: ByteRange[] = [];
  const kernel = borrowKernel(options.kernel ?? 'auto');
  try {
    const batch = new ListBatch(kernel, lists, plan.program.steps, counters);
    for (const { firstId, containers } of stretchesOf(bitmaps)) {
      const stretch = containers.map((container) => listOf(container, options.kernel));
      const isListed = stretch.every((ids) => ids !== undefined);
      const length = isListed ? stretch.reduce((sum, ids) => sum + ids.length, 0) : 0;
      if (!isListed || length > maxIds) {
        dense.push({ byteOffset: firstId / 8, byteLength: LIST_IDS / 8 });
      } else {
        if (!batch.hasRoom(length)) batch.count();
        options.signal?.throwIfAborted();
        batch.add(stretch);
      }
    }
    batch.count();
  } finally {
    returnKernel(kernel);
  }
  return { ...plan, ...planWithin(plan, dense) };
}

/** The operands in memory. A few that stores do not hold there (of the running period, say) are fetched as a whole. */
async function bitmapsOf(plan: ReadablePlan, options: RunOptions): Promise<readonly Bitmap[] | undefined> {
  const residentOf = (operand: number) => plan.sources[operand]!.resident?.(plan.operands[operand]!.key);
  const operands = [...plan.operands.keys()];
  const missing = operands.filter((operand) => residentOf(operand) === undefined);
  const missingBytes = missing.map((operand) => endOfReads(plan, operand)).reduce((sum, end) => sum + end, 0);
  if (missing.length > operands.length * MAX_FETCHED_SHARE || missingBytes > MAX_FETCHED_BYTES)
    return undefined;
  const fetched = new Map<number, Bitmap>();
  if (missing.length > 0) {
    const reads = missing.map((operand) => ({
      key: plan.operands[operand]!.key,
      byteOffset: 0,
      target: new Uint8Array(endOfReads(plan, operand)),
    }));
    await readOperands(
      missing.map((operand) => plan.sources[operand]!),
      reads,
      options,
    );
    for (const [index, operand] of missing.entries()) {
      fetched.set(operand, Bitmap.fromBytes(reads[index]!.target));
    }
  }
  const bitmaps = operands.map((operand) => fetched.get(operand) ?? residentOf(operand));
  // Meanwhile others may have been dropped.
  return bitmaps.every((bitmap) => bitmap !== undefined) ? bitmaps : undefined;
}

function endOfReads(plan: ReadablePlan, operand: number): number {
  const last = plan.reads[operand]!.at(-1);
  return last === undefined ? 0 : last.byteOffset + last.byteLength;
}

/** Lists on their way into a kernel. */
class ListBatch {
  readonly #kernel: Kernel;
  readonly #lists: number;
  readonly #singles: readonly Step[];
  readonly #table: Int32Array;
  readonly #counters: Float64Array;
  readonly #bounds: Uint32Array;
  readonly #ids: Uint16Array;
  #stretches = 0;
  #length = 0;

  constructor(kernel: Kernel, lists: number, steps: readonly Step[], counters: Float64Array) {
    this.#kernel = kernel;
    this.#lists = lists;
    this.#singles = steps.filter(({ op }) => op === Opcode.Count);
    this.#table = Int32Array.from(tableOf(steps.filter(({ op }) => op === Opcode.CountAnd)));
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
    for (const { dst, a } of this.#singles) this.#counters[dst]! += stretch[a]!.length;
  }

  /** Counts what was added, and begins anew. */
  count(): void {
    const layout = {
      lists: this.#lists,
      stretches: this.#stretches,
      boundsOffset: 0,
      idsOffset: IDS_OFFSET,
    };
    if (this.#length > 0) this.#kernel.countLists(this.#table, layout, this.#counters);
    this.#stretches = 0;
    this.#length = 0;
  }
}

/** Whether a step counts single operands, or pairs of them, that nothing was made of before. */
function countsOperands({ op }: Step): boolean {
  return op === Opcode.Count || op === Opcode.CountAnd;
}

interface Stretch {
  readonly firstId: number;
  /** Per bitmap, its container there. */
  readonly containers: readonly (Container | undefined)[];
}

/** Bitmaps side by side: the stretches in which any of them has a container, ascending. */
function* stretchesOf(bitmaps: readonly Bitmap[]): Generator<Stretch, void, undefined> {
  const cursors = bitmaps.map((bitmap) => bitmap.containers());
  const heads = cursors.map((cursor) => cursor.next().value as Container | undefined);
  while (true) {
    let firstId = Number.POSITIVE_INFINITY;
    for (const head of heads) if (head !== undefined && head.firstId < firstId) firstId = head.firstId;
    if (firstId === Number.POSITIVE_INFINITY) return;
    const containers = heads.map((head) => (head?.firstId === firstId ? head : undefined));
    yield { firstId, containers };
    for (const [index, container] of containers.entries()) {
      if (container !== undefined) heads[index] = cursors[index]!.next().value as Container | undefined;
    }
  }
}

/** The low 16 bits of a container's ids; `undefined` where there are too many for a list. */
function listOf(container: Container | undefined, kernel: KernelChoice | undefined): Uint16Array | undefined {
  if (container === undefined) return NO_IDS;
  if (container.kind === 'array') return container.words;
  return container.cardinality <= MAX_MEAN_IDS
    ? Uint16Array.from(containerIds(container, kernel))
    : undefined;
}
