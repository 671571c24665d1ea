/** The ids of a bitmap of 1 MiB, in a `Uint32Array` of the caller's own and in pages. */
import { makeIds, type Spread } from './data.js';
import { loadBitmaps } from './kernels.js';
import { NativeRoaring, NOT_BUILT } from './native.js';
import type { Suite } from './suite.js';

const BYTES = 2 ** 20;

/** Bytes of bitmap turned into ids at a time; their ids at most fill 256 KiB. */
const PAGE_BYTES = 8192;

export async function benchIds(suite: Suite): Promise<void> {
  for (const spread of ['uniform', 'clustered'] as const) {
    for (const density of [0.5, 0.2, 0.05, 0.005, 0.001]) await benchBitmap(suite, density, spread);
  }
}

async function benchBitmap(suite: Suite, density: number, spread: Spread): Promise<void> {
  const ids = makeIds(1, BYTES * 8, density, spread);
  const { kernel, bytesOf } = loadBitmaps([ids], BYTES, PAGE_BYTES * 8 * 4);
  const pages = new Uint32Array(bytesOf(0).buffer, bytesOf(0).byteOffset + BYTES, PAGE_BYTES * 8);
  const runOurs = () => {
    const all = new Uint32Array(ids.length);
    let count = 0;
    for (let offset = 0; offset < BYTES; offset += PAGE_BYTES) {
      const found = kernel.ids(BYTES, offset, PAGE_BYTES, offset * 8);
      all.set(pages.subarray(0, found), count);
      count += found;
    }
    return all;
  };
  const runPages = () => {
    const all: Uint32Array[] = [];
    for (let offset = 0; offset < BYTES; offset += PAGE_BYTES) {
      all.push(pages.slice(0, kernel.ids(BYTES, offset, PAGE_BYTES, offset * 8)));
    }
    return all;
  };
  const native = NativeRoaring && new NativeRoaring(ids);
  if (runOurs().some((id, index) => id !== ids[index])) throw new Error('expected the ids that went in');
  if (runPages().reduce((count, page) => count + page.length, 0) !== ids.length) {
    throw new Error('expected as many ids in pages');
  }
  const targets: Record<string, number> = { 0.2: 1, 0.001: 0.5 };
  const peer = { name: 'native CRoaring', run: native && (() => native.toUint32Array()), note: NOT_BUILT };
  const target = spread === 'uniform' ? targets[density] : undefined;
  const name = `ids, 1 MiB, ${density * 100} % ${spread}`;
  await suite.compare({ name, ours: runOurs, peers: [{ ...peer, target }] });
  await suite.compare({ name: `${name}, in pages`, ours: runPages, peers: [peer] });
}
