/** Seeded bitmaps of a given density, ids spread evenly or in clusters. */

export type Spread = 'uniform' | 'clustered';

/** Of the ids within a cluster this many are set, or as many as the density asks for. */
const CLUSTER_DENSITY = 0.5;
const CLUSTER_IDS = 4000;

/** Ascending ids below `universe`, about `density * universe` of them. */
export function makeIds(seed: number, universe: number, density: number, spread: Spread): Uint32Array {
  const random = seededRandom(seed);
  const ids = new Uint32Array(Math.ceil(universe * density * 1.2) + 1000);
  let count = 0;
  const addStretch = (start: number, end: number, stretchDensity: number): void => {
    const scale = 1 / Math.log(1 - stretchDensity);
    let id = start - 1;
    while (count < ids.length) {
      id += 1 + Math.floor(Math.log(1 - random()) * scale);
      if (id >= end) break;
      ids[count++] = id;
    }
  };
  if (spread === 'uniform') {
    addStretch(0, universe, density);
    return ids.slice(0, count);
  }
  const meanGap = CLUSTER_IDS * (CLUSTER_DENSITY / density - 1);
  for (let id = 0; id < universe; ) {
    id += Math.floor(-Math.log(1 - random()) * meanGap);
    const end = Math.min(universe, id + 1 + Math.floor(-Math.log(1 - random()) * CLUSTER_IDS));
    if (id < universe) addStretch(id, end, CLUSTER_DENSITY);
    id = end;
  }
  return ids.slice(0, count);
}

/** Sets the bits `ids` in `bytes`, in Redis bit order. */
export function fillBitmap(bytes: Uint8Array, ids: Uint32Array): void {
  bytes.fill(0);
  for (const id of ids) bytes[id >>> 3]! |= 0x80 >> (id & 7);
}

/** Numbers in [0, 1) that depend on the seed only (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
