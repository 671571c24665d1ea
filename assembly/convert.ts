// From lists, which hold the low 16 bits of the ids of one stretch of 65,536, to bits.

/**
 * Sets the bits of the `count` ids that the list at `a` holds, from `dst` on. Four at a time, one of each quarter of the list:
 * neighbours mostly lie in the same byte, and would wait for each other. 1.3 times as fast.
 */
export function unpack(dst: usize, a: usize, count: i32): void {
  const quarter = ((count >> 2) as usize) << 1;
  const end = a + ((count as usize) << 1);
  for (const last = a + quarter; a < last; a += 2) {
    Bits.add(dst, load<u16>(a));
    Bits.add(dst, load<u16>(a + quarter));
    Bits.add(dst, load<u16>(a + 2 * quarter));
    Bits.add(dst, load<u16>(a + 3 * quarter));
  }
  for (a += 3 * quarter; a < end; a += 2) Bits.add(dst, load<u16>(a));
}

/** Sets the bits of the `count` runs at `a`, which are first ids and lengths less one, from `dst` on. */
export function unpackRuns(dst: usize, a: usize, count: i32): void {
  const end = a + ((count as usize) << 2);
  for (; a < end; a += 4) {
    const first: u32 = load<u16>(a);
    const more: u32 = load<u16>(a, 2);
    const byte = dst + ((first >> 3) as usize);
    const start = first & 7;
    if (start + more < 16) {
      // Without a question of how many bytes it touches: most runs are short.
      const bits: u32 = ((0xffff8000 >> more) & 0xffff) >> start;
      Bits.merge(byte, bits >> 8);
      Bits.merge(byte + 1, bits & 0xff);
    } else {
      const last = dst + (((first + more) >> 3) as usize);
      Bits.merge(byte, 0xff >> start);
      memory.fill(byte + 1, 0xff, last - byte - 1);
      Bits.merge(last, 0xff00 >> (((first + more) & 7) + 1));
    }
  }
}

class Bits {
  @inline
  static add(dst: usize, low: u32): void {
    Bits.merge(dst + ((low >> 3) as usize), 0x80 >> (low & 7));
  }

  @inline
  static merge(byte: usize, bits: u32): void {
    store<u8>(byte, (load<u8>(byte) as u32) | bits);
  }
}
