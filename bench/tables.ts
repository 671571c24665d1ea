/** A retention table of 31 rows and 13 cells each: 403 pairs out of 31 + 43 resident bitmaps of 1 MiB. */
import { makeIds, type Spread } from './data.js';
import { loadBitmaps } from './kernels.js';
import { NativeRoaring, NOT_BUILT } from './native.js';
import { DAYS, PAIRS, ROWS, tableProgram } from './retention.js';
import type { Suite } from './suite.js';

const BYTES = 2 ** 20;

export async function benchTables(suite: Suite): Promise<void> {
  const spreads: Spread[] = suite.quick ? ['uniform'] : ['uniform', 'clustered'];
  for (const spread of spreads) {
    for (const density of suite.quick ? [0.2, 0.005, 0.001] : [0.2, 0.05, 0.02, 0.01, 0.005, 0.001]) {
      await benchTable(suite, density, spread);
    }
  }
}

async function benchTable(suite: Suite, density: number, spread: Spread): Promise<void> {
  const ids = Array.from({ length: ROWS + DAYS }, (_, seed) => makeIds(seed, BYTES * 8, density, spread));
  const { kernel, offsetOf } = loadBitmaps(ids, BYTES);
  const counters = new Float64Array(PAIRS.length);
  const offsets = ids.map((_list, bitmap) => offsetOf(bitmap));
  const program = tableProgram(offsets.slice(0, ROWS), offsets.slice(ROWS));
  const runOurs = () => {
    counters.fill(0);
    kernel.run(program, BYTES, counters);
    return counters[0];
  };

  const natives = NativeRoaring ? ids.map((list) => new NativeRoaring!(list)) : [];
  const nativeCounts = new Float64Array(PAIRS.length);
  const runNative = () => {
    PAIRS.forEach(([row, day], cell) => {
      nativeCounts[cell] = natives[row]!.andCardinality(natives[ROWS + day]!);
    });
    return nativeCounts[0];
  };
  runOurs();
  if (NativeRoaring) {
    runNative();
    if (counters.join() !== nativeCounts.join()) throw new Error('expected the same table from both sides');
  }
  const targets: Record<string, number> = { 0.2: 0.8, 0.005: 1.5, 0.001: 1.5 };
  await suite.compare({
    name: `table of 403 pairs, 1 MiB each, ${density * 100} % ${spread}`,
    ours: runOurs,
    peers: [
      {
        name: 'native CRoaring, pairs',
        run: NativeRoaring ? runNative : undefined,
        note: NOT_BUILT,
        target: spread === 'uniform' ? targets[density] : undefined,
      },
    ],
  });
}
