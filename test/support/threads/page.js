import { Bitmapist, MemoryStore } from 'bitmapist-wasm';

/** The program of a page whose questions are large enough for a team: bundlers pack it, tests ask it. */

const DAYS = Array.from({ length: 20 }, (_, day) => `2026-11-${day + 10}`);
const BYTES = 2 ** 20;

const store = new MemoryStore();
const analytics = new Map();

globalThis.app = {
  /** Counts of all pairs of days, and the ids of all days: with a team of so many threads, or without. */
  async ask(threads) {
    if (!analytics.has(threads)) analytics.set(threads, new Bitmapist({ store, threads }));
    const days = DAYS.map((day) => analytics.get(threads).day('active', day));
    const pairs = days.flatMap((first, at) => days.slice(at).map((second) => first.and(second)));
    const counts = await analytics.get(threads).counts(pairs);
    const ids = await days.reduce((all, day) => all.and(day.or(days[0]))).ids();
    return { counts, ids: ids.length, sum: ids.reduce((sum, id) => sum + id, 0) };
  },
  async close() {
    for (const each of analytics.values()) await each.close();
  },
};

/** Every day is half of the ids, as they fall. */
async function mark() {
  let seed = 1;
  for (const day of DAYS) {
    const words = new Uint32Array(BYTES / 4);
    for (let at = 0; at < words.length; at += 1) {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      words[at] = seed ^ (seed >>> 15);
    }
    await store.put(`trackist_active_${day}`, new Uint8Array(words.buffer));
  }
}

globalThis.app.ready = mark();
