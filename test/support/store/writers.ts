/**
 * One of several processes that give numbers to overlapping texts at once: `url`, the number of texts, of writers in all, and the first
 * and the number of those in this process. Tells its parent every batch as it is answered.
 */

import { Redis } from 'ioredis';
import { RedisPeople } from '../../../src/store/redis/people.js';
import { textOf } from './people.js';

/** What is told of a batch: places of texts, and their numbers. */
export interface Told {
  readonly places: Uint32Array;
  readonly numbers: Uint32Array;
}

const BATCH = 4000;

async function write(url: string, texts: number, writers: number, writer: number): Promise<void> {
  const client = new Redis(url);
  const people = new RedisPeople(client);
  // Each text is one of two writers, who come to it from both ends.
  const length = Math.ceil((2 * texts) / writers);
  const start = Math.floor((writer * texts) / writers);
  for (let from = 0; from < length; from += BATCH) {
    const size = Math.min(BATCH, length - from);
    const places = Uint32Array.from({ length: size }, (_, at) => {
      const place = writer % 2 === 0 ? from + at : length - 1 - from - at;
      return (start + place) % texts;
    });
    const numbers = await people.numbersFor(Array.from(places, textOf));
    process.send!({ places, numbers } satisfies Told);
  }
  client.disconnect();
}

// Whoever started it has died.
const give = (): never => process.exit(1);
process.on('disconnect', give);
const [url, ...counts] = process.argv.slice(2);
const [texts, writers, first, own] = counts.map(Number) as [number, number, number, number];
await Promise.all(Array.from({ length: own }, (_, index) => write(url!, texts, writers, first + index)));
process.off('disconnect', give);
process.disconnect();
