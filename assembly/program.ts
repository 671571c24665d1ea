import { atLeast } from './atleast';
import { Combine } from './combine';
import { complement } from './complement';
import { countAndBits, countAndNotBits, countBits, countOrBits, countXorBits } from './count';
import { addCount, BLOCK_BYTES, LONE_BYTES, program, results, STEP_BYTES, slots } from './memory';
import {
  AND,
  AND_NOT,
  AT_LEAST,
  COUNT,
  COUNT_AND,
  COUNT_AT_LEAST,
  COUNT_OR,
  COUNT_TABLE,
  COUNT_XOR,
  NOT,
  OR,
  XOR,
} from './opcode';
import { countTable } from './table';

/**
 * Runs what is in scratch over `byteLength` bytes of its slots from byte `from` on; leaves in `results` what each instruction
 * counted.
 */
export function runProgram(numberCount: usize, resultCount: usize, from: usize, byteLength: usize): void {
  memory.fill(results, 0, resultCount << 3);
  const end = program + (numberCount << 2);
  // A step by itself shares nothing: longer blocks cost less.
  const maxBytes = numberCount << 2 === STEP_BYTES ? LONE_BYTES : BLOCK_BYTES;
  const endOffset = from + byteLength;
  for (let offset = from; offset < endOffset; offset += maxBytes) {
    const blockBytes = min(maxBytes, endOffset - offset);
    for (let step = program; step < end; ) {
      const opcode = load<i32>(step);
      if (opcode === COUNT_TABLE) step = countTable(step, offset, blockBytes);
      else if (opcode === AT_LEAST || opcode === COUNT_AT_LEAST) step = atLeast(step, offset, blockBytes);
      else {
        runStep(opcode, step, offset, blockBytes);
        step += STEP_BYTES;
      }
    }
  }
}

function runStep(opcode: i32, step: usize, offset: usize, byteLength: usize): void {
  const dst = slots + load<u32>(step, 4) + offset;
  const a = slots + load<u32>(step, 8) + offset;
  const b = slots + load<u32>(step, 12) + offset;
  if (opcode >= COUNT) {
    addCount(results + (load<u32>(step, 4) << 3), countStep(opcode, a, b, byteLength));
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
  else Combine.slots(AND_NOT, dst, a, b, byteLength);
}

function countStep(opcode: i32, a: usize, b: usize, byteLength: usize): u32 {
  if (opcode === COUNT) return countBits(a, byteLength);
  if (opcode === COUNT_AND) return countAndBits(a, b, byteLength);
  if (opcode === COUNT_OR) return countOrBits(a, b, byteLength);
  if (opcode === COUNT_XOR) return countXorBits(a, b, byteLength);
  return countAndNotBits(a, b, byteLength);
}
