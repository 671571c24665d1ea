import { encodeFileName } from '../../names/filename.js';
import { checksumOf } from './checksum.js';

/**
 * Names of files in a folder of cached bitmaps. They say what is needed to know what the folder holds, so that listing it is
 * enough: nothing has to be kept in step with the files.
 */

export interface CachedName {
  /** `bitmap`: one that is kept; `gone`: what was kept of a key before is not to be believed; `counts`: a journal of counts. */
  readonly kind: 'bitmap' | 'gone' | 'counts';
  /** The key as the name of a file; for all keys, or none, it is `ALL`. */
  readonly keyName: string;
  /** Whose data it is of. */
  readonly owner: string;
  /** When it was begun to be read, or was changed: milliseconds since 1970. */
  readonly atMs: number;
  /** What tells this content of a bitmap from all others, or this journal: whole, below 2^53. */
  readonly stamp: number;
  /** How many ids a bitmap has. */
  readonly cardinality: number;
}

/** No key has it. */
export const ALL = '@';
/** File systems allow 255, of which the rest takes 64. */
const MAX_KEY_NAME = 190;

/** How a key is written in names; `undefined` for one that is too long. */
export function keyNameOf(key: string): string | undefined {
  try {
    const name = encodeFileName(key);
    return name.length <= MAX_KEY_NAME ? name : undefined;
  } catch {
    return undefined;
  }
}

export function formatName({ kind, keyName, owner, atMs, stamp, cardinality }: CachedName): string {
  const text = [keyName, owner, ...[atMs, stamp, cardinality].map((number) => number.toString(36))].join('.');
  return `${text}.${checkDigits(text)}.${kind}`;
}

const NAME =
  /^((.+)\.([0-9a-f]{16})\.([0-9a-z]+)\.([0-9a-z]+)\.([0-9a-z]+))\.([0-9a-z]+)\.(bitmap|gone|counts)$/s;

/** What a name says; `undefined` if it is not as it was made. */
export function parseName(name: string): CachedName | undefined {
  const [, text = '', keyName = '', owner = '', at, stamp, cardinality, digits, kind] = NAME.exec(name) ?? [];
  if (kind === undefined || digits !== checkDigits(text)) return undefined;
  const [atMs = 0, stampNumber = 0, count = 0] = [at, stamp, cardinality].map((part) =>
    Number.parseInt(part!, 36),
  );
  return {
    kind: kind as CachedName['kind'],
    keyName,
    owner,
    atMs,
    stamp: stampNumber,
    cardinality: count,
  };
}

function checkDigits(text: string): string {
  return checksumOf(new TextEncoder().encode(text)).toString(36);
}

/** Stands for a server's data and the beginning of keys in the names of files: 64 bits of a hash. */
export async function ownerOf(identity: string, prefix: string): Promise<string> {
  const text = new TextEncoder().encode(JSON.stringify([FORMAT, identity, prefix]));
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', text));
  return Array.from(digest.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Of files and names: what another version wrote is not looked at. */
const FORMAT = 2;
