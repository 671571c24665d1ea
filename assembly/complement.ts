/** dst = complement of `a` in bytes [0, limit), zero in [limit, byteLength). `byteLength` is a multiple of 16, `limit` any number. */
export function complement(dst: usize, a: usize, limit: usize, byteLength: usize): void {
  if (limit > byteLength) limit = byteLength;
  const wholeBytes = limit & ~15;
  for (let offset: usize = 0; offset < wholeBytes; offset += 16) {
    v128.store(dst + offset, v128.not(v128.load(a + offset)));
  }
  let rest = wholeBytes;
  if (rest < limit) {
    v128.store(dst + rest, v128.andnot(firstBytes((limit - rest) as i8), v128.load(a + rest)));
    rest += 16;
  }
  memory.fill(dst + rest, 0, byteLength - rest);
}

/** Ones in the first `count` bytes of a vector. */
function firstBytes(count: i8): v128 {
  const indices = v128(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  return v128.lt<u8>(indices, i8x16.splat(count));
}
