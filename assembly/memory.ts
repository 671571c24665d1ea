// One linear memory: constants | scratch | slots. The scratch areas have a fixed size and lie in front of the slots, so
// that running a program never grows the memory (which would detach the views that the caller holds).

/** Steps that fit into scratch; longer programs are run in parts. */
export const MAX_STEPS: i32 = 8192;

/** Bytes of one step: opcode, dst, a, b, 32 bits each. */
export const STEP_BYTES: usize = 16;
export const steps: usize = memory.data(MAX_STEPS * 16, 64);

/** Bytes of one result: what a step counted, a 64-bit float. */
export const RESULT_BYTES: usize = 8;
export const results: usize = memory.data(MAX_STEPS * 8, 64);

/** Bytes of every slot that all steps are run over before the next: what they share stays in the caches. */
export const BLOCK_BYTES: usize = 16_384;

/** Columns (second operands) of a table are taken together in groups of this many. */
export const GROUP_COLUMNS: i32 = 8;
export const MAX_GROUPS: i32 = 32;

/** Slots of the columns, group by group. */
export const columns: usize = memory.data(32 * 8 * 4, 64);
/** Stands for what a group lacks: a column without bits. */
export const NO_COLUMN: u32 = 0xffffffff;
export const noBits: usize = memory.data(16_384, 64);

/** Two planes of one block per group: the bits that any of its columns has, and those that at least two of them share. */
export const planes: usize = memory.data(2 * 32 * 16_384, 64);
export function unionOf(group: i32): i32 {
  return 2 * group;
}
export function sharedOf(group: i32): i32 {
  return 2 * group + 1;
}
export function groupOf(plane: i32): i32 {
  return plane >> 1;
}

/** Address of the first slot. */
export const slots: usize = (__heap_base + 63) & ~63;
