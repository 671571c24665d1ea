import { createReadStream } from 'node:fs';
import { eraseFromBytes } from '../bitmap/erasing.js';
import { explainSystemError } from '../formats/system-error.js';
import { DEFAULT_PREFIX } from '../names/keys.js';
import { parsePeopleKey } from '../names/people.js';
import { loadPeople } from '../store/dump.js';
import { type RewriteDumpOptions, rewriteDump } from '../store/dump-rewriting.js';
import { eraseFromEntry } from '../store/people/erasing.js';
import type { People } from '../store/people/types.js';
import type { Ids } from './batch.js';
import { type Forgotten, identify, Tally } from './forgetting.js';

/** Forgets people in a dump. For Node only. */

/** Where in a dump people are forgotten, and who hears of it. */
export interface ForgetInDumpOptions extends Pick<RewriteDumpOptions, 'db' | 'onProgress' | 'signal'> {
  /** What keys of events begin with (default `trackist_`). */
  readonly prefix?: string | undefined;
  /** What keys of the map of people begin with, if there are several maps (default: nothing). */
  readonly peoplePrefix?: string | undefined;
}

/**
 * Forgets people in the dump at `path`, plain or gzipped, as `Bitmapist.forget` does in a store, and takes their texts out of its map
 * of people, if it has one. The file is replaced as a whole or not at all; everything else in it (keys of other types, other
 * databases, expiries, functions) stays as it was.
 * @param people integers in [0, 2^32), or texts of its map of people
 * @throws RdbError, a FormatError, for a dump that is damaged or of an unknown kind; BitmapistError for bitmaps in several databases if no
 * `db` is given, and for a map of people that is damaged; StoreError if the file cannot be read or written, or if another one takes
 * its place meanwhile. The file is as it was then.
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
  people: Ids,
  { prefix = DEFAULT_PREFIX, peoplePrefix = '', ...options }: ForgetInDumpOptions = {},
): Promise<Forgotten> {
  const map = hasTexts(people) ? await loadMap(path, peoplePrefix, options) : undefined;
  const { ids, unknown } = await identify(people, map, options);
  const forgotten = new Set(ids);
  const tally = new Tally(prefix, ids.length);
  let texts = 0;
  await rewriteDump(path, {
    ...options,
    wants: (key) => tally.owns(key) || parsePeopleKey(peoplePrefix, key) !== undefined,
    edit: ({ key, bytes }) => {
      const entry = parsePeopleKey(peoplePrefix, key);
      if (entry !== undefined) {
        const { left, removed } = eraseFromEntry(entry, bytes, forgotten);
        texts += removed;
        return left;
      }
      const { cleared, left } = eraseFromBytes(bytes, ids);
      tally.add(key, cleared);
      return left.length === 0 && left !== bytes ? undefined : left;
    },
    onOther: (key) => tally.add(key, undefined),
  });
  return { ...tally.report(), texts, unknown };
}

function hasTexts(people: Ids): boolean {
  return (
    typeof people === 'string' ||
    (Array.isArray(people) && people.some((person) => typeof person === 'string'))
  );
}

async function loadMap(path: string, prefix: string, { db, signal }: ForgetInDumpOptions): Promise<People> {
  const chunks = createReadStream(path);
  try {
    return await explainSystemError(
      `a dump to be read at ${path}`,
      loadPeople(chunks, { db, prefix, signal }),
    );
  } finally {
    chunks.destroy();
  }
}
