// The numbers of `Opcode` in src/kernel/types.ts; the test suite runs every one of them through both kernels.

export const AND: i32 = 0;
export const OR: i32 = 1;
export const XOR: i32 = 2;
export const AND_NOT: i32 = 3;
export const NOT: i32 = 4;
export const AT_LEAST: i32 = 5;
export const COUNT: i32 = 6;
export const COUNT_AND: i32 = 7;
export const COUNT_OR: i32 = 8;
export const COUNT_XOR: i32 = 9;
export const COUNT_AND_NOT: i32 = 10;
export const COUNT_AT_LEAST: i32 = 11;
export const COUNT_TABLE: i32 = 12;
