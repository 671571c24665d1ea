// Between lists, which hold the low 16 bits of the ids of one stretch of 65,536, and what else ids are kept as.

/** Writes `count` ids to `dst`: `firstId`, and the low 16 bits that the list at `a` holds. */
export function widen(dst: usize, a: usize, count: i32, firstId: u32): void {
  const end = a + ((count as usize) << 1);
  const eightsEnd = a + (((count & ~7) as usize) << 1);
  const high = i32x4.splat(firstId);
  for (; a < eightsEnd; a += 16, dst += 32) {
    const low = v128.load(a);
    v128.store(dst, v128.or(high, i32x4.extend_low_i16x8_u(low)));
    v128.store(dst, v128.or(high, i32x4.extend_high_i16x8_u(low)), 16);
  }
  for (; a < end; a += 2, dst += 4) store<u32>(dst, firstId | load<u16>(a));
}

/** Clears the 8,192 bytes at `dst` and sets the bits of the `count` ids that the list at `a` holds. */
export function unpack(dst: usize, a: usize, count: i32): void {
  memory.fill(dst, 0, 8192);
  const end = a + ((count as usize) << 1);
  for (; a < end; a += 2) {
    const low: u32 = load<u16>(a);
    const byte = dst + ((low >> 3) as usize);
    store<u8>(byte, (load<u8>(byte) as u32) | (0x80 >> (low & 7)));
  }
}
