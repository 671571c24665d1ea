// What pairs of bitmaps have in common where they overlap: each pair may lie elsewhere, and be as long as it likes.
import { countAndBits } from './count';
import { slots } from './memory';

/** Of two offsets and a length, which the count takes the place of. */
const CELL_BYTES: usize = 12;

export function countOverlaps(cells: usize, count: i32): void {
  const end = cells + (count as usize) * CELL_BYTES;
  for (; cells < end; cells += CELL_BYTES) {
    const a = slots + load<u32>(cells);
    const b = slots + load<u32>(cells, 4);
    store<u32>(cells, countAndBits(a, b, load<u32>(cells, 8)), 8);
  }
}
