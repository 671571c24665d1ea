import { spawn } from 'node:child_process';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bytesOf } from '../src/engine/contents.js';
import { bitmap } from '../src/engine/expression.js';
import { RedisStore } from '../src/store/redis/redis.js';
import { countIds } from './support/bitmaps.js';
import { bitmapArbitrary, expressionArbitrary, expressionOf, type ModelExpression } from './support/model.js';
import { type RedisServer, startRedis } from './support/servers/redis.js';

let server: RedisServer;
let client: Redis;

beforeAll(async () => {
  server = await startRedis();
  client = new Redis(server.url);
});

afterAll(async () => {
  client?.disconnect();
  await server?.stop();
});

const BITMAPS = 4;

describe('random expressions over Redis', () => {
  it.each(['wasm', 'js'] as const)(
    'equal its own BITOP and BITCOUNT byte for byte, on the %s kernel',
    async (kernel) => {
      const bitmaps = fc.array(bitmapArbitrary, { minLength: BITMAPS, maxLength: BITMAPS });
      await fc.assert(
        fc.asyncProperty(bitmaps, expressionArbitrary(BITMAPS), async (made, node) => {
          await client.flushall();
          const store = new RedisStore(client);
          for (const [index, { ids, byteLength }] of made.entries()) {
            if (byteLength === 0) continue;
            await store.write([
              { key: `k${index}`, ids: [byteLength * 8 - 1], value: 0 },
              { key: `k${index}`, ids: [...ids], value: 1 },
            ]);
          }
          const key = await bitop(node);
          const expected = (await client.getBuffer(key)) ?? Buffer.alloc(0);
          const expression = expressionOf(node, (index) => bitmap(store, `k${index}`));
          // Redis complements each operand in its own length; ours reach to the end of the whole expression.
          if (
            !coincides(
              node,
              made.map(({ byteLength }) => byteLength),
            )
          )
            return;
          expect(Buffer.from(await bytesOf(expression, { kernel, windowBytes: 64 }))).toEqual(expected);
          expect(await countIds([expression], { kernel, windowBytes: 64 })).toEqual([
            await client.bitcount(key),
          ]);
        }),
        { numRuns: 200, seed: 7 },
      );
    },
  );

  it('count 40 bitmaps of 64 MiB in less than 200 MiB of memory', async () => {
    await client.flushall();
    const bytes = 64 * 1024 * 1024;
    const keys = Array.from({ length: 40 }, (_, index) => `trackist_k${index}_u`);
    for (const [index, key] of keys.entries()) {
      await client.setbit(key, bytes * 8 - 1, 1);
      for (let id = index; id < 1000; id += 7) await client.setbit(key, id * 500_000, 1);
    }
    const grown = await memoryGrowth(server.url, keys);
    expect(grown.count).toBe(await expectedUnion(keys));
    expect(grown.megabytes).toBeLessThan(200);
  }, 180_000);
});

/** Runs the question in a process of its own, so that its memory is not that of the tests. */
async function memoryGrowth(
  url: string,
  keys: readonly string[],
): Promise<{ count: number; megabytes: number }> {
  const script = `
    import { Redis } from 'ioredis';
    import { RedisStore } from './dist/redis.js';
    import { Bitmapist } from './dist/index.js';
    const client = new Redis(${JSON.stringify(url)});
    const bitmapist = new Bitmapist({ store: new RedisStore(client) });
    await client.ping();
    const before = process.memoryUsage().rss;
    const [first, ...others] = Array.from({ length: ${keys.length} }, (_, index) => bitmapist.unique('k' + index));
    let peak = 0;
    const onProgress = () => { peak = Math.max(peak, process.memoryUsage().rss); };
    const count = await first.or(...others).count({ onProgress });
    console.log(JSON.stringify({ count, megabytes: (peak - before) / 2 ** 20 }));
    client.disconnect();
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  for await (const chunk of child.stdout) output += String(chunk);
  return JSON.parse(output) as { count: number; megabytes: number };
}

async function expectedUnion(keys: readonly string[]): Promise<number> {
  await client.bitop('OR', 'union', ...keys);
  return client.bitcount('union');
}

let results = 0;

/** Evaluates an expression with temporary keys, as the reference does. */
async function bitop(node: ModelExpression): Promise<string> {
  if (node.op === 'bitmap') return `k${node.index}`;
  const operands: string[] = [];
  for (const operand of node.op === 'not' ? [node.of] : node.of) operands.push(await bitop(operand));
  results += 1;
  const key = `result${results}`;
  if (node.op === 'andNot') {
    const [first, ...others] = operands;
    if (others.length === 0) return first!;
    const union = `${key}-union`;
    // Redis 7 has no AND-NOT: a without b is a ^ (a & b).
    await client.bitop('OR', union, ...others);
    await client.bitop('AND', union, first!, union);
    await client.bitop('XOR', key, first!, union);
  } else if (node.op === 'atLeast') {
    // Neither has it this one: those that all of some k of the operands hold.
    const choices: string[] = [];
    for (const [index, chosen] of choose(operands, node.k).entries()) {
      choices.push(`${key}-${index}`);
      await client.bitop('AND', choices.at(-1)!, ...chosen);
    }
    await client.bitop('OR', key, ...choices);
  } else {
    await client.call('BITOP', node.op.toUpperCase(), key, ...operands);
  }
  return key;
}

/** All ways to take `count` of some things. */
function choose<T>([first, ...others]: readonly T[], count: number): T[][] {
  if (count === 0) return [[]];
  if (first === undefined) return [];
  return [...choose(others, count - 1).map((chosen) => [first, ...chosen]), ...choose(others, count)];
}

/** Whether every complement stands over operands that are as long as the longest of the whole expression. */
function coincides(node: ModelExpression, byteLengths: readonly number[]): boolean {
  const lengths = (part: ModelExpression): number[] => {
    if (part.op === 'bitmap') return [byteLengths[part.index]!];
    return part.op === 'not' ? lengths(part.of) : part.of.flatMap(lengths);
  };
  const longest = Math.max(...lengths(node));
  const check = (part: ModelExpression): boolean => {
    if (part.op === 'bitmap') return true;
    if (part.op === 'not') return Math.max(...lengths(part.of)) === longest && check(part.of);
    return part.of.every(check);
  };
  return check(node);
}
