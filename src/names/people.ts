/**
 * The keys of a map of people: `{bitmapist:people}:n` is the next number, `…:b:7` a bucket of texts' hashes, `…:t:7` a page of
 * texts. What is in braces puts all of them into one slot of a cluster. An event's key ends with its period or `_u`, so none is
 * one of these, whatever the event is called.
 */

const BASE = '{bitmapist:people}';
const SHAPE = /\{bitmapist:people\}:(?:n|([bt]):(0|[1-9]\d{0,8}))$/;

/** What keys of a map begin with. */
export function peopleKeys(prefix: string): string {
  return `${prefix}${BASE}:`;
}

/** What a key of a map holds: the next number, or a bucket or a page and which. */
export interface PeopleKey {
  readonly kind: 'next' | 'bucket' | 'page';
  readonly index: number;
}

/** What a key of the map with this prefix stands for; `undefined` for any other key. */
export function parsePeopleKey(prefix: string, key: string): PeopleKey | undefined {
  if (!key.startsWith(peopleKeys(prefix))) return undefined;
  const [match, letter, digits] = SHAPE.exec(key.slice(prefix.length)) ?? [];
  if (match === undefined || match.length + prefix.length !== key.length) return undefined;
  if (letter === undefined) return { kind: 'next', index: 0 };
  return { kind: letter === 'b' ? 'bucket' : 'page', index: Number(digits) };
}

/**
 * Whether a key belongs to a map of people, with whatever prefix.
 * @example
 * import { isPeopleKey } from 'bitmapist-wasm/people';
 *
 * console.log(isPeopleKey('{bitmapist:people}:n'), isPeopleKey('trackist_pro_u')); // true false
 */
export function isPeopleKey(key: string): boolean {
  return SHAPE.test(key);
}
