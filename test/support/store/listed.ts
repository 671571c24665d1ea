import type { Store } from '../../../src/index.js';
import { describeKey } from '../golden/reference.js';

/** One line for each key of a store, as `readKeys` has them, sorted. */
export async function describeKeys(store: Store): Promise<string[]> {
  const lines: string[] = [];
  for await (const key of store.keys('')) {
    const [byteLength = 0] = await store.byteLengths([key]);
    const target = new Uint8Array(byteLength);
    await store.read([{ key, byteOffset: 0, target }]);
    lines.push(describeKey(key, target));
  }
  return lines.sort();
}
