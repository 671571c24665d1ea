import { CONTAINER_BYTES, ID_LIMIT } from '../base/limits.js';
import { SideBySide } from '../bitmap/beside.js';
import { Bitmap } from '../bitmap/bitmap.js';
import type { Beginnings } from './beginnings.js';
import { cellsOf } from './cells.js';
import { ListBatch, mayBeLists } from './lists.js';
import type { OperandRead, Operands } from './operands.js';
import { Overlaps } from './overlaps.js';
import { endOf, type Plan, planWithin } from './plan.js';
import type { Question } from './question.js';

/**
 * Counting bitmaps that stores keep in memory as they are kept there: stretch by stretch of 65,536 ids, as lists of ids, or
 * only where both bitmaps of a pair have ids. Nothing is unpacked that nobody needs, and no zeros are looked at.
 */

/** Ids per list, on average, up to which lists are faster than bitmaps: 1.5 % of a stretch. */
const MAX_MEAN_IDS = 1000;
const MAX_IDS = 2 ** 20;
/** What an id of a list takes, in nanoseconds: see `Overlaps`. */
const ID_NS = 1;

/** So many operands that are not kept in memory, of so many bytes up to their ends, are worth making bitmaps of. */
const MAX_FETCHED_SHARE = 0.25;
const MAX_FETCHED_BYTES = 8 * 2 ** 20;

let loadedListWork: typeof import('./listwork.js') | undefined;

/**
 * Adds to `counters` what can be counted so, and returns the plan of the rest. That is all of it if more than single bitmaps
 * and pairs of them is to be counted, or stores keep too few of them in memory. Single bitmaps alone are not looked into at
 * all.
 */
export async function countLists(
  question: Question,
  plan: Plan,
  counters: Float64Array,
  beginnings?: Beginnings,
): Promise<Plan> {
  const { operands, kernel, signal, threads } = question;
  const count = plan.reads.length;
  const cells = mayBeLists(count) ? cellsOf(plan.program, count) : undefined;
  if (cells === undefined) return plan;
  const bitmaps = await bitmapsOf(operands, plan, beginnings);
  if (bitmaps === undefined) return plan;
  const { singles } = cells;
  if (cells.tables.length === 0) {
    // Containers know how many ids they have.
    for (const [operand, counter] of singles.entries()) {
      if (counter >= 0) counters[counter]! += bitmaps[operand]!.cardinality;
    }
    return planWithin(plan, []);
  }
  if (threads !== undefined) loadedListWork ??= await import('./listwork.js');
  const work = threads && loadedListWork?.openListWork(question, bitmaps, cells, counters);
  // No waiting from here on: a write would move what the containers show.
  const maxIds = Math.min(MAX_MEAN_IDS * count, MAX_IDS);
  const dense: { byteOffset: number; byteLength: number }[] = [];
  const overlaps = new Overlaps(kernel, count, cells, counters);
  let lists: ListBatch | undefined;
  try {
    for (const stretch = new SideBySide(bitmaps); stretch.firstId < ID_LIMIT; stretch.advance()) {
      signal?.throwIfAborted();
      const isList = mayList(stretch, maxIds);
      const isBitmap = overlaps.suits(
        stretch,
        isList ? stretch.cardinality * ID_NS : Number.POSITIVE_INFINITY,
      );
      if (!isList && !isBitmap) {
        addRange(dense, stretch.firstId / 8);
        continue;
      }
      for (let member = 0; member < stretch.count; member += 1) {
        const counter = singles[stretch.bitmaps[member]!]!;
        if (counter >= 0) counters[counter]! += stretch.cardinalities[member]!;
      }
      if (isBitmap) {
        overlaps.add(stretch);
      } else {
        lists ??= new ListBatch(kernel, count, cells, counters, work);
        lists.add(stretch);
      }
    }
    overlaps.finish();
    lists?.count();
    await work?.finish();
  } finally {
    work?.close();
    overlaps.close();
    lists?.close();
  }
  return planWithin(plan, dense);
}

/** Whether all that a stretch has are lists, and runs, and few enough. */
function mayList(stretch: SideBySide, maxIds: number): boolean {
  if (stretch.cardinality > maxIds) return false;
  for (let member = 0; member < stretch.count; member += 1) {
    if (stretch.cardinalities[member]! > MAX_MEAN_IDS && stretch.kind(member) !== 'array') return false;
  }
  return true;
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

/** Adds a stretch to ranges of bytes; neighbours are one range. */
function addRange(ranges: { byteOffset: number; byteLength: number }[], byteOffset: number): void {
  const last = ranges.at(-1);
  if (last !== undefined && endOf(last) === byteOffset) last.byteLength += CONTAINER_BYTES;
  else ranges.push({ byteOffset, byteLength: CONTAINER_BYTES });
}
