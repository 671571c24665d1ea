import { Bitmapist } from '../../../src/index.js';
import { dumpOf } from './dumps.js';

/** A small app as a dump: who signed up in a month, who was active, who pays. */
export async function makeApp(): Promise<Buffer> {
  const bitmapist = new Bitmapist();
  await bitmapist.markEvent('signup', [1, 2, 3, 4], { now: '2026-01-10' });
  await bitmapist.markEvent('signup', [5, 6], { now: '2026-02-10' });
  await bitmapist.markEvent('active', [1, 2, 5], { now: '2026-02-20' });
  await bitmapist.markEvent('active', [2, 6, 900_000], { now: '2026-03-05' });
  await bitmapist.markEvent('paid plan', [2], { now: '2026-03-05' });
  await bitmapist.markUnique('pro', [2, 5]);
  return dumpOf(bitmapist);
}
