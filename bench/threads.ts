/** The retention table of bench/tables.ts, asked of a `MemoryStore`, by two threads and by one: 403 pairs of bitmaps of 1 MiB. */
import { Worker } from 'node:worker_threads';
import { setBit } from '../src/base/bits.js';
import { countSets } from '../src/engine/answers.js';
import { bitmap } from '../src/engine/expression.js';
import { MemoryStore } from '../src/store/memory.js';
import { Team } from '../src/threads/team.js';
import { makeIds } from './data.js';
import { NativeRoaring, NOT_BUILT } from './native.js';
import { DAYS, PAIRS, ROWS } from './retention.js';
import type { Suite } from './suite.js';

const BYTES = 2 ** 20;
const WORKER = new URL('../dist/threads/worker.js', import.meta.url);

export async function benchThreads(suite: Suite): Promise<void> {
  await using team = new Team({ threads: 2, worker: () => new Worker(WORKER) });
  await team.start();
  for (const [density, target] of [
    [0.2, 1.3],
    [0.001, 1.5],
  ] as const) {
    await benchResident(suite, team, density, target);
  }
}

async function benchResident(suite: Suite, team: Team, density: number, target: number): Promise<void> {
  const ids = Array.from({ length: ROWS + DAYS }, (_, seed) => makeIds(seed, BYTES * 8, density, 'uniform'));
  const store = new MemoryStore();
  for (const [index, list] of ids.entries()) await store.put(String(index), bytesOf(list));
  const sets = ids.map((_, index) => bitmap(store, String(index)));
  const pairs = PAIRS.map(([row, day]) => [row, ROWS + day] as const);
  const runAlone = () => countSets({ sets, pairs });
  const runTogether = () => countSets({ sets, pairs }, { threads: { wanted: team } });
  const natives = NativeRoaring ? ids.map((list) => new NativeRoaring!(list)) : [];
  const runNative = () => PAIRS.map(([row, day]) => natives[row]!.andCardinality(natives[ROWS + day]!));
  const [alone, together] = [await runAlone(), await runTogether()];
  if (
    alone.pairs.join() !== together.pairs.join() ||
    (NativeRoaring && runNative().join() !== alone.pairs.join())
  ) {
    throw new Error('expected the same table from all sides');
  }
  await suite.compare({
    name: `two threads: table of 403 pairs in memory, 1 MiB each, ${density * 100} % uniform`,
    ours: runTogether,
    peers: [
      { name: 'one thread', run: runAlone, target: 1.7 },
      { name: 'native CRoaring, pairs', run: NativeRoaring ? runNative : undefined, note: NOT_BUILT, target },
    ],
  });
}

function bytesOf(ids: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(BYTES);
  for (const id of ids) setBit(bytes, id);
  return bytes;
}
