// What the loader (src/kernel/wasm.ts) sees. Operands are byte offsets from the first slot, lengths are in bytes.
import { containerIds as containerIdsOf } from './containers';
import { unpack as unpackOf, unpackRuns as unpackRunsOf } from './convert';
import { ids as idsOf } from './ids';
import { countLists as countListsOf } from './lists';
import { MAX_RESULTS, PROGRAM_NUMBERS, program, results, slots } from './memory';
import { countOverlaps as countOverlapsOf } from './overlaps';
import { runProgram } from './program';

/** Where things lie in the exported memory. */
export function slotsOffset(): usize {
  return slots;
}
export function programOffset(): usize {
  return program;
}
export function programNumbers(): i32 {
  return PROGRAM_NUMBERS;
}
export function resultsOffset(): usize {
  return results;
}
export function maxResults(): i32 {
  return MAX_RESULTS;
}

export function run(numberCount: i32, resultCount: i32, from: usize, byteLength: usize): void {
  runProgram(numberCount, resultCount, from, byteLength);
}

export function containerIds(dst: usize, a: usize, payloads: usize, count: i32): void {
  containerIdsOf(slots + dst, slots + a, slots + payloads, count);
}

export function unpack(dst: usize, a: usize, count: i32): void {
  unpackOf(slots + dst, slots + a, count);
}

export function unpackRuns(dst: usize, a: usize, count: i32): void {
  unpackRunsOf(slots + dst, slots + a, count);
}

export function countOverlaps(cells: usize, count: i32): void {
  countOverlapsOf(slots + cells, count);
}

export function countLists(lists: i32, stretches: i32, boundsOffset: usize, idsOffset: usize): void {
  countListsOf(lists, stretches, slots + boundsOffset, slots + idsOffset);
}

export function ids(dst: usize, a: usize, byteLength: usize, firstId: u32): u32 {
  return idsOf(slots + dst, slots + a, byteLength, firstId);
}
