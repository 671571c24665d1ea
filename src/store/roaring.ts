/** Moves single bitmaps between stores and Roaring files. */

import { Bitmap } from '../bitmap/bitmap.js';
import { smallestContainer } from '../bitmap/container.js';
import { decodeRoaring } from '../formats/roaring/reader.js';
import { encodeRoaring } from '../formats/roaring/writer.js';
import { MemoryStore } from './memory.js';
import type { RequestOptions, Store } from './types.js';
import { readBitmap } from './whole.js';

/**
 * The bitmap of `key` as a Roaring file; a missing key is an empty bitmap. The same ids give the same file, whatever store
 * they are in. Memory: the bitmap compressed, and 1 MiB.
 * @throws whatever the store throws.
 * @example
 * import { MemoryStore } from 'bitmapist-wasm';
 * import { exportRoaring } from 'bitmapist-wasm/bitmaps';
 *
 * const store = new MemoryStore();
 * await store.put('key', Uint8Array.of(0x41));
 * console.log((await exportRoaring(store, 'key')).length); // 20
 */
export async function exportRoaring(
  store: Store,
  key: string,
  options?: RequestOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const bitmap = await readBitmap(store, key, options);
  return encodeRoaring(Array.from(bitmap.containers(), smallestContainer));
}

/**
 * Replaces the bitmap of `key` by that of a Roaring file, of which nothing is stored unless all of it is sound.
 * @throws FormatError; whatever the store throws.
 * @example
 * import { MemoryStore } from 'bitmapist-wasm';
 * import { Bitmap, encodeRoaring, importRoaring } from 'bitmapist-wasm/bitmaps';
 *
 * const store = new MemoryStore();
 * await importRoaring(store, 'key', encodeRoaring(Bitmap.fromBytes(Uint8Array.of(0x41)).containers()));
 * console.log(await store.count('key')); // 2
 */
export async function importRoaring(
  store: Store,
  key: string,
  file: Uint8Array,
  options?: RequestOptions,
): Promise<void> {
  const bitmap = Bitmap.fromContainers(decodeRoaring(file));
  if (store instanceof MemoryStore) {
    store.putBitmap(key, bitmap);
    return;
  }
  const bytes = new Uint8Array(bitmap.byteLength);
  bitmap.readInto(bytes, 0);
  await store.put(key, bytes, options);
}
