/**
 * A process that asks the table once, as JSON on its command line says, and prints what that took. Plain JavaScript over `dist`, as users run
 * it: nothing is compiled while it is timed.
 *
 * Timed is one question, from the call to its answer, on either side: what is imported by a program's first lines is loaded, and the client is
 * connected. Whatever the question itself needs is not there yet: modules that are loaded on demand, the kernel, the folder and its counts,
 * the server's script.
 */
const { url, kind, folder, nowMs, maxCounts, script, table } = JSON.parse(process.argv[2]);
const { ms, sum } = kind === 'script' ? await askServer() : await askFolder();
console.log(JSON.stringify({ ms, sum }));

async function askServer() {
  const { Redis } = await import('ioredis');
  const client = new Redis(url);
  await client.ping();
  const start = performance.now();
  const counts = await client.eval(...script);
  const ms = performance.now() - start;
  client.disconnect();
  return { ms, sum: sumOf(counts) };
}

async function askFolder() {
  const { Bitmapist } = await import('bitmapist-wasm');
  const { cached } = await import('bitmapist-wasm/cached');
  const { RedisStore } = await import('bitmapist-wasm/redis');
  const redis = await RedisStore.open(url);
  const clock = () => new Date(nowMs);
  // A link is another address of the same data.
  const options = { folder, identity: 'bench', graceMs: 0, maxBytes: 512 * 2 ** 20, clock };
  const store = cached(redis, maxCounts === undefined ? options : { ...options, maxCounts });
  const bitmapist = new Bitmapist({ store, clock });
  const start = performance.now();
  const { rows } = await bitmapist.cohort(table);
  const ms = performance.now() - start;
  await store.settle();
  await redis.close();
  return {
    ms,
    sum: sumOf(rows.flatMap(({ size = 0, cells }) => [size, ...cells.map(({ count }) => count)])),
  };
}

function sumOf(counts) {
  return counts.reduce((total, count) => total + count, 0);
}
