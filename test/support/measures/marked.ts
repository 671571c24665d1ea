import { Bitmapist } from '../../../src/bitmapist.js';
import { MemoryStore } from '../../../src/index.js';
import type { Store } from '../../../src/store/types.js';
import { DEFINITION, SEGMENT } from './marks.js';
import type { Mark } from './sets.js';

/** Marks in a store, hours and flags too: whoever did an event carries its flag in the plain sets. */
export async function mark(
  marks: readonly Mark[],
  timeZone: string,
  store: Store = new MemoryStore(),
): Promise<Bitmapist> {
  const bitmapist = new Bitmapist({ store, timeZone, trackHourly: true, trackUnique: true });
  bitmapist.defineSegment(SEGMENT, DEFINITION);
  for (const { event, id, at } of marks) await bitmapist.markEvent(event, id, { now: new Date(at) });
  return bitmapist;
}
