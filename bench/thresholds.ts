/** At least so many of 31 bitmaps, in memory, against any of them: a counter of each bit position for one OR. */
import { Bitmapist, MemoryStore } from '../src/index.js';
import { bitmapsOf, dateOf, formatIds, keyOf, ROWS } from './retention.js';
import type { Suite } from './suite.js';

export async function benchThresholds(suite: Suite): Promise<void> {
  const size = { ids: 2 ** 23, density: 0.2 };
  const store = new MemoryStore();
  for (const [key, bytes] of bitmapsOf(size)) {
    await store.put(key, bytes);
    if (key === keyOf(ROWS - 1)) break;
  }
  const bitmapist = new Bitmapist({ store });
  const days = Array.from({ length: ROWS }, (_, day) => bitmapist.day('active', dateOf(day)));
  for (const k of [2, 3, 16]) {
    await suite.compare({
      name: `at least ${k} of ${ROWS} days, ${formatIds(size.ids)} ids, 20 %, in memory`,
      ours: () => bitmapist.atLeast(k, days).count(),
      peers: [{ name: 'ours, any of them', run: () => bitmapist.atLeast(1, days).count(), target: 1 / 3 }],
    });
  }
}
