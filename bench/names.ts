/**
 * `npm run bench:names [-- program …]`: what a map of people costs in Redis beside plain small hashes of UUIDs, for docs/people.md; and
 * how fast it is, there and in memory. Programs are servers, the system's own if none is given.
 */
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { Redis } from 'ioredis';
import { Bitmapist } from '../src/index.js';
import { MemoryPeople, type People } from '../src/people.js';
import { RedisPeople } from '../src/redis.js';
import { startRedis } from '../test/support/servers/redis.js';

const SIZES = [10_000, 100_000, 1_000_000];
/** As many as are fast to change, and keep within what Redis packs. */
const PER_HASH = 100;
const AT_ONCE = 50_000;
const ROWS = 10_000_000;

/** As random as any, and the same every time. */
function uuidOf(index: number): string {
  const hex = createHash('md5').update(String(index)).digest('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Of all keys, and the slots of the server's table; what connections and scripts need is no person's. */
async function keptBytes(client: Redis): Promise<number> {
  const keys = await client.keys('*');
  let bytes = 8 * 2 ** Math.ceil(Math.log2(keys.length));
  for (let from = 0; from < keys.length; from += 1000) {
    const pipeline = client.pipeline();
    for (const key of keys.slice(from, from + 1000)) pipeline.call('MEMORY', 'USAGE', key, 'SAMPLES', '0');
    for (const [, used] of (await pipeline.exec())!) bytes += used as number;
  }
  return bytes;
}

/** Bytes for each of `size` that `fill` makes. */
async function measure(client: Redis, size: number, fill: () => Promise<unknown>): Promise<number> {
  await client.flushall();
  await fill();
  return (await keptBytes(client)) / size;
}

async function fillMap(people: People, texts: readonly string[]): Promise<void> {
  for (let from = 0; from < texts.length; from += AT_ONCE) {
    await people.numbersFor(texts.slice(from, from + AT_ONCE));
  }
}

async function fillHashes(client: Redis, texts: readonly string[], hasReverse: boolean): Promise<void> {
  const hashes = Math.ceil(texts.length / PER_HASH);
  for (let from = 0; from < texts.length; from += 5000) {
    const pipeline = client.pipeline();
    for (const [at, text] of texts.slice(from, from + 5000).entries()) {
      const uuid = Buffer.from(text.replaceAll('-', ''), 'hex');
      const number = from + at;
      pipeline.hset(`people:${uuid.readUInt32BE(0) % hashes}`, uuid, number);
      if (hasReverse) pipeline.hset(`texts:${Math.floor(number / PER_HASH)}`, number, uuid);
    }
    await pipeline.exec();
  }
}

async function perSecond(count: number, work: () => Promise<unknown>): Promise<string> {
  const start = performance.now();
  await work();
  return `${Math.round(count / (performance.now() - start))} k/s`;
}

async function benchServer(program: string | undefined): Promise<void> {
  const server = await startRedis(program === undefined ? {} : { program });
  const client = new Redis(server.url);
  try {
    console.log(/redis_version:\S+/.exec(await client.info('server'))![0]);
    const people = new RedisPeople(client);
    // Scripts are compiled once.
    const warm = Array.from({ length: AT_ONCE }, (_, index) => `warm ${index}`);
    await people.numbersFor(warm);
    await people.numbersOf(warm);
    for (const size of SIZES) {
      const texts = Array.from({ length: size }, (_, index) => uuidOf(index));
      const forward = await measure(client, size, () => fillHashes(client, texts, false));
      const both = await measure(client, size, () => fillHashes(client, texts, true));
      const ours = await measure(client, size, () => fillMap(people, texts));
      const find = await perSecond(size, async () => {
        for (let from = 0; from < size; from += AT_ONCE)
          await people.numbersOf(texts.slice(from, from + AT_ONCE));
      });
      const tell = await perSecond(size, async () => {
        for (let from = 0; from < size; from += AT_ONCE) {
          await people.textsOf(Array.from({ length: Math.min(AT_ONCE, size - from) }, (_, at) => from + at));
        }
      });
      await client.flushall();
      const give = await perSecond(size, () => fillMap(people, texts));
      console.log(
        `${size} UUIDs: ${ours.toFixed(1)} bytes each; hashes ${forward.toFixed(1)} (× ${(ours / forward).toFixed(2)}), both ways ${both.toFixed(1)} (× ${(ours / both).toFixed(2)}); give ${give}, find ${find}, tell ${tell}`,
      );
    }
  } finally {
    client.disconnect();
    await server.stop();
  }
}

/** 10 million rows of a million people, marked in memory: by texts, and by the numbers that these have. */
async function benchMarks(): Promise<void> {
  const texts = Array.from({ length: 1_000_000 }, (_, index) => uuidOf(index));
  const people = new MemoryPeople();
  const give = await perSecond(texts.length, () => fillMap(people, texts));
  const find = await perSecond(texts.length, () => people.numbersOf(texts));
  console.log(`in memory: give ${give}, find ${find}`);
  for (const [name, idOf] of [
    ['numbers', (person: number) => person],
    ['texts', (person: number) => texts[person]!],
  ] as const) {
    const bitmapist = new Bitmapist({ people: new MemoryPeople() });
    const rows = function* () {
      for (let from = 0; from < ROWS; from += 1000) {
        yield Array.from({ length: 1000 }, (_, at) => ({
          event: 'active',
          // A text of a file is a new one each time.
          id: idOf(
            Math.imul(from + at, 0x9e3779b1) >>> 12 <= 999_999 ? Math.imul(from + at, 0x9e3779b1) >>> 12 : at,
          ),
          at: `2026-11-${10 + (Math.floor(from / 500_000) % 20)}`,
        }));
      }
    };
    console.log(`10 M rows by ${name}: ${await perSecond(ROWS, () => bitmapist.markEvents(rows()))}`);
  }
}

const programs = process.argv.slice(2);
for (const program of programs.length > 0 ? programs : [undefined]) await benchServer(program);
await benchMarks();
