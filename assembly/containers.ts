// Containers as they are kept (src/bitmap/block.ts), written out as ids. What is stored beyond the ids of one is overwritten by
// the next.
import { ids } from './ids';

/** Bytes of a container's entry in the directory: high 16 bits of the ids, cardinality minus one, where its payload begins. */
const ENTRY_BYTES: usize = 6;
const RUN_FLAG: u32 = 0x8000;
/** A list of more ids would be longer than their bits. */
const MAX_LISTED: u32 = 4096;
const BITMAP_BYTES: usize = 8192;

/** Writes the ids of `count` containers to `dst`: their part of the directory is at `a`. */
export function containerIds(dst: usize, a: usize, payloads: usize, count: i32): void {
  for (const end = a + (count as usize) * ENTRY_BYTES; a < end; a += ENTRY_BYTES) {
    const firstId = (load<u16>(a) as u32) << 16;
    const cardinality = (load<u16>(a, 2) as u32) + 1;
    const offset: u32 = load<u16>(a, 4);
    const payload = payloads + (((offset & ~RUN_FLAG) as usize) << 1);
    if ((offset & RUN_FLAG) !== 0) runIds(dst, payload, cardinality, firstId);
    else if (cardinality <= MAX_LISTED) listedIds(dst, payload, cardinality, firstId);
    else ids(dst, payload, BITMAP_BYTES, firstId);
    dst += (cardinality as usize) << 2;
  }
}

function listedIds(dst: usize, a: usize, count: u32, firstId: u32): void {
  const end = dst + ((count as usize) << 2);
  const high = i32x4.splat(firstId);
  for (; dst < end; a += 16, dst += 32) {
    const low = v128.load(a);
    v128.store(dst, v128.or(high, i32x4.extend_low_i16x8_u(low)));
    v128.store(dst, v128.or(high, i32x4.extend_high_i16x8_u(low)), 16);
  }
}

/** Most runs are short: four ids at a time. */
function runIds(dst: usize, a: usize, count: u32, firstId: u32): void {
  const end = dst + ((count as usize) << 2);
  for (; dst < end; a += 4) {
    let next = i32x4.add(i32x4.splat(firstId + load<u16>(a)), i32x4(0, 1, 2, 3));
    const runEnd = dst + (((load<u16>(a, 2) as usize) + 1) << 2);
    for (; dst < runEnd; dst += 16) {
      v128.store(dst, next);
      next = i32x4.add(next, i32x4.splat(4));
    }
    dst = runEnd;
  }
}
