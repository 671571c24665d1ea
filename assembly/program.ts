import { Combine } from './combine';
import { complement } from './complement';
import { countAndBits, countAndNotBits, countBits, countOrBits, countXorBits } from './count';
import { BLOCK_BYTES, RESULT_BYTES, results, STEP_BYTES, slots, steps } from './memory';
import { AND, AND_NOT, COUNT, COUNT_AND, COUNT_AND_NOT, COUNT_OR, COUNT_XOR, NOT, OR, XOR } from './opcode';
import { addCount, beginBlock, runPass } from './pass';
import { schedule, TASK_BYTES, taskCount, tasks } from './schedule';

/** Runs the first `stepCount` steps in scratch over `byteLength` bytes of their slots; leaves in `results` what each counted. */
export function runSteps(stepCount: i32, byteLength: usize): void {
  memory.fill(results, 0, (stepCount as usize) * RESULT_BYTES);
  let scheduled = 0;
  while (scheduled < stepCount) {
    scheduled = schedule(scheduled, stepCount);
    for (let offset: usize = 0; offset < byteLength; offset += BLOCK_BYTES) {
      runBlock(offset, min(BLOCK_BYTES, byteLength - offset));
    }
  }
}

function runBlock(offset: usize, byteLength: usize): void {
  beginBlock();
  const end = tasks + (taskCount as usize) * TASK_BYTES;
  for (let task = tasks; task < end; task += TASK_BYTES) {
    const memberCount = load<i32>(task);
    const first = load<i32>(task, 4);
    if (memberCount === 0) runStep(first, offset, byteLength);
    else runPass(slots + load<u32>(task, 12), load<i32>(task, 8), first, memberCount, offset, byteLength);
  }
}

function runStep(index: i32, offset: usize, byteLength: usize): void {
  const step = steps + (index as usize) * STEP_BYTES;
  const opcode = load<i32>(step);
  const dst = slots + load<u32>(step, 4) + offset;
  const a = slots + load<u32>(step, 8) + offset;
  const b = slots + load<u32>(step, 12) + offset;
  if (opcode >= COUNT) {
    const result = results + (index as usize) * RESULT_BYTES;
    addCount(result, countStep(opcode, a, b, byteLength));
  } else if (opcode === NOT) {
    const limit: usize = load<u32>(step, 12);
    complement(dst, a, limit > offset ? limit - offset : 0, byteLength);
  } else {
    combineStep(opcode, dst, a, b, byteLength);
  }
}

function combineStep(opcode: i32, dst: usize, a: usize, b: usize, byteLength: usize): void {
  if (opcode === AND) Combine.slots(AND, dst, a, b, byteLength);
  else if (opcode === OR) Combine.slots(OR, dst, a, b, byteLength);
  else if (opcode === XOR) Combine.slots(XOR, dst, a, b, byteLength);
  else if (opcode === AND_NOT) Combine.slots(AND_NOT, dst, a, b, byteLength);
  else unreachable();
}

function countStep(opcode: i32, a: usize, b: usize, byteLength: usize): u32 {
  if (opcode === COUNT) return countBits(a, byteLength);
  if (opcode === COUNT_AND) return countAndBits(a, b, byteLength);
  if (opcode === COUNT_OR) return countOrBits(a, b, byteLength);
  if (opcode === COUNT_XOR) return countXorBits(a, b, byteLength);
  if (opcode === COUNT_AND_NOT) return countAndNotBits(a, b, byteLength);
  return unreachable();
}
