import { AND, AND_NOT, OR } from './opcode';

/** Two vectors into one. `operation` is a constant wherever this is inlined, so no branch is left of it. */
export class Vector {
  @inline
  static combine(operation: i32, a: v128, b: v128): v128 {
    if (operation === AND) return v128.and(a, b);
    if (operation === OR) return v128.or(a, b);
    if (operation === AND_NOT) return v128.andnot(a, b);
    return v128.xor(a, b);
  }
}

export class Combine {
  /** dst = a operation b, over `byteLength` bytes, a multiple of 16. */
  @inline
  static slots(operation: i32, dst: usize, a: usize, b: usize, byteLength: usize): void {
    const end = a + byteLength;
    const fourEnd = a + (byteLength & ~63);
    while (a < fourEnd) {
      const v0 = Vector.combine(operation, v128.load(a), v128.load(b));
      const v1 = Vector.combine(operation, v128.load(a, 16), v128.load(b, 16));
      const v2 = Vector.combine(operation, v128.load(a, 32), v128.load(b, 32));
      const v3 = Vector.combine(operation, v128.load(a, 48), v128.load(b, 48));
      v128.store(dst, v0);
      v128.store(dst, v1, 16);
      v128.store(dst, v2, 32);
      v128.store(dst, v3, 48);
      a += 64;
      b += 64;
      dst += 64;
    }
    while (a < end) {
      v128.store(dst, Vector.combine(operation, v128.load(a), v128.load(b)));
      a += 16;
      b += 16;
      dst += 16;
    }
  }
}
