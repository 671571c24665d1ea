/**
 * A process that asks the same questions of a cache with a folder, until it is killed: `folder-process.ts FOLDER`. Bitmaps and counts are
 * forgotten now and then, and written anew. It says `wrong` if a number is.
 */
import { bitmap, combine } from '../../../src/engine/expression.js';
import { CachedStore } from '../../../src/store/cache/cache.js';
import { MemoryStore } from '../../../src/store/memory.js';
import { countIds } from '../bitmaps.js';

const KEYS = 12;
const [, , folder = ''] = process.argv;

/** Some of many ids, and some of few. */
function idsOf(key: number): number[] {
  const step = key + 2;
  return Array.from({ length: key % 2 ? 300 : 40_000 }, (_, index) => index * step);
}

const server = new MemoryStore();
const sets = Array.from({ length: KEYS }, (_, key) => new Set(idsOf(key)));
for (const [key, ids] of sets.entries()) await server.write([{ key: `k${key}`, ids: [...ids], value: 1 }]);
/** Has its bitmaps read: what is in memory is never kept. */
const remote = { ...methodsOf(server), count: (key: string) => server.count(key) };

function methodsOf(store: MemoryStore) {
  return {
    byteLengths: store.byteLengths.bind(store),
    read: store.read.bind(store),
    write: store.write.bind(store),
    put: store.put.bind(store),
    keys: store.keys.bind(store),
    delete: store.delete.bind(store),
  };
}

const expected = sets.map((set, key) => [...set].filter((id) => sets[(key + 1) % KEYS]!.has(id)).length);
process.stdout.write('ready\n');
for (let round = 0; ; round += 1) {
  const disk = { folder, identity: 'server', prefix: 'k', maxBytes: 150_000 };
  const store = new CachedStore(remote, { isFinished: () => true, maxBytes: 2 ** 20, disk });
  const asked = sets.map((_, key) =>
    combine('and', [bitmap(store, `k${key}`), bitmap(store, `k${(key + 1) % KEYS}`)]),
  );
  const counts = await countIds(asked);
  if (counts.join() !== expected.join())
    process.stdout.write(`wrong: ${counts.join()}, not ${expected.join()}\n`);
  if (round % 5 === 4) await store.write([{ key: `k${round % 2}`, ids: [0], value: 1 }]);
  if (round % 7 === 6) store.invalidate([`k${round % KEYS}`]);
  await store.settle();
}
