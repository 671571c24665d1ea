// Which ids at least k of n slots have. How many slots have an id is counted in binary, one plane of bits per digit, so
// that 128 ids are counted at once.
import { Adder } from './adder';
import { countBits } from './count';
import { addCount, noBits, results, STEP_BYTES, slots } from './memory';
import { AT_LEAST } from './opcode';

/** Bytes of the slots that are counted at a time: their planes stay in the L1 cache. */
const PART_BYTES: usize = 2048;
/** Digits of the count, the ones first. */
const planes: usize = memory.data(16 * 2048, 64);

/** Runs one instruction over a block of its slots; returns where the next one is. */
export function atLeast(step: usize, offset: usize, byteLength: usize): usize {
  const dst = load<u32>(step, 4);
  const k = load<u32>(step, 8);
  const n = load<u32>(step, 12);
  const first = step + STEP_BYTES;
  const end = first + ((n as usize) << 2);
  const digits: usize = 32 - clz<u32>(n);
  for (let part: usize = 0; part < byteLength; part += PART_BYTES) {
    const partBytes = min(PART_BYTES, byteLength - part);
    memory.fill(planes, 0, max<usize>(digits, 3) * PART_BYTES);
    for (let eight = first; eight < end; eight += 32) addEight(eight, end, offset + part, partBytes);
    if (load<i32>(step) === AT_LEAST) {
      takeMore(slots + dst + offset + part, k - 1, digits, partBytes);
    } else {
      takeMore(planes, k - 1, digits, partBytes);
      addCount(results + (dst << 3), countBits(planes, partBytes));
    }
  }
  return end;
}

/** Adds eight slots, or what there is up to the end, to the planes. */
function addEight(eight: usize, end: usize, offset: usize, byteLength: usize): void {
  const s0 = slotAt(eight, end, offset);
  const s1 = slotAt(eight + 4, end, offset);
  const s2 = slotAt(eight + 8, end, offset);
  const s3 = slotAt(eight + 12, end, offset);
  const s4 = slotAt(eight + 16, end, offset);
  const s5 = slotAt(eight + 20, end, offset);
  const s6 = slotAt(eight + 24, end, offset);
  const s7 = slotAt(eight + 28, end, offset);
  for (let i: usize = 0; i < byteLength; i += 16) {
    let plane = planes + i;
    let ones = v128.load(plane);
    let twos = v128.load(plane, PART_BYTES);
    const fours = v128.load(plane, 2 * PART_BYTES);
    const v0 = v128.load(s0 + i);
    const v1 = v128.load(s1 + i);
    const twosA = Adder.carry(ones, v0, v1);
    ones = Adder.sum(ones, v0, v1);
    const v2 = v128.load(s2 + i);
    const v3 = v128.load(s3 + i);
    const twosB = Adder.carry(ones, v2, v3);
    ones = Adder.sum(ones, v2, v3);
    const foursA = Adder.carry(twos, twosA, twosB);
    twos = Adder.sum(twos, twosA, twosB);
    const v4 = v128.load(s4 + i);
    const v5 = v128.load(s5 + i);
    const twosC = Adder.carry(ones, v4, v5);
    ones = Adder.sum(ones, v4, v5);
    const v6 = v128.load(s6 + i);
    const v7 = v128.load(s7 + i);
    const twosD = Adder.carry(ones, v6, v7);
    v128.store(plane, Adder.sum(ones, v6, v7));
    const foursB = Adder.carry(twos, twosC, twosD);
    v128.store(plane, Adder.sum(twos, twosC, twosD), PART_BYTES);
    v128.store(plane, Adder.sum(fours, foursA, foursB), 2 * PART_BYTES);
    let carry = Adder.carry(fours, foursA, foursB);
    plane += 3 * PART_BYTES;
    while (v128.any_true(carry)) {
      const digit = v128.load(plane);
      v128.store(plane, v128.xor(digit, carry));
      carry = v128.and(digit, carry);
      plane += PART_BYTES;
    }
  }
}

function slotAt(index: usize, end: usize, offset: usize): usize {
  return index < end ? slots + load<u32>(index) + offset : noBits;
}

/** Writes which ids were counted more than `limit` times: the highest digit that differs decides. */
function takeMore(dst: usize, limit: u32, digits: usize, byteLength: usize): void {
  for (let i: usize = 0; i < byteLength; i += 16) {
    let more = i32x4.splat(0);
    let left = limit;
    const end = planes + i + digits * PART_BYTES;
    for (let plane = planes + i; plane < end; plane += PART_BYTES) {
      const digit = v128.load(plane);
      more = (left & 1) !== 0 ? v128.and(more, digit) : v128.or(more, digit);
      left >>= 1;
    }
    v128.store(dst + i, more);
  }
}
