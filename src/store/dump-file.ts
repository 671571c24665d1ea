/** Stores in files: dumps that are replaced as a whole or not at all. For Node only. */

import { createReadStream } from 'node:fs';
import { replaceFile } from '../formats/file.js';
import { explainSystemError } from '../formats/system-error.js';
import { loadRdb, type RestoreRdbOptions, type WriteRdbOptions, writeRdb } from './dump.js';
import type { MemoryStore } from './memory.js';
import type { Store } from './types.js';

/**
 * Writes the bitmaps of a store to a dump at `path`. A dump that is there stays as it is until the new one is complete and
 * on the disk: whatever happens meanwhile (the process dies, the power fails, the disk is full), one of the two is there.
 * @throws StoreError if the file cannot be written (`cause` is what the file system says); whatever the store throws.
 * @example
 * import { MemoryStore } from 'bitmapist-wasm';
 * import { loadStore, saveStore } from 'bitmapist-wasm/node';
 *
 * const store = new MemoryStore();
 * await store.put('key', Uint8Array.of(0x41));
 * await saveStore(store, 'events.rdb');
 * console.log(await (await loadStore('events.rdb')).count('key')); // 2
 */
export async function saveStore(store: Store, path: string, options: WriteRdbOptions = {}): Promise<void> {
  await replaceFile(path, writeRdb(store, options));
}

/**
 * Loads the dump at `path` into memory, plain or gzipped; `options` as for `loadRdb`.
 * @throws StoreError if the file cannot be read (`cause` is what the file system says); whatever `loadRdb` throws.
 * @example
 * import { Bitmapist } from 'bitmapist-wasm';
 * import { loadStore, saveStore } from 'bitmapist-wasm/node';
 *
 * const bitmapist = new Bitmapist();
 * await bitmapist.markUnique('pro', [7, 8]);
 * await saveStore(bitmapist.store, 'events.rdb');
 * const again = new Bitmapist({ store: await loadStore('events.rdb') });
 * console.log(await again.unique('pro').count()); // 2
 */
export async function loadStore(path: string, options: RestoreRdbOptions = {}): Promise<MemoryStore> {
  const chunks = createReadStream(path, { highWaterMark: READ_BYTES });
  try {
    return await explainSystemError(`a dump to be read at ${path}`, loadRdb(chunks, options));
  } finally {
    chunks.destroy();
  }
}

const READ_BYTES = 2 ** 18;
