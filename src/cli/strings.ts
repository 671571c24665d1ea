import { printable, type RequestOptions, type Store, WrongTypeError } from '../index.js';
import { say } from './failure.js';

/** Keys of a Redis that are named like bitmaps may hold something else: lists, hashes, … */

/** Bytes under each key; `undefined` for a key that holds no string. */
export async function stringLengths(
  store: Store,
  keys: readonly string[],
  options?: RequestOptions,
): Promise<(number | undefined)[]> {
  const lengthsOf = (batch: readonly string[]): Promise<(number | undefined)[]> =>
    store.byteLengths(batch, options).catch((error: unknown) => {
      if (!(error instanceof WrongTypeError)) throw error;
      // One such key fails all that are asked for together.
      return batch.length === 1 ? [undefined] : eachOf(batch);
    });
  const eachOf = async (batch: readonly string[]): Promise<(number | undefined)[]> =>
    (await Promise.all(batch.map((key) => lengthsOf([key])))).flat();
  return lengthsOf(keys);
}

const KEYS_AT_ONCE = 256;

/** A store to copy from that has only the strings of another; of other keys `onOther` is told when they would be listed. */
export function onlyStrings(store: Store, onOther: (key: string) => void): Store {
  async function* keys(...[prefix, options]: Parameters<Store['keys']>): AsyncGenerator<string, void> {
    let batch: string[] = [];
    for await (const key of store.keys(prefix, options)) {
      batch.push(key);
      if (batch.length < KEYS_AT_ONCE) continue;
      yield* await stringsOf(batch, options);
      batch = [];
    }
    yield* await stringsOf(batch, options);
  }
  async function stringsOf(batch: readonly string[], options?: RequestOptions): Promise<string[]> {
    const byteLengths = await stringLengths(store, batch, options);
    return batch.filter((key, index) => {
      if (byteLengths[index] === undefined) onOther(key);
      return byteLengths[index] !== undefined;
    });
  }
  return withKeys(store, keys);
}

/** The same store with other keys in its list. */
export function withKeys(store: Store, keys: Store['keys']): Store {
  return {
    keys,
    byteLengths: (...args) => store.byteLengths(...args),
    read: (...args) => store.read(...args),
    write: (...args) => store.write(...args),
    put: (...args) => store.put(...args),
    delete: (...args) => store.delete(...args),
    reader: () => store.reader?.() ?? store,
    ...(store.expiries === undefined ? {} : { expiries: (...args) => store.expiries!(...args) }),
  };
}

/** Says on standard error what was left out, and why. */
export function reportLeftOut(keys: Iterable<string>, why = 'which holds no bitmap'): void {
  for (const key of keys) say(`left out ${printable(JSON.stringify(key))}, ${why}`);
}
