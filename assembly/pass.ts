// One row against one group of columns, within one block: counts what the row has in common with each of them.
import { countAndBits } from './count';
import {
  BLOCK_BYTES,
  columns,
  GROUP_COLUMNS,
  groupOf,
  NO_COLUMN,
  noBits,
  planes,
  slots,
  unionOf,
} from './memory';
import { MEMBER_BYTES, members } from './schedule';

/** How often a pass took which path (some begin as sparse and end as dense), for tests that have to know. */
export let emptyPasses: i32 = 0;
export let sparsePasses: i32 = 0;
export let densePasses: i32 = 0;

/** One bit per plane: whether its sample, and all of it, has been taken in this block, and whether it has any bit. */
let sampledPlanes: u64 = 0;
let readyPlanes: u64 = 0;
let filledPlanes: u64 = 0;

/** Addresses of this group's columns in this block, and what the row has in common with each. */
const groupColumns: usize = memory.data(8 * 4, 64);
const groupCounts: usize = memory.data(8 * 4, 64);

/** Row and plane are compared in chunks of eight words of 64 bits. */
const CHUNK_BYTES: usize = 64;
/** The first chunks of a block tell how often row and plane meet. */
const SAMPLE_BYTES: usize = 8 * CHUNK_BYTES;

export function beginBlock(): void {
  sampledPlanes = 0;
  readyPlanes = 0;
}

/**
 * Where row and union of the columns meet often, the row is counted against each column. Where they meet in few places,
 * the columns are looked at only there: 1.8 times as fast at 1 % of all ids, 3.4 at 0.5 %, 4.3 at 0.1 %.
 */
export function runPass(
  row: usize,
  planeIndex: i32,
  firstMember: i32,
  memberCount: i32,
  offset: usize,
  byteLength: usize,
): void {
  const first = members + (firstMember as usize) * MEMBER_BYTES;
  const end = first + (memberCount as usize) * MEMBER_BYTES;
  const plane = planes + (planeIndex as usize) * BLOCK_BYTES;
  const planeBit = (1 as u64) << planeIndex;
  row += offset;
  openGroup(groupOf(planeIndex), offset);
  const sampleBytes = min(SAMPLE_BYTES, byteLength);
  if ((sampledPlanes & planeBit) === 0) {
    sampledPlanes |= planeBit;
    takePlane(planeIndex, plane, sampleBytes);
  }
  if (countMet(row, plane, sampleBytes) > 3 * memberCount) {
    densePasses++;
    countColumns(row, first, end, 0, byteLength);
    return;
  }
  if ((readyPlanes & planeBit) === 0) {
    readyPlanes |= planeBit;
    filledPlanes = takePlane(planeIndex, plane, byteLength)
      ? filledPlanes | planeBit
      : filledPlanes & ~planeBit;
  }
  if ((filledPlanes & planeBit) === 0) {
    emptyPasses++;
    return;
  }
  sparsePasses++;
  const maxMet = (((byteLength / CHUNK_BYTES) as i32) * 3 * memberCount) >> 3;
  const done = countMeetings(row, plane, byteLength, maxMet);
  for (let member = first; member < end; member += MEMBER_BYTES) {
    addCount(load<usize>(member), load<u32>(groupCounts + load<u32>(member, 4)));
  }
  if (done < byteLength) {
    densePasses++;
    countColumns(row, first, end, done, byteLength);
  }
}

export function addCount(result: usize, count: u64): void {
  store<f64>(result, load<f64>(result) + (count as f64));
}

function openGroup(group: i32, offset: usize): void {
  const column = columns + ((group * GROUP_COLUMNS) << 2);
  for (let i: usize = 0; i < (GROUP_COLUMNS as usize) * 4; i += 4) {
    const slot = load<u32>(column + i);
    store<usize>(groupColumns + i, slot === NO_COLUMN ? noBits : slots + slot + offset);
    store<u32>(groupCounts + i, 0);
  }
}

/** Writes the first bytes of a plane; says whether they have any bit. */
function takePlane(planeIndex: i32, plane: usize, byteLength: usize): bool {
  // What lies behind the end of the last chunk meets nothing.
  for (let i = byteLength; (i & (CHUNK_BYTES - 1)) !== 0; i += 16) v128.store(plane + i, i32x4.splat(0));
  return planeIndex === unionOf(groupOf(planeIndex))
    ? takeUnion(plane, byteLength)
    : takeShared(plane, byteLength);
}

function takeUnion(plane: usize, byteLength: usize): bool {
  const c0 = load<usize>(groupColumns);
  const c1 = load<usize>(groupColumns, 4);
  const c2 = load<usize>(groupColumns, 8);
  const c3 = load<usize>(groupColumns, 12);
  const c4 = load<usize>(groupColumns, 16);
  const c5 = load<usize>(groupColumns, 20);
  const c6 = load<usize>(groupColumns, 24);
  const c7 = load<usize>(groupColumns, 28);
  let filled = i32x4.splat(0);
  for (let i: usize = 0; i < byteLength; i += 16) {
    const left = v128.or(
      v128.or(v128.load(c0 + i), v128.load(c1 + i)),
      v128.or(v128.load(c2 + i), v128.load(c3 + i)),
    );
    const right = v128.or(
      v128.or(v128.load(c4 + i), v128.load(c5 + i)),
      v128.or(v128.load(c6 + i), v128.load(c7 + i)),
    );
    const union = v128.or(left, right);
    v128.store(plane + i, union);
    filled = v128.or(filled, union);
  }
  return v128.any_true(filled);
}

