/** The ids of a bitmap that is kept in memory, all in one `Uint32Array` and in pages of 65,536. */
import { idsOf, pagesOf } from '../src/engine/contents.js';
import { bitmap } from '../src/engine/expression.js';
import { MemoryStore } from '../src/index.js';
import { makeIds, type Spread } from './data.js';
import { NativeRoaring, NOT_BUILT } from './native.js';
import type { Suite } from './suite.js';

const UNIVERSE = 2 ** 23;

export async function benchIds(suite: Suite): Promise<void> {
  for (const spread of ['uniform', 'clustered'] as const) {
    for (const density of [0.5, 0.2, 0.05, 0.005, 0.001]) await benchBitmap(suite, density, spread);
  }
}

async function benchBitmap(suite: Suite, density: number, spread: Spread): Promise<void> {
  const ids = makeIds(1, UNIVERSE, density, spread);
  const store = new MemoryStore();
  await store.write([{ key: 'key', ids, value: 1 }]);
  const leaf = bitmap(store, 'key');
  const runOurs = () => idsOf(leaf);
  const runPages = async () => {
    const pages: Uint32Array[] = [];
    for await (const page of pagesOf(leaf)) pages.push(page);
    return pages;
  };
  const native = NativeRoaring && new NativeRoaring(ids);
  native?.runOptimize();
  if ((await runOurs()).some((id, index) => id !== ids[index]))
    throw new Error('expected the ids that went in');
  if ((await runPages()).reduce((count, page) => count + page.length, 0) !== ids.length) {
    throw new Error('expected as many ids in pages');
  }
  const targets: Record<string, number> = { 0.2: 1, 0.001: 0.5 };
  const peer = { name: 'native CRoaring', run: native && (() => native.toUint32Array()), note: NOT_BUILT };
  const target = spread === 'uniform' ? targets[density] : undefined;
  const name = `ids below 8.4 M, ${density * 100} % ${spread}`;
  await suite.compare({ name, ours: runOurs, peers: [{ ...peer, target }] });
  await suite.compare({ name: `${name}, in pages`, ours: runPages, peers: [peer] });
}
