/** A process that saves a store over and over, generation after generation, until it is killed. */

import { saveStore } from '../../../../src/store/dump-file.js';
import { MemoryStore } from '../../../../src/store/memory.js';

const path = process.argv[2]!;
const store = new MemoryStore();
for (let generation = 1; ; generation++) {
  for (let i = 0; i < 40; i++) await store.put(`key ${i}`, new Uint8Array(100_000).fill(generation));
  await saveStore(store, path, { compress: false });
  console.log(generation);
}
