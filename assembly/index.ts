// What a loader sees. Operands are byte offsets from the first slot, lengths are in bytes.
import { Combine } from './combine';
import { complement } from './complement';
import { countAndLong, countLong } from './count';
import { slots } from './memory';
import { AND, AND_NOT, OR, XOR } from './opcode';

/** Where things lie in the exported memory. */
export function slotsOffset(): usize {
  return slots;
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
