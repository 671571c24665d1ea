// What the loader (src/kernel/wasm.ts) sees. Operands are byte offsets from the first slot, lengths are in bytes.
import { Combine } from './combine';
import { complement } from './complement';
import { unpack as unpackOf, widen as widenOf } from './convert';
import { countAndLong, countLong } from './count';
import { ids as idsOf } from './ids';
import { countLists as countListsOf } from './lists';
import { MAX_STEPS, results, slots, steps } from './memory';
import { AND, AND_NOT, OR, XOR } from './opcode';
import { runSteps } from './program';

/** Where things lie in the exported memory. */
export function slotsOffset(): usize {
  return slots;
}
export function stepsOffset(): usize {
  return steps;
}
export function resultsOffset(): usize {
  return results;
}
export function maxSteps(): i32 {
  return MAX_STEPS;
}

export function and(dst: usize, a: usize, b: usize, byteLength: usize): void {
  Combine.slots(AND, slots + dst, slots + a, slots + b, byteLength);
}
export function or(dst: usize, a: usize, b: usize, byteLength: usize): void {
  Combine.slots(OR, slots + dst, slots + a, slots + b, byteLength);
}
export function xor(dst: usize, a: usize, b: usize, byteLength: usize): void {
  Combine.slots(XOR, slots + dst, slots + a, slots + b, byteLength);
}
export function andNot(dst: usize, a: usize, b: usize, byteLength: usize): void {
  Combine.slots(AND_NOT, slots + dst, slots + a, slots + b, byteLength);
}
export function not(dst: usize, a: usize, byteLength: usize): void {
  complement(slots + dst, slots + a, byteLength, byteLength);
}

export function count(a: usize, byteLength: usize): f64 {
  return countLong(slots + a, byteLength) as f64;
}
export function countAnd(a: usize, b: usize, byteLength: usize): f64 {
  return countAndLong(slots + a, slots + b, byteLength) as f64;
}

export function run(stepCount: i32, byteLength: usize): void {
  runSteps(stepCount, byteLength);
}

export function widen(dst: usize, a: usize, count: i32, firstId: u32): void {
  widenOf(slots + dst, slots + a, count, firstId);
}

export function unpack(dst: usize, a: usize, count: i32): void {
  unpackOf(slots + dst, slots + a, count);
}

export function countLists(
  stepCount: i32,
  lists: i32,
  stretches: i32,
  boundsOffset: usize,
  idsOffset: usize,
): void {
  countListsOf(stepCount, lists, stretches, slots + boundsOffset, slots + idsOffset);
}

export function ids(dst: usize, a: usize, byteLength: usize, firstId: u32): u32 {
  return idsOf(slots + dst, slots + a, byteLength, firstId);
}

export { byteStretches, denseStretches, emptyStretches, mixedStretches, wordStretches } from './ids';
export { densePasses, emptyPasses, sparsePasses } from './pass';
