/** Taking ids out of bitmaps in Redis as if they had never been in them: by a script, so that each key changes at one moment. */

import { Buffer } from 'node:buffer';
import { StoreError } from '../../base/errors.js';
import { sortIds } from '../../bitmap/sort.js';
import type { RequestOptions } from '../types.js';
import type { RedisLink } from './link.js';

/** A server does nothing else while a script runs: with so many keys and ids, for some milliseconds. */
const MAX_KEYS = 64;
const MAX_IDS = 1024;
/** Bytes that a script reads and writes before it leaves the rest of its keys to the next one. */
const MAX_SCRIPT_BYTES = 4 * 2 ** 20;
/** Scripts under way: the next one is there when one ends, and others are served in between. */
const MAX_IN_FLIGHT = 4;
const ID_BYTES = 4;
/** What the script answers of a key that holds no string. */
const NO_BITMAP = -1;

/**
 * KEYS: bitmaps. ARGV: ids, ascending, each once, of four bytes; how many bytes may be looked at. Answers with how many bits of
 * each key were cleared, up to the key that used those bytes up. Bits are looked for in pages of their neighbours, each of which
 * costs no more than a command for a single bit. A value that is written anew keeps its time to live.
 */
const SCRIPT = `
local ids, count = {}, #ARGV[1] / ${ID_BYTES}
for i = 1, count do
  local a, b, c, d = string.byte(ARGV[1], i * 4 - 3, i * 4)
  ids[i] = ((a * 256 + b) * 256 + c) * 256 + d
end
local left = tonumber(ARGV[2])
local function hasNone(key, from, to)
  left = left - (to - from)
  return redis.call('BITCOUNT', key, from, to - 1) == 0
end
local function shorten(key, length)
  local from, kept, size = length - 1, length, 1
  while from >= 0 and hasNone(key, from, kept) do
    kept, size = from, size * 2
    from = kept == 0 and -1 or math.max(kept - size, 0)
  end
  while kept - from > 1 and kept > 0 do
    local middle = math.floor((from + kept) / 2)
    if hasNone(key, middle, kept) then kept = middle else from = middle end
  end
  if kept == 0 then
    redis.call('DEL', key)
  elseif kept < length then
    local value, ttl = redis.call('GETRANGE', key, 0, kept - 1), redis.call('PTTL', key)
    left = left - kept
    if ttl < 0 then
      redis.call('SET', key, value)
    else
      redis.call('SET', key, value, 'PX', math.max(ttl, 1))
    end
  end
end
local function erase(key, length)
  local cleared, page, start, isLast = 0, '', -1, false
  for i = 1, count do
    local low = ids[i] % 8
    local at = (ids[i] - low) / 8
    if at >= length then break end
    if at - at % 1024 ~= start then
      start = at - at % 1024
      page = redis.call('GETRANGE', key, start, start + 1023)
      left = left - #page
    end
    if math.floor(string.byte(page, at - start + 1) / 2 ^ (7 - low)) % 2 == 1 then
      redis.call('SETBIT', key, ids[i], 0)
      cleared = cleared + 1
    end
    isLast = at == length - 1
  end
  if isLast then shorten(key, length) end
  return cleared
end
local cleared = {}
for k, key in ipairs(KEYS) do
  if left < 0 then break end
  local length = redis.pcall('STRLEN', key)
  if type(length) == 'number' then
    cleared[k] = erase(key, length)
  elseif string.find(length.err, 'WRONGTYPE', 1, true) then
    cleared[k] = ${NO_BITMAP}
  else
    return length
  end
end
return cleared`;

/** Keys `[next, end)` that are still to be done. */
interface Batch {
  next: number;
  readonly end: number;
}

/**
 * Clears ids in bounded batches, and says how many were set in each key; `undefined` for one that holds no string.
 * @throws StoreError if the server runs no scripts: nothing else could shorten a key beside marks of others
 */
export async function eraseIds(
  link: RedisLink,
  keys: readonly string[],
  ids: ArrayLike<number>,
  options: RequestOptions | undefined,
): Promise<(number | undefined)[]> {
  const cleared = new Array<number | undefined>(keys.length).fill(0);
  const sorted = sortIds(ids).filter((id, at, all) => id !== all[at - 1]);
  // On a cluster, keys of different slots cannot be named in one command.
  const size = link.commands.isCluster ? 1 : MAX_KEYS;
  const erase = async (packed: Buffer, batch: Batch): Promise<void> => {
    while (batch.next < batch.end) {
      const named = keys.slice(batch.next, batch.end);
      const counts = await link.commands.evalForIntegers(
        SCRIPT,
        named,
        [packed, String(MAX_SCRIPT_BYTES)],
        NO_BITMAP,
      );
      for (const [at, count] of counts.entries()) {
        const index = batch.next + at;
        cleared[index] = count === NO_BITMAP ? undefined : (cleared[index] ?? 0) + count;
      }
      batch.next += counts.length;
    }
  };
  const eraseAll = async (): Promise<void> => {
    for (let from = 0; from < sorted.length; from += MAX_IDS) {
      const packed = pack(sorted.subarray(from, from + MAX_IDS));
      await link.sendAll(
        batchesOf(keys.length, size),
        {
          send: (batch) => erase(packed, batch),
          keyOf: ({ next }) => keys[next],
          maxInFlight: MAX_IN_FLIGHT * (MAX_KEYS / size),
        },
        options,
      );
    }
  };
  await link.attempt('scripts', eraseAll, refuse);
  return cleared;
}

function* batchesOf(length: number, size: number): Generator<Batch, void> {
  for (let next = 0; next < length; next += size) yield { next, end: Math.min(next + size, length) };
}

function pack(ids: Uint32Array): Buffer {
  const bytes = Buffer.alloc(ids.length * ID_BYTES);
  for (const [at, id] of ids.entries()) bytes.writeUInt32BE(id, at * ID_BYTES);
  return bytes;
}

async function refuse(): Promise<never> {
  throw new StoreError(
    'expected a Redis that runs scripts (EVAL), without which people cannot be erased beside marks of others, got one without, or the option scripts: false',
  );
}
