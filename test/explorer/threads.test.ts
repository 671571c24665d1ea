import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillBitmap, makeIds } from '../../bench/data.js';
import { Bitmapist, MemoryStore } from '../../src/index.js';
import { launchChromium } from '../support/chromium.js';
import { dumpOf } from '../support/explorer/dumps.js';
import { openExplorer, PAGE_URL, readHeatmap } from '../support/explorer/page.js';
import { ISOLATED, serveSite } from '../support/site.js';

/** Days that are large enough to be counted in threads, and the retention of those who were active in them. */
const DAYS = 24;
const BITMAP_BYTES = 2 ** 18;
const VIEW =
  '#/cohort?select1=active&select2=active&time_group=days&num_of_rows=23&num_results=23&as_percent=0';

let browser: Browser;
let dump: Buffer;
let expected: number[][];

beforeAll(async () => {
  browser = await launchChromium();
  const store = new MemoryStore();
  const bytes = new Uint8Array(BITMAP_BYTES);
  for (let day = 1; day <= DAYS; day += 1) {
    fillBitmap(bytes, makeIds(day, BITMAP_BYTES * 8, 0.2, 'uniform'));
    await store.put(`trackist_active_2026-11-${day}`, bytes);
  }
  const bitmapist = new Bitmapist({ store, clock: () => new Date(`2026-11-${DAYS}T12:00Z`) });
  const table = await bitmapist.cohort({
    select1: 'active',
    select2: 'active',
    timeGroup: 'days',
    numOfRows: 23,
    numResults: 23,
  });
  expected = table.rows.map(({ size, cells }) => [size!, ...cells.map(({ count }) => count ?? 0)]);
  dump = await dumpOf(bitmapist);
});

afterAll(() => browser?.close());

/** The table of the explorer at an address, and how many workers it has then, that of the engine included. */
async function ask(url: string): Promise<{ table: number[][]; isIsolated: boolean }> {
  const { page, complaints, open, show, close } = await openExplorer(browser, { url });
  try {
    await open({ name: 'large.rdb', content: dump });
    await show(VIEW, '.bitmapist table');
    const table = await readHeatmap(page);
    const threads = await page.evaluate(() => Math.min(8, navigator.hardwareConcurrency));
    // The thread of the engine is one of them.
    await expect.poll(() => page.workers().length).toBe(threads);
    const isIsolated = await page.evaluate(() => crossOriginIsolated);
    // Threads end with the engine that they count for, and the next source has another.
    await show('#/expression', '.examples');
    await open({ name: 'again.rdb', content: dump });
    await expect.poll(() => page.workers().length).toBe(1);
    expect(complaints).toEqual([]);
    return { table, isIsolated };
  } finally {
    await close();
  }
}

describe('the threads of the explorer', () => {
  it('count the same on a page that is a file', async () => {
    expect(await ask(PAGE_URL)).toEqual({ table: expected, isIsolated: false });
  });

  it('count the same on a page that is served with the headers of isolation', async () => {
    const site = await serveSite(() => readFile(fileURLToPath(PAGE_URL)), ISOLATED);
    try {
      expect(await ask(`${site.origin}/`)).toEqual({ table: expected, isIsolated: true });
    } finally {
      await site.close();
    }
  });
});
