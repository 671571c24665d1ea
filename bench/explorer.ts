/**
 * The explorer with a dump of 1,000 events over three years of days, weeks and months (1.3 million bitmaps): until the
 * first names of events are there, until its list of them is, until all of them are counted, until a retention table follows; `bitmapist inspect` beside it.
 */

import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Bitmapist, type Mark, MemoryStore } from '../src/index.js';
import { saveStore } from '../src/node.js';
import { launchChromium } from '../test/support/chromium.js';
import { MAIN } from '../test/support/cli/command.js';
import { openExplorer } from '../test/support/explorer/page.js';
import { seededRandom } from './data.js';
import type { Suite } from './suite.js';

const DAYS = 3 * 365;
const IDS_PER_DAY = 5;
const MAX_ID = 512;

export async function benchExplorer(suite: Suite): Promise<void> {
  const events = suite.quick ? 20 : 1000;
  const path = join(tmpdir(), `bitmapist-bench-${process.pid}.rdb`);
  try {
    await saveStore(await makeStore(events), path);
    const inspecting = await timeOf(() => promisify(execFile)(process.execPath, [MAIN, 'inspect', path]));
    const { first, listed, counted, table } = await explore(path);
    const peer = { peerName: 'bitmapist inspect', peer: inspecting };
    const name = `explorer, ${events} events × 3 years of days`;
    suite.record({ name: `${name}: the first names of events`, unit: 'ms', ours: first, ...peer });
    suite.record({ name: `${name}: the list of events`, unit: 'ms', ours: listed, ...peer });
    suite.record({ name: `${name}: all events counted`, unit: 'ms', ours: counted, ...peer });
    suite.record({ name: `${name}: then a retention table`, unit: 'ms', ours: table, ...peer });
  } finally {
    await rm(path, { force: true });
  }
}

async function explore(
  path: string,
): Promise<{ first: number; listed: number; counted: number; table: number }> {
  const browser = await launchChromium();
  try {
    const { page } = await openExplorer(browser);
    page.setDefaultTimeout(300_000);
    const start = performance.now();
    await page.setInputFiles('input[type=file]', path);
    // A small file may be read before its names are shown.
    await page.waitForSelector('.sofar tbody th, .overview');
    const first = performance.now() - start;
    // What comes next is the overview.
    await page.click('nav >> text="Events"');
    await page.waitForSelector('table.events');
    const listed = performance.now() - start;
    await page.waitForSelector('table.events[aria-busy=false]');
    const counted = performance.now() - start;
    const table = await timeOf(async () => {
      await page.click('nav >> text="Retention"');
      await page.waitForSelector('.bitmapist table');
    });
    return { first, listed, counted, table };
  } finally {
    await browser.close();
  }
}

async function makeStore(events: number): Promise<MemoryStore> {
  const store = new MemoryStore();
  await new Bitmapist({ store }).markEvents(makeMarks(events));
  return store;
}

function* makeMarks(events: number): Generator<Mark[]> {
  const random = seededRandom(7);
  for (let day = 0; day < DAYS; day += 1) {
    const at = new Date(Date.UTC(2023, 10, 20 + day));
    yield Array.from({ length: events * IDS_PER_DAY }, (_, index) => {
      return { event: `event ${index % events}`, id: Math.floor(random() * MAX_ID), at };
    });
  }
}

async function timeOf(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}