/** Pairs of columns share what both have; two unions share what both have and what either's columns share. */
function takeShared(plane: usize, byteLength: usize): bool {
  const c0 = load<usize>(groupColumns);
  const c1 = load<usize>(groupColumns, 4);
  const c2 = load<usize>(groupColumns, 8);
  const c3 = load<usize>(groupColumns, 12);
  const c4 = load<usize>(groupColumns, 16);
  const c5 = load<usize>(groupColumns, 20);
  const c6 = load<usize>(groupColumns, 24);
  const c7 = load<usize>(groupColumns, 28);
  let filled = i32x4.splat(0);
  for (let i: usize = 0; i < byteLength; i += 16) {
    const union01 = v128.or(v128.load(c0 + i), v128.load(c1 + i));
    const union23 = v128.or(v128.load(c2 + i), v128.load(c3 + i));
    const union45 = v128.or(v128.load(c4 + i), v128.load(c5 + i));
    const union67 = v128.or(v128.load(c6 + i), v128.load(c7 + i));
    const pairs = v128.or(
      v128.or(v128.and(v128.load(c0 + i), v128.load(c1 + i)), v128.and(v128.load(c2 + i), v128.load(c3 + i))),
      v128.or(v128.and(v128.load(c4 + i), v128.load(c5 + i)), v128.and(v128.load(c6 + i), v128.load(c7 + i))),
    );
    const quads = v128.or(v128.and(union01, union23), v128.and(union45, union67));
    const halves = v128.and(v128.or(union01, union23), v128.or(union45, union67));
    const shared = v128.or(v128.or(pairs, quads), halves);
    v128.store(plane + i, shared);
    filled = v128.or(filled, shared);
  }
  return v128.any_true(filled);
}

/** In how many words row and plane meet. */
function countMet(row: usize, plane: usize, byteLength: usize): i32 {
  let met = 0;
  for (let i: usize = 0; i < byteLength; i += CHUNK_BYTES) met += popcnt<i32>(metWords(row + i, plane + i));
  return met;
}

/** One bit for each of the eight words of a chunk: whether row and plane meet there. */
function metWords(row: usize, plane: usize): i32 {
  const zero = i64x2.splat(0);
  const v0 = i64x2.eq(v128.and(v128.load(row), v128.load(plane)), zero);
  const v1 = i64x2.eq(v128.and(v128.load(row, 16), v128.load(plane, 16)), zero);
  const v2 = i64x2.eq(v128.and(v128.load(row, 32), v128.load(plane, 32)), zero);
  const v3 = i64x2.eq(v128.and(v128.load(row, 48), v128.load(plane, 48)), zero);
  const low = i64x2.bitmask(v0) | (i64x2.bitmask(v1) << 2);
  return 0xff ^ low ^ (i64x2.bitmask(v2) << 4) ^ (i64x2.bitmask(v3) << 6);
}

/** Counts where row and plane meet, as long as that is not in more than `maxMet` words; returns how far it came. */
function countMeetings(row: usize, plane: usize, byteLength: usize, maxMet: i32): usize {
  for (let i: usize = 0; i < byteLength; i += CHUNK_BYTES) {
    const a = row + i;
    const b = plane + i;
    const v0 = v128.and(v128.load(a), v128.load(b));
    const v1 = v128.and(v128.load(a, 16), v128.load(b, 16));
    const v2 = v128.and(v128.load(a, 32), v128.load(b, 32));
    const v3 = v128.and(v128.load(a, 48), v128.load(b, 48));
    if (!v128.any_true(v128.or(v128.or(v0, v1), v128.or(v2, v3)))) continue;
    let met = metWords(a, b);
    maxMet -= popcnt<i32>(met);
    if (maxMet < 0) return i;
    do {
      const position = i + ((ctz<i32>(met) as usize) << 3);
      countWord(load<u64>(row + position), position);
      met &= met - 1;
    } while (met !== 0);
  }
  return byteLength;
}

/** Counts what a word of the row has in common with each column; always all eight, so that nothing is to be guessed. */
function countWord(word: u64, position: usize): void {
  Group.countWord(word, position, 0);
  Group.countWord(word, position, 4);
  Group.countWord(word, position, 8);
  Group.countWord(word, position, 12);
  Group.countWord(word, position, 16);
  Group.countWord(word, position, 20);
  Group.countWord(word, position, 24);
  Group.countWord(word, position, 28);
}

class Group {
  @inline
  static countWord(word: u64, position: usize, column: usize): void {
    const common = popcnt<u64>(word & load<u64>(load<usize>(groupColumns + column) + position));
    const count = groupCounts + column;
    store<u32>(count, load<u32>(count) + (common as u32));
  }
}

/** Counts what the row has in common with each column of the members, from one byte of the block to another. */
function countColumns(row: usize, first: usize, end: usize, from: usize, to: usize): void {
  for (let member = first; member < end; member += MEMBER_BYTES) {
    const column = load<usize>(groupColumns + load<u32>(member, 4));
    addCount(load<usize>(member), countAndBits(row + from, column + from, to - from));
  }
}
