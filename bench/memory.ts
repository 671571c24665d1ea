/** What bitmaps take in memory: MemoryStore against CRoaring's portable form and against Redis. */
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Redis } from 'ioredis';
import { RoaringBitmap32 } from 'roaring-wasm';
import { Bitmapist, MemoryStore } from '../src/index.js';
import { startRedis } from '../test/support/servers/redis.js';
import { seededRandom } from './data.js';
import type { Suite } from './suite.js';

/** A key is one of the larger ones from this many bytes of its portable form on; below, bookkeeping weighs more. */
const LARGER_BYTES = 4096;

export async function benchMemory(suite: Suite): Promise<void> {
  for (const name of ['cdnow', 'onlineretail']) await benchDataSet(suite, name);
  await benchSparse(suite);
}

/** The keys of a real data set that hold more than a few ids. */
async function benchDataSet(suite: Suite, name: string): Promise<void> {
  const file = new URL(`../../shared/data/${name}.csv.gz`, import.meta.url);
  const peerName = "CRoaring's portable form";
  const work = `bytes of the keys of ${name} from 4 KiB on`;
  if (!existsSync(file)) {
    suite.record({ name: work, unit: 'bytes', ours: 0, peerName, note: 'no data' });
    return;
  }
  const analytics = new Bitmapist({ trackUnique: true });
  const lines = gunzipSync(readFileSync(file)).toString().trim().split('\n').slice(1);
  await analytics.markEvents(
    lines.map((line) => {
      const [id, seconds, event] = line.split(',');
      return { id: Number(id), at: new Date(Number(seconds) * 1000), event: event! };
    }),
  );
  const larger = new MemoryStore();
  let portable = 0;
  for await (const key of analytics.store.keys('')) {
    const [byteLength] = await analytics.store.byteLengths([key]);
    const bytes = new Uint8Array(byteLength!);
    await analytics.store.read([{ key, byteOffset: 0, target: bytes }]);
    const portableBytes = portableSize(idsOf(bytes));
    if (portableBytes < LARGER_BYTES) continue;
    await larger.put(key, bytes);
    portable += portableBytes;
  }
  suite.record({
    name: work,
    unit: 'bytes',
    ours: larger.byteSize,
    peerName,
    peer: portable,
    target: 1 / 1.15,
  });
}

/** 100 keys of 2,000 uniform ids below 50 million: Redis pays for the largest id of each. */
async function benchSparse(suite: Suite): Promise<void> {
  const store = new MemoryStore();
  const server = await startRedis();
  const client = new Redis(server.url);
  let portable = 0;
  try {
    const before = await datasetBytes(client);
    for (let index = 0; index < 100; index += 1) {
      const random = seededRandom(index);
      const ids = Uint32Array.from({ length: 2000 }, () => Math.floor(random() * 50_000_000));
      await store.write([{ key: `k${index}`, ids, value: 1 }]);
      portable += portableSize(ids);
      const pipeline = client.pipeline();
      for (const id of ids) pipeline.setbit(`k${index}`, id, 1);
      await pipeline.exec();
    }
    const name = 'bytes of 100 keys of 2,000 uniform ids below 50 M';
    const redis = (await datasetBytes(client)) - before;
    const ours = store.byteSize;
    suite.record({
      name,
      unit: 'bytes',
      ours,
      peerName: "CRoaring's portable form",
      peer: portable,
      target: 1 / 1.15,
    });
    suite.record({
      name,
      unit: 'bytes',
      ours,
      peerName: 'Redis, used_memory_dataset',
      peer: redis,
      target: 443,
    });
  } finally {
    client.disconnect();
    await server.stop();
  }
}

async function datasetBytes(client: Redis): Promise<number> {
  const [, bytes] = /used_memory_dataset:(\d+)/.exec(await client.info('memory')) ?? [];
  return Number(bytes);
}

function portableSize(ids: ArrayLike<number>): number {
  const bitmap = new RoaringBitmap32(Array.from(ids));
  bitmap.runOptimize();
  const bytes = bitmap.getSerializationSizeInBytes('portable');
  bitmap.dispose();
  return bytes;
}

function idsOf(bytes: Uint8Array): number[] {
  const ids: number[] = [];
  bytes.forEach((byte, index) => {
    for (let bit = 0; bit < 8; bit += 1) if (byte & (0x80 >> bit)) ids.push(index * 8 + bit);
  });
  return ids;
}
