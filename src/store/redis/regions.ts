/**
 * Which parts of huge keys hold bits at all, asked of the server: BITPOS from bit to bit, since it skips zeros ten times
 * as fast as BITCOUNT counts them; segments with more than a few bits are counted and split. 1,000 ids spread over
 * 512 MiB are found with some 20 kB of replies.
 */

import type { ByteRange } from '../../bitmap/types.js';
import type { RequestOptions } from '../types.js';
import type { RedisLink } from './link.js';

/** Shorter keys are read faster than searched. */
const MIN_BYTES = 4 * 1024 * 1024;
/** The first segments; a server looks through one in a fraction of a millisecond. */
const SEGMENT_BYTES = 1024 * 1024;
const SPLIT = 16;
/** Segments are not split below this. */
const MIN_SEGMENT_BYTES = 4096;
/** So many bits of a segment are visited one by one before the rest is counted. */
const MAX_SEEKS = 8;
/** With more than one bit per so many bytes a segment is read as a whole, unless it may still hide wide gaps. */
const DENSE_BYTES_PER_BIT = 64;
const MAX_DENSE_BYTES = 64 * 1024;
/** Ranges closer than this are read as one: a request has its price too. */
const MERGE_GAP_BYTES = 256;
/** A look at this many places tells whether a key has bits everywhere. */
const SAMPLES = 8;
/** Knowing the regions does not pay if they are more than this share of the key. */
const MAX_SHARE = 0.75;

interface Search {
  readonly index: number;
  readonly key: string;
  readonly byteLength: number;
  readonly ranges: ByteRange[];
}

/** A question for the server: how many bits are in `[start, end)`, or, with `seeks` left, where the first one is. */
interface Task {
  readonly search: Search;
  readonly start: number;
  readonly end: number;
  readonly seeks: number;
}

/**
 * Per key, ranges outside of which all bytes are zero, ascending; `undefined` for keys that are short or dense, and if
 * the server cannot tell.
 */
export async function findRegions(
  link: RedisLink,
  keys: readonly string[],
  byteLengths: readonly number[],
  options: RequestOptions | undefined,
): Promise<(readonly ByteRange[] | undefined)[]> {
  const regions = new Array<readonly ByteRange[] | undefined>(keys.length).fill(undefined);
  const huge: Search[] = [];
  keys.forEach((key, index) => {
    const byteLength = byteLengths[index]!;
    if (byteLength >= MIN_BYTES) huge.push({ index, key, byteLength, ranges: [] });
  });
  const search = async (): Promise<void> => {
    const sparse = await dropFilled(link, huge, options);
    let tasks = sparse.flatMap((search) => splitTask(search, 0, search.byteLength, SEGMENT_BYTES, MAX_SEEKS));
    while (tasks.length > 0) tasks = await ask(link, tasks, options);
    for (const { index, byteLength, ranges } of sparse) {
      const merged = merge(ranges);
      const occupied = merged.reduce((sum, range) => sum + range.byteLength, 0);
      if (occupied < byteLength * MAX_SHARE) regions[index] = merged;
    }
  };
  // Servers may know neither BITPOS nor ranges of BITCOUNT: there the keys are read as a whole.
  if (huge.length > 0) await link.attempt('regions', search, async () => {});
  return regions;
}

async function dropFilled(
  link: RedisLink,
  searches: readonly Search[],
  options: RequestOptions | undefined,
): Promise<Search[]> {
  const samples = searches.flatMap((search) =>
    Array.from({ length: SAMPLES }, (_, sample): Task => {
      const start = Math.floor((search.byteLength / SAMPLES) * sample);
      return { search, start, end: start + MIN_SEGMENT_BYTES, seeks: 0 };
    }),
  );
  const filled = new Map<Search, number>();
  await sendTasks(link, samples, options, (bits, { search }) => {
    if (bits > 0) filled.set(search, (filled.get(search) ?? 0) + 1);
  });
  return searches.filter((search) => (filled.get(search) ?? 0) < SAMPLES - 1);
}

/** Asks one round of questions, notes what is settled, and returns what is to be asked next. */
async function ask(
  link: RedisLink,
  tasks: readonly Task[],
  options: RequestOptions | undefined,
): Promise<Task[]> {
  const next: Task[] = [];
  await sendTasks(link, tasks, options, (reply, { search, start, end, seeks }) => {
    const byteLength = end - start;
    if (seeks > 0) {
      if (reply < 0) return;
      const byteOffset = Math.floor(reply / 8);
      search.ranges.push({ byteOffset, byteLength: 1 });
      // To the end of the segment, however many bits were counted there: more may have come since.
      if (byteOffset + 1 < end) next.push({ search, start: byteOffset + 1, end, seeks: seeks - 1 });
    } else if (reply > 0) {
      const isDense = byteLength <= MAX_DENSE_BYTES && reply * DENSE_BYTES_PER_BIT >= byteLength;
      if (byteLength <= MIN_SEGMENT_BYTES || isDense) {
        search.ranges.push({ byteOffset: start, byteLength });
      } else if (reply < MAX_SEEKS) {
        next.push({ search, start, end, seeks: MAX_SEEKS });
      } else {
        next.push(...splitTask(search, start, end, Math.max(byteLength / SPLIT, MIN_SEGMENT_BYTES), 0));
      }
    }
  });
  return next;
}

function sendTasks(
  link: RedisLink,
  tasks: readonly Task[],
  options: RequestOptions | undefined,
  receive: (reply: number, task: Task) => void,
): Promise<void> {
  return link.sendAll(
    tasks,
    {
      send: ({ search, start, end, seeks }) =>
        seeks > 0
          ? link.commands.bitpos(search.key, start, end - 1)
          : link.commands.bitcountWithin(search.key, start, end - 1),
      receive,
      keyOf: ({ search }) => search.key,
    },
    options,
  );
}

function splitTask(search: Search, start: number, end: number, byteLength: number, seeks: number): Task[] {
  const tasks: Task[] = [];
  const step = Math.ceil(byteLength);
  for (let at = start; at < end; at += step) {
    tasks.push({ search, start: at, end: Math.min(at + step, end), seeks });
  }
  return tasks;
}

function merge(ranges: ByteRange[]): ByteRange[] {
  const merged: { byteOffset: number; byteLength: number }[] = [];
  for (const { byteOffset, byteLength } of ranges.sort((a, b) => a.byteOffset - b.byteOffset)) {
    const last = merged.at(-1);
    if (last !== undefined && byteOffset - (last.byteOffset + last.byteLength) < MERGE_GAP_BYTES) {
      last.byteLength = byteOffset + byteLength - last.byteOffset;
    } else {
      merged.push({ byteOffset, byteLength });
    }
  }
  return merged;
}
