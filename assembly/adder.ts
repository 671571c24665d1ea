/** Adds three bits in each of 128 places: the sum bit stays, the carry has twice its weight. */
export class Adder {
  @inline
  static sum(a: v128, b: v128, c: v128): v128 {
    return v128.xor(v128.xor(a, b), c);
  }

  /** The majority: where a and b differ, c decides. */
  @inline
  static carry(a: v128, b: v128, c: v128): v128 {
    return v128.bitselect(c, a, v128.xor(a, b));
  }
}
