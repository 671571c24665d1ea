/** What two resident bitmaps of 1 MiB (8.4 million ids) have in common. */
import { RoaringBitmap32, roaringLibraryInitialize } from 'roaring-wasm';
import { TypedFastBitSet } from 'typedfastbitset';
import { Opcode } from '../src/kernel/types.js';
import { makeIds, type Spread } from './data.js';
import { loadBitmaps } from './kernels.js';
import { NativeRoaring, NOT_BUILT, timeNativeAndCount } from './native.js';
import { compileLoads } from './roofline.js';
import type { Suite } from './suite.js';

const BYTES = 2 ** 20;

export async function benchCounts(suite: Suite): Promise<void> {
  await roaringLibraryInitialize();
  for (const spread of ['uniform', 'clustered'] as const) {
    for (const density of [0.2, 0.05, 0.005, 0.001]) {
      await benchPair(suite, density, spread);
    }
  }
}

async function benchPair(suite: Suite, density: number, spread: Spread): Promise<void> {
  const ids = [1, 2].map((seed) => makeIds(seed, BYTES * 8, density, spread));
  const { kernel, offsetOf, bytesOf } = loadBitmaps(ids, BYTES);
  const program = Int32Array.of(Opcode.CountAnd, 0, offsetOf(0), offsetOf(1));
  const counters = new Float64Array(1);
  const ours = () => {
    counters[0] = 0;
    kernel.run(program, BYTES, counters);
    return counters[0];
  };
  const expected = ours();

  const [fastA, fastB] = ids.map((list) => new TypedFastBitSet(list)) as [TypedFastBitSet, TypedFastBitSet];
  const [roaringA, roaringB] = ids.map(makeRoaring) as [RoaringBitmap32, RoaringBitmap32];
  const [nativeA, nativeB] = NativeRoaring ? ids.map((list) => new NativeRoaring!(list)) : [];
  const runs = {
    TypedFastBitSet: () => fastA.intersection_size(fastB),
    'roaring-wasm': () => roaringA.andCardinality(roaringB),
    'native CRoaring': nativeA && nativeB ? () => nativeA.andCardinality(nativeB) : undefined,
  };
  for (const [name, run] of Object.entries(runs)) {
    if (run && run() !== expected)
      throw new Error(`expected ${expected} common ids, got ${run()} from ${name}`);
  }

  const name = `AND-count, 1 MiB, ${density * 100} % ${spread}`;
  // The targets are for a fifth of all ids, spread evenly.
  const targets = density === 0.2 && spread === 'uniform' ? [20, 100, 0.8] : [];
  await suite.compare({
    name,
    ours,
    peers: [
      { name: 'TypedFastBitSet', run: runs.TypedFastBitSet, target: targets[0] },
      { name: 'roaring-wasm', run: runs['roaring-wasm'], target: targets[1] },
      { name: 'native CRoaring', run: runs['native CRoaring'], note: NOT_BUILT, target: targets[2] },
      { name: 'WASM, loads only', run: await compileLoads(bytesOf(0), bytesOf(1)) },
    ],
  });
  suite.record({
    name,
    unit: 'ms',
    ours: suite.rows.at(-1)!.ours,
    peerName: 'C, AVX2',
    peer: timeNativeAndCount(bytesOf(0), bytesOf(1), expected),
    note: NOT_BUILT,
  });
  roaringA.dispose();
  roaringB.dispose();
}

function makeRoaring(ids: Uint32Array): RoaringBitmap32 {
  const bitmap = new RoaringBitmap32(ids);
  bitmap.runOptimize();
  return bitmap;
}
