import { Bitmapist } from '../../../src/bitmapist.js';
import { MemoryStore } from '../../../src/index.js';
import type { Mark } from './sets.js';

/** Marks in a store in memory, hours and flags too, as whoever did an event carries its flag in the plain sets. */
export async function mark(
  marks: readonly Mark[],
  timeZone: string,
  store = new MemoryStore(),
): Promise<Bitmapist> {
  const bitmapist = new Bitmapist({ store, timeZone, trackHourly: true, trackUnique: true });
  for (const { event, id, at } of marks) await bitmapist.markEvent(event, id, { now: new Date(at) });
  return bitmapist;
}
