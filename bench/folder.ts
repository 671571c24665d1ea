/**
 * The table of finished days asked in a new process that finds them in a folder, against one EVAL. In either, what is timed is the first
 * question of a process whose client is connected, and whose modules are loaded: `folder.ts URL FOLDER KIND` is such a process.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { CachedStore } from '../src/cached.js';
import { RedisStore } from '../src/redis.js';
import { countByScript } from './bitop.js';
import { LINK_SIZES, LINKS, startLink } from './link.js';
import { withServers } from './redis.js';
import { askTable, fill, nameOf } from './retention.js';
import type { Figure, Suite } from './suite.js';

type Kind = 'counts' | 'bitmaps' | 'script';

/** Processes of each kind, in turns; the first of each are not counted. */
const ROUNDS = 9;
const QUICK_ROUNDS = 3;
export async function benchFolder(suite: Suite): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'bitmapist-bench-'));
  try {
    await withServers('all', async (servers) => {
      for (const { client, server, name } of servers) {
        for (const size of LINK_SIZES) {
          await fill([client], size);
          await rm(folder, { recursive: true });
          await ask(server.url, folder, 'counts');
          await benchTable(suite, server.url, folder, nameOf(size, `${name} over loopback`));
          const link = await startLink(server.port, LINKS.find((each) => each.name === '1 Gb/s')!);
          await benchTable(suite, link.url, folder, nameOf(size, `${name} over 1 Gb/s`));
          link.close();
        }
      }
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function benchTable(suite: Suite, url: string, folder: string, name: string): Promise<void> {
  const samples: Record<Kind, number[]> = { counts: [], bitmaps: [], script: [] };
  for (let round = 0; round <= (suite.quick ? QUICK_ROUNDS : ROUNDS); round += 1) {
    for (const kind of ['counts', 'script', 'bitmaps'] as const) {
      const ms = await askInProcess(url, folder, kind);
      if (round > 0) samples[kind].push(ms);
    }
  }
  const peer = { peerName: 'one EVAL', peer: figureOf(samples.script), unit: 'ms' as const, target: 2 };
  suite.record({ name: `${name}, from counts in a folder`, ours: figureOf(samples.counts), ...peer });
  suite.record({ name: `${name}, from bitmaps in a folder`, ours: figureOf(samples.bitmaps), ...peer });
}

function figureOf(samples: number[]): Figure {
  const sorted = samples.sort((a, b) => a - b);
  const at = (part: number) => sorted[Math.floor((sorted.length - 1) * part)]!;
  return { value: at(0.5), spread: [at(0.1), at(0.9)] };
}

async function askInProcess(url: string, folder: string, kind: Kind): Promise<number> {
  const program = fileURLToPath(import.meta.url);
  const args = ['--import', 'tsx', program, url, folder, kind];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return Number(stdout);
}

/** Milliseconds of the first question of this process. */
async function ask(url: string, folder: string, kind: Kind): Promise<number> {
  if (kind === 'script') {
    const client = new Redis(url);
    await client.ping();
    const start = performance.now();
    await countByScript(client);
    const ms = performance.now() - start;
    client.disconnect();
    return ms;
  }
  const own = await RedisStore.open(url);
  const store = new CachedStore(own, {
    isFinished: () => true,
    maxBytes: 512 * 2 ** 20,
    disk: { folder, identity: 'bench', prefix: 'trackist_', maxBytes: 2 ** 30 },
    ...(kind === 'bitmaps' ? { maxCounts: 0 } : {}),
  });
  const start = performance.now();
  await askTable(store);
  const ms = performance.now() - start;
  await store.settle();
  if ((await readdir(folder)).length === 0) throw new Error('expected bitmaps in the folder, got none');
  await own.close();
  return ms;
}

const [, program, url, folder, kind] = process.argv;
if (program === fileURLToPath(import.meta.url)) console.log(await ask(url!, folder!, kind as Kind));
