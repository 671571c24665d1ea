// One linear memory: constants | scratch | slots. The scratch areas have a fixed size and lie in front of the slots, so
// that running a program never grows the memory (which would detach the views that the caller holds).

/** Numbers of a program that fit into scratch; longer ones are run in parts. */
export const PROGRAM_NUMBERS: i32 = 32_768;
export const program: usize = memory.data(32_768 * 4, 64);
/** Bytes of what every instruction has: opcode and three operands, 32 bits each. */
export const STEP_BYTES: usize = 16;

/** Counts: 64-bit floats of a program, 32-bit integers of lists. */
export const MAX_RESULTS: i32 = 16_384;
export const results: usize = memory.data(16_384 * 8, 64);

/** Bytes of every slot that all instructions are run over before the next: what they share stays in the caches. */
export const BLOCK_BYTES: usize = 16_384;
/** Bytes that a program of one instruction that is no table takes at a time: few enough for counts of 32 bits. */
export const LONE_BYTES: usize = 1 << 24;

/** A block without bits: stands for operands that a group lacks. */
export const noBits: usize = memory.data(16_384, 64);

/** Address of the first slot. */
export const slots: usize = (__heap_base + 63) & ~63;

export function addCount(result: usize, count: u64): void {
  store<f64>(result, load<f64>(result) + (count as f64));
}
