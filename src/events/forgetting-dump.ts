import { DEFAULT_PREFIX } from '../names/keys.js';
import { type EraseDumpOptions, eraseInDump } from '../store/dump-erasing.js';
import { type Forgotten, identify, Tally } from './forgetting.js';

/** Forgets people in a dump. For Node only. */

/** Where in a dump people are forgotten, and who hears of it. */
export interface ForgetInDumpOptions extends Pick<EraseDumpOptions, 'db' | 'onProgress' | 'signal'> {
  /** What keys begin with (default `trackist_`). */
  readonly prefix?: string | undefined;
}

/**
 * Forgets people in the dump at `path`, plain or gzipped, as `Bitmapist.forget` does in a store. The file is replaced as a whole
 * or not at all; everything else in it (keys of other types, other databases, expiries, functions) stays as it was.
 * @param people integers in [0, 2^32)
 * @throws RdbError, a FormatError, for a dump that is damaged or of an unknown kind; BitmapistError for bitmaps in several databases if no
 * `db` is given; StoreError if the file cannot be read or written, or if another one takes its place meanwhile. The file is as it
 * was then.
 * @example
 * import { Bitmapist } from 'bitmapist-wasm';
 * import { forgetInDump, loadStore, saveStore } from 'bitmapist-wasm/node';
 *
 * const bitmapist = new Bitmapist();
 * await bitmapist.markUnique('pro', [7, 8]);
 * await saveStore(bitmapist.store, 'events.rdb');
 * console.log((await forgetInDump('events.rdb', 8)).bits); // 1
 * const again = new Bitmapist({ store: await loadStore('events.rdb') });
 * console.log(await again.unique('pro').count()); // 1
 */
export async function forgetInDump(
  path: string,
  people: number | readonly number[] | Uint32Array,
  { prefix = DEFAULT_PREFIX, ...options }: ForgetInDumpOptions = {},
): Promise<Forgotten> {
  const { ids, unknown } = await identify(people, undefined);
  const tally = new Tally(prefix, ids.length);
  await eraseInDump(path, ids, {
    ...options,
    wants: (key) => tally.owns(key),
    onErased: (key, bits) => tally.add(key, bits),
  });
  return { ...tally.report(), texts: 0, unknown };
}
