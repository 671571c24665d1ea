/** Dumps made up for the explorer. */

import { open } from 'node:fs/promises';
import { type Bitmapist, Period } from '../../../src/index.js';
import { encodeRdb, writeRdb } from '../../../src/rdb.js';

/** A dump of everything that an instance holds, as bytes. */
export async function dumpOf(bitmapist: Bitmapist): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of writeRdb(bitmapist.store)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/**
 * Writes a dump of dense daily bitmaps of 1 MiB, whose bits nothing compresses.
 * @param megabytes how many of them
 */
export async function writeLargeDump(path: string, megabytes: number): Promise<void> {
  const file = await open(path, 'w');
  try {
    for await (const chunk of encodeRdb(denseDays(megabytes), { compress: false })) await file.write(chunk);
  } finally {
    await file.close();
  }
}

function* denseDays(days: number): Generator<{ key: string; bytes: Uint8Array }> {
  const first = Period.day(2026, 1, 1);
  let state = 1;
  for (let index = 0; index < days; index += 1) {
    const words = new Uint32Array(2 ** 18);
    for (let at = 0; at < words.length; at += 1) {
      // xorshift32: quick, and seeded.
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      words[at] = state;
    }
    const { year, month, day } = first.delta(index);
    yield { key: `trackist_active_${year}-${month}-${day}`, bytes: new Uint8Array(words.buffer) };
  }
}
