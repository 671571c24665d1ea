/**
 * The table asked in a new process that finds finished days in a folder, against one EVAL in another new process. What is timed is said in
 * `first-question.js`, which is what runs.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Redis } from 'ioredis';
import { scriptCall } from './bitop.js';
import { LINK_SIZES, LINKS, startLink } from './link.js';
import { withServers } from './redis.js';
import { COLUMNS, DAYS, dateOf, fill, KEYS, nameOf, ROWS } from './retention.js';
import type { Figure, Suite } from './suite.js';

/** Processes of each kind, in turns; the first of each are not counted. */
const ROUNDS = 9;
const QUICK_ROUNDS = 3;
const NOON_MS = 12 * 60 * 60 * 1000;
const PROGRAM = fileURLToPath(new URL('first-question.js', import.meta.url));

/** What is asked, and when: all days are over, or the last row is today, without what is to come. */
interface Moment {
  readonly name: string;
  readonly nowMs: number;
  readonly target: number | undefined;
}
const YESTERDAY: Moment = { name: 'over', nowMs: dateOf(DAYS + 1).getTime(), target: 2 };
const RUNNING: Moment = {
  name: 'today running',
  nowMs: dateOf(ROWS - 1).getTime() + NOON_MS,
  target: undefined,
};

export async function benchFolder(suite: Suite): Promise<void> {
  await withServers('all', async (servers) => {
    for (const { client, server, name } of servers) {
      for (const size of LINK_SIZES) {
        await fill([client], size);
        const link = await startLink(server.port, LINKS.find((each) => each.name === '1 Gb/s')!);
        try {
          await benchMoment(suite, YESTERDAY, server.url, link.url, nameOf(size, name));
          await forgetFuture(client);
          await benchMoment(suite, RUNNING, server.url, link.url, nameOf(size, name));
        } finally {
          link.close();
        }
      }
    }
  });
}

/** Days after the one that runs. */
async function forgetFuture(client: Redis): Promise<void> {
  await client.del(...KEYS.slice(ROWS));
}

async function benchMoment(
  suite: Suite,
  moment: Moment,
  direct: string,
  link: string,
  name: string,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'bitmapist-bench-'));
  try {
    // The process that fetches all, and counts it.
    await ask(direct, folder, moment, 'counts');
    await benchTable(suite, direct, folder, moment, `${name} over loopback`);
    await benchTable(suite, link, folder, moment, `${name} over 1 Gb/s`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Kind = 'counts' | 'bitmaps' | 'script';

async function benchTable(
  suite: Suite,
  url: string,
  folder: string,
  moment: Moment,
  name: string,
): Promise<void> {
  const samples: Record<Kind, number[]> = { counts: [], bitmaps: [], script: [] };
  for (let round = 0; round <= (suite.quick ? QUICK_ROUNDS : ROUNDS); round += 1) {
    const sums = new Set<number>();
    for (const kind of ['counts', 'script', 'bitmaps'] as const) {
      const { ms, sum } = await ask(url, folder, moment, kind);
      sums.add(sum);
      if (round > 0) samples[kind].push(ms);
    }
    if (sums.size > 1) throw new Error(`expected the same table from all sides, got ${[...sums].join(', ')}`);
  }
  const peer = { unit: 'ms', peerName: 'one EVAL', peer: figureOf(samples.script) } as const;
  const described = `${name}, ${moment.name}, in a new process`;
  const { target } = moment;
  const counts = { name: `${described}, from counts in a folder`, ours: figureOf(samples.counts), ...peer };
  suite.record(target === undefined ? counts : { ...counts, target });
  suite.record({ name: `${described}, from bitmaps in a folder`, ours: figureOf(samples.bitmaps), ...peer });
}

function figureOf(samples: number[]): Figure {
  const sorted = samples.sort((a, b) => a - b);
  const at = (part: number) => sorted[Math.floor((sorted.length - 1) * part)]!;
  return { value: at(0.5), spread: [at(0.1), at(0.9)] };
}

async function ask(
  url: string,
  folder: string,
  { nowMs }: Moment,
  kind: Kind,
): Promise<{ ms: number; sum: number }> {
  const table = {
    select1: 'active',
    select2: 'active',
    timeGroup: 'days',
    startDate: dateOf(0).toISOString(),
    numResults: ROWS,
    numOfRows: COLUMNS - 1,
  };
  const maxCounts = kind === 'bitmaps' ? 0 : undefined;
  const keys = KEYS.filter((_, day) => dateOf(day).getTime() <= nowMs);
  const asked = JSON.stringify({ url, kind, folder, nowMs, maxCounts, script: scriptCall(keys), table });
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, asked]);
  return JSON.parse(stdout);
}
