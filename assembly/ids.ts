// The ids of set bits. Bit n is `0x80 >> (n & 7)` of byte n >> 3. Bytes are looked up: a row of the table holds the
// positions of a byte's set bits, so that up to eight ids take two vector stores and no branch per bit.

const ROW_BYTES: usize = 8 * 4;
const positions: usize = memory.data(256 * 8 * 4, 64);

for (let byte = 0; byte < 256; byte++) {
  let entry = positions + (byte as usize) * ROW_BYTES;
  for (let bit = 0; bit < 8; bit++) {
    if (byte & (0x80 >> bit)) {
      store<u32>(entry, bit);
      entry += 4;
    }
  }
}

/** Bytes that are looked at together to choose how to go through them: 64 words of 32 bits. */
const STRETCH_BYTES: usize = 256;
/** Bytes of which one 64-bit mask tells which are not zero. */
const CHUNK_BYTES: usize = 64;
/** Fewer words than this in a stretch are gone through one by one. */
const FEW_WORDS: i32 = 14;
/** Of the first 16 bytes of a stretch, so many that are not zero make it worth looking up every byte. */
const MANY_BYTES: i32 = 11;
/** With so many of them, bytes commonly have more than four bits. */
const MOST_BYTES: i32 = 15;

/** Writes the ids of the set bits of `a`, ascending, to `dst` as unsigned 32-bit integers and returns how many. */
export function ids(dst: usize, a: usize, byteLength: usize, firstId: u32): u32 {
  const start = dst;
  const end = a + byteLength;
  const stretchesEnd = a + (byteLength & ~(STRETCH_BYTES - 1));
  for (; a < stretchesEnd; a += STRETCH_BYTES) {
    const words = filledWords(a);
    if ((popcnt<u64>(words) as i32) < FEW_WORDS) dst = wordIds(dst, a, words, firstId);
    else dst = stretchIds(dst, a, firstId);
    firstId += (STRETCH_BYTES as u32) * 8;
  }
  dst = mixedIds(dst, a, end, firstId);
  return ((dst - start) >> 2) as u32;
}

/** One bit for each word of a stretch: whether it is not zero. */
function filledWords(a: usize): u64 {
  const low = emptyWords(a) | (emptyWords(a + CHUNK_BYTES) << 16);
  const high = emptyWords(a + 2 * CHUNK_BYTES) | (emptyWords(a + 3 * CHUNK_BYTES) << 16);
  return ~(low | (high << 32));
}

/** One bit for each of 16 words: whether it is zero. */
function emptyWords(a: usize): u64 {
  const zero = i32x4.splat(0);
  const left = i16x8.narrow_i32x4_s(i32x4.eq(v128.load(a), zero), i32x4.eq(v128.load(a, 16), zero));
  const right = i16x8.narrow_i32x4_s(i32x4.eq(v128.load(a, 32), zero), i32x4.eq(v128.load(a, 48), zero));
  return i8x16.bitmask(i8x16.narrow_i16x8_s(left, right)) as u64;
}

/** Goes from one word that is not zero to the next; most have one bit. Three times as fast at 0.1 % as going by bytes. */
function wordIds(dst: usize, a: usize, words: u64, firstId: u32): usize {
  for (; words !== 0; words &= words - 1) {
    const index = ctz<u64>(words) as u32;
    const first = firstId + (index << 5);
    let word = bswap<u32>(load<u32>(a + ((index as usize) << 2)));
    do {
      const zeros = clz<u32>(word);
      store<u32>(dst, first + zeros);
      dst += 4;
      word ^= 0x80000000 >> zeros;
    } while (word !== 0);
  }
  return dst;
}

function stretchIds(dst: usize, a: usize, firstId: u32): usize {
  const filled = popcnt<i32>(filledBytes(a) as i32);
  if (filled < MANY_BYTES) return byteIds(dst, a, firstId);
  if (filled < MOST_BYTES) return mixedIds(dst, a, a + STRETCH_BYTES, firstId);
  return denseIds(dst, a, a + STRETCH_BYTES, firstId);
}

/** One bit for each of 16 bytes: whether it is not zero. */
function filledBytes(a: usize): u64 {
  return i8x16.bitmask(i8x16.ne(v128.load(a), i8x16.splat(0))) as u64;
}

/** Goes from one byte that is not zero to the next: twice as fast at 5 % as looking up every byte. */
function byteIds(dst: usize, a: usize, firstId: u32): usize {
  for (let offset: usize = 0; offset < STRETCH_BYTES; offset += CHUNK_BYTES) {
    const chunk = a + offset;
    let filled = filledBytes(chunk) | (filledBytes(chunk + 16) << 16);
    filled |= (filledBytes(chunk + 32) << 32) | (filledBytes(chunk + 48) << 48);
    for (; filled !== 0; filled &= filled - 1) {
      const index = offset + (ctz<u64>(filled) as usize);
      dst = Row.ids(false, dst, load<u8>(a + index), i32x4.splat(firstId + ((index as u32) << 3)));
    }
  }
  return dst;
}

// Two functions, not one with a flag, or the compiler folds the two loops into one that asks for every byte.
function mixedIds(dst: usize, a: usize, end: usize, firstId: u32): usize {
  return Row.allIds(false, dst, a, end, firstId);
}
function denseIds(dst: usize, a: usize, end: usize, firstId: u32): usize {
  return Row.allIds(true, dst, a, end, firstId);
}

class Row {
  /** Ids of all bytes up to `end`. `whole`: whether bytes commonly have more than four bits. */
  @inline
  static allIds(whole: bool, dst: usize, a: usize, end: usize, firstId: u32): usize {
    let first = i32x4.splat(firstId);
    const eight = i32x4.splat(8);
    // Unrolled by hand, as nobody else does it: twice as fast.
    for (; a < end; a += 8) {
      const word = load<u64>(a);
      dst = Row.ids(whole, dst, (word & 0xff) as usize, first);
      first = i32x4.add(first, eight);
      dst = Row.ids(whole, dst, ((word >> 8) & 0xff) as usize, first);
      first = i32x4.add(first, eight);
      dst = Row.ids(whole, dst, ((word >> 16) & 0xff) as usize, first);
      first = i32x4.add(first, eight);
      dst = Row.ids(whole, dst, ((word >> 24) & 0xff) as usize, first);
      first = i32x4.add(first, eight);
      dst = Row.ids(whole, dst, ((word >> 32) & 0xff) as usize, first);
      first = i32x4.add(first, eight);
      dst = Row.ids(whole, dst, ((word >> 40) & 0xff) as usize, first);
      first = i32x4.add(first, eight);
      dst = Row.ids(whole, dst, ((word >> 48) & 0xff) as usize, first);
      first = i32x4.add(first, eight);
      dst = Row.ids(whole, dst, (word >> 56) as usize, first);
      first = i32x4.add(first, eight);
    }
    return dst;
  }

  /** Ids of one byte: four at a time, as most bytes have no more, or all eight without asking. */
  @inline
  static ids(whole: bool, dst: usize, byte: usize, first: v128): usize {
    const row = byte * ROW_BYTES;
    const count = popcnt<u32>(byte as u32);
    v128.store(dst, i32x4.add(first, v128.load(row, positions)));
    if (whole || count > 4) v128.store(dst, i32x4.add(first, v128.load(row, positions + 16)), 16);
    return dst + (count << 2);
  }
}
