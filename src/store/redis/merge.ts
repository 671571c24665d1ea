/**
 * Setting many neighbouring bits of a key in one atomic step: their bytes are sent and merged on the server. A script
 * reads the stretch, ORs the bytes into it and writes it back, so nothing else of the key is touched, its time to live
 * stays, and marks of others are never lost in between.
 */

import { Buffer } from 'node:buffer';
import { byteIndex, setBit } from '../../base/bits.js';
import type { BitWrite } from '../types.js';
import type { RedisLink } from './link.js';

/**
 * Bytes merged at a time. Bounds what is under way and how long the server is kept from others, some 50 microseconds.
 */
const MERGE_BYTES = 16 * 1024;
const MERGE_IDS = MERGE_BYTES * 8;

/** From this many ids of a stretch on merging is faster than a command per bit, plus one per so many bytes sent. */
const MIN_IDS = 8;
const BYTES_PER_ID = 512;

/** KEYS: the bitmap, two names for intermediates of the same slot. ARGV: where the stretch begins, its new bits. */
const SCRIPT = `
local old = redis.pcall('GETRANGE', KEYS[1], ARGV[1], ARGV[1] + #ARGV[2] - 1)
if type(old) == 'table' then return old end
redis.call('SET', KEYS[2], old)
redis.call('SET', KEYS[3], ARGV[2])
local merged = redis.pcall('BITOP', 'OR', KEYS[2], KEYS[2], KEYS[3])
if type(merged) == 'number' then
  merged = redis.pcall('SETRANGE', KEYS[1], ARGV[1], redis.call('GET', KEYS[2]) or '')
end
redis.call('DEL', KEYS[2], KEYS[3])
return merged`;

/** Ids of one stretch of a key, `ids[from..to)`, ascending if they are to be merged. */
export interface Stretch {
  readonly ids: ArrayLike<number>;
  readonly from: number;
  readonly to: number;
  /** Whether merging pays. */
  readonly merges: boolean;
}

/** Cuts ascending ids into stretches that are worth merging and those that are not. */
export function* cutStretches(ids: Uint32Array): Generator<Stretch> {
  let from = 0;
  while (from < ids.length) {
    const end = (Math.floor(ids[from]! / MERGE_IDS) + 1) * MERGE_IDS;
    let to = from + 1;
    while (to < ids.length && ids[to]! < end) to++;
    const byteLength = byteIndex(ids[to - 1]!) - byteIndex(ids[from]!) + 1;
    yield { ids, from, to, merges: to - from >= MIN_IDS + byteLength / BYTES_PER_ID };
    from = to;
  }
}

export async function mergeStretch(link: RedisLink, key: string, { ids, from, to }: Stretch): Promise<void> {
  const byteOffset = byteIndex(ids[from]!);
  const bytes = Buffer.alloc(byteIndex(ids[to - 1]!) - byteOffset + 1);
  for (let at = from; at < to; at++) setBit(bytes, ids[at]! - byteOffset * 8);
  await runScript(link, key, byteOffset, bytes);
}

/** Runs the script to its end over an empty stretch, which changes nothing: a command of it may be forbidden, or a key. */
export async function probeMerging(link: RedisLink, key: string): Promise<void> {
  // From 0 on, GETRANGE would take an empty stretch for the whole string.
  await runScript(link, key, 1, Buffer.alloc(0));
}

/** Whether stretches of a write may be merged: it sets enough bits, and intermediates have names in its cluster slot. */
export function isBulky(link: RedisLink, { key, ids, value }: BitWrite): boolean {
  if (value === 0 || ids.length < MIN_IDS) return false;
  return !link.commands.isCluster || slotTag(link.commands.keyPrefix + key) !== undefined;
}

async function runScript(link: RedisLink, key: string, byteOffset: number, bytes: Buffer): Promise<void> {
  const tag = slotTag(link.commands.keyPrefix + key) ?? key;
  const intermediates = ['a', 'b'].map((name) => `bitmapist-wasm:{${tag}}:${name}`);
  // The answer is the length of the bitmap, which ends with the stretch or after it.
  const least = bytes.length === 0 ? 0 : byteOffset + bytes.length;
  await link.commands.evalForInteger(SCRIPT, [key, ...intermediates], [String(byteOffset), bytes], least);
}

/**
 * What a cluster computes the slot of a key from, such that `{tag}` has the same slot: the text in the first braces, or
 * the whole key; `undefined` if the key cannot be put into braces.
 */
function slotTag(key: string): string | undefined {
  const open = key.indexOf('{');
  const close = open < 0 ? -1 : key.indexOf('}', open + 1);
  if (close > open + 1) return key.slice(open + 1, close);
  return key === '' || key.includes('}') ? undefined : key;
}
