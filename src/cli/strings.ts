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
  return withKeys(store, async function* (prefix, options) {
    let batch: string[] = [];
    const strings = async (): Promise<string[]> => {
      const byteLengths = await stringLengths(store, batch, options);
      const others = batch.filter((_, index) => byteLengths[index] === undefined);
      others.forEach(onOther);
      return batch.filter((_, index) => byteLengths[index] !== undefined);
    };
    for await (const key of store.keys(prefix, options)) {
      batch.push(key);
      if (batch.length < KEYS_AT_ONCE) continue;
      yield* await strings();
      batch = [];
    }
    yield* await strings();
  });
}

/** The same store with other keys in its list. */
export function withKeys(store: Store, keys: Store['keys']): Store {
  return new Proxy(store, {
    get: (target, name) => {
      if (name === 'keys') return keys;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** Says on standard error what was left out, and why. */
export function reportLeftOut(keys: Iterable<string>, why = 'which holds no bitmap'): void {
  for (const key of keys) say(`left out ${printable(JSON.stringify(key))}, ${why}`);
}
