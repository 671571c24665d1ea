/** A retention table of 31 rows and 13 cells each: 403 pairs out of 31 + 43 resident bitmaps of 1 MiB. */
import { countSets } from '../src/engine/answers.js';
import { bitmap } from '../src/engine/expression.js';
import { MemoryStore } from '../src/index.js';
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

  const runKept = await keep(ids);
  const natives = NativeRoaring ? ids.map((list) => new NativeRoaring!(list)) : [];
  const nativeCounts = new Float64Array(PAIRS.length);
  const runNative = () => {
    PAIRS.forEach(([row, day], cell) => {
      nativeCounts[cell] = natives[row]!.andCardinality(natives[ROWS + day]!);
    });
    return nativeCounts[0];
  };
  runOurs();
  if (counters.join() !== (await runKept()).join()) throw new Error('expected the same table from a store');
  if (NativeRoaring) {
    runNative();
    if (counters.join() !== nativeCounts.join()) throw new Error('expected the same table from both sides');
  }
  const targets: Record<string, number> = { 0.2: 0.8, 0.005: 1.5, 0.001: 1.5 };
  const name = `table of 403 pairs, 1 MiB each, ${density * 100} % ${spread}`;
  const peer = {
    name: 'native CRoaring, pairs',
    run: NativeRoaring ? runNative : undefined,
    note: NOT_BUILT,
  };
  const target = spread === 'uniform' ? targets[density] : undefined;
  await suite.compare({ name, ours: runOurs, peers: [{ ...peer, target }] });
  // The whole question, from the bitmaps as a store keeps them.
  const keptTarget = density <= 0.01 ? 0.8 : undefined;
  await suite.compare({
    name: `${name}, in a store`,
    ours: runKept,
    peers: [{ ...peer, target: keptTarget }],
  });
}

/** The same table asked of a store in memory. */
async function keep(lists: readonly Uint32Array[]): Promise<() => Promise<number[]>> {
  const store = new MemoryStore();
  for (const [index, ids] of lists.entries()) await store.write([{ key: `key ${index}`, ids, value: 1 }]);
  const sets = lists.map((_ids, index) => bitmap(store, `key ${index}`));
  const pairs = PAIRS.map(([row, day]) => [row, ROWS + day] as const);
  return async () => (await countSets({ sets, pairs })).pairs;
}
