/**
 * Tables over links slower than loopback: from where on it is better to count on the server, and what a cache makes of that.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { cached } from '../src/cached.js';
import { RedisStore } from '../src/redis.js';
import { countByScript } from './bitop.js';
import { withServers } from './redis.js';
import { askTable, fill, nameOf, type Size } from './retention.js';
import type { Suite } from './suite.js';

export const LINK_SIZES: readonly Size[] = [
  { ids: 2 ** 23, density: 0.2 },
  { ids: 2 ** 23, density: 0.005 },
];
const QUICK_SIZES: typeof LINK_SIZES = [{ ids: 2 ** 20, density: 0.2 }];
/** A slow link's figures hardly differ, and each takes its time. */
const ROUNDS_MS = 3000;

interface Link {
  readonly name: string;
  readonly bitsPerSecond: number;
  /** There, and as long back. */
  readonly delayMs: number;
}

export const LINKS: readonly Link[] = [
  { name: '10 Gb/s', bitsPerSecond: 10e9, delayMs: 0 },
  { name: '1 Gb/s', bitsPerSecond: 1e9, delayMs: 0 },
  { name: '100 Mb/s', bitsPerSecond: 100e6, delayMs: 0 },
  { name: '1 Gb/s, 20 ms away', bitsPerSecond: 1e9, delayMs: 10 },
];

export async function benchLinks(suite: Suite): Promise<void> {
  await withServers('tests', async ([direct]) => {
    for (const size of suite.quick ? QUICK_SIZES : LINK_SIZES) {
      await fill([direct!.client], size);
      for (const link of LINKS) {
        const { url, close } = await startLink(direct!.server.port, link);
        try {
          await benchTable(suite, url, nameOf(size, `${direct!.name} over ${link.name}`));
        } finally {
          close();
        }
      }
    }
  });
}

async function benchTable(suite: Suite, url: string, name: string): Promise<void> {
  const client = new Redis(url);
  const own = await RedisStore.open(url);
  const caching = cached(own, { maxBytes: 512 * 2 ** 20, maxCounts: 0 });
  const counting = cached(own, { maxBytes: 512 * 2 ** 20 });
  try {
    const runs = {
      script: () => countByScript(client),
      cold: () => askTable(own),
      cached: () => askTable(caching),
      counted: () => askTable(counting),
    };
    const sums = [await runs.script(), await runs.cached(), await runs.counted()];
    if (new Set(sums).size > 1)
      throw new Error(`expected the same table from all sides, got ${sums.join(', ')}`);
    const figures = await suite.measure(runs, ROUNDS_MS);
    const kinds = { cold: 'cold', cached: 'cached', counted: 'asked again, counts kept' } as const;
    for (const kind of ['cold', 'cached', 'counted'] as const) {
      const peer = { peerName: 'one EVAL', peer: figures.script };
      suite.record({ name: `${name}, ${kinds[kind]}`, unit: 'ms', ours: figures[kind], ...peer });
    }
  } finally {
    await own.close();
    client.disconnect();
  }
}

export interface RunningLink {
  readonly url: string;
  close(): void;
}

/** A process of its own: what it costs to slow things down is no part of what is measured. */
export async function startLink(port: number, { bitsPerSecond, delayMs }: Link): Promise<RunningLink> {
  const program = fileURLToPath(new URL('throttle.ts', import.meta.url));
  const args = [port, bitsPerSecond / 8, delayMs].map(String);
  const child = spawn(process.execPath, ['--import', 'tsx', program, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [printed] = (await once(child.stdout, 'data')) as [Buffer];
  return { url: `redis://127.0.0.1:${Number(printed.toString())}`, close: () => child.stdin.end() };
}
